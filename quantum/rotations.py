"""Passes over states in lanes: rotations forward and back, diagonal layers, the observable, the angles' sines.

A state is an array of rows of eight lanes: row 2j holds the real parts of amplitude j for eight parameter vectors, row
2j + 1 the imaginary parts. A Pauli is P = i^y X^x Z^z with y = |x & z| mod 2, so that (P psi)[j] is i^y (-1)^(z.k)
psi[k] with k = j ^ x: a pass takes the amplitudes by pairs (j, k), or singly where x = 0.
"""

# Numba types what runs here, not annotations.
# mypy: disable-error-code="no-untyped-def, no-untyped-call, untyped-decorator, no-any-return"
from __future__ import annotations

import math
from typing import Final

import numpy as np

from quantum.kernel_sources import kernel
from quantum.lanes import flip, load, parity, splat, store

# pi in three parts; the first two have 33 bits, so that their products with whole numbers up to 2^20 are exact.
PI_HIGH: Final = 3.1415926534682512
PI_MIDDLE: Final = 1.2154201012607932e-10
PI_LOW: Final = 4.044532497591901e-21
TO_INTEGER: Final = 1.5 * 2.0**52
"""Adding and subtracting it rounds a float64 below 2^51 to the nearest whole number."""
COSINE: Final = np.array([(-1.0) ** k / math.factorial(2 * k) for k in range(11)])
SINE: Final = np.array([(-1.0) ** k / math.factorial(2 * k + 1) for k in range(11)])
"""Taylor coefficients of cos x and sin(x) / x in powers of x^2."""


@kernel
def chain_rule(starts, columns, coefficients, slopes, gradient):
    """gradient <- A^T slopes."""
    for parameter in range(len(gradient)):
        store(gradient, parameter, splat(0.0))
    for k in range(len(starts) - 1):
        slope = load(slopes, k)
        for entry in range(starts[k], starts[k + 1]):
            column = columns[entry]
            store(gradient, column, load(gradient, column) + splat(coefficients[entry]) * slope)


@kernel
def half_angles(starts, columns, coefficients, constants, theta, trigonometry):
    """cos and sin of phi / 2 for every rotation, phi = A theta + b: rows 2k and 2k + 1 of `trigonometry`.

    Both may come out with the sign changed: phi / 2 is reduced to [-pi/2, pi/2] by a multiple of pi, which turns the
    state's sign and nothing else. There the Taylor series up to the orders 20 and 21 are exact to rounding.
    """
    for k in range(len(constants)):
        half = splat(0.5 * constants[k])
        for entry in range(starts[k], starts[k + 1]):
            half = half + splat(0.5 * coefficients[entry]) * load(theta, columns[entry])
        turns = (half * splat(1.0 / math.pi) + splat(TO_INTEGER)) - splat(TO_INTEGER)
        half = ((half - turns * splat(PI_HIGH)) - turns * splat(PI_MIDDLE)) - turns * splat(PI_LOW)
        square = half * half
        cosine, sine = splat(COSINE[-1]), splat(SINE[-1])
        for order in range(len(COSINE) - 2, -1, -1):
            cosine = cosine * square + splat(COSINE[order])
            sine = sine * square + splat(SINE[order])
        store(trigonometry, 2 * k, cosine)
        store(trigonometry, 2 * k + 1, sine * half)


@kernel
def highest_bit(mask):
    bit = 1
    while bit << 1 <= mask:
        bit <<= 1
    return bit


@kernel
def rotate(state, x, z, amplitudes, c, s):
    """state <- (c - i s P) state on the first `amplitudes`, P = i^y X^x Z^z with y = |x & z| mod 2."""
    if x == 0:
        for j in range(amplitudes):
            phase(state, j, c, flip(s, parity(j & z)))
        return
    bit, odd = highest_bit(x), parity(x & z)
    for pair in range(amplitudes >> 1):
        j = ((pair & -bit) << 1) | (pair & (bit - 1))  # `pair` with a 0 put in at `bit`
        k = j ^ x
        signed = flip(s, parity(k & z))
        if odd:
            mix_real(state, j, k, c, signed)
        else:
            mix_imaginary(state, j, k, c, signed)


@kernel
def rotate_back(psi, dual, x, z, amplitudes, c, s):
    """Im <dual|P|psi>, then both states <- (c - i s P) state, in one pass."""
    slope = splat(0.0)
    if x == 0:
        for j in range(amplitudes):
            sign = parity(j & z)
            signed = flip(s, sign)
            psi_re, psi_im = load(psi, 2 * j), load(psi, 2 * j + 1)
            dual_re, dual_im = load(dual, 2 * j), load(dual, 2 * j + 1)
            slope = slope + flip(dual_re * psi_im - dual_im * psi_re, sign)
            store(psi, 2 * j, c * psi_re + signed * psi_im)
            store(psi, 2 * j + 1, c * psi_im - signed * psi_re)
            store(dual, 2 * j, c * dual_re + signed * dual_im)
            store(dual, 2 * j + 1, c * dual_im - signed * dual_re)
        return slope
    bit, odd = highest_bit(x), parity(x & z)
    for pair in range(amplitudes >> 1):
        j = ((pair & -bit) << 1) | (pair & (bit - 1))
        k = j ^ x
        sign = parity(k & z)
        signed = flip(s, sign)
        psi_j_re, psi_j_im = load(psi, 2 * j), load(psi, 2 * j + 1)
        psi_k_re, psi_k_im = load(psi, 2 * k), load(psi, 2 * k + 1)
        dual_j_re, dual_j_im = load(dual, 2 * j), load(dual, 2 * j + 1)
        dual_k_re, dual_k_im = load(dual, 2 * k), load(dual, 2 * k + 1)
        if odd:
            product = dual_j_re * psi_k_re + dual_j_im * psi_k_im - dual_k_re * psi_j_re - dual_k_im * psi_j_im
            store(psi, 2 * j, c * psi_j_re + signed * psi_k_re)
            store(psi, 2 * j + 1, c * psi_j_im + signed * psi_k_im)
            store(psi, 2 * k, c * psi_k_re - signed * psi_j_re)
            store(psi, 2 * k + 1, c * psi_k_im - signed * psi_j_im)
            store(dual, 2 * j, c * dual_j_re + signed * dual_k_re)
            store(dual, 2 * j + 1, c * dual_j_im + signed * dual_k_im)
            store(dual, 2 * k, c * dual_k_re - signed * dual_j_re)
            store(dual, 2 * k + 1, c * dual_k_im - signed * dual_j_im)
        else:
            product = dual_j_re * psi_k_im - dual_j_im * psi_k_re + dual_k_re * psi_j_im - dual_k_im * psi_j_re
            store(psi, 2 * j, c * psi_j_re + signed * psi_k_im)
            store(psi, 2 * j + 1, c * psi_j_im - signed * psi_k_re)
            store(psi, 2 * k, c * psi_k_re + signed * psi_j_im)
            store(psi, 2 * k + 1, c * psi_k_im - signed * psi_j_re)
            store(dual, 2 * j, c * dual_j_re + signed * dual_k_im)
            store(dual, 2 * j + 1, c * dual_j_im - signed * dual_k_re)
            store(dual, 2 * k, c * dual_k_re + signed * dual_j_im)
            store(dual, 2 * k + 1, c * dual_k_im - signed * dual_j_re)
        slope = slope + flip(product, sign)
    return slope


@kernel
def layer_phase(rotations, first, end, trigonometry, j, top):
    """The product of (c - i s) over a diagonal layer at basis states j and j + top (real, imaginary, real, imaginary).

    Rotations whose z lacks bit `top` contribute the same factor to both, the others conjugate ones.
    """
    a_re, a_im, b_re, b_im = splat(1.0), splat(0.0), splat(1.0), splat(0.0)
    for k in range(first, end):
        z = rotations[k, 1]
        c, s = load(trigonometry, 2 * k), flip(load(trigonometry, 2 * k + 1), parity(j & z))
        if z & top:
            b_re, b_im = b_re * c + b_im * s, b_im * c - b_re * s
        else:
            a_re, a_im = a_re * c + a_im * s, a_im * c - a_re * s
    return (
        a_re * b_re - a_im * b_im, a_re * b_im + a_im * b_re, a_re * b_re + a_im * b_im, a_im * b_re - a_re * b_im,
    )  # fmt: skip


@kernel
def rotate_layer(psi, rotations, first, end, amplitudes, trigonometry):
    """psi through the diagonal rotations first .. end - 1 at once."""
    top = amplitudes >> 1
    for j in range(top):
        low_re, low_im, high_re, high_im = layer_phase(rotations, first, end, trigonometry, j, top)
        multiply(psi, j, low_re, low_im)
        multiply(psi, j + top, high_re, high_im)


@kernel
def rotate_layer_back(psi, dual, rotations, first, end, amplitudes, trigonometry, weights, slopes):
    """Diagonal rotations first .. end - 1 off both states; their slopes come from Im(conj(dual) psi), which they keep.

    `weights` takes that, low and high halves added and subtracted: all that a z with or without bit `top` asks for.
    """
    top = amplitudes >> 1
    for j in range(top):
        low, high = imaginary_product(dual, j, psi, j), imaginary_product(dual, j + top, psi, j + top)
        store(weights, j, low + high)
        store(weights, j + top, low - high)
        low_re, low_im, high_re, high_im = layer_phase(rotations, first, end, trigonometry, j, top)
        multiply(psi, j, low_re, -low_im)
        multiply(dual, j, low_re, -low_im)
        multiply(psi, j + top, high_re, -high_im)
        multiply(dual, j + top, high_re, -high_im)
    for k in range(first, end):
        z = rotations[k, 1]
        offset = z & top
        slope = splat(0.0)
        for j in range(top):
            slope = slope + flip(load(weights, offset + j), parity(j & z))
        store(slopes, k, slope)


@kernel
def multiply(state, j, factor_re, factor_im):
    re, im = load(state, 2 * j), load(state, 2 * j + 1)
    store(state, 2 * j, re * factor_re - im * factor_im)
    store(state, 2 * j + 1, re * factor_im + im * factor_re)


@kernel
def phase(state, j, c, s):
    re, im = load(state, 2 * j), load(state, 2 * j + 1)
    store(state, 2 * j, c * re + s * im)
    store(state, 2 * j + 1, c * im - s * re)


@kernel
def mix_real(state, j, k, c, s):
    j_re, j_im = load(state, 2 * j), load(state, 2 * j + 1)
    k_re, k_im = load(state, 2 * k), load(state, 2 * k + 1)
    store(state, 2 * j, c * j_re + s * k_re)
    store(state, 2 * j + 1, c * j_im + s * k_im)
    store(state, 2 * k, c * k_re - s * j_re)
    store(state, 2 * k + 1, c * k_im - s * j_im)


@kernel
def mix_imaginary(state, j, k, c, s):
    j_re, j_im = load(state, 2 * j), load(state, 2 * j + 1)
    k_re, k_im = load(state, 2 * k), load(state, 2 * k + 1)
    store(state, 2 * j, c * j_re + s * k_im)
    store(state, 2 * j + 1, c * j_im - s * k_re)
    store(state, 2 * k, c * k_re + s * j_im)
    store(state, 2 * k + 1, c * k_im - s * j_re)


@kernel
def imaginary_product(a, j, b, k):
    """Im conj(a_j) b_k."""
    return load(a, 2 * j) * load(b, 2 * k + 1) - load(a, 2 * j + 1) * load(b, 2 * k)


@kernel
def apply_observable(psi, dual, amplitudes, group_x, real_groups, table):
    """dual <- H psi; returns <psi|H|psi>."""
    energy = splat(0.0)
    for j in range(amplitudes):
        re, im = splat(0.0), splat(0.0)
        for g in range(real_groups):
            k = j ^ group_x[g]
            weight = splat(table[j, g])
            re = re + weight * load(psi, 2 * k)
            im = im + weight * load(psi, 2 * k + 1)
        for g in range(real_groups, len(group_x)):
            k = j ^ group_x[g]
            weight = splat(table[j, g])
            re = re - weight * load(psi, 2 * k + 1)
            im = im + weight * load(psi, 2 * k)
        store(dual, 2 * j, re)
        store(dual, 2 * j + 1, im)
        energy = energy + load(psi, 2 * j) * re + load(psi, 2 * j + 1) * im
    return energy

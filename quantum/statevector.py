"""The fast engine: energies and full adjoint gradients of a `PauliProgram`, eight parameter vectors at a time.

A state is an array of rows of eight lanes: row 2j holds the real parts of amplitude j for eight parameter vectors, row
2j + 1 the imaginary parts. One pass forward prepares psi, one pass applies H (dual = H psi, E = <psi|dual>), one pass
backward takes both states through the inverse rotations and reads dE/dphi_k = Im <dual|P_k|psi> off on the way (the
adjoint method: Jones and Gacon, arXiv:2009.02823). Cost: about three energies for all gradients together.

Kernels are compiled by numba at their first use and cached on disk; float64 throughout, no reordered sums, so the
same input gives the same bits on the same machine. Not covered: threads (one process a core), single precision.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np
from numba import njit

from quantum.lanes import LANES, aligned, flip, load, parity, splat, store

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from quantum.program import PauliProgram

# pi in three parts; the first two have 33 bits, so that their products with whole numbers up to 2^20 are exact.
PI_HIGH: Final = 3.1415926534682512
PI_MIDDLE: Final = 1.2154201012607932e-10
PI_LOW: Final = 4.044532497591901e-21
TO_INTEGER: Final = 1.5 * 2.0**52
"""Adding and subtracting it rounds a float64 below 2^51 to the nearest whole number."""
COSINE: Final = np.array([(-1.0) ** k / math.factorial(2 * k) for k in range(11)])
SINE: Final = np.array([(-1.0) ** k / math.factorial(2 * k + 1) for k in range(11)])
"""Taylor coefficients of cos x and sin(x) / x in powers of x^2."""


def energies(program: PauliProgram, thetas: ArrayLike) -> NDArray[np.float64]:
    """E for each row of `thetas`, (B, P) -> (B,), in the Hamiltonian's unit. Raises ValueError on a wrong shape."""
    return energies_and_gradients(program, thetas)[0]


def energies_and_gradients(program: PauliProgram, thetas: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """E and dE/dtheta for each row of `thetas`, shape (B, P) -> (B,), (B, P). Raises ValueError on a wrong shape."""
    points = np.ascontiguousarray(thetas, dtype=np.float64)
    if points.ndim != 2 or points.shape[1] != program.num_parameters:
        raise ValueError(f"thetas of shape {points.shape} for {program.num_parameters} parameters: need (B, P)")
    energy = np.empty(len(points))
    gradient = np.empty_like(points)
    evaluate_batch(*kernel_arguments(program), *workspace(program), points, energy, gradient)
    return energy, gradient


def kernel_arguments(program: PauliProgram) -> tuple[object, ...]:
    """The program as the kernels take it (always the same types: one compiled version of each)."""
    return (
        program.rotations,
        program.starts,
        program.columns,
        program.coefficients,
        program.constants,
        program.group_x,
        program.real_groups,
        program.table,
    )


def workspace(program: PauliProgram) -> tuple[NDArray[np.float64], ...]:
    """Lane arrays: theta (P rows), cos and sin (2K), psi and lambda (2 * 2**rank each), energy (1), gradient (P)."""
    amplitudes, parameters = 1 << program.rank, max(program.num_parameters, 1)
    return (
        aligned(parameters),
        aligned(max(2 * program.num_rotations, 1)),
        aligned(2 * amplitudes),
        aligned(2 * amplitudes),
        aligned(1),
        aligned(parameters),
    )


@njit(cache=True)
def evaluate_batch(
    rotations, starts, columns, coefficients, constants, group_x, real_groups, table,
    theta, trigonometry, psi, dual, energy, gradient,
    points, energies, gradients,
):  # fmt: skip
    for first in range(0, len(points), LANES):
        for lane in range(LANES):
            point = points[min(first + lane, len(points) - 1)]  # a short last batch repeats its last point
            for parameter in range(len(point)):
                theta[parameter, lane] = point[parameter]
        evaluate(
            rotations, starts, columns, coefficients, constants, group_x, real_groups, table,
            theta, trigonometry, psi, dual, energy, gradient,
        )  # fmt: skip
        for lane in range(min(LANES, len(points) - first)):
            energies[first + lane] = energy[0, lane]
            for parameter in range(points.shape[1]):
                gradients[first + lane, parameter] = gradient[parameter, lane]


@njit(cache=True)
def evaluate(
    rotations, starts, columns, coefficients, constants, group_x, real_groups, table,
    theta, trigonometry, psi, dual, energy, gradient,
):  # fmt: skip
    """Energy and gradient of the eight parameter vectors in `theta`; everything after `table` is workspace."""
    half_angles(starts, columns, coefficients, constants, theta, trigonometry)
    store(psi, 0, splat(1.0))
    store(psi, 1, splat(0.0))
    filled = 1
    for k in range(len(rotations)):
        x, z, amplitudes = rotations[k, 0], rotations[k, 1], 1 << rotations[k, 2]
        for row in range(2 * filled, 2 * amplitudes):
            store(psi, row, splat(0.0))
        filled = amplitudes
        rotate(psi, x, z, amplitudes, load(trigonometry, 2 * k), load(trigonometry, 2 * k + 1))
    store(energy, 0, apply_observable(psi, dual, filled, group_x, real_groups, table))
    for parameter in range(len(gradient)):
        store(gradient, parameter, splat(0.0))
    for k in range(len(rotations) - 1, -1, -1):
        x, z, amplitudes = rotations[k, 0], rotations[k, 1], 1 << rotations[k, 2]
        slope = rotate_back(psi, dual, x, z, amplitudes, load(trigonometry, 2 * k), -load(trigonometry, 2 * k + 1))
        for entry in range(starts[k], starts[k + 1]):
            column = columns[entry]
            store(gradient, column, load(gradient, column) + splat(coefficients[entry]) * slope)


@njit(cache=True)
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


@njit(cache=True)
def highest_bit(mask):
    bit = 1
    while bit << 1 <= mask:
        bit <<= 1
    return bit


@njit(cache=True)
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


@njit(cache=True)
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


@njit(cache=True)
def phase(state, j, c, s):
    re, im = load(state, 2 * j), load(state, 2 * j + 1)
    store(state, 2 * j, c * re + s * im)
    store(state, 2 * j + 1, c * im - s * re)


@njit(cache=True)
def mix_real(state, j, k, c, s):
    j_re, j_im = load(state, 2 * j), load(state, 2 * j + 1)
    k_re, k_im = load(state, 2 * k), load(state, 2 * k + 1)
    store(state, 2 * j, c * j_re + s * k_re)
    store(state, 2 * j + 1, c * j_im + s * k_im)
    store(state, 2 * k, c * k_re - s * j_re)
    store(state, 2 * k + 1, c * k_im - s * j_im)


@njit(cache=True)
def mix_imaginary(state, j, k, c, s):
    j_re, j_im = load(state, 2 * j), load(state, 2 * j + 1)
    k_re, k_im = load(state, 2 * k), load(state, 2 * k + 1)
    store(state, 2 * j, c * j_re + s * k_im)
    store(state, 2 * j + 1, c * j_im - s * k_re)
    store(state, 2 * k, c * k_re + s * j_im)
    store(state, 2 * k + 1, c * k_im - s * j_re)


@njit(cache=True)
def real_product(a, j, b, k):
    """Re conj(a_j) b_k."""
    return load(a, 2 * j) * load(b, 2 * k) + load(a, 2 * j + 1) * load(b, 2 * k + 1)


@njit(cache=True)
def imaginary_product(a, j, b, k):
    """Im conj(a_j) b_k."""
    return load(a, 2 * j) * load(b, 2 * k + 1) - load(a, 2 * j + 1) * load(b, 2 * k)


@njit(cache=True)
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

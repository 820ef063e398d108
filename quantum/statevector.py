"""The fast engine: energies and full adjoint gradients of a `PauliProgram`, eight parameter vectors at a time.

A state is an array of rows of eight lanes: row 2j holds the real parts of amplitude j for eight parameter vectors, row
2j + 1 the imaginary parts. One pass forward prepares psi, one pass applies H (lambda = H psi, E = <psi|lambda>), one pass
backward takes both states through the inverse rotations and reads dE/dphi_k = Im <lambda|P_k|psi> off on the way
(the adjoint method: Jones and Gacon, arXiv:2009.02823). Cost: about 2.5 energies for all gradients together.

Kernels are compiled by numba at their first use and cached on disk; float64 throughout, no reordered sums, so the
same input gives the same bits on the same machine. Not covered: threads (one process a core), single precision.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from quantum.lanes import LANES, aligned, flip, load, parity, splat, store

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from quantum.program import PauliProgram


def energies(program: PauliProgram, thetas: ArrayLike) -> NDArray[np.float64]:
    """E for each row of `thetas`, shape (B, P) -> (B,), in the Hamiltonian's unit. Raises ValueError on a wrong shape."""
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
    """cos and sin of phi / 2 for every rotation, phi = A theta + b: rows 2k and 2k + 1 of `trigonometry`."""
    for k in range(len(constants)):
        phi = splat(constants[k])
        for entry in range(starts[k], starts[k + 1]):
            phi = phi + splat(coefficients[entry]) * load(theta, columns[entry])
        store(trigonometry, 2 * k, phi)
        for lane in range(LANES):
            half = 0.5 * trigonometry[2 * k, lane]
            trigonometry[2 * k, lane] = math.cos(half)
            trigonometry[2 * k + 1, lane] = math.sin(half)


@njit(cache=True)
def highest_bit(mask):
    bit = 1
    while bit << 1 <= mask:
        bit <<= 1
    return bit


@njit(cache=True)
def rotate(psi, x, z, amplitudes, c, s):
    """psi <- (c - i s P) psi on the first `amplitudes`, P = i^y X^x Z^z with y = |x & z| mod 2."""
    if x == 0:
        for j in range(amplitudes):
            signed = flip(s, parity(j & z))
            re, im = load(psi, 2 * j), load(psi, 2 * j + 1)
            store(psi, 2 * j, c * re + signed * im)
            store(psi, 2 * j + 1, c * im - signed * re)
        return
    bit = highest_bit(x)
    odd = parity(x & z)
    for pair in range(amplitudes >> 1):
        j = ((pair & -bit) << 1) | (pair & (bit - 1))  # `pair` with a 0 put in at `bit`
        k = j ^ x
        signed = flip(s, parity(k & z))
        j_re, j_im, k_re, k_im = load(psi, 2 * j), load(psi, 2 * j + 1), load(psi, 2 * k), load(psi, 2 * k + 1)
        if odd:
            store(psi, 2 * j, c * j_re + signed * k_re)
            store(psi, 2 * j + 1, c * j_im + signed * k_im)
            store(psi, 2 * k, c * k_re - signed * j_re)
            store(psi, 2 * k + 1, c * k_im - signed * j_im)
        else:
            store(psi, 2 * j, c * j_re + signed * k_im)
            store(psi, 2 * j + 1, c * j_im - signed * k_re)
            store(psi, 2 * k, c * k_re + signed * j_im)
            store(psi, 2 * k + 1, c * k_im - signed * j_re)


@njit(cache=True)
def slope_of(psi, dual, x, z, amplitudes):
    """Im <dual|P|psi> over the first `amplitudes`."""
    total = splat(0.0)
    odd = parity(x & z)
    for j in range(amplitudes):
        k = j ^ x
        psi_re, psi_im = load(psi, 2 * k), load(psi, 2 * k + 1)
        dual_re, dual_im = load(dual, 2 * j), load(dual, 2 * j + 1)
        if odd:
            part = dual_re * psi_re + dual_im * psi_im
        else:
            part = dual_re * psi_im - dual_im * psi_re
        total = total + flip(part, parity(k & z))
    return total


@njit(cache=True)
def rotate_back(psi, dual, x, z, amplitudes, c, s):
    """Im <dual|P|psi>, then both states <- (c - i s P) state."""
    total = slope_of(psi, dual, x, z, amplitudes)
    rotate(psi, x, z, amplitudes, c, s)
    rotate(dual, x, z, amplitudes, c, s)
    return total


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

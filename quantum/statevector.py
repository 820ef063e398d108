"""The fast engine: energies and full adjoint gradients of a `PauliProgram`, eight parameter vectors at a time.

One pass forward prepares psi, one pass applies H (dual = H psi, E = <psi|dual>), one pass
backward takes both states through the inverse rotations and reads dE/dphi_k = Im <dual|P_k|psi> off on the way (the
adjoint method: Jones and Gacon, arXiv:2009.02823). Cost: about three energies for all gradients together.

Kernels are compiled by numba at their first use and cached on disk; float64 throughout, no reordered sums, so the
same input gives the same bits on the same machine. Not covered: threads (one process a core), single precision.
"""

# The kernels are typed by numba, not by annotations.
# mypy: disable-error-code="no-untyped-def, no-untyped-call, untyped-decorator, no-any-return"
from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from quantum.kernel_sources import KERNEL_SOURCES, entry_point, kernel
from quantum.lanes import LANES, aligned, load, splat, store
from quantum.rotations import (
    apply_observable,
    chain_rule,
    half_angles,
    rotate,
    rotate_back,
    rotate_layer,
    rotate_layer_back,
)

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from quantum.program import PauliProgram

LAYER: Final = 3
"""From so many diagonal rotations in a row on they are applied as one."""


def energies(program: PauliProgram, thetas: ArrayLike) -> NDArray[np.float64]:
    """E for each row of `thetas`, (B, P) -> (B,), in the Hamiltonian's unit. Raises ValueError on a wrong shape.

    Costs as much as with gradients: there is one compiled path.
    """
    return energies_and_gradients(program, thetas)[0]


def energies_and_gradients(program: PauliProgram, thetas: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """E and dE/dtheta for each row of `thetas`, shape (B, P) -> (B,), (B, P). Raises ValueError on a wrong shape."""
    points = np.ascontiguousarray(thetas, dtype=np.float64)
    if points.ndim != 2 or points.shape[1] != program.num_parameters:
        raise ValueError(f"thetas of shape {points.shape} for {program.num_parameters} parameters: need (B, P)")
    energy = np.empty(len(points))
    gradient = np.empty_like(points)
    evaluate_batch(kernel_program(program), workspace(program), points, energy, gradient)
    return energy, gradient


class KernelProgram(NamedTuple):
    """What the kernels read of a `PauliProgram`, under its field names; always the same types, so compiled once."""

    rotations: NDArray[np.int64]
    starts: NDArray[np.int64]
    columns: NDArray[np.int64]
    coefficients: NDArray[np.float64]
    constants: NDArray[np.float64]
    group_x: NDArray[np.int64]
    real_groups: int
    table: NDArray[np.float64]


class Workspace(NamedTuple):
    """Lane arrays of one program: P parameters, K rotations, d = 2**rank amplitudes."""

    theta: NDArray[np.float64]  # P rows
    trigonometry: NDArray[np.float64]  # 2K: cos(phi / 2), sin(phi / 2)
    psi: NDArray[np.float64]  # 2d: real, imaginary
    dual: NDArray[np.float64]  # 2d
    weights: NDArray[np.float64]  # d: Im(conj(dual) psi)
    slopes: NDArray[np.float64]  # K: dE/dphi
    energy: NDArray[np.float64]  # 1
    gradient: NDArray[np.float64]  # P


def kernel_program(program: PauliProgram) -> KernelProgram:
    return KernelProgram(*(getattr(program, field) for field in KernelProgram._fields))


def workspace(program: PauliProgram) -> Workspace:
    d, parameters, rotations = 1 << program.rank, max(program.num_parameters, 1), max(program.num_rotations, 1)
    sizes = (parameters, 2 * rotations, 2 * d, 2 * d, d, rotations, 1, parameters)
    buffer, first, arrays = aligned(sum(sizes)), 0, []
    for rows in sizes:
        arrays.append(buffer[first : first + rows])
        first += rows
    return Workspace(*arrays)


def _batch_kernel(sources: str) -> Callable[..., None]:
    @entry_point
    def evaluate_batch(program, work, points, energies, gradients):
        """Energies and gradients at every row of `points`; a short last batch repeats its last point."""
        sources  # noqa: B018  part of the cache's key
        for first in range(0, len(points), LANES):
            for lane in range(LANES):
                row = min(first + lane, len(points) - 1)
                for parameter in range(points.shape[1]):
                    work.theta[parameter, lane] = points[row, parameter]
            evaluate(program, work)
            for lane in range(min(LANES, len(points) - first)):
                energies[first + lane] = work.energy[0, lane]
                for parameter in range(points.shape[1]):
                    gradients[first + lane, parameter] = work.gradient[parameter, lane]

    return evaluate_batch


@kernel
def evaluate(program, work):
    """Energy and gradient of the eight parameter vectors in `work.theta`."""
    rotations, starts, columns, coefficients = program.rotations, program.starts, program.columns, program.coefficients
    trigonometry, psi, dual, slopes = work.trigonometry, work.psi, work.dual, work.slopes
    half_angles(starts, columns, coefficients, program.constants, work.theta, trigonometry)
    amplitudes = forward(rotations, trigonometry, psi)
    energy = apply_observable(psi, dual, amplitudes, program.group_x, program.real_groups, program.table)
    store(work.energy, 0, energy)
    backward(rotations, trigonometry, psi, dual, work.weights, slopes)
    chain_rule(starts, columns, coefficients, slopes, work.gradient)


@kernel
def forward(rotations, trigonometry, psi):
    """psi <- the prepared state; returns its number of amplitudes."""
    store(psi, 0, splat(1.0))
    store(psi, 1, splat(0.0))
    amplitudes = 1
    k = 0
    while k < len(rotations):
        filled, amplitudes = amplitudes, 1 << rotations[k, 2]
        for row in range(2 * filled, 2 * amplitudes):
            store(psi, row, splat(0.0))
        end = layer_end(rotations, k)
        if end - k >= LAYER:
            rotate_layer(psi, rotations, k, end, amplitudes, trigonometry)
            k = end
        else:
            c, s = load(trigonometry, 2 * k), load(trigonometry, 2 * k + 1)
            rotate(psi, rotations[k, 0], rotations[k, 1], amplitudes, c, s)
            k += 1
    return amplitudes


@kernel
def backward(rotations, trigonometry, psi, dual, weights, slopes):
    """Takes both states back through the rotations; row k of `slopes` <- dE/dphi_k."""
    k = len(rotations)
    while k > 0:
        amplitudes = 1 << rotations[k - 1, 2]
        first = layer_start(rotations, k)
        if k - first >= LAYER:
            rotate_layer_back(psi, dual, rotations, first, k, amplitudes, trigonometry, weights, slopes)
            k = first
        else:
            k -= 1
            c, s = load(trigonometry, 2 * k), -load(trigonometry, 2 * k + 1)
            store(slopes, k, rotate_back(psi, dual, rotations[k, 0], rotations[k, 1], amplitudes, c, s))


@kernel
def layer_end(rotations, k):
    """The end of the run of diagonal rotations (x = 0) that begins with rotation k."""
    while k < len(rotations) and rotations[k, 0] == 0:
        k += 1
    return k


@kernel
def layer_start(rotations, end):
    while end > 0 and rotations[end - 1, 0] == 0:
        end -= 1
    return end


evaluate_batch: Final = _batch_kernel(KERNEL_SOURCES)

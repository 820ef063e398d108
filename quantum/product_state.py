"""The best product state by coordinate ascent on Bloch vectors, from many seeded starts at once.

For fixed Bloch vectors of the other qubits the energy is affine in one qubit's vector r, E = a + b . r, so its best
vector is exactly -b / |b|. Each sweep lowers the energy; the lowest of all starts is reported. It is an upper bound of
the true product-state minimum (no polynomial method is certain of it), in practice the minimum at these sizes.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from quantum.hamiltonians import Hamiltonian

STARTS = 64
_MAX_SWEEPS = 5_000
_LETTERS = {"X": 0, "Y": 1, "Z": 2}


def best_product_energy(hamiltonian: Hamiltonian, basis_state: int) -> float:
    """The lowest product-state energy from `STARTS` random starts and from the basis state with these bits."""
    n = hamiltonian.num_qubits
    coefficients = np.array([coefficient for _, coefficient in hamiltonian.terms])
    letters = np.array([[_LETTERS.get(letter, 3) for letter in reversed(label)] for label, _ in hamiltonian.terms])
    bloch = _starts(n, basis_state)
    factors = np.take_along_axis(bloch[:, None, :, :], letters[None, :, :, None], axis=3)[..., 0]
    touching = [np.flatnonzero(letters[:, qubit] < 3) for qubit in range(n)]
    energies = factors.prod(axis=2) @ coefficients
    for _ in range(_MAX_SWEEPS):
        for qubit, rows in enumerate(touching):
            if rows.size:
                _improve(bloch, factors, qubit, rows, letters[rows, qubit], coefficients[rows])
        previous, energies = energies, factors.prod(axis=2) @ coefficients
        if np.all(previous - energies <= 1e-13 * hamiltonian.one_norm):
            break
    return float(energies.min())


def _starts(n: int, basis_state: int) -> NDArray[np.float64]:
    """Bloch vectors of shape (STARTS + 1, n, 4); the fourth component is the identity's 1."""
    bloch = np.ones((STARTS + 1, n, 4))
    bloch[0, :, :2] = 0.0
    bloch[0, :, 2] = [1 - 2 * (basis_state >> qubit & 1) for qubit in range(n)]
    vectors = np.random.default_rng(0).standard_normal((STARTS, n, 3))
    bloch[1:, :, :3] = vectors / np.linalg.norm(vectors, axis=2, keepdims=True)
    return bloch


def _improve(
    bloch: NDArray[np.float64],
    factors: NDArray[np.float64],
    qubit: int,
    rows: NDArray[np.intp],
    axes: NDArray[np.intp],
    coefficients: NDArray[np.float64],
) -> None:
    """Sets the qubit's Bloch vector to its best value in every start; factors (start, term, qubit) follow in place."""
    near = factors[:, rows, :]
    near[:, :, qubit] = coefficients
    weights = near.prod(axis=2)
    slope = np.stack([weights[:, axes == axis].sum(axis=1) for axis in range(3)], axis=1)
    length = np.linalg.norm(slope, axis=1, keepdims=True)
    moved = np.where(length > 1e-300, -slope / np.maximum(length, 1e-300), bloch[:, qubit, :3])
    bloch[:, qubit, :3] = moved
    factors[:, rows, qubit] = moved[:, axes]

"""The ground space of a Hamiltonian, and the fidelity of a state with it.

All states of a degenerate level count as ground states: F = sum_k |<g_k|psi>|^2 over an orthonormal basis, which does
not depend on the basis. The vectors are made here even where the energy has a closed form, and their energies are held
against it. Up to 20 qubits: 30 CPU seconds and 0.5 GiB, once a process, for an Ising chain of that size.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from quantum.circuit import MAX_QUBITS
from quantum.errors import InfrastructureError
from quantum.exact import DENSE_QUBITS, LEVEL_TOLERANCE, MAX_MATRIX_BYTES, exact_energy
from quantum.hamiltonians import Hamiltonian
from quantum.lanczos import lowest_states, sector_starts
from quantum.pauli_matrix import Array, PauliMatrix

MAX_BYTES = 512 << 20
"""Of the basis: 32 complex states of 20 qubits."""


def fidelity(state: NDArray[np.complex128], hamiltonian: Hamiltonian) -> float | None:
    """The weight of a state of shape (2^n,), bit q of an index on qubit q, in the ground space; None where the space
    cannot be had (`ground_space`)."""
    space = ground_space(hamiltonian.traceless)
    if space is None:
        return None
    return min(float(np.sum(np.abs(space @ state) ** 2)), 1.0)


@lru_cache(maxsize=8)
def ground_space(hamiltonian: Hamiltonian) -> Array | None:
    """<g_k| as the rows of shape (degeneracy, 2^n), orthonormal. None where the degeneracy is not resolved, the space
    takes more than `MAX_BYTES`, or H more than 20 qubits or 4 GiB."""
    n = hamiltonian.num_qubits
    if n > MAX_QUBITS or PauliMatrix.bytes_needed(hamiltonian) > MAX_MATRIX_BYTES:
        return None
    level = exact_energy(hamiltonian)
    if level.degeneracy is None or level.degeneracy << (n + 4) > MAX_BYTES:
        return None
    matrix = PauliMatrix(hamiltonian)
    tolerance = LEVEL_TOLERANCE * hamiltonian.one_norm
    space = _vectors(matrix, hamiltonian, level.degeneracy, level.energy + tolerance)
    energies = [float(np.vdot(state, matrix.apply(state)).real) for state in space]
    # The level may be as wide as the tolerance, and the closed form is as good as its singular values.
    if len(space) != level.degeneracy or max(abs(energy - level.energy) for energy in energies) > 2 * tolerance:
        raise InfrastructureError(f"{hamiltonian.name}: the ground states have energies {energies}, not {level.energy}")
    return np.conj(space)


def _vectors(matrix: PauliMatrix, hamiltonian: Hamiltonian, count: int, highest: float) -> Array:
    """The `count` lowest states, of shape (count, 2^n), by the method that gave the exact energy."""
    if matrix.is_diagonal:
        lowest = np.argsort(matrix.basis_energies(), kind="stable")[:count]
        return np.asarray(lowest[:, None] == np.arange(matrix.dimension), dtype=np.float64)
    if matrix.num_qubits <= DENSE_QUBITS:
        from scipy.linalg import eigh

        return np.ascontiguousarray(eigh(matrix.dense(), subset_by_index=[0, count - 1])[1].T)
    found: list[Array] = []
    tolerance = LEVEL_TOLERANCE * hamiltonian.one_norm
    for start in sector_starts(matrix, hamiltonian):
        energies, states = lowest_states(matrix, hamiltonian, count - len(found), tolerance, start)
        found += [state for energy, state in zip(energies, states, strict=True) if energy <= highest]
        if len(found) == count:
            break
    return np.array(found)

"""Exact ground energies, and the best energies without entanglement.

The method follows from the terms: free fermions (chains of any length), enumeration (diagonal), dense diagonalisation
to 10 qubits, Lanczos with a reported residual to 20. Nothing here is variational; what none of these covers is refused.
Results are cached per process.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quantum import free_fermions
from quantum.circuit import MAX_QUBITS
from quantum.errors import RequestError
from quantum.hamiltonians import Hamiltonian
from quantum.lanczos import lowest_states
from quantum.pauli_matrix import PauliMatrix
from quantum.product_state import best_product_energy

DENSE_QUBITS = 10
MAX_MATRIX_BYTES = 4 << 30
LEVEL_TOLERANCE = 1e-10
"""Levels closer than this times sum|c| count as one in `gap` and `degeneracy`."""
_MAX_COPIES = 24
"""A ferromagnet of 20 spins has 21 ground states."""


@dataclass(frozen=True, slots=True)
class ExactEnergy:
    """A ground energy with what vouches for it.

    `gap` is the distance to the next level above the ground level and `degeneracy` the number of states of the ground
    level, None where not resolved; `residual` is |H v - E v| for Lanczos, None for the other methods.
    """

    energy: float
    method: str
    gap: float | None = None
    degeneracy: int | None = None
    residual: float | None = None


@dataclass(frozen=True, slots=True)
class TrivialEnergies:
    """The lowest energies without entanglement: over computational basis states, over product states."""

    basis_state: float
    product_state: float


@lru_cache(maxsize=512)
def exact_energy(hamiltonian: Hamiltonian) -> ExactEnergy:
    """The ground energy over the whole Hilbert space (every particle-number sector). Raises `RequestError` above 20
    qubits when there is no closed form."""
    if hamiltonian.identity:
        level = exact_energy(hamiltonian.traceless)
        return replace(level, energy=level.energy + hamiltonian.identity)
    chain = free_fermions.ground_level(hamiltonian, LEVEL_TOLERANCE * hamiltonian.one_norm)
    if chain is not None:
        gap = None if chain.next_energy is None else chain.next_energy - chain.energy
        return ExactEnergy(
            chain.energy, f"free fermions ({'ring' if chain.ring else 'open chain'})", gap, chain.degeneracy
        )
    matrix = _matrix(hamiltonian)
    if matrix.is_diagonal:
        return _from_spectrum(np.sort(matrix.basis_energies()), "enumeration", hamiltonian)
    if hamiltonian.num_qubits <= DENSE_QUBITS:
        return _from_spectrum(np.linalg.eigvalsh(matrix.dense()), "dense diagonalisation", hamiltonian)
    return _lanczos(matrix, hamiltonian)


@lru_cache(maxsize=512)
def trivial_energies(hamiltonian: Hamiltonian) -> TrivialEnergies:
    """The exact minimum over basis states, and the best product state found (see `quantum.product_state`)."""
    if hamiltonian.identity:
        lowest, shift = trivial_energies(hamiltonian.traceless), hamiltonian.identity
        return TrivialEnergies(lowest.basis_state + shift, lowest.product_state + shift)
    basis = _matrix(hamiltonian).basis_energies()
    best = int(np.argmin(basis))
    return TrivialEnergies(float(basis[best]), min(float(basis[best]), best_product_energy(hamiltonian, best)))


def _matrix(hamiltonian: Hamiltonian) -> PauliMatrix:
    n = hamiltonian.num_qubits
    if n > MAX_QUBITS:
        raise RequestError(
            f"{hamiltonian.name}: no closed form for {n} qubits, and diagonalisation reaches {MAX_QUBITS}"
        )
    size = PauliMatrix.bytes_needed(hamiltonian)
    if size > MAX_MATRIX_BYTES:
        raise RequestError(
            f"{hamiltonian.name}: diagonalising {len(hamiltonian.terms)} terms on {n} qubits needs"
            f" {size / 2**30:.0f} GiB, the limit is {MAX_MATRIX_BYTES >> 30} GiB"
        )
    return PauliMatrix(hamiltonian)


def _from_spectrum(levels: NDArray[Any], method: str, hamiltonian: Hamiltonian) -> ExactEnergy:
    lowest = float(levels[0])
    degeneracy = int(np.count_nonzero(levels - lowest <= LEVEL_TOLERANCE * hamiltonian.one_norm))
    gap = float(levels[degeneracy]) - lowest if degeneracy < levels.size else None
    return ExactEnergy(lowest, method, gap, degeneracy)


def _lanczos(matrix: PauliMatrix, hamiltonian: Hamiltonian) -> ExactEnergy:
    tolerance = LEVEL_TOLERANCE * hamiltonian.one_norm
    energies, states = lowest_states(matrix, hamiltonian, _MAX_COPIES + 1, tolerance)
    residual = float(np.linalg.norm(matrix.apply(states[0]) - energies[0] * states[0]))
    resolved = energies[-1] - energies[0] > tolerance
    return ExactEnergy(
        energies[0],
        "Lanczos",
        energies[-1] - energies[0] if resolved else None,
        len(energies) - 1 if resolved else None,
        residual,
    )

"""Exact ground energies: free fermions at any size, dense to 10 qubits, Lanczos to 20."""

from __future__ import annotations

from dataclasses import dataclass

from quantum.hamiltonians import Hamiltonian


@dataclass(frozen=True, slots=True)
class ExactEnergy:
    """A ground energy with what vouches for it.

    `gap` is the distance to the lowest level above the ground level, `degeneracy` the multiplicity of the ground
    level (None where not resolved), `residual` the norm of H v - E v (None for closed forms).
    """

    energy: float
    method: str
    gap: float | None = None
    degeneracy: int | None = None
    residual: float | None = None


@dataclass(frozen=True, slots=True)
class TrivialEnergies:
    """Lowest energies without entanglement: over computational basis states, over product states."""

    basis_state: float
    product_state: float


def exact_energy(hamiltonian: Hamiltonian) -> ExactEnergy:
    raise NotImplementedError


def trivial_energies(hamiltonian: Hamiltonian) -> TrivialEnergies:
    raise NotImplementedError

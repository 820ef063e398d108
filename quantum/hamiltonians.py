"""Hamiltonians as real sums of Pauli strings: named families, JSON files, Qiskit operators.

Conventions: labels are Qiskit's (the leftmost character acts on the highest qubit, the rightmost on qubit 0); X, Y, Z
are Pauli matrices, not spin-1/2 operators; energies are in `Hamiltonian.unit`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qiskit.quantum_info import SparsePauliOp

Value = float | int | str


@dataclass(frozen=True)
class Hamiltonian:
    """H = sum_k c_k P_k with real c_k on `num_qubits` qubits; every label is different."""

    name: str
    num_qubits: int
    terms: tuple[tuple[str, float], ...]
    description: str = ""
    parameters: tuple[tuple[str, Value], ...] = ()
    symmetries: tuple[str, ...] = ()
    unit: str = "J"

    @cached_property
    def operator(self) -> SparsePauliOp:
        from qiskit.quantum_info import SparsePauliOp

        return SparsePauliOp.from_list(list(self.terms))

    @cached_property
    def one_norm(self) -> float:
        """sum_k |c_k|, the identity included: the scale of rounding in an energy."""
        return sum(abs(coefficient) for _, coefficient in self.terms)

    @cached_property
    def variance_weight(self) -> float:
        """sum over P != I of c_P^2 = Tr(H_0^2) / 2^n for the traceless part H_0: the scale of gradient variances."""
        return sum(coefficient**2 for label, coefficient in self.terms if label.strip("I"))

    @cached_property
    def digest(self) -> str:
        """32 hex characters of sha256 over the physics alone: number of qubits and terms, in any order."""
        lines = sorted(f"{label} {coefficient!r}" for label, coefficient in self.terms)
        return hashlib.sha256("\n".join((str(self.num_qubits), *lines)).encode()).hexdigest()[:32]

    def __getstate__(self) -> dict[str, Any]:
        return {field.name: getattr(self, field.name) for field in fields(self)}  # no cached operator in a pickle


def build_hamiltonian(family: str, num_qubits: int, **parameters: Value) -> Hamiltonian:
    """The member of `family` (a key of `FAMILIES`) on `num_qubits` qubits."""
    raise NotImplementedError


def load_hamiltonian(path: str | Path) -> Hamiltonian:
    """A Hamiltonian from a JSON file with at least `num_qubits` and `pauli_terms`."""
    raise NotImplementedError


def hamiltonian_from_operator(operator: SparsePauliOp, name: str = "operator") -> Hamiltonian:
    """A Hamiltonian from a Hermitian Qiskit operator."""
    raise NotImplementedError


FAMILIES: Mapping[str, Any] = {}

"""A problem: a Hamiltonian (or a family of them) with sizes, a target and limits on circuits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from quantum.circuit import GATES
from quantum.hamiltonians import Hamiltonian, Value


@dataclass(frozen=True)
class Limits:
    """What a circuit may use at one size; depth and gates are counted after the one stated transpile."""

    max_depth: int
    max_gates: int
    max_parameters: int
    gates: tuple[str, ...] = tuple(GATES)
    allow_frozen_angles: bool = False


@dataclass(frozen=True)
class Target:
    """The error below which a ground energy counts as found."""

    kind: Literal["relative", "absolute"]
    value: float

    def threshold(self, exact_energy: float) -> float:
        """The target as an absolute error in the Hamiltonian's unit."""
        return self.value * abs(exact_energy) if self.kind == "relative" else self.value

    def met(self, error: float, exact_energy: float) -> bool:
        return error <= self.threshold(exact_energy)


@dataclass(frozen=True)
class Problem:
    """Everything that a run needs to know of its physics; frozen, picklable, JSON-able."""

    name: str
    sizes: tuple[int, ...]
    heldout_sizes: tuple[int, ...]
    target: Target
    family: str | None = None
    parameters: tuple[tuple[str, Value], ...] = ()
    instances: tuple[Hamiltonian, ...] = ()

    @property
    def id(self) -> str:
        """A stable digest of the whole document, 16 hex characters."""
        raise NotImplementedError

    def hamiltonian(self, num_qubits: int) -> Hamiltonian:
        raise NotImplementedError

    def limits_for(self, num_qubits: int) -> Limits:
        raise NotImplementedError

    def reference_two_qubit_gates(self, num_qubits: int) -> int:
        raise NotImplementedError

    def reference_depth(self, num_qubits: int) -> int:
        raise NotImplementedError

    def reference_parameters(self, num_qubits: int) -> int:
        raise NotImplementedError

    def describe(self) -> str:
        raise NotImplementedError

    def to_document(self) -> dict[str, Any]:
        raise NotImplementedError

    @staticmethod
    def from_document(document: object) -> Problem:
        raise NotImplementedError


def resolve_problem(spec: str, sizes: Sequence[int] | None = None) -> Problem:
    raise NotImplementedError


def list_problems() -> list[dict[str, Any]]:
    raise NotImplementedError

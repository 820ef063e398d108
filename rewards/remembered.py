"""A measured circuit as the memory keeps it, a prompt shows it and a search tree walks over it: one type for all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from rewards.record import Score, SizeScore

Cost = tuple[int, int, int]
"""Two-qubit gates, parameters, depth, summed over the scored sizes: the counts of `rewards.order`."""


class Figures(NamedTuple):
    """What a circuit reaches and costs at one number of qubits; `error` is absolute, in the Hamiltonian's unit."""

    num_qubits: int
    error: float
    two_qubit_gates: int
    parameters: int
    depth: int

    def __str__(self) -> str:
        return (
            f"error {self.error:.1e}, {self.two_qubit_gates} two-qubit gates, "
            f"{self.parameters} parameters, depth {self.depth}"
        )


@dataclass(frozen=True, slots=True)
class Remembered:
    """A valid circuit: `reward` is its number in the one order, `sizes` are its figures, one entry a scored size.

    `shown` attempts had it in their prompt, `best_child` is the highest reward among them.
    """

    id: str
    code: str
    hash: str
    reward: float
    sizes: tuple[Figures, ...]
    shown: int = 0
    best_child: float | None = None

    @property
    def cost(self) -> Cost:
        return (
            sum(size.two_qubit_gates for size in self.sizes),
            sum(size.parameters for size in self.sizes),
            sum(size.depth for size in self.sizes),
        )

    @property
    def error(self) -> float:
        """The largest of its sizes."""
        return max(size.error for size in self.sizes)

    def at(self, num_qubits: int) -> Figures:
        """Its figures at that size, or at its last one where it was not scored there."""
        return next((size for size in self.sizes if size.num_qubits == num_qubits), self.sizes[-1])

    def is_copied_by(self, circuit_hash: str, cost: Cost) -> bool:
        """Whether a circuit of that hash and cost is this very one, no cheaper."""
        return circuit_hash == self.hash and cost >= self.cost

    def to_json(self) -> dict[str, Any]:
        return {"id": self.id, "code": self.code, "hash": self.hash, "reward": self.reward, "sizes": self.sizes}

    @staticmethod
    def from_json(document: dict[str, Any]) -> Remembered:
        return Remembered(**{**document, "sizes": tuple(Figures(*size) for size in document["sizes"])})

    @staticmethod
    def of(attempt_id: str, code: str, score: Score) -> Remembered:
        """What is remembered of a valid score."""
        assert score.reward is not None
        assert score.circuit_hash is not None
        return Remembered(attempt_id, code, score.circuit_hash, score.reward, figures_of(score.sizes))


def figures_of(sizes: Iterable[SizeScore]) -> tuple[Figures, ...]:
    """The figures of measured sizes; an error below zero, which is rounding, counts as zero."""
    return tuple(Figures(s.num_qubits, max(s.error, 0.0), s.two_qubit_gates, s.parameters, s.depth) for s in sizes)

"""The best product state: what a circuit without entanglement reaches. A result that is no better shows nothing."""

from __future__ import annotations

from collections.abc import Iterator

from loop.baselines.registry import Proposal, Search, Sweep, built_sizes
from quantum.ansatze.family import Draft
from quantum.circuit import Circuit
from quantum.problem import Problem

TITLE = "the best product state"


def search(problem: Problem, seed: int) -> Search:
    return Sweep(_rows(problem))


def _rows(problem: Problem) -> Iterator[Proposal]:
    """ry on every qubit reaches the real product states, ry and rz all of them."""
    for rotations in (("ry",), ("ry", "rz")):
        yield Proposal(tuple(_row(n, rotations) for n in built_sizes(problem)), f"product_state({'+'.join(rotations)})")


def _row(num_qubits: int, rotations: tuple[str, ...]) -> Circuit:
    draft = Draft(num_qubits)
    for name in rotations:
        for q in range(num_qubits):
            draft.rotate(name, (q,), draft.parameter())
    return draft.circuit()

"""The prompts of validation: the standard hundred, or a grid of one's own. The same ones every time, on every machine.

The hundred are Ising, XY and Heisenberg chains of 4, 6 and 8 qubits with varied parameters, under varied limits on
gates and depth; no two ask the same. Limits are such as the compact prompt states too, and as simple ansaetze keep.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import product
from random import Random
from typing import Final

from quantum.errors import RequestError
from quantum.problem import Limits, Problem, resolve_problem
from quantum.seeds import seed_for

SIZES: Final = (4, 6, 8)
PROMPTS: Final = 100

CHAINS: Final = {
    "tfim": ("tfim", "tfim:field=0.5", "tfim:field=2.0", "tfim:boundary=periodic"),
    "xy": ("xy", "xy:anisotropy=0.5", "xy:field=0.5", "xy:boundary=periodic"),
    "heisenberg": ("heisenberg", "heisenberg:field=1.0", "heisenberg:coupling=0.5", "heisenberg:boundary=periodic"),
}


@dataclass(frozen=True, slots=True)
class Restriction:
    """What a prompt allows less of; None leaves the problem's own limit."""

    gates: tuple[str, ...] | None = None
    depth: int | None = None
    """Times the number of qubits, plus 8: what a layered ansatz with a chain of entanglers needs."""

    def limits(self, problem: Problem, num_qubits: int) -> Limits:
        limits = problem.limits_for(num_qubits)
        if self.gates is not None:
            limits = replace(limits, gates=self.gates)
        return limits if self.depth is None else replace(limits, max_depth=self.depth * num_qubits + 8)

    def __str__(self) -> str:
        gates = f"only {' '.join(self.gates)}" if self.gates else "any gate"
        times = "" if self.depth == 1 else self.depth
        return gates if self.depth is None else f"{gates}, depth {times}n+8"


RESTRICTIONS: Final = (
    Restriction(),
    Restriction(("ry", "cx")),
    Restriction(("ry", "cz")),
    Restriction(("rx", "ry", "rz", "cx")),
    Restriction(("h", "rx", "rz", "rzz")),
    Restriction(depth=1),
    Restriction(("ry", "cx"), depth=2),
    Restriction(("rx", "ry", "rz", "cx"), depth=1),
)


@dataclass(frozen=True, slots=True)
class Case:
    """One prompt: an ansatz of `problem` on `num_qubits` qubits within `limits`."""

    problem: Problem
    num_qubits: int
    limits: Limits
    name: str
    restriction: Restriction = Restriction()


@cache
def standard_suite() -> tuple[Case, ...]:
    """The hundred: from each of the nine (chain, size) cells in turn, parameters and restrictions in a fixed order."""
    cells = [iter(_cell(family, n)) for family, n in product(CHAINS, SIZES)]
    cases: list[Case] = []
    while len(cases) < PROMPTS:
        cases += [next(cell) for cell in cells]
    return tuple(cases[:PROMPTS])


def _cell(family: str, num_qubits: int) -> list[Case]:
    """Every combination, shuffled so that a prefix has something of everything; the plain prompt comes first."""
    first, *others = product(CHAINS[family], RESTRICTIONS)
    Random(seed_for(0, "suite", family, num_qubits)).shuffle(others)
    return [_case(spec, num_qubits, restriction) for spec, restriction in (first, *others)]


def grid(problems: Sequence[str], sizes: Sequence[int], restrictions: Sequence[Restriction]) -> tuple[Case, ...]:
    """Every problem at every size under every restriction; raises `RequestError` for what cannot be built."""
    return tuple(_case(*combination) for combination in product(problems, sizes, restrictions))


def _case(spec: str, num_qubits: int, restriction: Restriction) -> Case:
    problem = _problem(spec, num_qubits)
    name = f"{spec} n={num_qubits}, {restriction}"
    return Case(problem, num_qubits, restriction.limits(problem, num_qubits), name, restriction)


@cache
def _problem(spec: str, num_qubits: int) -> Problem:
    return resolve_problem(spec, sizes=(num_qubits,))


def sizes_of(problem: Problem) -> Iterator[int]:
    """Those of `SIZES` at which the problem exists: where trainability can be told."""
    for n in SIZES:
        try:
            problem.hamiltonian(n)
        except RequestError:
            continue
        yield n

"""What a result is measured against without a run: the best product state, and the rows of configs/suite/."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from loop.baselines.suite import Row, SuiteProblem, load_suite, resolve, suite_names
from quantum.problem import Problem

TRIVIAL = 0.9
"""A published error above this fraction of the best product state's shows nothing; papers print two digits."""


@dataclass(frozen=True)
class Reference:
    """One circuit to compare with. `error` is in the measure of the problem's target, counts that a source does not
    give are None; `trivial` where a product state or one pair excitation does as well."""

    name: str
    error: float
    two_qubit_gates: int | None
    depth: int | None
    parameters: int | None
    source: str
    trivial: bool = False


def product_state(problem: Problem) -> Reference:
    """The best product state, at the worst size: no two-qubit gate and one Bloch vector (two angles) a qubit."""
    errors = []
    for n in problem.sizes:
        errors.append(_measure(problem.product_error(n), n, problem))
    source = "computed: the lowest energy found over states without entanglement"
    return Reference("best product state", max(errors), 0, 1, 2 * max(problem.sizes), source)


def published(problem: Problem) -> list[Reference]:
    """Published and in-house circuits for the very Hamiltonian of a problem of one size, fewest two-qubit gates first.

    A problem of several sizes has none: a row states one error and one count.
    """
    if len(problem.sizes) != 1:
        return []
    (size,) = problem.sizes
    product = problem.product_error(size)
    found: dict[Reference, None] = {}
    for one in _entries(problem):
        for row in (*one.published, *one.in_house):
            if row.error is not None:
                trivial = row.trivial or row.error > TRIVIAL * product
                measured = _measure(row.error, size, problem)
                found[_reference(row, measured, trivial, row in one.in_house)] = None  # two suites may share a row
    return sorted(found, key=lambda one: (one.two_qubit_gates is None, one.two_qubit_gates or 0, one.error))


def _entries(problem: Problem) -> Iterator[SuiteProblem]:
    """The entries of all suites for the same number of qubits and the same terms."""
    (size,) = problem.sizes
    for name in suite_names():
        for one in load_suite(name).problems:
            other = resolve(one)
            if other.sizes == problem.sizes and other.hamiltonian(size).digest == problem.hamiltonian(size).digest:
                yield one


def _reference(row: Row, error: float, trivial: bool, in_house: bool) -> Reference:
    source = "; ".join(part for part in ("in-house" if in_house else "", row.source, row.note) if part)
    return Reference(row.method, error, row.two_qubit_gates, row.depth, row.parameters, source, trivial)


def _measure(error: float, num_qubits: int, problem: Problem) -> float:
    return problem.relative_error(num_qubits, error) if problem.target.kind == "relative" else error

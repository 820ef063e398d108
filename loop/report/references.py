"""What a result is measured against without a run: the best product state, a known ansatz, published circuits."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

import yaml

from quantum.exact import exact_energy, trivial_energies
from quantum.hamiltonians import Hamiltonian
from quantum.problem import Problem, resolve_problem

TRIVIAL = 0.9
"""A published error above this fraction of the best product state's shows nothing; papers print two digits."""


@dataclass(frozen=True)
class Reference:
    """One circuit to compare with. `error` is in the measure of the problem's target; `trivial` where a product state
    does as well."""

    name: str
    error: float
    two_qubit_gates: int
    depth: int | None
    parameters: int | None
    source: str
    trivial: bool = False


def product_state(problem: Problem) -> Reference:
    """The best product state, at the worst size: no two-qubit gate and one Bloch vector (two angles) a qubit."""
    errors = []
    for n in problem.sizes:
        hamiltonian = problem.hamiltonian(n)
        exact = exact_energy(hamiltonian).energy
        errors.append(_measure(trivial_energies(hamiltonian).product_state - exact, exact, problem))
    source = "computed: the lowest energy found over states without entanglement"
    return Reference("best product state", max(errors), 0, 1, 2 * max(problem.sizes), source)


def published(problem: Problem) -> list[Reference]:
    """Published circuits for the very Hamiltonian of a problem of one size, fewest two-qubit gates first."""
    if len(problem.sizes) != 1:
        return []
    hamiltonian = problem.hamiltonian(problem.sizes[0])
    rows = [row for row in _rows() if row["qubits"] == hamiltonian.num_qubits and _same(row, hamiltonian)]
    if not rows:
        return []
    exact = exact_energy(hamiltonian).energy
    product = trivial_energies(hamiltonian).product_state - exact
    found = [
        Reference(
            row["method"],
            _measure(row["error"], exact, problem),
            row["two_qubit_gates"],
            row["depth"],
            row["parameters"],
            row["source"],
            row["error"] > TRIVIAL * product,
        )
        for row in rows
    ]
    return sorted(found, key=lambda one: (one.two_qubit_gates, one.error))


def _same(row: dict[str, Any], hamiltonian: Hamiltonian) -> bool:
    return resolve_problem(row["problem"], [row["qubits"]]).hamiltonian(row["qubits"]).digest == hamiltonian.digest


def _measure(error: float, exact: float, problem: Problem) -> float:
    return error / abs(exact) if problem.target.kind == "relative" else error


@lru_cache(maxsize=1)
def _rows() -> list[dict[str, Any]]:
    text = (resources.files("loop.report") / "published.yaml").read_text(encoding="utf-8")
    rows: list[dict[str, Any]] = yaml.safe_load(text)
    return rows

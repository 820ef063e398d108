"""Everything that the report of one run says, gathered once: files of the run in, one `Figures` out."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from loop.attempt import Attempt
from loop.baselines.registry import find_method
from loop.config import RunConfig, problem_of
from loop.report.attempts import Row, front, improvements, scan
from loop.report.circuits import BestCircuit, best_circuits
from loop.report.lineage import Tree, family_tree
from loop.report.references import Reference, product_state, published
from loop.report.state import State, state_of
from loop.run import Run
from loop.show import summarise
from quantum.errors import RequestError
from quantum.problem import Problem

TOP = 5
"""Circuits of the leaderboard, as many as `quantummind show` lists."""


@dataclass(frozen=True)
class Series:
    """One search as a comparison shows it: its Pareto front, and its lowest error against circuits scored."""

    name: str
    title: str
    """What the method is, in a few words."""
    best: Row | None
    """The first of its leaderboard."""
    front: list[Row]
    improvements: list[tuple[int, Row]]
    evaluations: int
    to_target: int | None
    """Circuits scored until the target was met; None where it was not."""


@dataclass(frozen=True)
class Figures:
    """What a page is made of. `summary` is what `show --json` prints."""

    run: Run
    config: RunConfig
    problem: Problem
    method: str | None
    """The method of a baseline run; None for a discovery run."""
    state: State
    summary: dict[str, Any]
    metrics: list[dict[str, Any]]
    rows: list[Row]
    leaders: list[Attempt]
    best: list[BestCircuit]
    own: Series
    baselines: list[Series]
    product: Reference
    published: list[Reference]
    trees: list[Tree]
    failures: dict[int, Counter[str]] = field(default_factory=dict)

    @property
    def measure(self) -> str:
        """What an error is called on every axis."""
        if self.problem.target.kind == "relative":
            return "relative error"
        return f"error ({self.problem.hamiltonian(self.problem.sizes[0]).unit})"


def gather(run: Run) -> Figures:
    """Read a run: live, killed, finished, empty, a baseline's, or one with baselines beside it."""
    config = run.config()
    problem = problem_of(config)
    summary, leaders = summarise(run, TOP)
    rows = scan(run, problem)
    method = method_of(config)
    return Figures(
        run=run,
        config=config,
        problem=problem,
        method=method,
        state=state_of(run, summary["step"], summary["steps"] if method is None else 0),
        summary=summary,
        metrics=list(run.metrics()),
        rows=rows,
        leaders=leaders,
        best=best_circuits(run, config, problem, leaders),
        own=series("this run", about(config), rows),
        baselines=_baselines(run, problem),
        product=product_state(problem),
        published=published(problem),
        trees=[family_tree(rows, leader.id) for leader in leaders],
        failures=_failures(rows),
    )


def series(name: str, title: str, rows: list[Row]) -> Series:
    better = improvements(rows)
    met = next((evaluations for evaluations, row in better if (row.ratio or 0.0) <= 1.0), None)
    ranked = [(row.rank, row.id, row) for row in rows if row.rank is not None]
    best = min(ranked, key=lambda one: one[:2])[2] if ranked else None
    return Series(name, title, best, front(rows), better, sum(r.error is not None for r in rows), met)


def method_of(config: RunConfig) -> str | None:
    """The method of a baseline run."""
    return config.baseline.method if config.baseline else None


def about(config: RunConfig) -> str:
    """What makes the circuits of a run."""
    if config.baseline:
        return str(find_method(config.baseline.method).TITLE)
    return f"GRPO on {config.model.profile}" if config.run.train else f"{config.model.profile}, not trained"


def _baselines(run: Run, problem: Problem) -> list[Series]:
    """The runs of <run>/baselines/ on the same Hamiltonians; one that cannot be read is left out."""
    found = []
    for path in sorted((run.path / "baselines").glob("*/")):
        try:
            other = Run.open(path)
            config = other.config()
            if problem_of(config).id == problem.id:
                found.append(series(method_of(config) or path.name, about(config), scan(other, problem)))
        except RequestError:
            continue
    return found


def _failures(rows: list[Row]) -> dict[int, Counter[str]]:
    """Why attempts failed, counted by step."""
    counted: dict[int, Counter[str]] = {}
    for row in rows:
        step = counted.setdefault(row.step, Counter())
        if row.reason is not None:
            step[row.reason] += 1
    return counted


def finite(value: float | None) -> float | None:
    """JSON has no infinity."""
    return value if value is not None and math.isfinite(value) else None

"""A run beside the baselines at its own number of evaluations; they lie in its folder baselines/, a run each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table

from loop.baselines.figures import Figures, figures
from loop.baselines.registry import find_method, method_names
from loop.baselines.runner import resume_baseline, run_baseline
from loop.config import BaselineSection
from loop.interrupt import Stopped
from loop.run import Run
from quantum.errors import RequestError
from rewards.sandbox import Protection

ALL = "all"


@dataclass(frozen=True)
class Compared:
    """One line of the comparison; `refused` says why a method has nothing to say about the problem."""

    name: str
    figures: Figures | None
    refused: str = ""

    def to_json(self) -> dict[str, Any]:
        return {"method": self.name, "refused": self.refused, **(self.figures.to_json() if self.figures else {})}


def parse_methods(text: str) -> tuple[str, ...]:
    """Names with commas, or `all`; nothing is no method. Raises RequestError for a name that is none."""
    names = method_names() if text == ALL else tuple(name.strip() for name in text.split(",") if name.strip())
    for name in names:
        find_method(name)
    return names


def compare(run: Run, methods: Sequence[str], console: Console, protection: Protection | None = None) -> list[Compared]:
    """The run's figures, then each baseline's; one that is there already stays, one that was stopped goes on."""
    own = figures(run)
    if not own.evaluations:
        raise RequestError(f"{run.path} has no evaluated circuit yet, so there is no budget to compare at")
    compared = [Compared("this run", own)]
    for method in methods:
        try:
            found = figures(_baseline(run, method, own.evaluations, console, protection), own.evaluations)
            compared.append(Compared(method, found))
        except RequestError as refusal:
            compared.append(Compared(method, None, str(refusal)))
    return compared


def _baseline(run: Run, method: str, evaluations: int, console: Console, protection: Protection | None) -> Run:
    path = run.path / "baselines" / method
    section = BaselineSection(method=method, evaluations=evaluations)
    if path.exists() and Run.open(path).config().baseline == section:
        there = Run.open(path)
        if _is_finished(there):
            return there
        outcome = resume_baseline(path, console, protection)
    else:
        outcome = run_baseline(run.config(protection).model_copy(update={"baseline": section}), path, console)
    if outcome.interrupted:
        raise Stopped(f"stopped; go on with: quantummind resume {run.path} --compare {method}")
    return outcome.run


def _is_finished(run: Run) -> bool:
    """Whether the best circuits were confirmed, which is the last thing that a run does."""
    return any(run.best_path.glob("*/certificate.json"))


def comparison_table(compared: Sequence[Compared]) -> Table:
    table = Table(box=None, pad_edge=False)
    headings = ("method", "error", "2q gates", "depth", "params", "to target", "evaluations", "seconds", "beside them")
    for heading in headings:
        table.add_column(heading, justify="left" if heading in ("method", "beside them") else "right", no_wrap=True)
    for one in compared:
        found = one.figures
        if found is None:
            table.add_row(one.name, *[""] * 7, one.refused)
            continue
        counts = (found.two_qubit_gates, found.depth, found.parameters, found.to_target)
        cost = ", ".join(f"{value} {name.replace('_', ' ')}" for name, value in found.cost.items())
        error = "" if found.error is None else f"{found.error:.1e}"
        cells = ("-" if count is None else str(count) for count in counts)
        table.add_row(one.name, error, *cells, str(found.evaluations), f"{found.seconds:.0f}", cost)
    return table

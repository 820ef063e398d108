"""The picture of a baseline run: a bar of the budget on a terminal, one plain line a step in a log file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from loop.attempt import Attempt
from loop.config import BaselineSection
from loop.progress import describe_best
from quantum.problem import Problem


class BudgetProgress:
    """Use as a context manager; call `step` after every batch."""

    def __init__(self, problem: Problem, baseline: BaselineSection, console: Console) -> None:
        self.problem = problem
        self.baseline = baseline
        self.console = console
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        self.bar = Progress(*columns, TextColumn("{task.fields[best]}"), console=console)
        self.task = self.bar.add_task(baseline.method, total=baseline.evaluations, best="")

    def __enter__(self) -> BudgetProgress:
        if self.console.is_terminal:
            self.bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.bar.stop()

    def say(self, text: str) -> None:
        self.console.print(text, highlight=False, markup=False, soft_wrap=True)

    def step(self, evaluations: int, best: Attempt | None, more: Mapping[str, Any]) -> None:
        """One finished batch; `more` is what the method measured beside the evaluations."""
        described = describe_best(best, self.problem)
        if self.console.is_terminal:
            self.bar.update(self.task, completed=evaluations, best=described)
            return
        costs = (f"{value} {name.replace('_', ' ')}" for name, value in more.items() if name != "seconds")
        self.say(" | ".join((f"{evaluations}/{self.baseline.evaluations} evaluations", f"best: {described}", *costs)))

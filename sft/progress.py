"""Training as a person sees it: one bar with the losses and the time left; in a log file a line whenever it logs."""

from __future__ import annotations

import time
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn


class TrainingProgress:
    """Bars on `console` (none: silence); use as a context manager."""

    def __init__(self, console: Console | None) -> None:
        self.console = console or Console(quiet=True)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        figures = TextColumn("{task.fields[figures]}")
        self._bars = Progress(*columns, figures, console=self.console, disable=not self.console.is_terminal)
        self._task: TaskID | None = None
        self._losses: dict[str, float] = {}
        self._first: tuple[int, float] | None = None

    def __enter__(self) -> TrainingProgress:
        self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bars.stop()

    def corpus(self, done: int, total: int) -> None:
        """Tasks of the corpus done."""
        self._show("corpus", done, total)
        if not self.console.is_terminal and (done % 200 == 0 or done == total):
            self.say(f"corpus: {done}/{total}")

    def step(self, step: int, total: int) -> None:
        """Optimiser steps done."""
        if self._first is None:
            self._first = step, time.monotonic()
            self._task = None
        self._show("training", step, total)

    def log(self, step: int, total: int, logs: dict[str, Any]) -> None:
        """What the trainer logged: the loss of the last steps, or that on the validation rows."""
        found = {name: float(logs[key]) for key, name in (("loss", "loss"), ("eval_loss", "validation")) if key in logs}
        self._losses |= found
        self._show("training", step, total)
        if found and not self.console.is_terminal:
            self.say(f"step {step}/{total}  {self._figures(found)}  left {self._left(step, total)}")

    def say(self, text: str) -> None:
        self.console.print(text, highlight=False, soft_wrap=True)

    def _show(self, what: str, done: int, total: int) -> None:
        if self._task is None:
            self._task = self._bars.add_task(what, total=total, figures="")
        figures = self._figures(self._losses) if what == "training" else ""
        self._bars.update(self._task, completed=done, total=total, figures=figures)

    def _figures(self, losses: dict[str, float]) -> str:
        return "  ".join(f"{name} {value:.4f}" for name, value in losses.items())

    def _left(self, step: int, total: int) -> str:
        if self._first is None or step <= self._first[0]:
            return "?"
        first, since = self._first
        seconds = int((time.monotonic() - since) / (step - first) * (total - step))
        return f"{seconds // 60}:{seconds % 60:02d}"

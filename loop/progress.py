"""The live picture of a run: a table that refreshes on a terminal, one plain line a step in a log file."""

from __future__ import annotations

import time
from typing import Any

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from loop.memory import Attempt
from quantum.problem import Problem


class Progress:
    """Shows a run on stderr; use as a context manager and call `step` after every step."""

    def __init__(self, problem: Problem, steps: int, console: Console) -> None:
        self.problem = problem
        self.steps = steps
        self.console = console
        self.live = Live(console=console, refresh_per_second=4) if console.is_terminal else None
        self.first_step: int | None = None
        self.started = time.monotonic()

    def __enter__(self) -> Progress:
        if self.live:
            self.live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.live:
            self.live.stop()

    def say(self, text: str) -> None:
        self.console.print(text, highlight=False, soft_wrap=True)

    def step(self, metrics: dict[str, Any], best: Attempt | None) -> None:
        """One finished step: the line of metrics.jsonl and the best attempt so far."""
        if self.first_step is None:
            self.first_step = metrics["step"]
        if self.live:
            self.live.update(self._picture(metrics, best))
        else:
            self.console.print(self._line(metrics, best), highlight=False, soft_wrap=True)

    def _left(self, step: int) -> str:
        assert self.first_step is not None
        done = step - self.first_step
        if not done:
            return "?"
        seconds = (time.monotonic() - self.started) / done * (self.steps - step)
        return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"

    def _line(self, m: dict[str, Any], best: Attempt | None) -> str:
        return "  ".join(
            (
                f"step {m['step']}/{self.steps}",
                f"reward {m['reward_mean']:.3f}",
                f"{m['valid']:.0%} valid",
                f"{m['unique']:.0%} new",
                f"best {describe_best(best, self.problem)}",
                f"{m['evaluations']} circuits",
                f"left {self._left(m['step'])}",
            )
        )

    def _picture(self, m: dict[str, Any], best: Attempt | None) -> Group:
        table = Table.grid(padding=(0, 2))
        seconds = m["seconds"]
        rows = [
            ("best so far", describe_best(best, self.problem)),
            ("target", describe_target(self.problem)),
            ("reward", f"mean {m['reward_mean']:.3f}, highest {m['reward_max']:.3f}"),
            (
                "this step",
                f"{m['valid']:.0%} valid, {m['unique']:.0%} new, {m['copied']:.0%} copied, "
                f"{m['truncated']:.0%} cut off, {m['zero_variance_groups']:.0%} of groups all alike",
            ),
            ("circuits", f"{m['evaluations']} scored so far"),
            (
                "seconds",
                f"write {seconds['sample']:.1f}, score {seconds['reward']:.1f}, learn {seconds['train']:.1f}"
                f"; time left {self._left(m['step'])}",
            ),
        ]
        for name, value in rows:
            table.add_row(Text(name, style="dim"), value)
        head = Text.assemble((f"step {m['step']} of {self.steps}", "bold"), f"   {self.problem.name}")
        bar = Table.grid()
        bar.add_row(ProgressBar(total=self.steps, completed=m["step"], width=60))
        return Group(head, bar, table)


def describe_best(best: Attempt | None, problem: Problem) -> str:
    """The best attempt in one phrase: error against the target, and size."""
    if best is None:
        return "nothing valid yet"
    score = best.score
    worst = max(score.sizes, key=lambda s: s.error / problem.target.threshold(s.exact_energy))
    shown = worst.relative_error if problem.target.kind == "relative" else worst.error
    gates = "+".join(str(s.two_qubit_gates) for s in score.sizes)
    met = problem.target.met(worst.error, worst.exact_energy)
    kind = "relative error" if problem.target.kind == "relative" else "error"
    return f"{kind} {shown:.1e}{' (target met)' if met else ''}, {gates} two-qubit gates, {worst.parameters} parameters"


def describe_target(problem: Problem) -> str:
    kind = "relative error" if problem.target.kind == "relative" else "error"
    return f"{kind} at most {problem.target.value:g}"

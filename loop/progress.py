"""The live picture of a run: a panel that refreshes on a terminal, one plain line a step in a log file.

Both fit the width of the terminal, from 40 columns on; a log file's lines are as long as they are. The best circuit is
drawn on a terminal alone; drawing it needs the circuit, so its function is run again, in a sandbox of its own.
"""

from __future__ import annotations

import contextlib
import time
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from loop.attempt import Attempt
from loop.sketch import sketch
from loop.tables import floored
from quantum.circuit import Circuit
from quantum.problem import Problem
from rewards.sandbox import Protection, Sandbox, SandboxError, SandboxSettings


class Progress:
    """Shows a run on stderr; use as a context manager and call `step` after every step.

    Without `sandbox` nothing is drawn.
    """

    def __init__(
        self,
        problem: Problem,
        steps: int,
        console: Console,
        sandbox: SandboxSettings | None = None,
        protection: Protection = Protection(),  # noqa: B008  # frozen
    ) -> None:
        self.problem = problem
        self.steps = steps
        self.console = console
        waiting = Text(f"{problem.name}: the model writes its first answers", "dim")
        self.live = Live(waiting, console=console, auto_refresh=False) if console.is_terminal else None
        self.first_step: int | None = None
        self.started = time.monotonic()
        self._drawing = Drawing(problem, sandbox, protection) if sandbox and self.live else None

    def __enter__(self) -> Progress:
        if self.live:
            self.live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.live:
            self.live.stop()
        if self._drawing:
            self._drawing.close()

    def say(self, text: str) -> None:
        self.console.print(text, highlight=False, markup=False, soft_wrap=True)

    def step(self, metrics: dict[str, Any], best: Attempt | None) -> None:
        """One finished step: the line of metrics.jsonl and the best attempt so far."""
        if self.first_step is None:
            self.first_step = metrics["step"]
        if self.live:
            self.live.update(self._picture(metrics, best), refresh=True)
        else:
            self.say(self._line(metrics, best))

    def _left(self, step: int) -> str:
        assert self.first_step is not None
        done = step - self.first_step
        if not done:
            return "?"
        seconds = (time.monotonic() - self.started) / done * (self.steps - step)
        return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"

    def _line(self, m: dict[str, Any], best: Attempt | None) -> str:
        parts = (
            f"step {m['step']}/{self.steps}",
            f"best: {describe_best(best, self.problem)}",
            f"answers: {describe_answers(m)}",
            f"reward {_number(m['reward_mean'])}",
            f"{m['evaluations']} circuits evaluated",
            f"seconds: {describe_seconds(m)}",
            f"{self._left(m['step'])} left",
        )
        return " | ".join(parts)

    def _picture(self, m: dict[str, Any], best: Attempt | None) -> RenderableType:
        rows = (
            ("best", describe_best(best, self.problem)),
            ("target", self.problem.describe_target()),
            ("answers", describe_answers(m)),
            ("reward", f"mean {_number(m['reward_mean'])}, highest {_number(m['reward_max'])}"),
            ("circuits", f"{m['evaluations']} evaluated so far"),
            ("seconds", describe_seconds(m)),
        )
        table = Table.grid(padding=(0, 2))
        for name, value in rows:
            table.add_row(Text(name, style="dim"), Text(value))
        head = Text(f"{self.problem.name}: step {m['step']} of {self.steps}, {self._left(m['step'])} left", "bold")
        bar = Table.grid()
        bar.add_row(ProgressBar(total=self.steps, completed=m["step"], width=min(60, self.console.width)))
        picture: list[RenderableType] = [head, bar, table]
        if self._drawing and best and (circuit := self._drawing.of(best)):
            picture.append(Text(sketch(circuit, self.console.width), no_wrap=True, overflow="crop"))
        return Group(*picture)


class Drawing:
    """The circuit of an attempt, at the largest size scored, from its own code; a new attempt is run in a sandbox."""

    def __init__(self, problem: Problem, settings: SandboxSettings, protection: Protection) -> None:
        self._size = max(problem.sizes)
        self._settings = settings
        self._protection = protection
        self._sandbox: Sandbox | None = None
        self._shown: tuple[str, Circuit | None] = ("", None)

    def close(self) -> None:
        if self._sandbox:
            self._sandbox.close()

    def of(self, attempt: Attempt) -> Circuit | None:
        """None when the sandbox does not give it this time; a drawing is not worth a run."""
        if self._shown[0] != attempt.id:
            circuit = None
            with contextlib.suppress(SandboxError):
                self._sandbox = self._sandbox or Sandbox(self._settings, self._protection)
                circuit = self._sandbox.run(attempt.code, self._size).circuit
            self._shown = (attempt.id, circuit)
        return self._shown[1]


def describe_best(best: Attempt | None, problem: Problem) -> str:
    """The best attempt in one phrase: its error, whether that meets the target, and its size."""
    if best is None:
        return "nothing valid yet"
    score = best.score
    worst = max(score.sizes, key=problem.excess)
    shown = worst.relative_error if problem.target.kind == "relative" else worst.error
    gates = "+".join(str(s.two_qubit_gates) for s in score.sizes)
    kind = "relative error" if problem.target.kind == "relative" else "error"
    verdict = "meets the target" if problem.met(score.sizes) else "target not met"
    fidelity = "" if worst.fidelity is None else f", fidelity {floored(worst.fidelity):.4f}"
    return f"{kind} {shown:.1e}{fidelity} ({verdict}), {gates} two-qubit gates, {worst.parameters} parameters"


def describe_answers(m: dict[str, Any]) -> str:
    """The shares of one step in plain words; a group all of whose rewards are alike has nothing to teach."""
    if m["valid"] is None:
        return "those of an earlier step, trained on again"
    alike = m["zero_variance_groups"]
    return (
        f"{m['valid']:.0%} valid, {m['unique']:.0%} new, {m['copied']:.0%} copied, {m['truncated']:.0%} cut off; "
        f"{_number(alike, '.0%')} of groups all alike"
    )


def describe_seconds(m: dict[str, Any]) -> str:
    seconds = m["seconds"]
    return f"sample {seconds['sample']:.1f}, reward {seconds['reward']:.1f}, train {seconds['train']:.1f}"


def _number(value: float | None, form: str = ".3f") -> str:
    return "-" if value is None else format(value, form)

"""The live picture is readable at 80 and at 40 columns, without colours, and in a log file."""

from __future__ import annotations

import io
import re

import pytest
from rich.console import Console

from loop.progress import Progress
from quantum.problem import resolve_problem
from rewards.sandbox import SandboxSettings
from tests.loop.helpers import valid

METRICS = {
    "step": 3,
    "reward_mean": 0.25,
    "reward_max": 1.05,
    "valid": 0.9,
    "unique": 0.8,
    "copied": 0.05,
    "truncated": 0.15,
    "zero_variance_groups": 0.35,
    "evaluations": 88,
    "seconds": {"sample": 0.4, "reward": 0.7, "train": 0.6},
}
FIGURES = (
    *("3 of 10", "0.250", "90% valid", "80% new", "5% copied", "15% cut off", "35% of groups all alike"),
    *("relative error 2.5e-04", "meets the target", "5 two-qubit gates", "88", "0.4", "0.7", "0.6", "left"),
)


def shown(width: int, terminal: bool, sandbox: SandboxSettings | None = None, **console: object) -> str:
    out = io.StringIO()
    screen = Console(file=out, width=width, force_terminal=terminal, height=24, **console)  # type: ignore[arg-type]
    with Progress(resolve_problem("tfim"), 10, screen, sandbox) as progress:
        progress.step({**METRICS, "step": 2}, None)
        progress.step(METRICS, valid("a", 1.05, error=1e-3, two_qubit_gates=5))
    return out.getvalue()


def last_screen(text: str) -> str:
    """What stands on the screen at the end: the last frame, without control sequences."""
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text.rsplit("\x1b[2K", 1)[-1]).replace("\r", "")


@pytest.mark.parametrize("width", [80, 40])
def test_on_a_terminal_every_figure_is_there_and_no_line_is_too_long(width):
    screen = last_screen(shown(width, True))
    words = " ".join(screen.split())
    for figure in FIGURES:
        assert figure in words or width == 40, figure
    for figure in FIGURES:
        assert all(word in words for word in figure.split()), figure
    assert max(map(len, screen.splitlines())) <= width
    assert "…" not in screen


def test_no_color_means_no_color(monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    assert not re.search(r"\x1b\[[0-9;]*3[0-9]m", shown(80, True))


def test_in_a_log_file_every_step_is_one_plain_line():
    lines = shown(80, False).splitlines()
    assert len(lines) == 2
    assert "nothing valid yet" in lines[0]
    for figure in FIGURES[1:]:
        assert figure in lines[1], figure
    assert lines[1].startswith("step 3/10 ")
    assert "\x1b" not in "".join(lines)


@pytest.mark.parametrize(
    ("problem", "said"), [("tfim", "relative error of at most 0.001"), ("h2", "chemical accuracy, an error of at most")]
)
def test_the_target_is_said_in_words(problem, said):
    assert said in resolve_problem(problem).describe_target()

"""The live picture is readable at 80 columns and in a log file."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from loop.progress import Progress
from quantum.problem import resolve_problem
from tests.loop.helpers import valid

METRICS = {
    "step": 3,
    "reward_mean": 0.25,
    "reward_max": 1.05,
    "valid": 0.9,
    "unique": 0.8,
    "copied": 0.05,
    "truncated": 0.0,
    "zero_variance_groups": 0.25,
    "evaluations": 88,
    "seconds": {"sample": 0.4, "reward": 0.3, "train": 0.3},
}


@pytest.mark.parametrize("terminal", [True, False])
def test_every_figure_is_there_and_no_line_breaks_the_screen(terminal):
    out = io.StringIO()
    console = Console(file=out, width=80, force_terminal=terminal, height=24, color_system=None)
    with Progress(resolve_problem("tfim"), 10, console) as progress:
        progress.step({**METRICS, "step": 2}, None)
        progress.step(METRICS, valid("a", 1.05, error=1e-3, two_qubit_gates=5))
    text = out.getvalue()
    for figure in ("0.25", "90%", "80%", "5 two-qubit gates", "target met", "88"):
        assert figure in text, figure
    if terminal:
        assert all(len(line) <= 80 for line in text.replace("\x1b", "\n\x1b").splitlines() if "\x1b" not in line)

"""A target at the edges: settings, a run's stored problem, and the line of warning wherever a person looks."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from loop.attempt import Attempt
from loop.cli import main
from loop.config import RunConfig, problem_of
from loop.discover import warn
from loop.report.figures import gather
from loop.report.page import report_page
from loop.run import Run, append_jsonl
from loop.show import picture, summarise
from quantum.problem import Target
from rewards.record import Score
from tests.loop.helpers import size_score

SMALL_GAP = "tfim:field=0.2"
LOWERED = "lowered to 0.0015 J with a fidelity of at least 0.9"


def config(**target: object) -> RunConfig:
    return RunConfig.model_validate({"problem": SMALL_GAP, "target": target})


@pytest.mark.parametrize(
    ("given", "target"),
    [
        ({}, Target("relative", 1e-3, below_gap=True)),
        ({"value": 1e-4}, Target("relative", 1e-4)),
        ({"kind": "absolute", "value": 0.1, "fidelity": 0.95}, Target("absolute", 0.1, 0.95)),
        ({"fidelity": 0.99}, Target("relative", 1e-3, 0.99, below_gap=True)),
        ({"below_gap": False}, Target("relative", 1e-3)),
    ],
)
def test_settings_replace_what_the_problem_asks_for(given: dict[str, object], target: Target) -> None:
    problem = problem_of(config(**given))
    assert problem.target == target
    stored = RunConfig.model_validate({"problem": json.loads(json.dumps(problem.to_document())), "target": given})
    assert problem_of(stored) == problem
    assert problem_of(stored).id == problem.id
    assert problem_of(stored.model_copy(update={"target": RunConfig().target})) == problem


def test_a_run_says_so_at_its_start() -> None:
    shown = io.StringIO()
    warn(problem_of(config()), Console(file=shown, width=40))
    assert shown.getvalue().count("\n") == 1
    assert LOWERED in shown.getvalue()


def test_show_and_the_page_say_so_and_never_call_half_a_ground_state_found(tmp_path: Path) -> None:
    run = small_run(tmp_path / "run", fidelity=0.5)
    summary, best = summarise(run, 3)
    assert summary["target_met"] is False
    console = Console(file=io.StringIO(), width=200)
    console.print(picture(summary, best, 200))
    shown = console.file.getvalue()  # type: ignore[attr-defined]
    assert LOWERED in shown
    assert "0.5000" in shown
    page = report_page(gather(run))
    assert LOWERED in page
    assert "reaches the ground energy" not in page
    assert "does not reach the target" in page
    assert summarise(small_run(tmp_path / "good", fidelity=0.97), 3)[0]["target_met"] is True


def test_problems_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert command("problems", SMALL_GAP, "--json") == 0
    described = json.loads(capsys.readouterr().out)
    assert LOWERED in described["warnings"][0]
    assert described["4 qubits"]["least_fidelity"] == 0.9
    assert command("problems", SMALL_GAP, "--set", "target.value=1e-3") == 0
    assert "taken as asked" in capsys.readouterr().out
    assert command("problems", SMALL_GAP, "--set", "target.fidelty=1") == 2
    assert "did you mean 'fidelity'" in capsys.readouterr().err


def command(*arguments: str) -> int:
    with pytest.raises(SystemExit) as end:
        main(arguments)
    return int(end.value.code or 0)


def small_run(path: Path, fidelity: float) -> Run:
    """One circuit with half the largest error."""
    run = Run.create(path, config(), {})
    problem = problem_of(config())
    error = problem.threshold(4) / 2
    size = replace(size_score(error=error), relative_error=problem.relative_error(4, error), fidelity=fidelity)
    score = Score("ok", "done", reward=0.5, circuit_hash="h", sizes=(size,))
    with run.attempts_path.open("w", encoding="utf-8") as handle:
        append_jsonl(handle, Attempt("s00001-000", 1, "s00001-g0", (), "# none", score, 0.01).to_json())
    return run

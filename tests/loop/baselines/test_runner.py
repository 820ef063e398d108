"""A baseline run is a run: exact budget, exact resumption, and show, export and verify work on it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from loop.baselines.compare import compare
from loop.baselines.figures import evaluated, figures
from loop.cli import main
from loop.run import Run

QUICK = (
    "vqe.restarts=4",
    "run.workers=0",
    "run.confirm_restarts=4",
    "run.top=1",
    "run.prune=false",
    "reward.gradient_samples=4",
)


def quantummind(*arguments: object) -> int:
    with pytest.raises(SystemExit) as end:
        main([str(a) for a in arguments])
    return int(end.value.code or 0)


def baseline(run: Path, method: str, evaluations: int, *more: object, problem: str = "tfim") -> int:
    settings = [part for setting in QUICK for part in ("--set", setting)]
    budget = ("--evaluations", evaluations)
    return quantummind("baseline", problem, "--method", method, *budget, "--run", run, *settings, *more)


def essence(run: Path) -> list[dict[str, Any]]:
    """The attempts without what a clock had a hand in, in the order of their ids."""
    lines = [json.loads(line) for line in (run / "attempts.jsonl").read_text().splitlines()]
    for line in lines:
        line.pop("seconds")
        line["score"].pop("seconds")
    return sorted(lines, key=lambda line: str(line["id"]))


@pytest.fixture(scope="module")
def evolved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    run = tmp_path_factory.mktemp("runs") / "evolved"
    assert baseline(run, "evolution", 40, "--qubits", 2, problem="heisenberg") == 0
    return run


def test_the_budget_is_spent_exactly_and_the_files_are_those_of_a_run(evolved: Path) -> None:
    run = Run.open(evolved)
    assert sum(attempt.score.outcome == "ok" for attempt in run.attempts()) == 40
    steps = list(run.metrics())
    assert steps[-1]["evaluations"] == 40
    assert [line["step"] for line in steps] == list(range(1, len(steps) + 1))
    section = run.config().baseline
    assert section is not None
    assert (section.method, section.evaluations) == ("evolution", 40)
    assert run.environment()["sandbox"]["level"]


def test_show_export_and_verify_work_on_it(evolved: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert quantummind("show", evolved, "--json") == 0
    summary = json.loads(capsys.readouterr().out)
    assert summary["target_met"]
    assert quantummind("export", evolved, "--to", tmp_path / "out") == 0
    assert quantummind("verify", tmp_path / "out") == 0
    assert quantummind("verify", evolved) == 0


def test_a_killed_run_comes_out_as_if_it_had_never_stopped(evolved: Path, tmp_path: Path) -> None:
    """A kill leaves some lines of a batch, in any order, and one half-written."""
    run = tmp_path / "killed"
    shutil.copytree(evolved, run)
    lines = (run / "attempts.jsonl").read_text().splitlines(keepends=True)
    (run / "attempts.jsonl").write_text("".join([*lines[:26], lines[28], lines[30][:100]]))
    steps = (run / "metrics.jsonl").read_text().splitlines(keepends=True)
    (run / "metrics.jsonl").write_text("".join(steps[:1]))
    assert quantummind("resume", run) == 0
    assert essence(run) == essence(evolved)
    assert len((run / "metrics.jsonl").read_text().splitlines()) == len(steps)


def test_a_sweep_over_two_sizes_is_a_run_too_and_says_what_it_does_at_a_third(tmp_path: Path) -> None:
    problem, path = tmp_path / "growing.yaml", tmp_path / "hea"
    problem.write_text("family: tfim\nsizes: [2, 3]\nheldout_sizes: [4]\n")
    assert baseline(path, "hea", 2, problem=str(problem)) == 0
    assert quantummind("verify", path) == 0
    run = Run.open(path)
    (best,) = run.best_path.glob("*/certificate.json")
    (held_out,) = json.loads(best.read_text())["score"]["held_out"]
    assert held_out["num_qubits"] == 4
    source = (best.parent / "ansatz.py").read_text()
    assert all(f"ansatz_{n}(" in source for n in (2, 3, 4))
    assert run.config().reward.allow_instance_specific


def test_a_refused_request_leaves_nothing_behind(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = tmp_path / "none"
    assert baseline(run, "hva", 3, problem="h2") == 2
    assert baseline(run, "evolution", 3, "--sizes", "2,3") == 2
    assert baseline(run, "evolution", 3, problem="no-such") == 2
    assert baseline(run, "no-such", 3) == 2
    assert len(capsys.readouterr().err.splitlines()) == 4
    assert not run.exists()


def test_figures_of_a_shorter_budget_are_those_of_the_run_up_to_there(evolved: Path) -> None:
    run = Run.open(evolved)
    whole = figures(run, goal=100)
    assert whole.met
    assert whole.to_target is not None
    assert whole.to_goal == whole.to_target
    short = figures(run, whole.to_target - 1)
    assert not short.met
    assert short.evaluations == whole.to_target - 1
    assert figures(run, whole.to_target, goal=0).to_goal is None
    rewards = [attempt.score.reward or 0.0 for attempt in evaluated(run)]
    assert whole.reward_mean == pytest.approx(sum(rewards) / 40)


def test_compared_at_the_run_s_own_budget_and_not_twice(evolved: Path, tmp_path: Path) -> None:
    path = tmp_path / "compared"
    shutil.copytree(evolved, path)
    run, console = Run.open(path), Console(stderr=True)
    own, product, refused = compare(run, ("product", "pair-excitation"), console)
    assert own.figures is not None
    assert own.figures.evaluations == 40
    assert product.figures is not None
    assert product.figures.evaluations == 2
    assert "even number" in refused.refused
    before = (path / "baselines" / "product" / "config.yaml").stat().st_mtime_ns
    assert compare(run, ("product",), console)[1] == product
    assert (path / "baselines" / "product" / "config.yaml").stat().st_mtime_ns == before

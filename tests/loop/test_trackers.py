"""Trackers: off unless asked for, missing ones named before any work, one curve a run over all its sessions."""

from __future__ import annotations

import os

import pytest

from loop.config import RunConfig
from loop.run import Run
from loop.trackers import run_identity, tracking
from models.trl_settings import chosen_trackers

NOTHING = [{}, {"report_to": "none"}, {"report_to": None}, {"report_to": []}, {"report_to": ["none"]}]


@pytest.fixture
def run(tmp_path):
    return Run.create(tmp_path / "run", RunConfig(problem="tfim"), {"seed": 0})


@pytest.mark.parametrize("settings", NOTHING)
def test_nothing_is_tracked_unless_asked_for(settings, run):
    before = dict(os.environ), run.environment()
    assert chosen_trackers("grpo", settings) == ()
    with tracking(run, settings, 0) as passed:
        assert passed == settings
        assert dict(os.environ) == before[0]
    assert run.environment() == before[1]


def test_a_run_keeps_its_name_and_the_environment_is_put_back(run, monkeypatch):
    monkeypatch.setattr("models.trl_settings.importlib.util.find_spec", lambda name: object())
    monkeypatch.setenv("WANDB_PROJECT", "mine")
    monkeypatch.delenv("WANDB_RUN_ID", raising=False)
    seen = []
    for _ in range(2):
        with tracking(run, {"report_to": "wandb", "beta": 0.0}, 0) as passed:
            seen.append((os.environ["WANDB_RUN_ID"], os.environ["WANDB_RESUME"], os.environ["WANDB_PROJECT"]))
            assert passed["beta"] == 0.0
            assert passed["run_name"] == os.environ["WANDB_RUN_ID"], "trackio knows a run by its name"
    assert seen[0] == seen[1] == (run_identity(Run.open(run.path)), "allow", "mine")
    assert "WANDB_RUN_ID" not in os.environ
    assert os.environ["WANDB_PROJECT"] == "mine"


def test_two_runs_never_share_a_name(tmp_path):
    runs = [Run.create(tmp_path / k / "run", RunConfig(problem="tfim"), {}) for k in "ab"]
    assert run_identity(runs[0]) != run_identity(runs[1])


def test_tensorboard_shows_one_curve_over_the_sessions_of_a_run(tmp_path, capsys):
    """Two steps, killed after the first checkpoint was left behind, then taken up again: each step stands once."""
    pytest.importorskip("torch", reason="needs the train extra")
    accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator", reason="not installed")
    from tests.loop.test_discover import SMALL, quantummind

    path = tmp_path / "run"
    tracked = ("--set", "grpo.report_to=tensorboard", "--set", "run.confirm_restarts=1", "--set", "run.prune=false")
    arguments = (*SMALL, *tracked, "--qubits", 2, "--set", "run.workers=0")
    assert quantummind("discover", "tfim", "--steps", 2, "--run", path, *arguments) == 0
    for step in (path / "checkpoint-2").iterdir():
        step.unlink()  # as a kill before the second checkpoint was whole would leave it
    assert quantummind("resume", path, "--steps", 2) == 0
    events = accumulator.EventAccumulator(str(path / "tensorboard"))
    events.Reload()
    metrics = list(Run.open(path).metrics())
    for name in ("valid", "unique", "evaluations", "reward_mean"):
        curve = [(event.step, event.value) for event in events.Scalars(f"train/quantummind/{name}")]
        assert curve == [(line["step"], pytest.approx(line[name], rel=1e-6)) for line in metrics], name
    assert [line["step"] for line in metrics] == [1, 2, 3]

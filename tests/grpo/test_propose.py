"""The loop without learning: the same task, the same budget, no weight changes; resumes like training does."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch", reason="needs the train extra")

from grpo.propose import Decoding, propose  # noqa: E402
from tests.grpo.test_train import SETTINGS, CountingTask, digest, tiny_policy  # noqa: E402

DECODING = Decoding(temperatures=(0.5, 1.0), sequences=1, repetition_penalty=1.1)


def run(path, steps, task=None, resume_from=None, seed=3):
    task, policy = task or CountingTask(), tiny_policy()
    propose(policy, SETTINGS, task, path, decoding=DECODING, steps=steps, seed=seed, resume_from=resume_from)
    return task, policy


def test_members_take_the_temperatures_in_turn():
    recipe = Decoding((0.5, 0.7, 0.9), sequences=3, repetition_penalty=1.1)
    assert list(recipe.members(8)) == [(0.5, [0, 1, 2]), (0.7, [3, 4, 5]), (0.9, [6, 7])]
    assert list(recipe.members(2)) == [(0.5, [0, 1])]


def test_no_weight_changes_and_the_budget_is_that_of_training(tmp_path):
    task, policy = run(tmp_path, 2)
    assert digest(policy) == digest(tiny_policy())
    assert task.seen == [(step, [f"{step}-0"] * 4 + [f"{step}-1"] * 4) for step in (1, 2)]


def test_resumed_is_the_same_as_uninterrupted(tmp_path):
    whole, _ = run(tmp_path / "whole", 4)
    first, _ = run(tmp_path, 2)
    second, _ = run(tmp_path, 4, resume_from=tmp_path / "checkpoint-2")
    assert first.answers + second.answers == whole.answers
    assert second.version == whole.version


def test_seeds_differ_and_only_so_many_checkpoints_are_kept(tmp_path, monkeypatch):
    monkeypatch.setitem(SETTINGS, "save_total_limit", 2)
    one, _ = run(tmp_path / "one", 3)
    two, _ = run(tmp_path / "two", 3, seed=4)
    assert one.answers != two.answers
    assert {p.name for p in (tmp_path / "one").iterdir()} == {"checkpoint-2", "checkpoint-3"}


def test_a_task_that_asks_for_a_stop_gets_a_checkpoint(tmp_path):
    task, _ = run(tmp_path, 50, CountingTask(stop_after=2))
    assert [step for step, _, _ in task.logs] == [1, 2]
    assert task.saved[-1] == 2

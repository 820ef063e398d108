"""Stopped anywhere and resumed, a run is the uninterrupted one, also between two updates on the same answers."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch", reason="needs the train extra")

from grpo.train import train  # noqa: E402
from tests.grpo.test_train import SETTINGS, CountingTask, digest, tiny_policy  # noqa: E402

STEPS = 4
COMPARED = ("loss", "grad_norm", "entropy", "kl", "learning_rate", "num_tokens", "entropy_coef")


class HeatingTask(CountingTask):
    """Samples hotter at every generation, as a search does whose answers become alike."""

    def temperature(self, usual):
        return usual + 0.3 * self.version


def run(path, settings, task=None, steps=STEPS, resume_from=None):
    task, policy = task or HeatingTask(), tiny_policy()
    train(policy, {**SETTINGS, **settings}, task, path, steps=steps, seed=3, resume_from=resume_from)
    return task, policy


def figures(task):
    return [(step, {name: logs[name] for name in COMPARED if name in logs}) for step, logs, _ in task.logs]


@pytest.mark.parametrize(
    ("settings", "generations"),
    [
        ({"num_iterations": 2}, [1, 3]),
        ({"num_iterations": 3, "lr_scheduler_type": "linear"}, [1, 4]),
        ({"steps_per_generation": 2, "loss_type": "grpo"}, [1, 3]),
        ({"gradient_accumulation_steps": 2, "steps_per_generation": 4, "per_device_train_batch_size": 4}, [1, 3]),
        ({"gradient_accumulation_steps": 2, "num_iterations": 2, "steps_per_generation": 1}, [1, 2, 3, 4]),
        ({"use_adaptive_entropy": True, "entropy_coef": 0.01}, [1, 2, 3, 4]),
        ({"dataloader_num_workers": 1, "bf16": True, "num_iterations": 2}, [1, 3]),
        ({"mask_truncated_completions": True, "num_iterations": 2, "optim": "adafactor"}, [1, 3]),
    ],
)
def test_resumed_at_any_step_is_the_same_as_uninterrupted(settings, generations, tmp_path):
    whole, policy = run(tmp_path / "run", settings)
    assert [step for step, _ in whole.seen] == generations
    assert [step for step, _ in figures(whole)] == [1, 2, 3, 4], "every step has its line"
    for stopped in (2, 3):
        resumed, found = run(tmp_path / "run", settings, resume_from=tmp_path / "run" / f"checkpoint-{stopped}")
        assert figures(resumed) == figures(whole)[stopped:]
        assert resumed.seen == [seen for seen in whole.seen if seen[0] > stopped]
        assert resumed.answers == whole.answers[len(whole.answers) - len(resumed.answers) :]
        assert digest(found) == digest(policy)


def test_a_stop_is_granted_after_any_step_and_saved(tmp_path):
    settings = {"num_iterations": 4, "save_steps": 100}
    whole, policy = run(tmp_path / "whole", settings)
    stopped, _ = run(tmp_path / "run", settings, HeatingTask(stop_after=2))
    assert [step for step, _ in figures(stopped)] == [1, 2]
    assert stopped.saved == [2]
    resumed, found = run(tmp_path / "run", settings, resume_from=tmp_path / "run" / "checkpoint-2")
    assert figures(stopped) + figures(resumed) == figures(whole)
    assert resumed.answers == []
    assert digest(found) == digest(policy)

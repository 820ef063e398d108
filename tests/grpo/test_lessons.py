"""What answers train with: advantages against the formula, what is left out of the loss, log-probabilities."""

from __future__ import annotations

import statistics
from dataclasses import dataclass, field

import pytest

torch = pytest.importorskip("torch", reason="needs the train extra")

from grpo.advantage import entropic, rewards_of  # noqa: E402
from grpo.masking import leave_out  # noqa: E402
from grpo.train import train  # noqa: E402
from grpo.trainer import TaskTrainer  # noqa: E402
from models.adapters import attach_adapter  # noqa: E402
from models.loader import load_policy  # noqa: E402
from models.profiles import resolve_profile  # noqa: E402
from tests.grpo.test_train import SETTINGS, CountingTask, tiny_policy  # noqa: E402
from tests.models.tiny import save_like  # noqa: E402

NAN = float("nan")
GROUPS = {
    "with repeats left out": [0.9, None, 0.1, 0.5, None],
    "with repeats at the mean": [0.9, "mean", 0.1, 0.5, "mean"],
    "of both": [0.9, "mean", None, 0.5, 0.1],
    "of repeats alone": [None, None, "mean", None, "mean"],
    "with one that is none": [None, 0.7, "mean", None, None],
    "all alike": [0.3, 0.3, 0.3, 0.3, None],
}


@dataclass
class Taught(CountingTask):
    """Gives the lessons of one list, whatever the answers."""

    lessons: list = field(default_factory=list)

    def score(self, step, completions):
        super().score(step, completions)
        return self.lessons


@pytest.fixture
def batches(monkeypatch):
    """Calls (trainer, batch) for every generation, before its updates."""
    kept = []
    prepare = TaskTrainer._generate_and_score_completions

    def keeping(self, inputs):
        batch = prepare(self, inputs)
        for look in kept:
            look(self, batch)
        return batch

    monkeypatch.setattr(TaskTrainer, "_generate_and_score_completions", keeping)
    return kept


def teach(lessons, path, advantage="group", **settings):
    group = len(lessons) // 2
    sizes = {"num_generations": group, "per_device_train_batch_size": len(lessons)}
    task = Taught(lessons=lessons)
    train(tiny_policy(), {**SETTINGS, **sizes, **settings}, task, path, steps=1, seed=3, advantage=advantage)
    return task


def by_the_formula(group):
    rewards = [lesson for lesson in group if isinstance(lesson, float)]
    if len(rewards) < 2:
        return [0.0] * len(group)
    mean, spread = statistics.mean(rewards), statistics.stdev(rewards)
    return [(lesson - mean) / (spread + 1e-4) if isinstance(lesson, float) else 0.0 for lesson in group]


def test_advantages_are_those_of_the_formula_and_what_is_left_out_counts_nowhere(batches, tmp_path):
    names = list(GROUPS)
    for one, other in zip(names[::2], names[1::2], strict=True):
        seen = []
        batches[:] = [lambda _, batch, seen=seen: seen.append(batch)]
        lessons = GROUPS[one] + GROUPS[other]
        task = teach(lessons, tmp_path / one)
        (batch,) = seen
        expected = by_the_formula(GROUPS[one]) + by_the_formula(GROUPS[other])
        assert batch["advantages"].tolist() == pytest.approx(expected, abs=1e-5)
        lengths = batch["completion_mask"].sum(1).tolist()
        assert [length == 0 for length in lengths] == [lesson is None for lesson in lessons]
        assert batch["num_items_in_batch"] == sum(lengths)
        assert len(task.logs) == 1


def test_entropic_advantages_of_a_group_with_repeats_are_those_of_the_others():
    lessons = [0.9, None, 0.1, 0.5, "mean"]
    values = torch.tensor([[NAN if reward is None else reward for reward in rewards_of(lessons)]], dtype=torch.float64)
    alone = entropic(torch.tensor([[0.9, 0.1, 0.5]], dtype=torch.float64))[0].tolist()
    assert entropic(values)[0].tolist() == pytest.approx([alone[0], 0.0, alone[1], alone[2], 0.0])


@pytest.mark.parametrize(
    ("loss_type", "weaker"),
    [("dapo", 1.0), ("bnpo", 1.0), ("cispo", 1.0), ("grpo", 5 / 8), ("dr_grpo", 5 / 8), ("luspo", 5 / 8)],
)
def test_a_masked_answer_changes_the_loss_as_the_table_says(loss_type, weaker, batches, tmp_path):
    lessons = [0.9, None, 0.1, 0.5, 0.2, None, None, 0.3]
    found = []

    def look(trainer, batch):
        keep = torch.tensor([lesson is not None for lesson in lessons])
        batch = {**batch, "advantages": torch.arange(1.0, 9.0)}  # those of a group add up to 0
        alone = {name: value[keep] if value.dim() else value for name, value in batch.items()}
        found.extend(trainer._compute_loss(trainer.model, part).item() for part in (batch, alone))

    batches.append(look)
    teach(lessons, tmp_path, loss_type=loss_type)
    assert found[0] == pytest.approx(weaker * found[1], rel=1e-4)
    assert found[0] != 0.0


def test_masking_leaves_no_log_probability_that_could_overflow():
    mask = torch.tensor([[1, 1, 0], [1, 1, 1]])
    batch = {
        "completion_mask": mask,
        "num_items_in_batch": mask.sum(),
        "old_per_token_logps": torch.full((2, 3), -99.0),
    }
    leave_out(batch, torch.tensor([False, True]))
    assert batch["completion_mask"].tolist() == [[1, 1, 0], [0, 0, 0]]
    assert batch["num_items_in_batch"] == 2
    assert batch["old_per_token_logps"][1].tolist() == [0.0] * 3


@pytest.mark.parametrize("name", ["codellama-7b", "phi-2"])
def test_the_loss_scores_answers_with_the_probabilities_they_were_sampled_with(name, batches, tmp_path):
    """A random adapter with much dropout: sampler and loss see the policy without it, in training mode too."""
    profile = save_like(resolve_profile(name), tmp_path / "model")
    policy = load_policy(profile.model_copy(update={"lora_dropout": 0.5, "load_in_4bit": False}), "cpu")
    attach_adapter(policy, seed=0)
    generator = torch.Generator().manual_seed(1)
    for key, weight in policy.model.named_parameters():
        if "lora_B" in key:
            weight.data.normal_(generator=generator)
    differences = []

    def look(trainer, batch):
        ids = torch.cat([batch["prompt_ids"], batch["completion_ids"]], 1)
        mask = torch.cat([batch["prompt_mask"], batch["completion_mask"]], 1)
        keep = batch["completion_ids"].shape[1]
        assert policy.model.training
        with torch.no_grad():
            scored = trainer._get_per_token_logps_and_entropies(policy.model, ids, mask, keep)[0]
            policy.model.eval()
            for row, logps in enumerate(scored):
                real = ids[row][mask[row].bool()][None]
                length = int(batch["completion_mask"][row].sum())
                sampled = (policy.model(input_ids=real).logits[0, :-1] / 0.7).log_softmax(-1)
                drawn = sampled.gather(1, real[0, 1:, None])[-length:, 0]
                differences.append(float((drawn - logps[:length]).abs().max()))
            policy.model.train()

    batches.append(look)
    train(policy, {**SETTINGS, "temperature": 0.7}, CountingTask(), tmp_path / "run", steps=1, seed=0)
    assert len(differences) == 8
    assert max(differences) < 1e-3

"""What TRL or transformers would refuse late is refused at once, in one line."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("torch", reason="needs the train extra")

from grpo.train import build_grpo_config
from models.trl_settings import chosen_trackers
from quantum.errors import RequestError
from sft.config import SftSettings, sft_arguments

LATE = [
    ({"deepspeed": "zero3.json"}, "one process"),
    ({"fsdp": "full_shard"}, "one process"),
    ({"push_to_hub": True}, "hf upload"),
    ({"report_to": "mlflow"}, "unknown tracker"),
    ({"report_to": "wandb"}, "needs the package wandb, which is missing; pip install wandb"),
    ({"use_liger_kernel": True}, "needs the package liger-kernel"),
    ({"optim": "lomo"}, "lomo"),
    ({"optim": "adamw9"}, "adamw9"),
    ({"lr_scheduler_type": "warmup_stable_decay"}, "num_decay_steps"),
    ({"save_strategy": "best"}, "metric_for_best_model"),
    ({"dataloader_persistent_workers": True}, "num_workers"),
    ({"save_only_model": True}, "could not be resumed"),
    ({"save_strategy": False}, "must be a word such as steps, not False"),
    ({"learning_rate": "fast"}, "must be a number such as"),
    ({"bf16": "perhaps"}, "must be true or false"),
    ({"lr": 1}, "unknown key '{}.lr'"),
    ({"lr": 1}, "did you mean 'learning_rate'"),
]
"""Of both stages; the braces stand for the section."""

ONLY_GRPO = [
    ({"use_vllm": True}, "needs the package vllm"),
    ({"top_k": 5}, "search.decoding"),
    ({"top_p": 0.9}, "search.decoding"),
    ({"min_p": 0.1}, "search.decoding"),
    ({"repetition_penalty": 1.1}, "search.decoding"),
    ({"generation_kwargs": {"num_beams": 2}}, "search.decoding"),
    ({"temperature": 0}, "above 0"),
    ({"eval_strategy": "steps"}, "no rows"),
    ({"importance_sampling_level": "sequenc"}, "did you mean 'sequence'"),
    ({"gradient_accumulation_steps": 2, "steps_per_generation": 3}, "(3) must be a multiple of"),
    ({"gradient_accumulation_steps": 4, "steps_per_generation": 2}, "(4): a step trains on the answers of one"),
]

ONLY_SFT = [
    ({"loss_type": "dpo"}, "dpo"),
    ({"padding_free": True}, "padding_free"),
    ({"chat_template_path": "/nowhere"}, "as the profile says"),
    ({"epochs": 1}, "did you mean 'num_train_epochs'"),
    ({"completion_only_loss": False}, "answers alone"),
]


@pytest.fixture(autouse=True)
def nothing_installed(monkeypatch):
    """Whatever is installed here: the packages that these settings need are not."""
    from importlib import util

    find, absent = util.find_spec, ("wandb", "vllm", "liger_kernel")
    monkeypatch.setattr("models.trl_settings.importlib.util.find_spec", lambda n: None if n in absent else find(n))


def build(section, settings, folder):
    if section == "grpo":
        return build_grpo_config(settings, folder, 2, 0, cuda=False)
    return sft_arguments(SftSettings(training=settings), folder, False, "chatml")


@pytest.mark.parametrize(
    ("section", "settings", "said"),
    [
        *((section, *case) for section in ("grpo", "training") for case in LATE),
        *(("grpo", *case) for case in ONLY_GRPO),
        *(("training", *case) for case in ONLY_SFT),
    ],
)
def test_it_is_one_short_line_and_nothing_is_left(section, settings, said, tmp_path):
    with pytest.raises(RequestError) as error:
        build(section, settings, tmp_path / "new")
    line = str(error.value)
    assert not any(tmp_path.iterdir())
    assert said.format(section) in line
    assert "\n" not in line
    assert len(line) < 700


@pytest.mark.parametrize(
    ("settings", "name", "value"),
    [
        ({"save_strategy": "no"}, "save_strategy", "no"),
        ({"bf16": "no"}, "bf16", False),
        ({"warmup_steps": 2}, "warmup_steps", 2),
        ({"num_iterations": 2}, "num_iterations", 2),
        ({"top_p": 1, "top_k": 0, "repetition_penalty": 1}, "top_p", 1.0),
        ({"optim": "adafactor", "lr_scheduler_type": "cosine"}, "optim", "adafactor"),
    ],
)
def test_what_works_is_passed_on_with_the_type_of_its_field(settings, name, value, tmp_path):
    assert getattr(build_grpo_config(settings, Path("unused"), 2, 0, cuda=False), name) == value
    assert not Path("unused").exists()


def test_where_nothing_is_trained_sampling_may_have_any_shape():
    settings = {"top_k": 5, "repetition_penalty": 1.1}
    assert build_grpo_config(settings, Path("unused"), 2, 0, cuda=False, trains=False).top_k == 5


@pytest.mark.parametrize(
    ("name", "said"),
    [("wandbb", "did you mean 'wandb'"), (["tensorboard", "mlflow"], "unknown tracker"), (3, "unknown")],
)
def test_an_unknown_tracker_is_one_line(name, said):
    with pytest.raises(RequestError, match=said):
        chosen_trackers("grpo", {"report_to": name})

"""Every prompt format: GRPO asks in the very tokens of SFT and of plain sampling, and answers end alike."""

from __future__ import annotations

from typing import get_args

import pytest

torch = pytest.importorskip("torch", reason="needs the train extra")

from grpo.task import Completion  # noqa: E402
from grpo.train import train  # noqa: E402
from grpo.trainer import TaskTrainer  # noqa: E402
from models.loader import load_policy  # noqa: E402
from models.profiles import resolve_profile  # noqa: E402
from models.prompts import Format, render, render_answer  # noqa: E402
from tests.grpo.test_train import SETTINGS, CountingTask  # noqa: E402
from tests.models.tiny import save_like  # noqa: E402

MESSAGES = [{"role": "user", "content": "memory version 0 asks for letters"}]
LLAMA, PHI = "codellama-7b", "phi-2"


def tiny_policy(folder, name, form, stops=()):
    profile = resolve_profile(name).model_copy(
        update={"prompt_format": form, "stop_strings": stops, "use_peft": False, "load_in_4bit": False}
    )
    return load_policy(save_like(profile, folder), "cpu")


def sft_ids(policy, form, folder):
    """Prompt ids and answer ids of one row, as TRL's SFTTrainer makes them."""
    from datasets import Dataset
    from trl import SFTConfig, SFTTrainer

    row = {"prompt": [render(MESSAGES, form)], "completion": [render_answer("theta", form)]}
    arguments = SFTConfig(
        str(folder), use_cpu=True, bf16=False, report_to="none", max_steps=1, completion_only_loss=True
    )
    trainer = SFTTrainer(
        policy.model, arguments, train_dataset=Dataset.from_dict(row), processing_class=policy.tokenizer
    )
    (found,) = trainer.train_dataset
    answer = [label for label in found["labels"] if label != -100]
    return found["input_ids"][: -len(answer)], answer


@pytest.mark.parametrize("form", get_args(Format))
def test_the_model_is_asked_in_the_tokens_that_sft_trains_on(form, tmp_path, monkeypatch):
    policy = tiny_policy(tmp_path / "model", LLAMA, form)
    asked = []
    sample = TaskTrainer._generate_single_turn

    def spy(self, prompt_ids, *rest):
        asked.extend(prompt_ids)
        return sample(self, prompt_ids, *rest)

    monkeypatch.setattr(TaskTrainer, "_generate_single_turn", spy)
    train(policy, SETTINGS, CountingTask(), tmp_path / "run", steps=1, seed=0)
    prompt, answer = sft_ids(policy, form, tmp_path / "sft")
    assert asked == [prompt] * 8
    assert policy.prompt_ids(MESSAGES) == prompt
    text = policy.tokenizer.decode(prompt)
    assert ("### Instruction:" in text) == (form == "instruction")
    assert text.count("<|im_start|>") == (2 if form == "chatml" else 1), "a text begins with the token of its tokenizer"
    assert policy.texts([answer]) == ["theta\n" if form == "chatml" else "theta"]


@pytest.mark.parametrize("name", [LLAMA, PHI])
def test_an_answer_ends_at_a_stop_string_and_is_not_cut_off(name, tmp_path):
    """The letter e, which a random model soon writes, stands for ### Instruction."""
    task = CountingTask()
    answers: list[Completion] = []
    score = task.score
    task.score = lambda step, completions: answers.extend(completions) or score(step, completions)
    policy = tiny_policy(tmp_path / "model", name, "instruction", stops=("e", "r"))
    settings = {**SETTINGS, "max_completion_length": 40, "mask_truncated_completions": True}
    batches = []
    prepare = TaskTrainer._generate_and_score_completions

    def keeping(self, inputs):
        batches.append(prepare(self, inputs))
        return batches[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TaskTrainer, "_generate_and_score_completions", keeping)
        train(policy, settings, task, tmp_path / "run", steps=1, seed=0)
    (batch,) = batches
    assert not any("e" in answer.text or "r" in answer.text for answer in answers)
    ended = [not answer.truncated for answer in answers]
    assert any(ended)
    for row, answer in enumerate(answers):
        ids = batch["completion_ids"][row][batch["completion_mask"][row].bool()].tolist()
        assert bool(ids) == (not answer.truncated), "what ended by itself is trained on, what was cut off is not"
        if ids and ids[-1] != policy.tokenizer.eos_token_id:
            text = policy.tokenizer.decode(ids)
            assert policy.stops.found(ids)
            assert not policy.stops.found(ids[:-1]), "and nothing after the stop string"
            assert text.startswith(answer.text)
    share = task.logs[0][1]["completions/clipped_ratio"]
    assert share == pytest.approx(1 - sum(ended) / len(ended))
    sampled = policy.generate([MESSAGES] * 8, seed=0, max_new_tokens=40)
    assert not any("e" in text or "r" in text for text in sampled)

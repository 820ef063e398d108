"""GRPO for real on the CPU: a tiny random Qwen2, a task without circuits."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field

import pytest

torch = pytest.importorskip("torch", reason="needs the train extra")

from grpo.train import build_grpo_config, train  # noqa: E402
from models.loader import Policy  # noqa: E402
from models.profiles import resolve_profile  # noqa: E402
from models.tokenizer import train_tokenizer  # noqa: E402
from quantum.errors import RequestError  # noqa: E402

SETTINGS = {
    "per_device_train_batch_size": 8,
    "num_generations": 4,
    "max_completion_length": 12,
    "learning_rate": 1e-2,
    "lr_scheduler_type": "constant",
    "bf16": False,
    "gradient_checkpointing": False,
    "save_steps": 1,
}
TEXTS = [f"memory version {k} asks for letters abc" for k in range(50)]


@dataclass
class Prompt:
    id: str
    messages: list


@dataclass
class CountingTask:
    """Every prompt shows the version of the memory; the memory grows by a step's completions. Rewards the letter e."""

    version: int = 0
    seen: list = field(default_factory=list)
    answers: list = field(default_factory=list)
    saved: list = field(default_factory=list)
    logs: list = field(default_factory=list)
    stop_after: int = 10**9
    heat: float = 1.0

    def prompts(self, step, count):
        text = f"memory version {self.version} asks for letters"
        return [Prompt(f"{step}-{k}", [{"role": "user", "content": text}]) for k in range(count)]

    def score(self, step, completions):
        self.answers.append([c.text for c in completions])
        self.seen.append((step, [c.prompt_id for c in completions]))
        self.version += 1
        return [c.text.count("e") / (1 + len(c.text)) for c in completions]

    def temperature(self, usual):
        return self.heat * usual

    def figures(self):
        return {"version": self.version}

    def end_step(self, step, logs, seconds):
        self.logs.append((step, logs, seconds))
        return step < self.stop_after

    def checkpoint(self, step):
        self.saved.append(step)

    def state(self):
        return {"version": self.version}

    def restore(self, state):
        self.version = state["version"]


def tiny_policy() -> Policy:
    from transformers import Qwen2Config, Qwen2ForCausalLM

    torch.manual_seed(1)
    tokenizer = train_tokenizer(TEXTS, vocab_size=320)
    config = Qwen2Config(
        vocab_size=len(tokenizer),
        hidden_size=16,
        intermediate_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        num_key_value_heads=1,
        tie_word_embeddings=True,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    return Policy(Qwen2ForCausalLM(config), tokenizer, resolve_profile("embedded"), torch.device("cpu"))


def digest(policy: Policy) -> str:
    state = policy.model.state_dict()
    return hashlib.sha256(b"".join(state[key].numpy().tobytes() for key in sorted(state))).hexdigest()


def run(path, steps, task=None, resume_from=None):
    task, policy = task or CountingTask(), tiny_policy()
    train(policy, SETTINGS, task, path, steps=steps, seed=3, resume_from=resume_from)
    return task, policy


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory):
    path = tmp_path_factory.mktemp("run")
    return path, *run(path, 4)


def test_two_steps_change_the_policy_and_report_every_step(tmp_path):
    before = digest(tiny_policy())
    task, policy = run(tmp_path, 2)
    assert digest(policy) != before
    assert [step for step, _, _ in task.logs] == [1, 2]
    assert all(logs["reward"] >= 0 and set(seconds) == {"sample", "reward", "train"} for _, logs, seconds in task.logs)


def test_the_prompt_of_every_step_shows_the_memory_of_that_moment(uninterrupted, monkeypatch, tmp_path):
    from grpo.trainer import TaskTrainer

    tokens = []
    original = TaskTrainer._generate

    def spy(self, prompts, *rest):
        result = original(self, prompts, *rest)
        tokens.append([self.processing_class.decode(ids) for ids in result[0]])
        return result

    monkeypatch.setattr(TaskTrainer, "_generate", spy)
    run(tmp_path, 3)
    for version, texts in enumerate(tokens):
        assert all(f"memory version {version} asks" in text for text in texts)


def test_members_of_a_group_answer_the_same_prompt(uninterrupted):
    _, task, _ = uninterrupted
    assert task.seen[0] == (1, ["1-0"] * 4 + ["1-1"] * 4)


def test_resumed_is_the_same_as_uninterrupted(uninterrupted, tmp_path):
    _, whole, policy = uninterrupted
    first, _ = run(tmp_path, 2)
    second, resumed = run(tmp_path, 4, resume_from=tmp_path / "checkpoint-2")
    assert first.answers + second.answers == whole.answers
    assert second.version == whole.version
    assert digest(resumed) == digest(policy)


def test_the_state_of_the_task_lies_in_the_checkpoint(uninterrupted):
    path, task, _ = uninterrupted
    assert task.saved == [1, 2, 3, 4]
    state = json.loads((path / "checkpoint-3" / "trainer_state.json").read_text())
    assert state["stateful_callbacks"]["TaskCallback"]["attributes"]["task"] == {"version": 3}


def test_the_task_sets_the_temperature_of_a_step(tmp_path):
    cold, _ = run(tmp_path / "cold", 1, CountingTask(heat=1e-3))
    assert len(set(cold.answers[0])) == 1
    usual, _ = run(tmp_path / "usual", 1)
    assert len(set(usual.answers[0])) > 1


def test_the_entropic_advantage_makes_another_update_of_the_same_completions(tmp_path):
    ends = {}
    for advantage in ("group", "entropic"):
        task, policy = CountingTask(), tiny_policy()
        train(policy, SETTINGS, task, tmp_path / advantage, steps=1, seed=3, advantage=advantage)
        ends[advantage] = (task.answers, digest(policy))
    assert ends["group"][0] == ends["entropic"][0]
    assert ends["group"][1] != ends["entropic"][1]


def test_a_task_that_asks_for_a_stop_gets_a_checkpoint(tmp_path):
    task = CountingTask(stop_after=2)
    run(tmp_path, 50, task)
    assert [step for step, _, _ in task.logs] == [1, 2]
    assert task.saved[-1] == 2


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"num_generation": 8}, "did you mean 'num_generations'"),
        ({"max_steps": 3}, "use run.steps"),
        ({"per_device_train_batch_size": 4, "num_generations": 8}, "divisible"),
        ({"loss_type": "dr_grp"}, "did you mean 'dr_grpo'"),
        ({"learning_rate": "fast"}, "must be a number"),
    ],
)
def test_a_wrong_key_is_one_line(settings, said, tmp_path):
    with pytest.raises(RequestError) as error:
        build_grpo_config(settings, tmp_path, 2, 0, cuda=False)
    assert said in str(error.value)
    assert "\n" not in str(error.value)

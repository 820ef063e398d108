#!/usr/bin/env python3
"""Seconds a GRPO step of a 7B policy, its peak memory, and whether sampling and training see the same model.

    python benchmarks/gpu/grpo_7b.py [--variants nf4-trl,nf4-graph,bf16-graph,unsloth] [--steps 4] [--prompt short|full]

32 completions of 256 tokens (4 prompts x 8, batch 8 x 4 accumulation) by the project's own trainer, with the real
reward in the loop: as random weights write noise, what is scored in the place of each completion is an ansatz of the
corpus, through sandbox, VQE and Aer. One process a variant; the first step of each is not counted (it compiles).
Prints one JSON line a variant.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

VARIANTS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "nf4-trl": ({"load_in_4bit": True, "backend": "transformers"}, {"cache_implementation": "dynamic"}),
    "nf4-graph": ({"load_in_4bit": True, "backend": "transformers"}, {}),
    "bf16-graph": ({"load_in_4bit": False, "backend": "transformers"}, {}),
    "unsloth": ({"load_in_4bit": True, "backend": "unsloth", "lora_dropout": 0.0}, {}),
}
"""Per variant: fields of the profile, and TRL's settings."""

GRPO = {
    "per_device_train_batch_size": 8,
    "gradient_accumulation_steps": 4,
    "num_generations": 8,
    "max_completion_length": 256,
    "learning_rate": 1e-5,
    "beta": 0.0,
    "optim": "adamw_8bit",
    "loss_type": "dr_grpo",
    "scale_rewards": "none",
    "save_strategy": "no",
}


@dataclass(frozen=True)
class Ask:
    id: str
    messages: list[dict[str, str]]


class Benchmark:
    """A `grpo.task.Task`: real prompts, corpus answers scored for real, seconds written down."""

    def __init__(self, answers: Sequence[str], short: bool) -> None:
        from quantum.problem import resolve_problem
        from rewards.pool import ScorePool
        from rewards.settings import ScoreSettings

        self.problem = resolve_problem("tfim", (6,))
        self.pool = ScorePool(self.problem, ScoreSettings(), None)
        self.pool.__enter__()
        self.pool.hello()
        self.answers = answers
        self.short = short
        self.steps: list[dict[str, float]] = []
        self.rewards: list[float] = []

    def prompts(self, step: int, count: int) -> list[Ask]:
        from models.prompts import build_messages

        messages = build_messages(self.problem, 6, (), "compact" if self.short else "full")
        return [Ask(f"{step}-{k}", messages) for k in range(count)]

    def score(self, step: int, completions: Sequence[Any]) -> list[float | None]:
        from rewards.pool import Candidate

        draw = random.Random(step)
        texts = [draw.choice(self.answers) for _ in completions]
        scored = dict(self.pool.score_all([Candidate(text, ()) for text in texts]))
        rewards = [scored[k].reward for k in range(len(texts))]
        self.rewards += [r for r in rewards if r is not None]
        return rewards

    def temperature(self, usual: float) -> float:
        return usual

    def figures(self) -> Mapping[str, float]:
        return {}

    def end_step(self, step: int, logs: Mapping[str, float], seconds: Mapping[str, float]) -> bool:
        self.steps.append({**seconds, "loss": logs["loss"], "tokens": logs["completions/mean_length"]})
        return True

    def checkpoint(self, step: int) -> None:
        """Nothing is kept: this run is not resumed."""

    def state(self) -> dict[str, Any]:
        return {}

    def restore(self, state: dict[str, Any]) -> None:
        """There is no state."""


def corpus_answers(count: int) -> list[str]:
    """Answers of the SFT corpus, all different."""
    from sft.corpus.build import build_corpus
    from sft.corpus.workshop import CorpusSettings

    rows = build_corpus(CorpusSettings(functions=count, lineages=0), 8, lambda done: None)
    return sorted({row.answer for row in rows})


def greedy_agreement(model: Any, tokenizer: Any) -> dict[str, float]:
    """Greedy tokens of the captured graph against the argmax of a plain forward pass over the same tokens."""
    import torch

    from models.sampler import FastSampler

    prompt = tokenizer.apply_chat_template([{"role": "user", "content": "qubits: 4"}], add_generation_prompt=True)
    prompt = list(prompt["input_ids"] if hasattr(prompt, "keys") else prompt)
    answer = FastSampler(model, [tokenizer.eos_token_id], tokenizer.pad_token_id, 128).sample([prompt] * 8, 0.0)[0]
    model.eval()
    with torch.no_grad(), torch.autocast("cuda", torch.bfloat16):
        logits = model(torch.tensor([prompt + answer], device=model.device)).logits[0, len(prompt) - 1 : -1].float()
    model.train()
    chosen = logits.gather(1, torch.tensor(answer, device=model.device)[:, None])[:, 0]
    gap = logits.max(-1).values - chosen
    return {
        "same_argmax": float((gap == 0).float().mean()),
        "largest_gap": float(gap.max()),
        "logit_spread": float(logits.std()),
    }


def measure(variant: str, steps: int, short: bool, weights: Path) -> dict[str, Any]:
    fields, settings = VARIANTS[variant]
    if fields.get("backend") == "unsloth":
        import unsloth  # noqa: F401  before trl and transformers, as it patches both

    import torch

    from grpo.train import train
    from models.loader import load_policy
    from models.profiles import resolve_profile

    task = Benchmark(corpus_answers(64), short)
    started = time.perf_counter()
    known = type(resolve_profile("embedded")).model_fields
    profile = resolve_profile(weights).model_copy(update={k: v for k, v in fields.items() if k in known})
    policy = load_policy(profile, "cuda")
    loaded = time.perf_counter() - started
    checkpointing = fields["load_in_4bit"] or not short
    with tempfile.TemporaryDirectory() as folder:
        settings = {**GRPO, "gradient_checkpointing": checkpointing, **settings}
        train(policy, settings, task, Path(folder), steps=steps, seed=0)
    task.pool.__exit__(None, None, None)
    median = {name: statistics.median(s[name] for s in task.steps[1:]) for name in ("sample", "reward", "train")}
    result = {
        "variant": variant,
        "prompt": "short" if short else "full",
        "load_s": round(loaded, 1),
        "step_s": round(sum(median.values()), 2),
        **{f"{name}_s": round(value, 3) for name, value in median.items()},
        "first_step_s": round(sum(task.steps[0][name] for name in median), 1),
        "reward_share": round(median["reward"] / sum(median.values()), 4),
        "tokens_a_completion": task.steps[-1]["tokens"],
        "peak_gib": round(torch.cuda.max_memory_allocated() / 2**30, 1),
        "mean_reward": round(statistics.mean(task.rewards), 3),
        "losses": [round(s["loss"], 5) for s in task.steps],
    }
    if fields.get("backend") != "unsloth" and not settings.get("cache_implementation"):
        result |= greedy_agreement(policy.model, policy.tokenizer)
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--variants", default="nf4-trl,nf4-graph,bf16-graph,unsloth")
    parser.add_argument("--steps", type=int, default=4)
    parser.add_argument("--prompt", choices=("short", "full"), default="short")
    parser.add_argument("--weights", type=Path, default=Path(tempfile.gettempdir()) / "seven_b")
    parser.add_argument("--one", action="store_true", help="measure the one variant in this process")
    arguments = parser.parse_args()
    variants = arguments.variants.split(",")
    if arguments.one:
        print(json.dumps(measure(variants[0], arguments.steps, arguments.prompt == "short", arguments.weights)))
        return
    from benchmarks.gpu.seven_b import save_seven_b

    save_seven_b(arguments.weights)
    here = [sys.executable, "-m", "benchmarks.gpu.grpo_7b", "--one", "--weights", str(arguments.weights)]
    for variant in variants:
        shared = ["--steps", str(arguments.steps), "--prompt", arguments.prompt]
        subprocess.run([*here, "--variants", variant, *shared])


if __name__ == "__main__":
    main()

"""GRPO from a config: TRL's own names passed through, the same YAML on CPU and GPU.

Not covered: several processes (`accelerate launch` on more than one GPU).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grpo.task import Advantage, Task
from quantum.errors import RequestError, did_you_mean

if TYPE_CHECKING:
    from trl import GRPOConfig

    from models.loader import Policy

OURS = {
    "output_dir": "--run",
    "max_steps": "run.steps",
    "num_train_epochs": "run.steps",
    "seed": "run.seed",
    "use_cpu": "model.device",
    "logging_steps": "nothing: every step is logged",
    "shuffle_dataset": "nothing: prompts are made fresh at every step",
}
"""TRL's names that QuantumMind sets itself, and where to say it instead."""

LOSS_TYPES = ("grpo", "dr_grpo", "dapo", "bnpo", "cispo", "sapo", "luspo", "vespo")
"""TRL looks at this one only in the first update, when the run has long begun."""

SMALL_MODEL = 5_000_000
"""Parameters below which one CPU thread generates faster than two (measured; docs/RESULTS.md)."""


def build_grpo_config(settings: Mapping[str, Any], output_dir: Path, steps: int, seed: int, cuda: bool) -> GRPOConfig:
    """TRL's GRPOConfig; raises RequestError for a key or a combination that TRL does not take."""
    from trl import GRPOConfig

    known = {field.name: field.default for field in fields(GRPOConfig)}
    for key, value in settings.items():
        if key in OURS:
            raise RequestError(f"grpo.{key} is set by QuantumMind; use {OURS[key]}")
        if key not in known:
            raise RequestError(f"unknown key 'grpo.{key}' (TRL's GRPOConfig){did_you_mean(key, known.keys() - OURS)}")
        if isinstance(known[key], float) and not isinstance(value, int | float):
            raise RequestError(f"grpo.{key} must be a number such as {known[key]:g}, not {value!r}")
    loss_type = str(settings.get("loss_type", "dapo"))
    if loss_type not in LOSS_TYPES:
        raise RequestError(f"unknown grpo.loss_type {loss_type!r}{did_you_mean(loss_type, LOSS_TYPES)}")
    machine: dict[str, Any] = {"use_cpu": not cuda, "bf16": cuda, "gradient_checkpointing": cuda}
    if cuda and not settings.get("use_vllm"):
        machine["cache_implementation"] = "static"  # models.sampler then samples by CUDA graphs
    ours = {
        "output_dir": str(output_dir),
        "max_steps": steps,
        "seed": seed,
        "logging_steps": 1,
        "shuffle_dataset": False,
        "disable_tqdm": True,
        "report_to": "none",
    }
    try:
        return GRPOConfig(**{**ours, **machine, **settings})
    except (TypeError, ValueError) as error:
        raise RequestError(f"grpo: {' '.join(str(error).split())}") from None


def train(
    policy: Policy,
    settings: Mapping[str, Any],
    task: Task,
    output_dir: Path,
    *,
    steps: int,
    seed: int,
    advantage: Advantage = "group",
    resume_from: Path | None = None,
) -> None:
    """Run GRPO until `steps` optimiser steps are done in all, or the task asks for a stop.

    Checkpoints go to `output_dir`/checkpoint-N as TRL's `save_steps` says. `resume_from` is one of them: adapter or
    weights, optimizer, scheduler, RNG and the task's state are taken up from there. With `advantage` "entropic" TRL's
    `scale_rewards` does nothing.
    """
    import torch
    from datasets import Dataset
    from transformers import PrinterCallback

    from grpo.trainer import TaskTrainer
    from models.prepare import prepare_training
    from models.profiles import save_profile

    cuda = policy.device.type == "cuda"
    if policy.backend == "unsloth":
        settings = {"cache_implementation": None, **settings}  # it generates by kernels of its own
    arguments = build_grpo_config(settings, output_dir, steps, seed, cuda)
    prepare_training(policy, seed)
    save_profile(policy.profile, output_dir)
    if not cuda and sum(p.numel() for p in policy.model.parameters()) < SMALL_MODEL:
        torch.set_num_threads(1)
    groups = arguments.generation_batch_size // arguments.num_generations
    rows = Dataset.from_dict({"prompt": [[{"role": "user", "content": ""}]] * groups})
    trainer = TaskTrainer(
        task=task,
        advantage=advantage,
        model=policy.model,
        processing_class=policy.tokenizer,
        args=arguments,
        train_dataset=rows,
        peft_config=policy.peft_config,
    )
    trainer.remove_callback(PrinterCallback)
    trainer.train(resume_from_checkpoint=str(resume_from) if resume_from else None)

"""GRPO from a config: TRL's own names passed through, the same YAML on CPU and GPU.

Not covered: several processes (`accelerate launch` on more than one GPU).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from grpo.task import Advantage, Task
from models.quiet import one_line
from models.trl_settings import check_settings, try_arguments
from quantum.errors import RequestError, did_you_mean

if TYPE_CHECKING:
    from datasets import Dataset
    from trl import GRPOConfig

    from models.loader import Policy

OURS: Final = {
    "output_dir": "use --run",
    "max_steps": "use run.steps",
    "num_train_epochs": "use run.steps",
    "seed": "use run.seed",
    "use_cpu": "use model.device",
    "resume_from_checkpoint": "use quantummind resume",
    "reward_weights": "use the section reward",
    "chat_template_kwargs": "use the profile's prompt_format",
    "logging_steps": "every step is logged",
    "logging_strategy": "every step is logged",
    "shuffle_dataset": "prompts are made fresh at every step",
    "disable_dropout": "answers are scored as they were sampled, without dropout",
    "neftune_noise_alpha": "answers are scored as they were sampled, without noise",
    "sync_ref_model": "a reference that moves is in no checkpoint, and the run could not be resumed exactly",
    "eval_on_start": "a run has no rows to be evaluated on",
    "eval_strategy": "a run has no rows to be evaluated on",
}
"""TRL's names that QuantumMind sets itself, and what to do instead."""

CHOICES: Final = {
    "loss_type": ("dapo", "grpo", "dr_grpo", "bnpo", "cispo", "sapo", "luspo", "vespo"),
    "importance_sampling_level": ("token", "sequence"),
    "scale_rewards": ("group", "batch", "none"),
    "multi_objective_aggregation": ("sum_then_normalize",),
    "vllm_mode": ("colocate", "server"),
}
"""Words that TRL looks at only in the first update, when the run has long begun."""

WHOLE: Final = {"top_p": 1.0, "top_k": 0, "min_p": None, "repetition_penalty": 1.0, "generation_kwargs": None}
"""Sampling from all of the policy's distribution. TRL's loss takes no account of anything else: its probabilities would
not be those that the answers were drawn with."""

SMALL_MODEL: Final = 5_000_000
"""Parameters below which one CPU thread generates faster than two (measured; docs/RESULTS.md)."""


def build_grpo_config(
    settings: Mapping[str, Any], output_dir: Path, steps: int, seed: int, cuda: bool, trains: bool = True
) -> GRPOConfig:
    """TRL's GRPOConfig; raises RequestError for a key, a value or a combination that cannot be had.

    `trains` is False where nothing is: only batches, lengths and saving rules are then used.
    """
    from trl import GRPOConfig

    checked = check_settings(GRPOConfig, "grpo", settings, OURS)
    for key, words in CHOICES.items():
        word = checked.get(key, words[0])
        if word not in words:
            raise RequestError(f"unknown grpo.{key} {word!r}{did_you_mean(str(word), words)}")
    machine: dict[str, Any] = {"use_cpu": not cuda, "bf16": cuda, "gradient_checkpointing": cuda}
    if cuda and not checked.get("use_vllm"):
        machine["cache_implementation"] = "static"  # models.sampler then samples by CUDA graphs
    ours = {
        "output_dir": str(output_dir),
        "max_steps": steps,
        "seed": seed,
        "logging_steps": 1,
        "shuffle_dataset": False,
        "disable_tqdm": True,
        "disable_dropout": True,
        "report_to": "none",
    }
    try:
        arguments = GRPOConfig(**{**ours, **machine, **checked})
    except (TypeError, ValueError) as error:
        raise RequestError(f"grpo: {one_line(error)}") from None
    if arguments.save_steps < 1:
        raise RequestError(f"grpo.save_steps must be a whole number of steps, not {arguments.save_steps:g}")
    if trains:
        _check_training(arguments)
    return arguments


def _check_training(arguments: GRPOConfig) -> None:
    """What a run that trains needs besides: sampled as scored, each step of one generation, a trainer that builds."""
    from trl import GRPOTrainer

    for key, neutral in WHOLE.items():
        if getattr(arguments, key) not in (neutral, None):
            raise RequestError(
                f"grpo.{key}={getattr(arguments, key)} shapes what is sampled and not what the loss scores; "
                "leave it out (without training, search.decoding says how to sample)"
            )
    if arguments.temperature <= 0:
        raise RequestError(f"grpo.temperature must be above 0, not {arguments.temperature:g}")
    updates, accumulated = (
        arguments.steps_per_generation * arguments.num_iterations,
        arguments.gradient_accumulation_steps,
    )
    if updates % accumulated:
        raise RequestError(
            f"grpo.steps_per_generation x grpo.num_iterations ({updates}) must be a multiple of "
            f"grpo.gradient_accumulation_steps ({accumulated}): a step trains on the answers of one generation"
        )
    try_arguments("grpo", arguments, GRPOTrainer, reward_funcs=[_no_reward], train_dataset=_rows(arguments))


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
    from transformers import PrinterCallback

    from grpo.trainer import TaskTrainer, mixes
    from models.prepare import prepare_training
    from models.profiles import save_profile

    cuda = policy.device.type == "cuda"
    arguments = build_grpo_config(settings, output_dir, steps, seed, cuda)
    if policy.backend == "unsloth" or mixes(arguments, policy.model):  # unsloth has kernels of its own
        arguments.cache_implementation = settings.get("cache_implementation")
    if arguments.beta and not policy.profile.use_peft:  # TRL then loads the reference, beside the policy and like it
        number = str(policy.model.dtype).removeprefix("torch.")
        arguments.model_init_kwargs = {"dtype": number, "revision": policy.profile.model_revision}
    prepare_training(policy, seed)
    save_profile(policy.profile, output_dir)
    if not cuda and sum(p.numel() for p in policy.model.parameters()) < SMALL_MODEL:
        torch.set_num_threads(1)
    rows = _rows(arguments)
    try:
        trainer = TaskTrainer(policy=policy, task=task, advantage=advantage, args=arguments, train_dataset=rows)
    except (TypeError, ValueError, ImportError, NotImplementedError) as error:
        raise RequestError(f"grpo: {one_line(error)}") from error
    trainer.remove_callback(PrinterCallback)
    trainer.train(resume_from_checkpoint=str(resume_from) if resume_from else None)


def _rows(arguments: GRPOConfig) -> Dataset:
    """One empty prompt a group: the task's stand in their place at every generation."""
    from datasets import Dataset

    groups = arguments.generation_batch_size // arguments.num_generations
    return Dataset.from_dict({"prompt": [[{"role": "user", "content": ""}]] * groups})


def _no_reward(completions: Sequence[Any], **_: Any) -> list[float]:
    return [0.0] * len(completions)

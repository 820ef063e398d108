"""What a profile needs in a preset, stage by stage, in the words of `quantummind doctor --model`."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from models.machine import free_memory
from models.memory_estimate import GIB, PROMPT_TOKENS, Estimate, Pass, estimate_sampling, estimate_training, load_bytes
from models.presets import Stage, fit_profile, under
from models.profiles import Profile
from models.shape import ModelShape

if TYPE_CHECKING:
    import torch


def needs(profile: Profile, shape: ModelShape, preset: str | None) -> dict[str, Estimate]:
    """The peaks of loading, fine-tuning (`sft`) and discovery (`grpo`); without a preset, at TRL's own defaults."""
    fitted = fit_profile(profile, preset)
    stages: tuple[Stage, ...] = ("sft", "grpo")
    return {
        "load": Estimate(weights=load_bytes(fitted, shape)),
        **{stage: estimate_stage(fitted, shape, stage, under(preset, stage, {})) for stage in stages},
    }


def warn_of_memory(profile: Profile, place: torch.device, stage: Stage, settings: Mapping[str, Any]) -> None:
    """One line on stderr when a stage is estimated to need more than is free; an estimate is no reason to refuse."""
    shape = profile.known_shape()
    if shape is None:
        return
    need, free = estimate_stage(profile, shape, stage, settings).total, free_memory(place)
    if need > free:
        print(
            f"memory: {stage} with {profile.name!r} is estimated at {need / GIB:.1f} GiB and {free / GIB:.1f} GiB are "
            f"free; smaller batches: quantummind doctor --model {profile.name}",
            file=sys.stderr,
        )


def estimate_stage(profile: Profile, shape: ModelShape, stage: Stage, settings: Mapping[str, Any]) -> Estimate:
    """The peak of a stage with TRL's `settings`; missing keys are TRL's defaults."""
    return _estimate_sft(profile, shape, settings) if stage == "sft" else _estimate_grpo(profile, shape, settings)


def _estimate_sft(profile: Profile, shape: ModelShape, settings: Mapping[str, Any]) -> Estimate:
    length = settings.get("max_length") or 1024
    work = Pass(
        batch=settings.get("per_device_train_batch_size", 8),
        length=length,
        answers=length,
        gradient_checkpointing=settings.get("gradient_checkpointing", True),
        logits="chunked",
        eight_bit_optimizer=_eight_bit(settings),
    )
    return estimate_training(profile, shape, work)


def _estimate_grpo(profile: Profile, shape: ModelShape, settings: Mapping[str, Any]) -> Estimate:
    """The larger of sampling a step's completions at once and training on one micro-batch of them."""
    answers = settings.get("max_completion_length", 512)
    length = PROMPT_TOKENS[profile.prompt_style] + answers
    batch = settings.get("per_device_train_batch_size", 8)
    completions = batch * settings.get("steps_per_generation", settings.get("gradient_accumulation_steps", 1))
    checkpointing = settings.get("gradient_checkpointing", True)
    work = Pass(batch, length, answers, checkpointing, "full", _eight_bit(settings))
    both = (
        estimate_training(profile, shape, work),
        estimate_sampling(profile, shape, completions, length, _eight_bit(settings)),
    )
    return max(both, key=lambda estimate: estimate.total)


def _eight_bit(settings: Mapping[str, Any]) -> bool:
    return "8bit" in str(settings.get("optim", ""))

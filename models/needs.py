"""What a profile needs in a preset, stage by stage, in the words of `quantummind doctor --model`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models.memory_estimate import PROMPT_TOKENS, Estimate, Pass, estimate_sampling, estimate_training, load_bytes
from models.presets import fit_profile, under
from models.profiles import Profile
from models.shape import ModelShape


def needs(profile: Profile, shape: ModelShape, preset: str | None) -> dict[str, Estimate]:
    """The peaks of loading, fine-tuning (`sft`) and discovery (`grpo`); without a preset, at TRL's own defaults."""
    fitted = fit_profile(profile, preset)
    sft, grpo = under(preset, "sft", {}), under(preset, "grpo", {})
    return {
        "load": Estimate(weights=load_bytes(fitted, shape)),
        "sft": estimate_training(fitted, shape, sft_pass(sft)),
        "grpo": estimate_grpo(fitted, shape, grpo),
    }


def sft_pass(settings: Mapping[str, Any]) -> Pass:
    """One micro-batch of TRL's SFTTrainer; missing keys are TRL's defaults."""
    length = settings.get("max_length", 1024)
    return Pass(
        batch=settings.get("per_device_train_batch_size", 8),
        length=length,
        answers=length,
        gradient_checkpointing=settings.get("gradient_checkpointing", True),
        logits="chunked",
        eight_bit_optimizer=_eight_bit(settings),
    )


def estimate_grpo(profile: Profile, shape: ModelShape, settings: Mapping[str, Any]) -> Estimate:
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

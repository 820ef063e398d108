"""Loading by unsloth: the same base and the same LoRA adapter, with unsloth's kernels around them.

unsloth makes the adapter itself, so a policy from here has no `peft_config`. `import_backend` has imported unsloth
before anything of this module is called.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from models.policy import Policy
from models.profiles import Profile
from models.quiet import one_line
from quantum.errors import RequestError

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

SEED = 3407
"""unsloth's own default for a new adapter's weights; the run's seed stands in for it when there is one."""


def load(
    profile: Profile, tokenizer: PreTrainedTokenizerBase, place: torch.device, dtype: torch.dtype, seed: int | None
) -> Policy:
    """The policy with its adapter: the profile's, or a new one whose weights are drawn from `seed`."""
    from unsloth import FastLanguageModel

    source = profile.adapter_name_or_path or profile.weights
    try:
        model, _ = FastLanguageModel.from_pretrained(
            model_name=source,  # of an adapter, unsloth finds the base in its adapter_config.json
            max_seq_length=profile.context_length,
            dtype=dtype,
            load_in_4bit=profile.load_in_4bit,
            revision=None if profile.adapter_name_or_path else profile.model_revision,
            trust_remote_code=False,
            use_exact_model_name=True,  # else unsloth takes a quantised copy of its own under another name
        )
    except Exception as error:
        raise RequestError(f"unsloth cannot load {source}: {one_line(error)}") from error
    if not profile.adapter_name_or_path:
        say_dropout(profile)
        model = FastLanguageModel.get_peft_model(model, **adapter_arguments(profile, seed))
    return Policy(model, tokenizer, profile, place, backend="unsloth")


def adapter_arguments(profile: Profile, seed: int | None) -> dict[str, Any]:
    """What `FastLanguageModel.get_peft_model` is called with."""
    return {
        "r": profile.lora_r,
        "target_modules": list(profile.lora_target_modules),
        "lora_alpha": profile.lora_alpha,
        "lora_dropout": profile.lora_dropout,
        "bias": "none",
        "use_gradient_checkpointing": "unsloth",
        "random_state": SEED if seed is None else seed,
    }


def say_dropout(profile: Profile) -> None:
    """One line when the dropout that is asked for, and kept, may cost unsloth's fast path."""
    if profile.lora_dropout:
        print(
            f"unsloth: LoRA dropout {profile.lora_dropout:g} is kept as asked; its fastest path needs lora_dropout: 0",
            file=sys.stderr,
        )


def set_training(model: PreTrainedModel, training: bool) -> None:
    """unsloth's two modes: its kernels for generation, or those for training."""
    from unsloth import FastLanguageModel

    (FastLanguageModel.for_training if training else FastLanguageModel.for_inference)(model)

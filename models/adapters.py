"""LoRA adapters by PEFT: the config of one, a new one on a policy, a saved one on its base."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from models.domain_tokens import add_tokens, settle_trained_rows, token_indices
from models.policy import Policy
from models.profiles import Profile
from models.quiet import one_line
from quantum.errors import RequestError, did_you_mean

if TYPE_CHECKING:
    from peft import LoraConfig, PeftModel
    from transformers import PreTrainedModel


def lora_config(profile: Profile) -> LoraConfig:
    """PEFT's config of the profile's LoRA fields."""
    from peft import LoraConfig

    return LoraConfig(
        r=profile.lora_r,
        lora_alpha=profile.lora_alpha,
        lora_dropout=profile.lora_dropout,
        target_modules=list(profile.lora_target_modules),
        task_type="CAUSAL_LM",
    )


def attach_adapter(policy: Policy, seed: int, domain_tokens: Sequence[str] = ()) -> None:
    """Make the adapter that `policy.peft_config` describes; nothing where there is none to make.

    Its weights are drawn from `seed`, and the global random streams stay as they are. `domain_tokens` join the
    tokenizer and are trained with the adapter. Raises RequestError for target modules that the model does not have.
    """
    import torch
    from peft import get_peft_model

    if domain_tokens:
        ids = add_tokens(policy, domain_tokens)
        if ids and policy.peft_config is not None:
            policy.peft_config.trainable_token_indices = token_indices(policy.model, ids)
    if policy.peft_config is None:
        return
    _check_targets(policy)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        adapted: Any = get_peft_model(policy.model, policy.peft_config)
    policy.model, policy.peft_config = _settled(adapted), None


def load_adapter(model: PreTrainedModel, profile: Profile) -> PreTrainedModel:
    """The profile's adapter on `model`, trainable."""
    from peft import PeftModel

    assert profile.adapter_name_or_path is not None
    try:
        adapted: Any = PeftModel.from_pretrained(model, profile.adapter_name_or_path, is_trainable=True)
    except Exception as error:
        raise RequestError(
            f"adapter {profile.adapter_name_or_path} does not fit {profile.weights}: {one_line(error)}"
        ) from error
    return _settled(adapted)


def _settled(model: PeftModel) -> Any:
    """`model`, fit for a trainer.

    A trainer resumes by `load_adapter`, which casts an adapter to 32 bits: one that TRL trains in 16 bits, as over a
    quantised base, would go on as another one.
    """
    settle_trained_rows(model)
    model.load_adapter = partial(model.load_adapter, autocast_adapter_dtype=False)
    return model


def _check_targets(policy: Policy) -> None:
    leaves = {
        name.rpartition(".")[2] for name, module in policy.model.named_modules() if hasattr(module, "in_features")
    }
    for target in policy.profile.lora_target_modules:
        if target.rpartition(".")[2] not in leaves:
            raise RequestError(
                f"profile {policy.profile.name!r}: lora_target_modules: the model has no module "
                f"{target!r}{did_you_mean(target, leaves)}"
            )

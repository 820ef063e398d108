"""An adapter folded into its base: a model that plain transformers loads, with the same logits."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.policy import Policy
from models.profiles import Profile, save_profile
from quantum.errors import RequestError

if TYPE_CHECKING:
    import torch
    from bitsandbytes.nn import Linear4bit
    from peft import PeftModel
    from transformers import PreTrainedModel

CARRIED = ("circuits.json",)
"""Files of a build that stay true of the merged model: the circuits that it was trained on."""


def check_mergeable(profile: Profile, to: Path) -> None:
    """Raises RequestError when `profile` has no adapter, and when `to` is not free."""
    if profile.adapter_name_or_path is None:
        raise RequestError(f"model {profile.name!r} has no adapter to merge")
    if to.exists() and not (to.is_dir() and not any(to.iterdir())):
        raise RequestError(f"{to} is not an empty directory; choose another one")


def merge(policy: Policy, to: Path) -> Path:
    """Write the merged model of `policy`, its tokenizer and its profile into `to`; returns `to`.

    The policy is used up. A base in 4 bits is written out in the 16 or 32 bits that it computes in, from its quantised
    weights: they are what the adapter was trained on, so the logits stay those of the policy up to rounding.
    """
    quantised = bool(getattr(policy.model, "is_loaded_in_4bit", False))
    if quantised:
        _write_out(policy.model)
    merged: Any = policy.model.merge_and_unload()
    if quantised:
        _forget_quantisation(merged)
    to.mkdir(parents=True, exist_ok=True)
    merged.save_pretrained(to)
    policy.tokenizer.save_pretrained(to)
    _save_profile(policy, to)
    return to


def _write_out(model: PeftModel) -> None:
    """Make every NF4 layer a linear layer of its dequantised weights, with its adapter added in.

    PEFT's own merge would quantise the sum again, and lose about as much as the adapter adds.
    """
    from bitsandbytes.nn import Linear4bit
    from peft.tuners.lora import LoraLayer

    for name, module in list(model.named_modules()):
        if isinstance(module, LoraLayer) and isinstance(module.get_base_layer(), Linear4bit):
            deltas = [module.get_delta_weight(adapter) for adapter in module.active_adapters]
            model.set_submodule(name, _plain(module.get_base_layer(), deltas))
    for name, module in list(model.named_modules()):
        if isinstance(module, Linear4bit):
            model.set_submodule(name, _plain(module, []))


def _plain(layer: Linear4bit, deltas: list[torch.Tensor]) -> torch.nn.Linear:
    import torch
    from bitsandbytes.functional import dequantize_4bit

    weight = dequantize_4bit(layer.weight.data, layer.weight.quant_state).float()
    for delta in deltas:
        weight += delta.float()
    with torch.device("meta"):
        plain = torch.nn.Linear(layer.in_features, layer.out_features, bias=layer.bias is not None)
    plain.weight = torch.nn.Parameter(weight.to(layer.compute_dtype), requires_grad=False)
    plain.bias = layer.bias
    return plain


def _forget_quantisation(model: PreTrainedModel) -> None:
    """What transformers would otherwise write into config.json, or look up while saving."""
    del model.config.quantization_config
    model.hf_quantizer = None
    model.is_loaded_in_4bit = model.is_quantized = False


def _save_profile(policy: Policy, to: Path) -> None:
    """The policy's profile, for the merged weights; and what an earlier build says of its training data."""
    save_profile(policy.profile.model_copy(update={"model_name_or_path": str(to), "load_in_4bit": False}), to)
    source = Path(policy.profile.adapter_name_or_path or "")
    for name in CARRIED:
        if (source / name).is_file():
            shutil.copy(source / name, to / name)

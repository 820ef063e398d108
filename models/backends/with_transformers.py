"""Loading by transformers: plain, or NF4 with double quantisation by bitsandbytes."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING, Any

from models.adapters import load_adapter, lora_config
from models.domain_tokens import fit_embeddings
from models.policy import Policy
from models.profiles import Profile
from models.quiet import one_line
from quantum.errors import RequestError

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel, PreTrainedTokenizerBase


def load(
    profile: Profile, tokenizer: PreTrainedTokenizerBase, place: torch.device, dtype: torch.dtype, offline: bool
) -> Policy:
    """The policy; an adapter of the profile is loaded on top, one still to be made stands in `peft_config`."""
    from transformers import AutoModelForCausalLM

    arguments: dict[str, Any] = {"dtype": dtype, "revision": profile.model_revision, "local_files_only": offline}
    arguments["trust_remote_code"] = False
    if profile.load_in_4bit:
        arguments |= {"quantization_config": quantization(profile, dtype), "device_map": {"": str(place)}}
    try:
        model = AutoModelForCausalLM.from_pretrained(profile.weights, **arguments)
    except Exception as error:  # damaged files surface as whatever the reader of that file raises
        raise RequestError(f"cannot load {profile.weights}: {one_line(error)}") from error
    if not profile.load_in_4bit:
        model.to(place)
    _keep_trainable_on_cpu(model)
    if profile.adapter_name_or_path:
        fit_embeddings(model, tokenizer)
        return Policy(load_adapter(model, profile), tokenizer, profile, place)
    return Policy(model, tokenizer, profile, place, lora_config(profile) if profile.use_peft else None)


def quantization(profile: Profile, dtype: torch.dtype) -> Any:
    """NF4 with double quantisation (QLoRA, Dettmers et al. 2023, arXiv:2305.14314), computing in `dtype`."""
    from transformers import BitsAndBytesConfig

    if importlib.util.find_spec("bitsandbytes") is None:
        raise RequestError(
            f"profile {profile.name!r} loads in 4 bits: install bitsandbytes, or set load_in_4bit: false"
        )
    return BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=dtype,
    )


def _keep_trainable_on_cpu(model: PreTrainedModel) -> None:
    """With AVX512-BF16, bitsandbytes repacks weights at the first forward in eval mode, and training then fails."""
    for module in model.modules():
        if hasattr(module, "support_avx512bf16_for_cpu"):
            module.support_avx512bf16_for_cpu = False

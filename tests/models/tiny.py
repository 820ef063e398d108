"""A tiny random Qwen2 with a tokenizer of its own, saved as a directory, and profiles of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from models.profiles import LINEAR_LAYERS, Profile
from models.tokenizer import START, train_tokenizer

TEXTS = [f"def create_ansatz(num_qubits): return circuit.ry(theta[{k}], {k})" for k in range(60)]


def save_tiny(folder: Path, tied: bool = True, hidden_size: int = 64, seed: int = 0) -> Path:
    import torch
    from transformers import Qwen2Config, Qwen2ForCausalLM

    torch.manual_seed(seed)
    tokenizer = train_tokenizer(TEXTS, vocab_size=320)
    config = Qwen2Config(
        vocab_size=len(tokenizer),
        hidden_size=hidden_size,
        intermediate_size=128,
        num_hidden_layers=1,
        num_attention_heads=2,
        num_key_value_heads=1,
        max_position_embeddings=512,
        tie_word_embeddings=tied,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
        bos_token_id=None,
        initializer_range=0.2,
    )
    Qwen2ForCausalLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def tiny_profile(folder: Path, **changes: Any) -> Profile:
    fields = {"name": "tiny", "model_name_or_path": str(folder), "use_peft": True, "lora_r": 4, "lora_alpha": 8}
    return Profile(**{**fields, "lora_target_modules": LINEAR_LAYERS, "prompt_style": "compact", **changes})


ARCHITECTURES = {"codellama": "Llama", "deepseek": "Llama", "llama": "Llama", "phi-2": "Phi", "phi-4": "Phi3"}
"""Of the shipped profiles, by how their names begin; the others are Qwen2."""


def save_like(profile: Profile, folder: Path) -> Profile:
    """A tiny random model of a shipped profile's architecture in `folder`, and the profile for it, on a CPU.

    Quantisation, adapter, prompt format and stop strings are the profile's. Only a profile of the format chatml gets a
    tokenizer with a chat template, and those of Llama's begin a text with a token of their own.
    """
    import torch
    import transformers

    torch.manual_seed(0)
    name = next((kind for start, kind in ARCHITECTURES.items() if profile.name.startswith(start)), "Qwen2")
    tokenizer = train_tokenizer(TEXTS, vocab_size=320)
    if name == "Llama":
        tokenizer = begin_with_a_token(tokenizer)
    if profile.prompt_format != "chatml":
        tokenizer.chat_template = None
    config = getattr(transformers, f"{name}Config")(
        vocab_size=len(tokenizer),
        hidden_size=64,
        intermediate_size=64,
        num_hidden_layers=1,
        num_attention_heads=2,
        num_key_value_heads=1,
        max_position_embeddings=512,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
        bos_token_id=None,
        initializer_range=0.2,
    )
    getattr(transformers, f"{name}ForCausalLM")(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    changes = {"model_name_or_path": str(folder), "needs_gpu": False, "dtype": "float32", "shape": None, "lora_r": 4}
    return profile.model_copy(update=changes)


def begin_with_a_token(tokenizer: Any) -> Any:
    """A tokenizer that puts <|im_start|> before a text that it is to give special tokens, as Llama's do with theirs."""
    from tokenizers.processors import TemplateProcessing
    from transformers import PreTrainedTokenizerFast

    inner = tokenizer.backend_tokenizer
    inner.post_processor = TemplateProcessing(
        single=f"{START} $A", special_tokens=[(START, tokenizer.convert_tokens_to_ids(START))]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=inner,
        eos_token=tokenizer.eos_token,
        pad_token=tokenizer.pad_token,
        bos_token=START,
        padding_side="left",
        chat_template=tokenizer.chat_template,
    )

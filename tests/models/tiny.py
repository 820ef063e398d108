"""A tiny random Qwen2 with a tokenizer of its own, saved as a directory, and profiles of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from models.profiles import LINEAR_LAYERS, Profile
from models.tokenizer import train_tokenizer

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

"""A model of Qwen2.5-Coder-7B-Instruct's shape with random weights, saved as transformers would: for speed and memory.

The shape is the published config. The tokenizer is the embedded model's (ids below a thousand of the 152,064), so that
nothing has to be downloaded; what such a model writes is noise.
"""

from __future__ import annotations

from pathlib import Path

SHAPE = {
    "vocab_size": 152064,
    "hidden_size": 3584,
    "intermediate_size": 18944,
    "num_hidden_layers": 28,
    "num_attention_heads": 28,
    "num_key_value_heads": 4,
    "max_position_embeddings": 32768,
    "rope_theta": 1e6,
    "tie_word_embeddings": False,
}


def save_seven_b(path: Path, **shape: int) -> Path:
    """Make the model on the GPU and save it in bf16 (15 GB) with tokenizer and profile; keeps what is there already."""
    if (path / "profile.yaml").exists():
        return path
    import torch
    import yaml
    from transformers import Qwen2Config, Qwen2ForCausalLM

    from models.loader import load_tokenizer
    from models.profiles import resolve_profile

    tokenizer = load_tokenizer(resolve_profile("embedded"))
    torch.manual_seed(0)
    torch.set_default_dtype(torch.bfloat16)
    with torch.device("cuda"):
        ends = {"eos_token_id": tokenizer.eos_token_id, "pad_token_id": tokenizer.pad_token_id}
        model = Qwen2ForCausalLM(Qwen2Config(**{**SHAPE, **shape}, **ends, dtype="bfloat16"))
    torch.set_default_dtype(torch.float32)
    model.save_pretrained(path)
    tokenizer.save_pretrained(path)
    profile = resolve_profile("qwen2.5-coder-7b").model_dump(mode="json", exclude={"name", "adapter_name_or_path"})
    (path / "profile.yaml").write_text(yaml.safe_dump(profile))
    return path

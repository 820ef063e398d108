"""The sizes of a decoder, by which its memory is estimated before any weight is loaded. No torch here.

A shipped profile states its model's sizes, as they are published; for other models they stand in `config.json`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import Field

from models.config import Strict
from quantum.reading import read_json


class ModelShape(Strict):
    """A Llama-like decoder; names are those of transformers' configs. Biases and norms (under 0.1 %) are left out."""

    num_hidden_layers: int = Field(ge=1, description="decoder layers")
    hidden_size: int = Field(ge=1, description="width of the residual stream")
    intermediate_size: int = Field(ge=1, description="width inside the MLP")
    num_attention_heads: int = Field(ge=1, description="query heads")
    num_key_value_heads: int = Field(ge=1, description="key and value heads")
    head_dim: int | None = Field(None, ge=1, description="width of a head; by default hidden_size / heads")
    vocab_size: int = Field(ge=1, description="rows of the embedding")
    tie_word_embeddings: bool = Field(False, description="whether the output head is the embedding itself")
    gated_mlp: bool = Field(True, description="three matrices an MLP (gate, up, down); two without a gate")

    @property
    def query_size(self) -> int:
        return self.num_attention_heads * self._head

    @property
    def key_value_size(self) -> int:
        """Width of the keys of one token in one layer; the values are as wide."""
        return self.num_key_value_heads * self._head

    @property
    def _head(self) -> int:
        return self.head_dim or self.hidden_size // self.num_attention_heads

    @property
    def layer_matrices(self) -> dict[str, tuple[int, int]]:
        """Inputs and outputs of the linear modules of one layer, under the names that LoRA targets use."""
        hidden, inner, query, key = self.hidden_size, self.intermediate_size, self.query_size, self.key_value_size
        return {
            "q_proj": (hidden, query),
            "k_proj": (hidden, key),
            "v_proj": (hidden, key),
            "qkv_proj": (hidden, query + 2 * key),
            "o_proj": (query, hidden),
            "dense": (query, hidden),
            "gate_proj": (hidden, inner),
            "up_proj": (hidden, inner),
            "gate_up_proj": (hidden, 2 * inner),
            "down_proj": (inner, hidden),
            "fc1": (hidden, inner),
            "fc2": (inner, hidden),
        }

    @property
    def layer_parameters(self) -> int:
        """Weights of the linear modules of all layers: what quantisation makes smaller."""
        attention = 2 * self.hidden_size * (self.query_size + self.key_value_size)
        mlp = (3 if self.gated_mlp else 2) * self.hidden_size * self.intermediate_size
        return self.num_hidden_layers * (attention + mlp)

    @property
    def embedding_parameters(self) -> int:
        return self.vocab_size * self.hidden_size * (1 if self.tie_word_embeddings else 2)

    @property
    def parameters(self) -> int:
        return self.layer_parameters + self.embedding_parameters

    def adapted(self, target_modules: Iterable[str]) -> list[tuple[int, int]]:
        """Inputs and outputs of the modules of one layer that LoRA adapts."""
        matrices = self.layer_matrices
        return [matrices[name] for name in target_modules if name in matrices]


def read_shape(folder: Path) -> ModelShape | None:
    """The sizes in `folder/config.json`; None when it is not that of a decoder of this kind."""
    try:
        return shape_of(read_json(folder / "config.json"))
    except (ValueError, KeyError, TypeError):
        return None


def shape_of(document: Mapping[str, Any]) -> ModelShape:
    """The sizes in a transformers config; raises KeyError where it names none."""
    heads = document["num_attention_heads"]
    return ModelShape(
        num_hidden_layers=document["num_hidden_layers"],
        hidden_size=document["hidden_size"],
        intermediate_size=document["intermediate_size"],
        num_attention_heads=heads,
        num_key_value_heads=document.get("num_key_value_heads") or heads,
        head_dim=document.get("head_dim"),
        vocab_size=document["vocab_size"],
        tie_word_embeddings=document.get("tie_word_embeddings", False),
        gated_mlp=document.get("model_type") != "phi",
    )

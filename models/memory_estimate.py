"""How much GPU memory a policy takes to load, to fine-tune and to run GRPO: an estimate before anything is loaded.

With h the hidden size, i the MLP's, q and k the widths of queries and keys, L layers, V tokens in the vocabulary,
T tokens in one forward pass (batch x length) and r the LoRA rank, in bytes:

    weights      L (2 h q + 2 h k + 3 h i) x bits / 8  +  V h (once when tied, else twice) x 2
                 bits = 16, or 4.127 for NF4 with double quantisation: 4 + 8 / 64 + 32 / (64 x 256)
    adapter      P x (weights + gradients + moments), P = L r sum(inputs + outputs) over the adapted modules
                 2 + 2 bytes over a 4-bit base (TRL trains it in bf16), else 4 + 4; moments 2 (8-bit Adam) or 8
    activations  T L A                   without gradient checkpointing
                 T L 2 h + T A + D       with: one vector a layer is kept, one layer at a time is computed again
                 A = 12 h (norms) + 8 q (attention) + 6 i (MLP) + sum of the adapted inputs x (2 + 1 with dropout)
                 D = the largest matrix of a layer in 16 bits, which a 4-bit base writes out to multiply by it
    logits       12 V x tokens whose logits live at once: 16 and 32 bits, and their gradients.
                 `chunked`: 256 (TRL's SFT loss); `full`: all answer tokens (TRL's GRPO loss); `fused`: none
    cache        4 k L x all tokens of the batch that is being sampled, and 12 V x its size for the next token

The peak is the larger of sampling and training. Activations, logits and cache count 5 % more for the allocator's
losses. Measured peaks of a 7B model on an H200 are met within 10 % (the tests hold them). torch's peaks leave out the
CUDA context, so `CONTEXT` is added when an estimate is held against a card.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from models.profiles import Profile
from models.shape import ModelShape

Logits = Literal["chunked", "full", "fused"]

GIB: Final = 2**30
NF4_BITS: Final = 4 + 8 / 64 + 32 / (64 * 256)
ALLOCATOR: Final = 1.05
CONTEXT: Final = GIB // 2
CHUNK: Final = 256
LOGIT_BYTES: Final = 12
PROMPT_TOKENS: Final = {"full": 1536, "compact": 448}
"""Tokens of a discovery prompt with its context, in each style: about 800 and 128 without."""


@dataclass(frozen=True)
class Estimate:
    """Bytes at the moment of the peak."""

    weights: float
    adapter: float = 0.0
    activations: float = 0.0
    logits: float = 0.0
    cache: float = 0.0

    @property
    def total(self) -> float:
        return self.weights + self.adapter + ALLOCATOR * (self.activations + self.logits + self.cache)


@dataclass(frozen=True)
class Pass:
    """One forward and backward pass: `batch` sequences of `length` tokens, `answers` tokens of each with logits."""

    batch: int
    length: int
    answers: int
    gradient_checkpointing: bool = True
    logits: Logits = "chunked"
    eight_bit_optimizer: bool = False


def load_bytes(profile: Profile, shape: ModelShape) -> float:
    """The weights as they are loaded, in the profile's quantisation and dtype ("auto" counts as 32 bits)."""
    number = 2 if profile.dtype in ("bfloat16", "float16") or profile.load_in_4bit else 4
    layer_bytes = NF4_BITS / 8 if profile.load_in_4bit else number
    return shape.layer_parameters * layer_bytes + shape.embedding_parameters * number


def lora_parameters(profile: Profile, shape: ModelShape) -> int:
    modules = shape.adapted(profile.lora_target_modules)
    return shape.num_hidden_layers * profile.lora_r * sum(inputs + outputs for inputs, outputs in modules)


def estimate_training(profile: Profile, shape: ModelShape, work: Pass) -> Estimate:
    """The peak of one optimiser step whose micro-batches are `work`."""
    tokens = work.batch * work.length
    layer = _layer_activations(profile, shape)
    if work.gradient_checkpointing:
        largest = 2 * shape.hidden_size * shape.intermediate_size if profile.load_in_4bit else 0
        activations = tokens * (shape.num_hidden_layers * 2 * shape.hidden_size + layer) + largest
    else:
        activations = tokens * shape.num_hidden_layers * layer
    answers = work.batch * work.answers
    alive = {"chunked": min(CHUNK, answers), "full": answers, "fused": 0}[work.logits]
    return Estimate(
        weights=load_bytes(profile, shape),
        adapter=_trained_bytes(profile, shape, work.eight_bit_optimizer),
        activations=activations,
        logits=LOGIT_BYTES * shape.vocab_size * alive,
    )


def estimate_sampling(
    profile: Profile, shape: ModelShape, batch: int, length: int, eight_bit_optimizer: bool = False
) -> Estimate:
    """The peak of sampling `batch` sequences up to `length` tokens beside a trainer's state."""
    return Estimate(
        weights=load_bytes(profile, shape),
        adapter=_trained_bytes(profile, shape, eight_bit_optimizer),
        logits=LOGIT_BYTES * shape.vocab_size * batch,
        cache=4 * shape.key_value_size * shape.num_hidden_layers * batch * length,
    )


def _trained_bytes(profile: Profile, shape: ModelShape, eight_bit_optimizer: bool) -> float:
    """What is trained, its gradients and the optimiser's moments; weights that are loaded anyway do not count again."""
    moments = 2 if eight_bit_optimizer else 8
    if not profile.use_peft:
        return shape.parameters * (4 + moments)
    return lora_parameters(profile, shape) * ((4 if profile.load_in_4bit else 8) + moments)


def _layer_activations(profile: Profile, shape: ModelShape) -> float:
    """Bytes that the backward pass of one layer needs of one token."""
    norms, attention = 12 * shape.hidden_size, 8 * shape.query_size
    mlp = (6 if shape.gated_mlp else 4) * shape.intermediate_size
    adapted = shape.adapted(profile.lora_target_modules) if profile.use_peft else []
    copies = 3 if profile.lora_dropout else 2
    return norms + attention + mlp + copies * sum(inputs for inputs, _ in adapted)

"""Sampling a batch of completions as fast as the machine can: a static cache, and on a GPU a captured graph a token.

Decoding one token at a time is bound by kernel launches, not by arithmetic: a 7B model spends 14 ms a token in
`generate` where reading its weights takes 4 ms (docs/RESULTS.md). Here a token step, sampling included, is captured
once as a CUDA graph and replayed; keys and values lie in transformers' StaticCache, attention reads them once for all
query heads of a group, and prompts that are equal (the members of a GRPO group) are prefilled once.

On a CPU the same step runs without a graph. There decoding is bound by memory traffic: `generate` copies the whole
cache for every token, and keeps on with completions that have ended. Here a token reads the slots in use, once, and
ended completions are dropped. Not covered: top-p and top-k (`generate` does those), several processes, and models that
attend otherwise than `PLAIN` ones.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

import torch
from transformers import AttentionInterface, DynamicCache, PreTrainedModel

from models.sampler_state import SamplerState
from models.stops import Stops

PLAIN = ("llama", "qwen2", "qwen3")
"""Architectures whose attention is `grouped_attention`: no soft cap, no sinks."""

CACHE_STEP = 64
"""Cache lengths are rounded up to this, so that prompts of about the same length share one captured graph."""

CHECK_EVERY = 16
"""Tokens between two looks at which completions have ended, also by a stop string: each look waits for the GPU."""


class FastSampler:
    """Samples until an end token or `max_new_tokens`; the model's weights may change in place between calls."""

    @staticmethod
    def suits(model: PreTrainedModel) -> bool:
        """Whether the model's attention is what is computed here."""
        layers = getattr(model.config, "layer_types", None) or ()
        return model.config.model_type in PLAIN and set(layers) <= {"full_attention"}

    def __init__(
        self,
        model: PreTrainedModel,
        end_tokens: Sequence[int],
        pad_token: int,
        max_new_tokens: int,
        repetition_penalty: float = 1.0,
        stops: Stops | None = None,
    ) -> None:
        self.model = model
        self.device = model.device
        self._on_gpu = self.device.type == "cuda"
        self.end_tokens = torch.tensor(list(end_tokens), device=self.device)
        self.pad_token = pad_token
        self.max_new_tokens = max_new_tokens
        self.repetition_penalty = repetition_penalty
        self.stops = stops
        self.temperature = 1.0
        self._adapters = _Adapters(model)
        self._state: SamplerState | None = None
        self._graph: torch.cuda.CUDAGraph | None = None

    @torch.no_grad()
    def sample(self, prompts: Sequence[Sequence[int]], temperature: float) -> list[list[int]]:
        """Token ids of one completion a prompt, the end token included where there is one; 0 decodes greedily."""
        if temperature != self.temperature:  # it is a constant of the captured graph
            self.temperature, self._graph = temperature, None
        with _evaluating(self.model), self._adapters.halved(), self._precision():
            logits, length = self._prefill(prompts)
            state = self._state
            assert state is not None
            if self.repetition_penalty != 1:
                state.begin_penalty(_tokens_of(prompts, logits))
            self._take(logits)
            if self._on_gpu and self._graph is None:
                self._capture(length)
            for done in range(1, self.max_new_tokens):
                if done % CHECK_EVERY == 0:
                    self._end_at_stops(state)
                    if bool(state.finished.all()):
                        break
                    if not self._on_gpu:
                        state.drop_finished()
                self._graph.replay() if self._graph else self._step()
        return [self._cut(row) for row in state.all_answers()]

    def _precision(self) -> contextlib.AbstractContextManager[Any]:
        """The same mixed precision as the training step's; nothing is cached, as a graph must read the live weights."""
        mixed = self._on_gpu and self.model.dtype == torch.bfloat16
        return torch.autocast(self.device.type, torch.bfloat16, enabled=mixed, cache_enabled=False)

    def _prefill(self, prompts: Sequence[Sequence[int]]) -> tuple[torch.Tensor, int]:
        """Fill the cache; returns the logits [batch, vocabulary] of the first new token and the slots that are used."""
        distinct = list(dict.fromkeys(tuple(prompt) for prompt in prompts))
        longest = max(map(len, distinct))
        length = -(-longest // CACHE_STEP) * CACHE_STEP
        state = self._state
        if state is None or state.batch != len(prompts) or state.prompt_slots < length:
            self._state = state = SamplerState(self.model, len(prompts), length, self.max_new_tokens, self.pad_token)
            self._graph = None
        ids = torch.full((len(distinct), longest), self.pad_token, device=self.device)
        mask = torch.zeros_like(ids)
        for row, prompt in enumerate(distinct):
            ids[row, longest - len(prompt) :] = torch.tensor(prompt, device=self.device)
            mask[row, longest - len(prompt) :] = 1
        positions = (mask.cumsum(1) - 1).clamp_min(0)
        cache = DynamicCache(config=self.model.config)
        output = self.model(
            input_ids=ids, attention_mask=mask, position_ids=positions, past_key_values=cache, logits_to_keep=1
        )
        index = {prompt: row for row, prompt in enumerate(distinct)}
        rows = torch.tensor([index[tuple(prompt)] for prompt in prompts], device=self.device)
        state.begin(cache, mask[rows], positions[rows, -1], rows)
        return output.logits[:, -1][rows], longest

    def _step(self) -> None:
        """One token for every row, in place: everything it touches has a fixed address."""
        state = self._state
        assert state is not None
        state.mask.index_fill_(1, state.slot, True)
        used = state.mask if self._on_gpu else state.mask[:, : int(state.slot) + 1]  # a graph has one shape
        with _attention(self.model, DECODING):
            output = self.model(
                input_ids=state.token,
                attention_mask=~used[:, None, None, :],
                position_ids=state.position,
                past_key_values=state.cache,
            )
        self._take(output.logits[:, -1])
        state.slot += 1

    def _take(self, logits: torch.Tensor) -> None:
        """Draw a token a row by the exponential race: argmax of log p - log e with e ~ Exp(1) is a draw from p."""
        state = self._state
        assert state is not None
        scores = logits.float()
        if state.seen is not None:
            weaker = torch.where(scores < 0, scores * self.repetition_penalty, scores / self.repetition_penalty)
            scores = torch.where(state.seen, weaker, scores)
        if self.temperature > 0:
            noise = torch.empty_like(scores).exponential_().clamp_min_(torch.finfo(scores.dtype).tiny)
            scores = scores / self.temperature - noise.log_()
        drawn = scores.argmax(-1).masked_fill(state.finished, self.pad_token)
        state.token.copy_(drawn[:, None])
        if state.seen is not None:
            state.seen.scatter_(1, drawn[:, None], True)
        state.answers.index_copy_(1, state.count, drawn[:, None])
        state.finished |= torch.isin(drawn, self.end_tokens)
        state.count += 1
        state.position += 1

    def _capture(self, length: int) -> None:
        """Capture `_step`; what its warm-up draws and writes is undone, the random stream included."""
        state = self._state
        assert state is not None
        before, random = state.snapshot(), torch.cuda.get_rng_state(self.device)
        side = torch.cuda.Stream(self.device)
        side.wait_stream(torch.cuda.current_stream(self.device))
        with torch.cuda.stream(side):
            for _ in range(2):
                self._step()
        torch.cuda.current_stream(self.device).wait_stream(side)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            self._step()
        state.restore(before, length)
        torch.cuda.set_rng_state(random, self.device)
        self._graph = graph

    def _end_at_stops(self, state: SamplerState) -> None:
        """Draw no more for rows that have spelled a stop string; `_cut` drops what they drew after it."""
        if not self.stops:
            return
        rows = state.answers[:, : int(state.count)].tolist()
        met = [self.stops.found(row) for row in rows]
        state.finished |= torch.tensor(met, device=self.device)

    def _cut(self, answer: list[int]) -> list[int]:
        """Up to the first end token or stop string, included."""
        ends = set(self.end_tokens.tolist())
        last = next((k for k, token in enumerate(answer) if token in ends), len(answer) - 1)
        answer = answer[: last + 1]
        return answer[: self.stops.length(answer)] if self.stops else answer


def _tokens_of(prompts: Sequence[Sequence[int]], logits: torch.Tensor) -> torch.Tensor:
    """True where a prompt has the token; the shape of `logits`."""
    seen = torch.zeros_like(logits, dtype=torch.bool)
    for row, prompt in enumerate(prompts):
        seen[row, list(prompt)] = True
    return seen


class _Adapters:
    """32-bit adapters on a 16-bit model, lent to the sampler as 16-bit copies: the casts of autocast, done once a call.

    A token step would otherwise cast every adapter and its input again, two kernels in five of a LoRA layer.
    """

    def __init__(self, model: PreTrainedModel) -> None:
        named = model.named_parameters() if model.dtype == torch.bfloat16 else ()
        whole = [weight for name, weight in named if ".lora_" in name and weight.dtype == torch.float32]
        self._pairs = [(weight, weight.detach().to(torch.bfloat16)) for weight in whole]

    @contextlib.contextmanager
    def halved(self) -> Iterator[None]:
        whole = [weight.data for weight, _ in self._pairs]
        for weight, copy in self._pairs:
            weight.data = copy.copy_(weight.data)
        try:
            yield
        finally:
            for (weight, _), data in zip(self._pairs, whole, strict=True):
                weight.data = data


def grouped_attention(
    module: Any,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    scaling: float,
    **_: Any,
) -> tuple[torch.Tensor, None]:
    """Attention of one new token that reads each key and value once for its whole group of query heads.

    Shapes: query [batch, heads, 1, d]; key, value [batch, key heads, slots, d]; mask [batch, 1, 1, slots], True where
    a slot is empty; slots past the mask's end are not read. transformers' SDPA path copies keys and values once a query
    head when there is a mask.
    """
    batch, heads, _, width = query.shape
    if attention_mask is not None:
        key, value = (part[:, :, : attention_mask.shape[-1]] for part in (key, value))
    groups = key.shape[1]
    scores = query.reshape(batch, groups, heads // groups, width) @ key.transpose(2, 3) * scaling
    if attention_mask is not None:
        scores = scores.masked_fill(attention_mask, torch.finfo(scores.dtype).min)
    weights = scores.softmax(-1, dtype=torch.float32).to(value.dtype)
    return (weights @ value).reshape(batch, heads, 1, width).transpose(1, 2), None


DECODING = "quantummind_grouped"
AttentionInterface.register(DECODING, grouped_attention)


@contextlib.contextmanager
def _attention(model: PreTrainedModel, name: str) -> Iterator[None]:
    usual = model.config._attn_implementation
    model.config._attn_implementation = name
    try:
        yield
    finally:
        model.config._attn_implementation = usual


@contextlib.contextmanager
def _evaluating(model: PreTrainedModel) -> Iterator[None]:
    """Without dropout and gradient checkpointing, which allows no cache; both as before afterwards."""
    training = model.training
    model.eval()
    try:
        yield
    finally:
        model.train(training)

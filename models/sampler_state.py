"""The tensors of a batch that is being sampled, at fixed addresses, as a captured CUDA graph needs them."""

from __future__ import annotations

import torch
from transformers import DynamicCache, PreTrainedModel, StaticCache

WORTH_DROPPING = 0.125
"""Share of ended completions at which a CPU drops them."""


class SamplerState:
    """The tensors of one batch at fixed addresses: the cache, its used slots, what was drawn, where each row is."""

    def __init__(self, model: PreTrainedModel, batch: int, prompt_slots: int, new_tokens: int, pad: int) -> None:
        device = model.device
        self.batch = batch
        self.prompt_slots = prompt_slots
        slots = prompt_slots + new_tokens
        self.cache = StaticCache(config=model.config, max_cache_len=slots)
        self.mask = torch.zeros(batch, slots, dtype=torch.bool, device=device)
        self.slot = torch.zeros(1, dtype=torch.long, device=device)
        self.count = torch.zeros(1, dtype=torch.long, device=device)
        self.token = torch.full((batch, 1), pad, device=device)
        self.position = torch.zeros(batch, 1, dtype=torch.long, device=device)
        self.finished = torch.zeros(batch, dtype=torch.bool, device=device)
        self.answers = torch.full((batch, new_tokens), pad, device=device)
        self.seen: torch.Tensor | None = None
        """[batch, vocabulary], True for the tokens that a penalty is on."""
        self.rows: list[int] = []
        self._dropped: dict[int, list[int]] = {}

    def begin(self, prefilled: DynamicCache, mask: torch.Tensor, last: torch.Tensor, rows: torch.Tensor) -> None:
        """Take over the cache of the distinct prompts, `rows` saying which one each row of the batch has."""
        length = mask.shape[1]
        for layer, source in zip(self.cache.layers, prefilled.layers, strict=True):
            keys, values = source.keys[rows], source.values[rows]
            if not layer.is_initialized:
                layer.lazy_initialization(keys, values)
            layer.keys[:, :, :length] = keys
            layer.values[:, :, :length] = values
            layer.cumulative_length.fill_(length)
        self.rows, self._dropped = list(range(self.batch)), {}
        self.mask.zero_()
        self.mask[:, :length] = mask.bool()
        self.slot.fill_(length)
        self.count.zero_()
        self.position.copy_(last[:, None])
        self.finished.zero_()

    def drop_finished(self) -> None:
        """Go on with the rows that have not ended, in new tensors; few are not worth the copy."""
        ended = self.finished.nonzero().flatten().tolist()
        if len(ended) < len(self.rows) * WORTH_DROPPING:
            return
        answers = self.answers[:, : int(self.count)].tolist()
        self._dropped.update((self.rows[k], answers[k]) for k in ended)
        going_on = (~self.finished).nonzero().flatten()
        self.rows = [self.rows[k] for k in going_on.tolist()]
        self.batch = len(self.rows)
        for layer in self.cache.layers:
            layer.keys, layer.values = layer.keys[going_on], layer.values[going_on]
        if self.seen is not None:
            self.seen = self.seen[going_on]
        for name in ("mask", "token", "position", "finished", "answers"):
            setattr(self, name, getattr(self, name)[going_on])

    def all_answers(self) -> list[list[int]]:
        """What was drawn so far, dropped rows included, in the order of the batch."""
        answers = dict(zip(self.rows, self.answers[:, : int(self.count)].tolist(), strict=True))
        return [answer for _, answer in sorted((self._dropped | answers).items())]

    def begin_penalty(self, seen: torch.Tensor) -> None:
        self.seen = seen if self.seen is None else self.seen.copy_(seen)

    def snapshot(self) -> list[torch.Tensor]:
        return [part.clone() for part in self._small()]

    def restore(self, snapshot: list[torch.Tensor], length: int) -> None:
        for part, saved in zip(self._small(), snapshot, strict=True):
            part.copy_(saved)
        for layer in self.cache.layers:
            layer.cumulative_length.fill_(length)

    def _small(self) -> list[torch.Tensor]:
        small = [self.mask, self.slot, self.count, self.token, self.position, self.finished, self.answers]
        return small if self.seen is None else [*small, self.seen]

"""Batches of like length in random order: little padding, no drift of length through training, exact resume.

transformers' own `group_by_length` hands out each stretch of 50 batches from the longest to the shortest, so that the
model sees lengths in sweeps, and it cannot resume past the first epoch to the bit. Here every batch is drawn from a
stretch sorted by length, and the batches are shuffled; the order is a function of the seed and the epoch.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random
from typing import TYPE_CHECKING, Any

from torch.utils.data import Sampler
from trl import SFTTrainer

from quantum.seeds import seed_for

if TYPE_CHECKING:
    from datasets import Dataset

BATCHES_A_STRETCH = 50


class LengthBucketSampler(Sampler[int]):
    """Indices such that each run of `batch_size` has rows of like length; `set_epoch` chooses the order."""

    def __init__(self, lengths: Sequence[int], batch_size: int, seed: int) -> None:
        self.lengths = lengths
        self.batch_size = batch_size
        self.seed = seed
        self.epoch = 0

    def set_epoch(self, epoch: int) -> None:
        self.epoch = epoch

    def __len__(self) -> int:
        return len(self.lengths)

    def __iter__(self) -> Iterator[int]:
        random = Random(seed_for(self.seed, "epoch", self.epoch))
        order = random.sample(range(len(self.lengths)), len(self.lengths))
        stretch = self.batch_size * BATCHES_A_STRETCH
        for start in range(0, len(order), stretch):
            order[start : start + stretch] = sorted(order[start : start + stretch], key=self.lengths.__getitem__)
        batches = [order[start : start + self.batch_size] for start in range(0, len(order), self.batch_size)]
        # A short batch must stay the last one, or every batch after it would be cut in the wrong place.
        last = batches.pop() if len(batches[-1]) < self.batch_size else []
        random.shuffle(batches)
        return iter([index for batch in [*batches, last] for index in batch])


class BucketedTrainer(SFTTrainer):
    """TRL's SFTTrainer with `group_by_length` done by `LengthBucketSampler`; one process."""

    def _get_train_sampler(self, train_dataset: Dataset | None = None) -> Any:
        rows = self.train_dataset if train_dataset is None else train_dataset
        if self.args.train_sampling_strategy != "group_by_length":
            return super()._get_train_sampler(train_dataset)
        lengths = [len(ids) for ids in rows["input_ids"]]
        batch = self.args.train_batch_size * self.args.gradient_accumulation_steps
        return LengthBucketSampler(lengths, batch, self.args.seed)

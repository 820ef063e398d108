"""Corpus rows as the prompt/completion data sets that TRL's SFTTrainer takes, split by the answer's circuit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from models.prompts import Format, render, render_answer
from sft.corpus.rows import Row

if TYPE_CHECKING:
    from datasets import Dataset


def split_rows(rows: Sequence[Row], validation_share: float) -> tuple[list[Row], list[Row]]:
    """Training and validation rows; a circuit is in one of them only, and always in the same one."""
    boundary = int(validation_share * 0x10000)
    validation = [row for row in rows if int(row.hash[:4], 16) < boundary]
    return [row for row in rows if int(row.hash[:4], 16) >= boundary], validation


def to_dataset(rows: Sequence[Row], form: Format) -> Dataset:
    """Columns `prompt` and `completion`: TRL then counts the loss on the completion alone."""
    from datasets import Dataset

    return Dataset.from_dict(
        {
            "prompt": [render(row.prompt, form) for row in rows],
            "completion": [render_answer(row.answer, form) for row in rows],
        }
    )

"""Corpus rows as the prompt/completion data sets that TRL's SFTTrainer takes, split by the answer's circuit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from models.prompts import Format, render, render_answer
from sft.corpus.rows import Row
from sft.corpus.settings import CorpusSettings

if TYPE_CHECKING:
    from datasets import Dataset


def split_rows(rows: Sequence[Row], validation_share: float) -> tuple[list[Row], list[Row]]:
    """Training and validation rows; a circuit is in one of them only, and always in the same one."""
    boundary = int(validation_share * 0x10000)
    validation = [row for row in rows if int(row.hash[:4], 16) < boundary]
    return [row for row in rows if int(row.hash[:4], 16) >= boundary], validation


def split_corpus(rows: Sequence[Row], corpus: CorpusSettings) -> tuple[list[Row], list[Row]]:
    """The same for a corpus, whose held-out families and sizes are for validation too, as are all their functions."""
    train, validation = split_rows(rows, corpus.validation_share)
    apart = [row for row in train if row.family in corpus.held_out_families or row.num_qubits in corpus.held_out_sizes]
    functions = {row.hash for row in apart}
    return [row for row in train if row.hash not in functions], validation + apart


def to_dataset(rows: Sequence[Row], form: Format) -> Dataset:
    """Columns `prompt` and `completion`: TRL then counts the loss on the completion alone."""
    from datasets import Dataset

    return Dataset.from_dict(
        {
            "prompt": [render(row.prompt, form) for row in rows],
            "completion": [render_answer(row.answer, form) for row in rows],
        }
    )

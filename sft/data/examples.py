"""Training rows on disk: JSON lines of prompt and answer, in one file, or in a folder as `train.jsonl` and `val.jsonl`.

A line holds `prompt` (chat messages, or one text) and `answer`; `hash` (equal answers share it; by default that of the
text), `kind` and `source` (where it comes from) are optional. Lines of the corpus (`sft.corpus.rows.Row`) do as well.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from models.profiles import PACKAGED, packaged_path
from models.prompts import Message
from quantum.errors import RequestError, did_you_mean
from quantum.reading import LINE, parse_json, read_lines
from sft.corpus.rows import Row
from sft.dataset import split_rows
from sft.domains.base import text_hash

TRAIN: Final = "train.jsonl"
VALIDATION: Final = "val.jsonl"


@dataclass(frozen=True, slots=True)
class Example:
    """One row for training, whatever its domain; `source` says where it comes from."""

    kind: str
    prompt: list[Message]
    answer: str
    hash: str
    source: dict[str, Any] = field(default_factory=dict)


def load_data(where: str | Path, validation_share: float) -> tuple[list[Any], list[Any]]:
    """Training and validation rows of a data folder or file (`package:` for one that ships with QuantumMind).

    A folder says itself which rows validate; a file is split by hash, as the corpus is. Raises `RequestError` for what
    is missing, empty or damaged, with the line.
    """
    path = data_path(where)
    if path.is_dir():
        if not (path / TRAIN).is_file():
            raise RequestError(f"{path} holds no {TRAIN}; make one with: quantummind data build, or data prepare")
        validation = load_examples(path / VALIDATION) if (path / VALIDATION).is_file() else []
        train = load_examples(path / TRAIN)
    else:
        train, validation = split_rows(load_examples(path), validation_share)
    if not train:
        raise RequestError(f"{path}: no row to train on")
    return train, validation


def data_path(where: str | Path) -> Path:
    """The file or folder meant by `data:`; raises `RequestError` when there is none."""
    text = str(where)
    path = packaged_path(text) if text.startswith(PACKAGED) else Path(text)
    if not path.exists():
        names = [entry.name for entry in path.parent.iterdir()] if path.parent.is_dir() else []
        raise RequestError(f"data: no such file or folder: {text}{did_you_mean(path.name, names) if names else ''}")
    return path


def load_examples(path: Path) -> list[Any]:
    """The rows of one file; raises `RequestError` for the first line that is none."""
    rows = []
    for number, line in read_lines(path, keep_last=True):
        if line.strip():
            try:
                rows.append(_row(parse_json(line, "not JSON", LINE)))
            except (ValueError, TypeError, KeyError) as error:
                raise RequestError(
                    f"{path}, line {number}: not a training row ({type(error).__name__}: {error}); "
                    f"bring outside data in with: quantummind data prepare {path}"
                ) from None
    return rows


def save_examples(rows: Iterable[Example], path: Path) -> None:
    """Rows as JSON lines, under another name until they are all there."""
    unfinished = path.with_suffix(".part")
    with unfinished.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(asdict(row)) + "\n" for row in rows)
    unfinished.replace(path)


def _row(document: dict[str, Any]) -> Example | Row:
    if "answer" not in document:
        return Row(**document)
    prompt, answer = document["prompt"], document["answer"]
    messages = [{"role": "user", "content": prompt}] if isinstance(prompt, str) else prompt
    if not isinstance(answer, str) or not all(isinstance(message["content"], str) for message in messages):
        raise TypeError("prompt and answer must be text")
    found = document.get("hash") or text_hash(answer)
    int(found[:4], 16)
    return Example(document.get("kind", "outside"), messages, answer, found, document.get("source", {}))

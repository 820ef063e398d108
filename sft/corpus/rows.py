"""Corpus rows and their files. A row is one (prompt, answer) with where it comes from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, Literal

from models.prompts import Message
from sft.corpus.code import fence

PROBE_QUBITS: Final = 5
"""Two functions count as the same when their circuits of this size are."""

CIRCUITS_FILE: Final = "circuits.json"
"""In a build: the first 16 characters of the hash of every function trained on, as a JSON list."""


@dataclass(frozen=True, slots=True)
class Row:
    """One example; `hash` is the canonical hash of the answer's circuit on `PROBE_QUBITS` qubits."""

    kind: Literal["plain", "improvement"]
    prompt: list[Message]
    code: str
    family: str
    problem: str
    num_qubits: int
    hash: str

    @property
    def answer(self) -> str:
        return fence(self.code)


def save_rows(rows: Iterable[Row], path: Path) -> str:
    """Rows as JSON lines; returns the sha256 of the file."""
    text = "".join(json.dumps(asdict(row)) + "\n" for row in rows)
    unfinished = path.with_suffix(".part")
    unfinished.write_text(text, encoding="utf-8")
    unfinished.replace(path)
    return hashlib.sha256(text.encode()).hexdigest()


def load_rows(path: Path) -> list[Row]:
    return [Row(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]


def save_functions(rows: Iterable[Row], path: Path) -> None:
    """The functions of `rows` for `CIRCUITS_FILE`."""
    path.write_text(json.dumps(sorted({row.hash[:16] for row in rows})) + "\n", encoding="utf-8")

"""The memory of attempts: SQLite, append-only, deduplicated by canonical hash; what the next prompts may show.

The memory at any moment is a prefix of its rows. Every row carries a digest of itself and of all rows before it, so a
checkpoint commits to its memory with two numbers (`Mark`), and `rewind` takes the memory back to exactly that state or
says that it is not the same memory. Full scores live in attempts.jsonl; here is only what ranking and prompts need.
Not covered: several writers at once (one run, one writer; readers such as `show` may read at any time).
"""

from __future__ import annotations

import hashlib
import json
import random
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.prompts import MemoryEntry
from quantum.errors import RequestError
from rewards.record import Score

if TYPE_CHECKING:
    from loop.config import MemorySection

SCHEMA = """
CREATE TABLE IF NOT EXISTS attempts (
    row INTEGER PRIMARY KEY, id TEXT NOT NULL, step INTEGER NOT NULL, prompt_id TEXT NOT NULL, parents TEXT NOT NULL,
    outcome TEXT NOT NULL, reason TEXT, message TEXT, reward REAL, hash TEXT, novel INTEGER NOT NULL,
    error REAL, two_qubit_gates INTEGER, parameters INTEGER, depth INTEGER, code TEXT, chain TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS ranking ON attempts (novel, reward DESC, two_qubit_gates, parameters, row);
CREATE INDEX IF NOT EXISTS hashes ON attempts (hash);
"""
RANKING = "ORDER BY reward DESC, two_qubit_gates, parameters, row"


@dataclass(frozen=True)
class Attempt:
    """One completion and everything known of it; one line of attempts.jsonl."""

    id: str
    step: int
    prompt_id: str
    parents: tuple[str, ...]
    code: str
    score: Score
    seconds: float

    def to_json(self) -> dict[str, Any]:
        return {**vars(self), "parents": list(self.parents), "score": self.score.to_json()}

    @staticmethod
    def from_json(line: Mapping[str, Any]) -> Attempt:
        return Attempt(**{**line, "parents": tuple(line["parents"]), "score": Score.from_json(line["score"])})


@dataclass(frozen=True)
class Remembered:
    """A valid circuit of the memory: which attempt it was, its reward, and what a prompt shows of it."""

    id: str
    reward: float
    entry: MemoryEntry


@dataclass(frozen=True)
class Mark:
    """A state of the memory: how many rows, and the digest over all of them."""

    rows: int
    digest: str


class MemoryMismatch(RequestError):
    """The memory on disk is not the one that the mark was taken of."""


class Memory:
    """The attempts of one run; use as a context manager or call `close`."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.executescript(SCHEMA)

    def __enter__(self) -> Memory:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._db.close()

    def add(self, attempts: Sequence[Attempt]) -> None:
        """Append in order, in one transaction."""
        mark = self.mark()
        chain, row = mark.digest, mark.rows
        with self._db:
            for attempt in attempts:
                row += 1
                values = self._row(attempt)
                chain = _link(chain, values)
                marks = ", ".join("?" * (len(values) + 2))
                self._db.execute(f"INSERT INTO attempts VALUES ({marks})", (row, *values, chain))

    def _row(self, attempt: Attempt) -> tuple[object, ...]:
        score = attempt.score
        valid = score.outcome == "ok"
        known = (
            valid
            and self._db.execute("SELECT 1 FROM attempts WHERE hash = ? LIMIT 1", (score.circuit_hash,)).fetchone()
        )
        novel = valid and not known
        largest = score.sizes[-1] if valid else None
        return (
            attempt.id,
            attempt.step,
            attempt.prompt_id,
            json.dumps(attempt.parents),
            score.outcome,
            score.reason,
            score.message,
            score.reward,
            score.circuit_hash if valid else None,
            int(novel),
            max(size.error for size in score.sizes) if valid else None,
            largest.two_qubit_gates if largest else None,
            largest.parameters if largest else None,
            largest.depth if largest else None,
            attempt.code if novel else None,
        )

    def mark(self) -> Mark:
        """The present state, to be stored with a checkpoint."""
        found = self._db.execute("SELECT row, chain FROM attempts ORDER BY row DESC LIMIT 1").fetchone()
        return Mark(*found) if found else Mark(0, "")

    def novel_since(self, mark: Mark) -> int:
        """How many distinct valid circuits were new in the rows after `mark`."""
        found = self._db.execute("SELECT COUNT(*) FROM attempts WHERE row > ? AND novel = 1", (mark.rows,)).fetchone()
        return int(found[0])

    def rewind(self, mark: Mark) -> None:
        """Go back to the state of `mark`; raises MemoryMismatch, and changes nothing, when it never was there."""
        found = self._db.execute("SELECT chain FROM attempts WHERE row = ?", (mark.rows,)).fetchone()
        if (found[0] if found else "") != mark.digest:
            raise MemoryMismatch(
                f"row {mark.rows} of memory.sqlite is not the one that the checkpoint was saved with; "
                "put the file of this run back, or start a new run"
            )
        with self._db:
            self._db.execute("DELETE FROM attempts WHERE row > ?", (mark.rows,))

    def copy_to(self, path: Path) -> None:
        """A copy of the whole memory in a new file."""
        with sqlite3.connect(path) as target:
            self._db.backup(target)
        target.close()

    def best(self, count: int) -> list[Remembered]:
        """The distinct valid circuits with the highest reward, best first."""
        return self._select(f"WHERE novel = 1 {RANKING} LIMIT ?", count)

    def sample(self, draw: random.Random, settings: MemorySection) -> list[Remembered]:
        """Circuits for one prompt, worst to best: none for the share without memory, else a greedy draw.

        Greedy: from the best `top_k`, and with probability `epsilon` from everything that was ever valid.
        """
        if draw.random() >= settings.share:
            return []
        if draw.random() < settings.epsilon:
            (size,) = self._db.execute("SELECT COUNT(*) FROM attempts WHERE novel = 1").fetchone()
            rows = {draw.randrange(size) for _ in range(settings.inspirations)} if size else set()
            chosen = [entry for k in rows for entry in self._select("WHERE novel = 1 ORDER BY row LIMIT 1 OFFSET ?", k)]
        else:
            pool = self.best(settings.top_k)
            chosen = draw.sample(pool, min(settings.inspirations, len(pool)))
        return sorted(chosen, key=lambda one: (one.reward, one.id))

    def _select(self, clause: str, *values: object) -> list[Remembered]:
        columns = "id, reward, code, error, two_qubit_gates, parameters, depth, hash"
        rows = self._db.execute(f"SELECT {columns} FROM attempts {clause}", values)
        return [Remembered(row[0], row[1], MemoryEntry(*row[2:])) for row in rows]


def _link(chain: str, values: tuple[object, ...]) -> str:
    return hashlib.sha256(f"{chain}|{json.dumps(values)}".encode()).hexdigest()[:32]

"""The memory of attempts: one append-only SQLite table, one standing row a circuit; what the next prompts may show.

Equal circuits (by canonical hash) count once: of those the cheapest compilation seen so far stands in every ranking.
The memory at any moment is a prefix of its rows. Every row carries a digest of itself and of all rows before it, so a
checkpoint commits to its memory with two numbers (`Mark`), and `rewind` takes the memory back to exactly that state or
says that it is not the same memory. What follows from the rows (which one stands, how often each was shown, its best
child) is kept beside them and made anew by `rewind`.

Full scores live in attempts.jsonl; here is only what ranking and prompts need, about half a kilobyte an attempt.
Not covered: several writers at once (one run, one writer; readers such as `show` may read at any time).
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from loop.front import Front, extend_front, find_front
from models.prompts import MemoryEntry
from quantum.errors import RequestError
from rewards.record import Score

VERSION = 2
CACHE_KIB = 65536
"""Pages kept in memory: of a million attempts, those that prompts look at."""
SCHEMA = f"""
CREATE TABLE IF NOT EXISTS attempts (
    row INTEGER PRIMARY KEY, id TEXT NOT NULL, step INTEGER NOT NULL, prompt_id TEXT NOT NULL, parents TEXT NOT NULL,
    outcome TEXT NOT NULL, reason TEXT, message TEXT, reward REAL, hash TEXT, novel INTEGER,
    error REAL, two_qubit_gates INTEGER, parameters INTEGER, depth INTEGER, code TEXT, chain TEXT NOT NULL,
    stands INTEGER NOT NULL, shown INTEGER NOT NULL, best_child REAL);
CREATE UNIQUE INDEX IF NOT EXISTS ids ON attempts (id);
CREATE UNIQUE INDEX IF NOT EXISTS novelties ON attempts (novel) WHERE novel IS NOT NULL;
CREATE UNIQUE INDEX IF NOT EXISTS circuits ON attempts (hash) WHERE stands = 1;
CREATE INDEX IF NOT EXISTS ranking ON attempts (reward DESC, two_qubit_gates, parameters, row) WHERE stands = 1;
CREATE INDEX IF NOT EXISTS front ON attempts (two_qubit_gates, parameters, error) WHERE stands = 1;
PRAGMA user_version = {VERSION};
"""
"""`novel` numbers the distinct circuits as they came; `code` is kept where a row stood when it came."""

BEST = "WHERE stands = 1 ORDER BY reward DESC, two_qubit_gates, parameters, row LIMIT ?"
NUMBERED = "SELECT id FROM attempts WHERE hash = (SELECT hash FROM attempts WHERE novel = ?) AND stands = 1"
LINE = """WITH RECURSIVE line(id, age) AS (
    VALUES (?, 0) UNION
    SELECT parent.value, line.age + 1
    FROM line CROSS JOIN attempts ON attempts.id = line.id, json_each(attempts.parents) AS parent WHERE line.age < ?)
    SELECT DISTINCT id FROM line"""
CREDIT = """UPDATE attempts SET shown = shown + 1,
    best_child = MAX(COALESCE(best_child, ?1), COALESCE(?1, best_child)) WHERE id = ?2"""
FAILURES = """SELECT reason, COUNT(*), message, MAX(row) FROM attempts
    WHERE row > ? AND outcome IN ('failed', 'rejected') GROUP BY reason ORDER BY COUNT(*) DESC, reason LIMIT ?"""
RECENT = 256
"""Attempts that failures are counted over."""


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


class Node(NamedTuple):
    """A circuit as a node of the search tree: `shown` attempts had it in their prompt, `best_child` was their best."""

    id: str
    reward: float
    shown: int
    best_child: float | None


class Failure(NamedTuple):
    """A way in which recent attempts failed: how many of them, and what the last one was told."""

    reason: str
    times: int
    message: str


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
        self._front: Front | None = None
        self._db = sqlite3.connect(path)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.execute(f"PRAGMA cache_size=-{CACHE_KIB}")
        version = self._db.execute("PRAGMA user_version").fetchone()[0]
        if version != VERSION and self._db.execute("SELECT 1 FROM sqlite_master WHERE name = 'attempts'").fetchone():
            raise RequestError(f"{path} is of another version ({version}, not {VERSION}); use the one that made it")
        if version != VERSION:
            self._db.executescript(SCHEMA)

    @staticmethod
    def open(path: Path) -> Memory:
        """The memory that a run has already; raises RequestError where the file is missing or damaged."""
        state = "missing"
        if path.is_file():
            try:
                return Memory(path)
            except sqlite3.DatabaseError as error:
                state = f"damaged ({error})"
        raise RequestError(f"{path} is {state}; put the file of this run back, or start a new run")

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
                values, stands = self._row(attempt)
                chain = _link(chain, values)
                if stands:
                    self._db.execute("UPDATE attempts SET stands = 0 WHERE hash = ? AND stands = 1", (values[8],))
                    self._front = self._front and extend_front(self._front, attempt.id, attempt.score)
                marks = ", ".join("?" * (len(values) + 5))
                self._db.execute(f"INSERT INTO attempts VALUES ({marks})", (row, *values, chain, int(stands), 0, None))
                self._credit(attempt)

    def _row(self, attempt: Attempt) -> tuple[tuple[object, ...], bool]:
        """The values of a row, and whether it stands for its circuit: the first, or at a lower cost than all before."""
        score = attempt.score
        valid = score.outcome == "ok"
        largest = score.sizes[-1] if valid else None
        known = self._cost(score)
        stands = largest is not None and (known is None or (largest.two_qubit_gates, largest.depth) < known)
        values = (
            attempt.id,
            attempt.step,
            attempt.prompt_id,
            json.dumps(attempt.parents),
            score.outcome,
            score.reason,
            score.message,
            score.reward,
            score.circuit_hash if valid else None,
            self.distinct() + 1 if valid and known is None else None,
            max(size.error for size in score.sizes) if valid else None,
            largest.two_qubit_gates if largest else None,
            largest.parameters if largest else None,
            largest.depth if largest else None,
            attempt.code if stands else None,
        )
        return values, stands

    def _cost(self, score: Score) -> tuple[int, int] | None:
        """Two-qubit gates and depth of the cheapest compilation of a score's circuit, None where it is not known."""
        cost = "SELECT two_qubit_gates, depth FROM attempts WHERE hash = ? AND stands = 1"
        found: tuple[int, int] | None = self._db.execute(cost, (score.circuit_hash,)).fetchone()
        return found if score.outcome == "ok" else None

    def knows(self, score: Score) -> bool:
        """Whether this circuit is here, at no higher cost."""
        known = self._cost(score)
        return known is not None and known <= (score.sizes[-1].two_qubit_gates, score.sizes[-1].depth)

    def _credit(self, attempt: Attempt) -> None:
        """Note with its parents that they were shown, and what came of it."""
        self._db.executemany(CREDIT, [(attempt.score.reward, parent) for parent in attempt.parents])

    def mark(self) -> Mark:
        """The present state, to be stored with a checkpoint."""
        found = self._db.execute("SELECT row, chain FROM attempts ORDER BY row DESC LIMIT 1").fetchone()
        return Mark(*found) if found else Mark(0, "")

    def distinct(self) -> int:
        """How many distinct valid circuits there are."""
        found = self._db.execute("SELECT MAX(novel) FROM attempts WHERE novel IS NOT NULL").fetchone()
        return int(found[0] or 0)

    def rewind(self, mark: Mark) -> None:
        """Go back to the state of `mark`; raises MemoryMismatch, and changes nothing, when it never was there."""
        found = self._db.execute("SELECT chain FROM attempts WHERE row = ?", (mark.rows,)).fetchone()
        if (found[0] if found else "") != mark.digest:
            raise MemoryMismatch(
                f"row {mark.rows} of memory.sqlite is not the one that the checkpoint was saved with; "
                "put the file of this run back, or start a new run"
            )
        with self._db:
            if self._db.execute("DELETE FROM attempts WHERE row > ?", (mark.rows,)).rowcount:
                self._front = None
                self._derive()

    def _derive(self) -> None:
        """Set what follows from the rows. A row with code was the cheapest of its circuit, so the last such stands."""
        self._db.execute("UPDATE attempts SET stands = 0, shown = 0, best_child = NULL")
        self._db.execute(
            "UPDATE attempts SET stands = 1 WHERE row IN"
            " (SELECT MAX(row) FROM attempts WHERE code IS NOT NULL GROUP BY hash)"
        )
        self._db.execute(
            "UPDATE attempts SET shown = children.count, best_child = children.best FROM"
            " (SELECT parent.value AS id, COUNT(*) AS count, MAX(reward) AS best"
            "  FROM attempts, json_each(attempts.parents) AS parent GROUP BY parent.value) AS children"
            " WHERE attempts.id = children.id"
        )

    def copy_to(self, path: Path) -> None:
        """A copy of the whole memory in a new file."""
        with sqlite3.connect(path) as target:
            self._db.backup(target)
        target.close()

    def best(self, count: int) -> list[Remembered]:
        """The distinct valid circuits with the highest reward, best first."""
        return self._select(BEST, count)

    def by_id(self, attempt_id: str) -> Remembered:
        """The circuit of one attempt that stood when it came."""
        return self._select("WHERE id = ?", attempt_id)[0]

    def numbered(self, number: int) -> str:
        """The id of the circuit that was the `number`-th distinct one (from 1), in its cheapest compilation."""
        return str(self._db.execute(NUMBERED, (number,)).fetchone()[0])

    def front(self) -> list[str]:
        """Ids of the Pareto front of error, two-qubit gates and parameters, few gates first."""
        if self._front is None:
            self._front = find_front(self._db)
        return [point.id for point in self._front]

    def nodes(self, count: int) -> list[Node]:
        """The `count` best circuits as nodes of the search tree, best first."""
        rows = self._db.execute(f"SELECT id, reward, shown, best_child FROM attempts {BEST}", (count,))
        return [Node(*row) for row in rows]

    def line(self, attempt_id: str, generations: int) -> list[str]:
        """The ids of an attempt and of its ancestors (what its prompt showed, what theirs did) that far back."""
        return [row[0] for row in self._db.execute(LINE, (attempt_id, generations))]

    def failures(self, count: int) -> list[Failure]:
        """The most frequent ways to fail among the last attempts, the commonest first."""
        rows = self._db.execute(FAILURES, (self.mark().rows - RECENT, count))
        return [Failure(reason, number, message or "") for reason, number, message, _ in rows]

    def _select(self, clause: str, *values: object) -> list[Remembered]:
        columns = "id, reward, code, error, two_qubit_gates, parameters, depth, hash"
        rows = self._db.execute(f"SELECT {columns} FROM attempts {clause}", values)
        return [Remembered(row[0], row[1], MemoryEntry(*row[2:])) for row in rows]


def _link(chain: str, values: tuple[object, ...]) -> str:
    return hashlib.sha256(f"{chain}|{json.dumps(values)}".encode()).hexdigest()[:32]

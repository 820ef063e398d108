"""The memory of attempts: one append-only SQLite table, one standing row a circuit; what the next prompts may show.

A circuit is new when the memory knows nothing as good that is the same: an equal circuit (by hash) no cheaper is a
repeat, and so is whatever has the error of an earlier one to 1e-7 and no fewer gates, parameters or depth. Of equal
circuits the best compilation seen so far stands in every ranking. Rankings are by reward, which is a strictly monotone
function of the one order of circuits (`rewards.order`).

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
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from loop.attempt import Attempt
from loop.front import Front, extend_front, find_front
from quantum.errors import RequestError
from rewards.record import Score
from rewards.remembered import Figures, Remembered

VERSION = 3
CACHE_KIB = 65536
"""Pages kept in memory: of a million attempts, those that prompts look at."""
SCHEMA = f"""
CREATE TABLE IF NOT EXISTS attempts (
    row INTEGER PRIMARY KEY, id TEXT NOT NULL, step INTEGER NOT NULL, prompt_id TEXT NOT NULL, parents TEXT NOT NULL,
    outcome TEXT NOT NULL, reason TEXT, message TEXT, reward REAL, hash TEXT, novel INTEGER,
    error REAL, two_qubit_gates INTEGER, parameters INTEGER, depth INTEGER, sizes TEXT, code TEXT, chain TEXT NOT NULL,
    stands INTEGER NOT NULL, shown INTEGER NOT NULL, best_child REAL);
CREATE UNIQUE INDEX IF NOT EXISTS ids ON attempts (id);
CREATE UNIQUE INDEX IF NOT EXISTS novelties ON attempts (novel) WHERE novel IS NOT NULL;
CREATE UNIQUE INDEX IF NOT EXISTS circuits ON attempts (hash) WHERE stands = 1;
CREATE INDEX IF NOT EXISTS ranking ON attempts (reward DESC, row) WHERE stands = 1;
CREATE INDEX IF NOT EXISTS hashes ON attempts (hash, reward) WHERE hash IS NOT NULL;
CREATE INDEX IF NOT EXISTS errors ON attempts (error) WHERE error IS NOT NULL;
CREATE INDEX IF NOT EXISTS front ON attempts (two_qubit_gates, parameters, error) WHERE stands = 1;
PRAGMA user_version = {VERSION};
"""
"""`novel` numbers the distinct circuits as they came; `code` is kept where a row stood when it came. `error` is the
largest over the sizes, the counts are sums over them; `sizes` holds the figures of each (`rewards.remembered`)."""

WRITTEN = """id, step, prompt_id, parents, outcome, reason, message, reward, hash, novel,
    error, two_qubit_gates, parameters, depth, sizes, code"""
"""The columns that a row's digest is over."""
BEST = "WHERE stands = 1 ORDER BY reward DESC, row LIMIT ?"
BEST_REWARD = "SELECT MAX(reward) FROM attempts WHERE hash = ?"
NUMBERED = "SELECT id FROM attempts WHERE hash = (SELECT hash FROM attempts WHERE novel = ?) AND stands = 1"
LINE = """WITH RECURSIVE line(id, age) AS (
    VALUES (?, 0) UNION
    SELECT parent.value, line.age + 1
    FROM line CROSS JOIN attempts ON attempts.id = line.id, json_each(attempts.parents) AS parent WHERE line.age < ?)
    SELECT DISTINCT id FROM line"""
CREDIT = """UPDATE attempts SET shown = shown + 1,
    best_child = MAX(COALESCE(best_child, ?1), COALESCE(?1, best_child)) WHERE id = ?2"""
SAME = """SELECT 1 FROM attempts WHERE error BETWEEN ? AND ?
    AND two_qubit_gates = ? AND parameters = ? AND depth = ? LIMIT 1"""
AS_GOOD = SAME.replace(" = ?", " <= ?")
SAME_ERROR = 1e-7
"""Errors (in the Hamiltonian's unit) that are no further apart are the same."""
FAILURES = """SELECT reason, COUNT(*), message, MAX(row) FROM attempts
    WHERE row > ? AND outcome IN ('failed', 'rejected') GROUP BY reason ORDER BY COUNT(*) DESC, reason LIMIT ?"""
RECENT = 256
"""Attempts that failures are counted over."""


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
        """The memory that a run has already, every row held against its digest; raises RequestError where the file is
        missing or damaged."""
        state = "missing"
        if path.is_file():
            try:
                memory = Memory(path)
                memory._check()
                return memory
            except (sqlite3.Error, ValueError, TypeError, RecursionError) as error:
                state = f"damaged ({error!s:.100})"
        raise RequestError(f"{path} is {state}; put the file of this run back, or start a new run")

    def _check(self) -> None:
        """Raises ValueError, TypeError or sqlite3.Error where a row is not the one that was written."""
        chain = ""
        for row, *values, stored in self._db.execute(f"SELECT row, {WRITTEN}, chain FROM attempts ORDER BY row"):
            chain = _link(chain, tuple(values))
            if chain != stored:
                raise ValueError(f"row {row} does not belong to its digest")
            json.loads(values[3])
            if values[8] is not None:
                _remembered("", "", "", 0.0, values[14], 0, None)

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
                    if self._front is not None:
                        self._front = extend_front(self._front, Remembered.of(attempt.id, "", attempt.score))
                marks = ", ".join("?" * (len(values) + 5))
                self._db.execute(f"INSERT INTO attempts VALUES ({marks})", (row, *values, chain, int(stands), 0, None))
                self._credit(attempt)

    def _row(self, attempt: Attempt) -> tuple[tuple[object, ...], bool]:
        """The values of a row, and whether it stands for its circuit from now on."""
        score = attempt.score
        one = Remembered.of(attempt.id, attempt.code, score) if score.outcome == "ok" else None
        stands = one is not None and not self._knows(one)
        values = (
            attempt.id,
            attempt.step,
            attempt.prompt_id,
            json.dumps(attempt.parents),
            score.outcome,
            score.reason,
            score.message,
            score.reward,
            one.hash if one else None,
            self.distinct() + 1 if one and stands and not self._stands(one.hash) else None,
            one.error if one else None,
            *(one.cost if one else (None, None, None)),
            json.dumps(one.sizes) if one else None,
            attempt.code if stands else None,
        )
        return values, stands

    def knows(self, score: Score) -> bool:
        """Whether a valid score tells nothing new: this very circuit is here at no higher cost, or one with the same
        error and nowhere higher counts."""
        return score.outcome == "ok" and self._knows(Remembered.of("", "", score))

    def has(self, score: Score) -> bool:
        """Whether a valid score is of a circuit that is here: by its hash and no better, or by its error and counts."""
        return score.outcome == "ok" and self._knows(Remembered.of("", "", score), SAME)

    def _knows(self, one: Remembered, alike: str = AS_GOOD) -> bool:
        reward = self._best_reward(one.hash)
        if reward is not None:
            return one.reward <= reward
        errors = (one.error - SAME_ERROR, one.error + SAME_ERROR)
        return self._db.execute(alike, (*errors, *one.cost)).fetchone() is not None

    def _best_reward(self, circuit_hash: str) -> float | None:
        """The best reward of this circuit so far, None where it has not come."""
        found: tuple[float | None] = self._db.execute(BEST_REWARD, (circuit_hash,)).fetchone()
        return found[0]

    def _stands(self, circuit_hash: str) -> bool:
        """Whether a row stands for this circuit already."""
        return bool(
            self._db.execute("SELECT 1 FROM attempts WHERE hash = ? AND stands = 1", (circuit_hash,)).fetchone()
        )

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
        """Set what follows from the rows. A row with code was the best of its circuit, so the last such stands."""
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
        """The `count` best distinct circuits, best first."""
        return self._select(BEST, count)

    def by_id(self, attempt_id: str) -> Remembered:
        """The circuit of one attempt that stood when it came."""
        return self._select("WHERE id = ?", attempt_id)[0]

    def numbered(self, number: int) -> str:
        """The id of the circuit that was the `number`-th distinct one (from 1), in its best compilation."""
        return str(self._db.execute(NUMBERED, (number,)).fetchone()[0])

    def front(self) -> list[str]:
        """Ids of the Pareto front of error, two-qubit gates and parameters, few gates first."""
        if self._front is None:
            self._front = find_front(self._db)
        return [one.id for one in self._front]

    def line(self, attempt_id: str, generations: int) -> list[str]:
        """The ids of an attempt and of its ancestors (what its prompt showed, what theirs did) that far back."""
        return [row[0] for row in self._db.execute(LINE, (attempt_id, generations))]

    def failures(self, count: int) -> list[Failure]:
        """The most frequent ways to fail among the last attempts, the commonest first."""
        rows = self._db.execute(FAILURES, (self.mark().rows - RECENT, count))
        return [Failure(reason, number, message or "") for reason, number, message, _ in rows]

    def _select(self, clause: str, *values: object) -> list[Remembered]:
        columns = "id, code, hash, reward, sizes, shown, best_child"
        rows = self._db.execute(f"SELECT {columns} FROM attempts {clause}", values)
        return [_remembered(*row) for row in rows]


def _remembered(name: str, code: str, known: str, reward: float, sizes: str, *tree: Any) -> Remembered:
    return Remembered(name, code, known, reward, tuple(Figures(*size) for size in json.loads(sizes)), *tree)


def _link(chain: str, values: tuple[object, ...]) -> str:
    return hashlib.sha256(f"{chain}|{json.dumps(values)}".encode()).hexdigest()[:32]

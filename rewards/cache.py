"""What was measured once is not measured again: a table of JSON values by digest, in one SQLite file or in memory.

Several processes may share the file (write-ahead log; a reader never waits). Values are functions of their keys, so two
processes that measure the same circuit at once write the same row and neither is wrong. The oldest rows are dropped
above `MAX_ROWS`.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from pathlib import Path
from typing import Any, Final

from quantum.errors import RequestError

MAX_ROWS: Final = 200_000
_VERSION: Final = 1
_BUSY_SECONDS: Final = 60.0


class ScoreCache:
    """`path` None keeps the table in this process's memory. Raises RequestError for a file that is no such cache."""

    def __init__(self, path: str | Path | None = None) -> None:
        self._where = ":memory:" if path is None else str(path)
        try:
            if path is not None:
                Path(path).parent.mkdir(parents=True, exist_ok=True)
            self._rows = sqlite3.connect(self._where, timeout=_BUSY_SECONDS, isolation_level=None)
            self._prepare()
        except (sqlite3.DatabaseError, OSError) as error:
            raise RequestError(f"cannot use {self._where} as a score cache: {error}") from error

    def _prepare(self) -> None:
        self._rows.execute("PRAGMA journal_mode=WAL")
        self._rows.execute("PRAGMA synchronous=NORMAL")
        version = self._rows.execute("PRAGMA user_version").fetchone()[0]
        tables = {name for (name,) in self._rows.execute("SELECT name FROM sqlite_master WHERE type='table'")}
        if version not in (0, _VERSION) or (version == 0 and tables - {"measured"}):
            raise RequestError(f"{self._where} is not a score cache of this version")
        self._rows.execute("CREATE TABLE IF NOT EXISTS measured (key TEXT UNIQUE NOT NULL, value TEXT NOT NULL)")
        self._rows.execute(f"PRAGMA user_version={_VERSION}")

    def get(self, key: str) -> Any:
        """The value stored under `key`, or None."""
        row = self._rows.execute("SELECT value FROM measured WHERE key = ?", (key,)).fetchone()
        return None if row is None else json.loads(row[0])

    def put(self, key: str, value: Any) -> None:
        """Stores a JSON-able value; a row that is there already stays."""
        text = json.dumps(value, allow_nan=False)
        inserted = self._rows.execute("INSERT OR IGNORE INTO measured VALUES (?, ?)", (key, text))
        if inserted.rowcount and inserted.lastrowid is not None:
            self._rows.execute("DELETE FROM measured WHERE rowid <= ?", (inserted.lastrowid - MAX_ROWS,))

    def close(self) -> None:
        self._rows.close()


def digest(*parts: str) -> str:
    """32 hex characters of sha256 over the parts; the key of what depends on exactly these."""
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]

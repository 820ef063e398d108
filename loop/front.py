"""The Pareto front of the memory's circuits in two-qubit gates, parameters and error: found once, then kept up to date.

No circuit is as good as one of the front in all three at once. Of circuits that are equal in all three the first stays.
"""

from __future__ import annotations

import json
import sqlite3
from bisect import bisect_right
from operator import itemgetter

from rewards.remembered import Figures, Remembered

NEXT_CELL = """SELECT two_qubit_gates, parameters, error, row FROM attempts
    WHERE stands = 1 AND (two_qubit_gates, parameters, error) > (?, ?, 1e300)
    ORDER BY two_qubit_gates, parameters, error LIMIT 1"""
"""The smallest error among the circuits with the next larger counts, from the index alone; the 1e300 makes SQLite skip
all others of the present counts."""

Front = list[Remembered]
"""Few gates first, then few parameters; no two have the same counts. Their code is left out."""


def find_front(db: sqlite3.Connection) -> Front:
    """The front of all standing rows; the cost grows with the number of different counts, not with the rows."""
    kept: list[int] = []
    stairs: list[tuple[int, float]] = []  # parameters up, lowest error so far down
    cell = (-1, -1)
    while found := db.execute(NEXT_CELL, cell).fetchone():
        gates, parameters, error, row = found
        cell = (gates, parameters)
        at = bisect_right(stairs, parameters, key=itemgetter(0))
        if at and stairs[at - 1][1] <= error:
            continue
        kept.append(row)
        end = next((k for k in range(at, len(stairs)) if stairs[k][1] < error), len(stairs))
        stairs[at:end] = [(parameters, error)]
    named = "SELECT id, hash, reward, sizes FROM attempts WHERE row = ?"
    rows = [db.execute(named, (row,)).fetchone() for row in kept]
    return [
        Remembered(name, "", known, reward, tuple(Figures(*size) for size in json.loads(sizes)))
        for name, known, reward, sizes in rows
    ]


def extend_front(front: Front, new: Remembered) -> Front | None:
    """The front with one more standing row; None when that replaces one of it, and all have to be looked at again."""
    if any(one.hash == new.hash for one in front):
        return None
    if any(_is_as_good(one, new) for one in front):
        return front
    return sorted([new, *(one for one in front if not _is_as_good(new, one))], key=_trade)


def _trade(one: Remembered) -> tuple[int, int, float]:
    gates, parameters, _ = one.cost
    return gates, parameters, one.error


def _is_as_good(one: Remembered, other: Remembered) -> bool:
    """Whether nothing of the other is better."""
    return all(mine <= theirs for mine, theirs in zip(_trade(one), _trade(other), strict=True))

"""The Pareto front of the memory's circuits in two-qubit gates, parameters and error: found once, then kept up to date.

A point of the front is as good as nothing else in all three at once. Of circuits that are equal in all three the first
one stays.
"""

from __future__ import annotations

import sqlite3
from bisect import bisect_right
from operator import itemgetter
from typing import NamedTuple

from rewards.record import Score

NEXT_CELL = """SELECT two_qubit_gates, parameters, error, row FROM attempts
    WHERE stands = 1 AND (two_qubit_gates, parameters, error) > (?, ?, 1e300)
    ORDER BY two_qubit_gates, parameters, error LIMIT 1"""
"""The smallest error among the circuits with the next larger counts, from the index alone; the 1e300 makes SQLite skip
all others of the present counts."""


class Point(NamedTuple):
    """A circuit of the front: counts at the largest size, the largest error."""

    two_qubit_gates: int
    parameters: int
    error: float
    id: str
    hash: str | None

    def is_as_good_as(self, other: Point) -> bool:
        """Whether nothing of the other is better."""
        return all(mine <= theirs for mine, theirs in zip(self[:3], other[:3], strict=True))


Front = list[Point]
"""Few gates first, then few parameters; no two points have the same counts."""


def find_front(db: sqlite3.Connection) -> Front:
    """The front of all standing rows; the cost grows with the number of different counts, not with the rows."""
    kept: list[tuple[int, int, float, int]] = []
    stairs: list[tuple[int, float]] = []  # parameters up, lowest error so far down
    cell = (-1, -1)
    while found := db.execute(NEXT_CELL, cell).fetchone():
        gates, parameters, error, _ = found
        cell = (gates, parameters)
        at = bisect_right(stairs, parameters, key=itemgetter(0))
        if at and stairs[at - 1][1] <= error:
            continue
        kept.append(found)
        end = next((k for k in range(at, len(stairs)) if stairs[k][1] < error), len(stairs))
        stairs[at:end] = [(parameters, error)]
    name = "SELECT id, hash FROM attempts WHERE row = ?"
    return [Point(g, p, error, *db.execute(name, (row,)).fetchone()) for g, p, error, row in kept]


def extend_front(front: Front, attempt_id: str, score: Score) -> Front | None:
    """The front with one more standing row; None when that takes the place of a point, and all have to be looked at."""
    size, known = score.sizes[-1], score.circuit_hash
    if any(point.hash == known for point in front):
        return None
    new = Point(size.two_qubit_gates, size.parameters, max(s.error for s in score.sizes), attempt_id, known)
    if any(point.is_as_good_as(new) for point in front):
        return front
    return sorted([new, *(point for point in front if not new.is_as_good_as(point))])

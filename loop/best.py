"""The few best circuits of a run."""

from __future__ import annotations

from collections.abc import Iterable

from loop.attempt import Attempt
from quantum.problem import Problem
from rewards.order import Rank, rank


class Leaderboard:
    """The `count` best distinct circuits seen so far, best first; it holds no more than those."""

    def __init__(self, problem: Problem, count: int) -> None:
        self.problem = problem
        self.count = count
        self.attempts: list[Attempt] = []
        self._hashes: dict[str, str | None] = {}  # of all that ever had a place, by id

    def offer(self, attempts: Iterable[Attempt]) -> bool:
        """Take in attempts; says whether a place changed.

        Equal hashes mean equal energies, not equal counts: of those the best circuit stands, then the earliest. And of
        a circuit and what pruning made of it only the best stands, or one circuit would fill the board.
        """
        before = self.attempts
        for attempt in attempts:
            if attempt.score.outcome == "ok":
                self._take(attempt)
        return self.attempts != before

    def _take(self, attempt: Attempt) -> None:
        place = self._place(attempt)
        if len(self.attempts) == self.count and place > self._place(self.attempts[-1]):
            return
        twins = [one for one in self.attempts if self._kin(one) & self._kin(attempt)]
        if any(self._place(twin) <= place for twin in twins):
            return
        others = [one for one in self.attempts if one not in twins]
        self.attempts = sorted([*others, attempt], key=self._place)[: self.count]
        self._hashes[attempt.id] = attempt.score.circuit_hash

    def _place(self, attempt: Attempt) -> tuple[Rank, str]:
        return rank(attempt.score, self.problem), attempt.id

    def _kin(self, attempt: Attempt) -> set[str | None]:
        """The hash of its circuit, and of the circuit that pruning made it of."""
        return {attempt.score.circuit_hash, self._hashes.get(attempt.origin, attempt.origin)}

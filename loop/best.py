"""The few best circuits of a run."""

from __future__ import annotations

from collections.abc import Iterable

from loop.memory import Attempt
from quantum.problem import Problem
from rewards.order import Rank, rank


class Leaderboard:
    """The `count` best distinct circuits seen so far, best first; it holds no more than those."""

    def __init__(self, problem: Problem, count: int) -> None:
        self.problem = problem
        self.count = count
        self.attempts: list[Attempt] = []
        self._origins: dict[str, str] = {}

    def offer(self, attempts: Iterable[Attempt]) -> bool:
        """Take in attempts, parents before their children; says whether a place changed.

        Equal hashes mean equal energies, not equal counts: of those the best circuit stands, then the earliest. And of
        a circuit and what pruning made of it only the best stands, or one circuit would fill the board.
        """
        before = self.attempts
        for attempt in attempts:
            if attempt.pruned:
                self._origins[attempt.id] = self._origin(attempt)
            if attempt.score.outcome == "ok":
                self._take(attempt)
        return self.attempts != before

    def _take(self, attempt: Attempt) -> None:
        place = self._place(attempt)
        if len(self.attempts) == self.count and place > self._place(self.attempts[-1]):
            return
        twins = [one for one in self.attempts if self._is_twin(one, attempt)]
        if any(self._place(twin) <= place for twin in twins):
            return
        others = [one for one in self.attempts if one not in twins]
        self.attempts = sorted([*others, attempt], key=self._place)[: self.count]

    def _is_twin(self, one: Attempt, other: Attempt) -> bool:
        return one.score.circuit_hash == other.score.circuit_hash or self._origin(one) == self._origin(other)

    def _origin(self, attempt: Attempt) -> str:
        """The attempt that pruning began with; of one that was not pruned, itself."""
        if not attempt.pruned:
            return attempt.id
        (parent,) = attempt.parents
        return self._origins.get(parent, parent)

    def _place(self, attempt: Attempt) -> tuple[Rank, str]:
        return rank(attempt.score, self.problem), attempt.id

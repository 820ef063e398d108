"""Which circuit is better, and the few best of a run."""

from __future__ import annotations

from collections.abc import Iterable

from loop.memory import Attempt
from quantum.problem import Problem
from rewards.record import Score

Rank = tuple[float, ...]


def target_met(score: Score, problem: Problem) -> bool:
    """Whether the problem's target is met at every size scored."""
    return score.outcome == "ok" and problem.met(score.sizes)


def rank(score: Score, problem: Problem) -> Rank:
    """Sorts best first: inside the target the smaller circuit wins, outside it the smaller error."""
    two_qubit_gates = sum(s.two_qubit_gates for s in score.sizes)
    parameters = sum(s.parameters for s in score.sizes)
    error = max(map(problem.excess, score.sizes))
    if target_met(score, problem):
        return (0.0, two_qubit_gates, parameters, error)
    return (1.0, error, two_qubit_gates, parameters)


class Leaderboard:
    """The `count` best distinct circuits seen so far, best first; it holds no more than those."""

    def __init__(self, problem: Problem, count: int) -> None:
        self.problem = problem
        self.count = count
        self.attempts: list[Attempt] = []

    def offer(self, attempts: Iterable[Attempt]) -> bool:
        """Take in attempts; says whether a place changed.

        Equal hashes mean equal energies, not equal counts: of those the cheapest circuit stands, then the earliest.
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
        twin = next((one for one in self.attempts if one.score.circuit_hash == attempt.score.circuit_hash), None)
        if twin and self._place(twin) <= place:
            return
        others = [one for one in self.attempts if one is not twin]
        self.attempts = sorted([*others, attempt], key=self._place)[: self.count]

    def _place(self, attempt: Attempt) -> tuple[Rank, str]:
        return rank(attempt.score, self.problem), attempt.id

"""The attempts of a run as the report needs them: all of them in figures, as many as fit with their text.

A run may hold 10^5 attempts and 200 MB of text; the file is streamed, and only the chosen ones keep theirs.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from loop.attempt import Attempt
from loop.run import Run
from quantum.problem import Problem
from rewards.order import Rank, rank
from rewards.record import Score, SizeScore


@dataclass(frozen=True, slots=True)
class Row:
    """One attempt without its text. `error` is that of the worst size in the target's measure; two-qubit gates are
    summed over sizes, depth and parameters are the largest; `length` is how many bytes the row takes in the page."""

    id: str
    step: int
    parents: tuple[str, ...]
    reason: str | None
    circuit_hash: str | None
    reward: float | None
    error: float | None
    ratio: float | None
    """`Problem.excess` of the worst size: at most 1 where the target is met."""
    rank: Rank | None
    """The order of the leaderboard, the smallest first."""
    two_qubit_gates: int | None
    depth: int | None
    parameters: int | None
    length: int


def worst_size(score: Score, problem: Problem) -> SizeScore:
    """The size that is furthest from its target."""
    return max(score.sizes, key=problem.excess)


def shown_error(size: SizeScore, problem: Problem) -> float:
    """The error in the measure of the target: relative (`quantum.target`), or absolute in the Hamiltonian's unit."""
    if problem.target.kind == "relative" and size.relative_error is not None:
        return size.relative_error
    return size.error


def shown_target(problem: Problem) -> float:
    """The largest error inside the target in the same measure, the least of all sizes."""
    if problem.target.kind == "relative":
        return min(problem.relative_error(n, problem.threshold(n)) for n in problem.sizes)
    return min(map(problem.threshold, problem.sizes))


def scan(run: Run, problem: Problem) -> list[Row]:
    """Every attempt of a run, in the order in which they were scored."""
    return [_row(attempt, problem) for attempt in run.attempts()]


def _row(attempt: Attempt, problem: Problem) -> Row:
    score = attempt.score
    valid = score.outcome == "ok"
    worst = worst_size(score, problem) if valid else None
    return Row(
        attempt.id,
        attempt.step,
        attempt.parents,
        None if valid else (score.reason or score.outcome),
        score.circuit_hash if valid else None,
        score.reward,
        shown_error(worst, problem) if worst else None,
        problem.excess(worst) if worst else None,
        rank(score, problem) if valid else None,
        sum(size.two_qubit_gates for size in score.sizes) if valid else None,
        max(size.depth for size in score.sizes) if valid else None,
        max(size.parameters for size in score.sizes) if valid else None,
        len(json.dumps(full_row(attempt))),
    )


def full_row(attempt: Attempt) -> dict[str, Any]:
    """What the page's table shows of an attempt; values are those of attempts.jsonl."""
    score = attempt.score
    kept = ("num_qubits", "energy", "error", "relative_error", "fidelity", "two_qubit_gates", "depth", "parameters")
    return {
        "id": attempt.id,
        "step": attempt.step,
        "parents": list(attempt.parents),
        "outcome": score.outcome,
        "stage": score.stage,
        "reason": score.reason,
        "message": score.message,
        "reward": score.reward,
        "known_as": score.known_as,
        "seconds": attempt.seconds,
        "sizes": [{name: getattr(size, name) for name in kept} for size in score.sizes],
        "code": attempt.code,
    }


def choose(rows: Sequence[Row], always: Collection[str], budget: int) -> set[str]:
    """Ids of the rows whose text goes into the page: `always`, and evenly over time as many as `budget` bytes hold."""
    rest = [row for row in rows if row.id not in always]
    left = budget - sum(row.length for row in rows if row.id in always)
    total = sum(row.length for row in rest)
    share = min(1.0, max(0.0, left / total)) if total else 1.0
    return set(always) | {row.id for k, row in enumerate(rest) if int((k + 1) * share) > int(k * share)}


def full_rows(run: Run, chosen: Collection[str]) -> list[dict[str, Any]]:
    return [full_row(attempt) for attempt in run.attempts() if attempt.id in chosen]


def distinct(rows: Iterable[Row]) -> list[Row]:
    """The valid attempts, of equal circuits the first with the fewest two-qubit gates."""
    best: dict[str, Row] = {}
    for row in rows:
        if row.circuit_hash is not None:
            known = best.get(row.circuit_hash)
            if known is None or _gates(row) < _gates(known):
                best[row.circuit_hash] = row
    return list(best.values())


def front(rows: Iterable[Row]) -> list[Row]:
    """The Pareto front: valid attempts that no other beats in both error and two-qubit gates, fewest gates first."""
    kept: list[Row] = []
    for row in sorted((r for r in rows if r.error is not None), key=lambda r: (_gates(r), r.error, r.step)):
        if not kept or _error(row) < _error(kept[-1]):
            kept.append(row)
    return kept


def improvements(rows: Iterable[Row]) -> list[tuple[int, Row]]:
    """(how many circuits had been scored, the attempt) whenever the lowest error so far fell."""
    found: list[tuple[int, Row]] = []
    for evaluations, row in enumerate((r for r in rows if r.ratio is not None), 1):
        if not found or _ratio(row) < _ratio(found[-1][1]):
            found.append((evaluations, row))
    return found


def thin(values: Sequence[Any], count: int) -> list[Any]:
    """At most `count` of the values, evenly, with the first and the last."""
    if len(values) <= count:
        return list(values)
    places = {round(k * (len(values) - 1) / (count - 1)) for k in range(count)}
    return list(itertools.compress(values, (k in places for k in range(len(values)))))


def _gates(row: Row) -> int:
    return row.two_qubit_gates if row.two_qubit_gates is not None else 0


def _error(row: Row) -> float:
    return row.error if row.error is not None else float("inf")


def _ratio(row: Row) -> float:
    return row.ratio if row.ratio is not None else float("inf")

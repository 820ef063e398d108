"""The one order of a problem's circuits: for reward, memory, prompts, leaderboard, pruning, baselines, export, report.

How far a circuit is from the target at one size is one ratio, its excess (`Problem.excess`): the error over the
target's error, or the infidelity over the target's where that is larger. 1 and below is inside. A circuit scored at
several sizes has the largest of their excesses, and its counts are sums over the sizes. Then, of two circuits,

    1. one whose gradients vanish like a plateau's over the sizes comes after one whose do not
    2. one inside the target comes before one outside, and outside the smaller excess before the larger
    3. fewer two-qubit gates come first, then fewer parameters, then less depth
    4. inside the target, the smaller excess comes first

So a lower error inside the target never buys gates: whoever wants accuracy sets the target. Excesses that agree to 1e-5
of a decade outside the target, and to 1e-3 of a decade inside, count as equal: that is the noise of an optimiser.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Final, NamedTuple, Protocol

from quantum import target
from quantum.problem import Problem
from rewards.record import Score

OUTSIDE_DIGITS: Final = 5
INSIDE_DIGITS: Final = 3
"""Decimals of log10(excess) that count."""
MOST_DECADES_INSIDE: Final = 12.0
"""An error smaller than the target by more than this is zero: it is rounding."""
CLEARLY: Final = math.log10(1 / 0.9)
"""Decades: above the target, an error lower by a tenth."""


class Measured(target.Measured, Protocol):
    """The figures of one size that the order reads (`rewards.record.SizeScore` has them)."""

    @property
    def two_qubit_gates(self) -> int: ...
    @property
    def parameters(self) -> int: ...
    @property
    def depth(self) -> int: ...


class Rank(NamedTuple):
    """Where a circuit stands: the smaller one, compared field by field, is the better circuit."""

    plateau_like: bool
    decades_missed: float
    """log10(excess) outside the target, 0 inside."""
    two_qubit_gates: int
    parameters: int
    depth: int
    decades_inside: float
    """log10(excess) inside the target (at most 0), 0 outside."""

    @property
    def inside(self) -> bool:
        """Whether the target is met at every size."""
        return self.decades_missed == 0.0

    def clearly_better_than(self, other: Rank) -> bool:
        """Better by what is worth learning from: a tenth of the error outside the target, a count inside."""
        if self.plateau_like != other.plateau_like:
            return other.plateau_like
        if not other.inside:
            return self.decades_missed < other.decades_missed - CLEARLY
        return self[:-1] < other[:-1]


def rank(score: Score, problem: Problem) -> Rank:
    """The rank of a valid score."""
    return rank_of(score.sizes, problem, plateau_like=score.reason == "barren_plateau")


def rank_of(sizes: Iterable[Measured], problem: Problem, *, plateau_like: bool = False) -> Rank:
    """The rank of a circuit with these figures, one entry a size."""
    sizes = tuple(sizes)
    decades = math.log10(max(10.0**-MOST_DECADES_INSIDE, *map(problem.excess, sizes)))
    missed = max(round(decades, OUTSIDE_DIGITS), 10**-OUTSIDE_DIGITS) if decades > 0.0 else 0.0
    return Rank(
        plateau_like,
        missed,
        sum(s.two_qubit_gates for s in sizes),
        sum(s.parameters for s in sizes),
        sum(s.depth for s in sizes),
        0.0 if missed else round(decades, INSIDE_DIGITS) + 0.0,
    )


def target_met(score: Score, problem: Problem) -> bool:
    """Whether a score is of a valid circuit inside the problem's target at every size."""
    return score.outcome == "ok" and rank(score, problem).inside

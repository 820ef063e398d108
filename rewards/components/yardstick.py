"""What a problem measures its circuits against, over all its sizes together."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from quantum.problem import Problem
from rewards.order import Rank

LEAST_DECADES: Final = 1.0
"""Where a product state is within a decade of the target, progress is measured on a decade all the same."""


@dataclass(frozen=True, slots=True)
class Yardstick:
    """How many decades the best product state is from the target at its worst size; the two-qubit gates of a reference
    circuit (at least 1); the most parameters and depth that the problem allows. Counts are summed over the sizes."""

    decades: float
    two_qubit_gates: int
    max_parameters: int
    max_depth: int


Component = Callable[[Rank, Yardstick], float]


@lru_cache(maxsize=32)
def yardstick(problem: Problem) -> Yardstick:
    """The yardstick of a problem: product states, references and limits at its scored sizes."""
    limits = [problem.limits_for(n) for n in problem.sizes]
    excess = max(problem.product_error(n) / problem.threshold(n) for n in problem.sizes)
    return Yardstick(
        decades=max(LEAST_DECADES, math.log10(excess) if excess > 0.0 else 0.0),
        two_qubit_gates=max(1, sum(problem.reference_two_qubit_gates(n) for n in problem.sizes)),
        max_parameters=sum(limit.max_parameters for limit in limits),
        max_depth=sum(limit.max_depth for limit in limits),
    )

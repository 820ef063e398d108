"""What a small circuit earns once the target is met; outside, what tells circuits of equal error apart.

So many two-qubit gates c against the reference's r cost c / (c + r): half at the reference, and each gate counts for
more the fewer there are. Parameters only divide the step between two numbers of two-qubit gates, depth that between two
numbers of parameters, the error inside the target the last one: no saving of one buys any of the one before it.
"""

from __future__ import annotations

from typing import Final

from rewards.components.energy import AT_TARGET, progress
from rewards.components.yardstick import Yardstick
from rewards.order import MOST_DECADES_INSIDE, OUTSIDE_DIGITS, Rank

SAVINGS: Final = 0.4
"""The most that a small circuit can earn; a circuit of the reference's counts earns half of it."""


def size(rank: Rank, yardstick: Yardstick) -> float:
    """From 0.4 (no gate at all) towards 0 inside the target; outside a deduction below the next step of the error."""
    if rank.inside:
        nearness = 1.0 + rank.decades_inside / (MOST_DECADES_INSIDE + 0.001)
        return SAVINGS * (1.0 - cost(rank, yardstick, min(nearness, 1.0 - 1e-4)))
    step = 10.0**-OUTSIDE_DIGITS
    slope = progress(rank.decades_missed, yardstick.decades) - progress(rank.decades_missed + step, yardstick.decades)
    return -AT_TARGET * slope * cost(rank, yardstick, 0.0)


def cost(rank: Rank, yardstick: Yardstick, rest: float) -> float:
    """The counts in one number in [0, 1), in the order's own order of importance; `rest` in [0, 1) counts last."""
    for count, most in ((rank.depth, yardstick.max_depth), (rank.parameters, yardstick.max_parameters)):
        rest = (min(count, most) + rest) / (most + 1)
    gates, reference = rank.two_qubit_gates, yardstick.two_qubit_gates
    low, high = gates / (gates + reference), (gates + 1) / (gates + 1 + reference)
    return low + (high - low) * rest

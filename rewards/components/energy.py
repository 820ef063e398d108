"""The energy's share of the reward: progress towards the target in decades of the error.

The logarithm keeps a slope all the way: between 1e-2 and 1e-6 a linear reward is flat and teaches nothing. Inside the
target there is nothing more to earn here: what a run is asked for is what it is rewarded for.
"""

from __future__ import annotations

from typing import Final

from rewards.components.yardstick import Yardstick
from rewards.order import Rank

AT_TARGET: Final = 0.8
"""Earned by every circuit inside the target."""
FLOOR: Final = 0.05
"""The share of it for what is no better than the best product state; what is worse earns less, but not the same."""


def energy(rank: Rank, yardstick: Yardstick) -> float:
    """0.8 inside the target; outside it falls linearly with the decades missed, then on towards 0 as their inverse."""
    return AT_TARGET * progress(rank.decades_missed, yardstick.decades)


def progress(missed: float, decades: float) -> float:
    """From 1 (no decade missed) over FLOOR (as many as the product state) towards 0; strictly falling."""
    if missed <= decades:
        return FLOOR + (1.0 - FLOOR) * (1.0 - missed / decades)
    return FLOOR * decades / missed

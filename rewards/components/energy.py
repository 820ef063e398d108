"""The energy's share of the reward, from 0 (no better than a product state) to 1 (an order below the target).

The logarithm keeps a slope all the way: between 1e-2 and 1e-6 a linear reward is flat at 0.99 and teaches nothing.
"""

from __future__ import annotations

import math

from rewards.components.yardstick import Figures, Yardstick
from rewards.settings import RewardSettings


def energy(figures: Figures, yardstick: Yardstick, settings: RewardSettings) -> float:
    """log: clip(log10(start / error) / log10(start / goal), 0, 1); linear: max(0, 1 - 10 error)."""
    error = max(figures.error, settings.error_floor)
    if settings.energy_shape == "linear":
        return max(0.0, 1.0 - 10.0 * error)
    goal = max(settings.goal * yardstick.target_error, settings.error_floor)
    return min(max(math.log(yardstick.start / error) / math.log(yardstick.start / goal), 0.0), 1.0)

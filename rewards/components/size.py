"""The bonus for a small circuit, only once the target is met: before that the empty circuit would win."""

from __future__ import annotations

from rewards.components.yardstick import Figures, Yardstick
from rewards.settings import RewardSettings


def size(figures: Figures, yardstick: Yardstick, settings: RewardSettings) -> float:
    """The weighted savings against the reference's two-qubit gates, depth and parameters; 0 above the target."""
    if figures.error > yardstick.target_error:
        return 0.0
    return (
        settings.bonus_two_qubit_gates * _saved(figures.two_qubit_gates, yardstick.two_qubit_gates)
        + settings.bonus_depth * _saved(figures.depth, yardstick.depth)
        + settings.bonus_parameters * _saved(figures.parameters, yardstick.parameters)
    )


def _saved(count: int, reference: int) -> float:
    return max(0.0, 1.0 - count / reference) if reference > 0 else 0.0

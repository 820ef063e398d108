"""The reward ladder: from what happened to one number in [-1, 1.2], monotone, with its parts named.

Any failure is below any valid circuit; a lower error never earns less; a reward is always the sum of its parts.
An infrastructure failure has no reward at all: it is ours, and `Score.reward` is null.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from rewards.components import COMPONENTS, Figures, Yardstick
from rewards.settings import RewardSettings

_RUNG_OF_REASON: Final[Mapping[str, str]] = {
    "no_code": "no_code",
    "syntax_error": "bad_code",
    "forbidden_import": "bad_code",
    "forbidden_name": "bad_code",
    "code_too_big": "bad_code",
    "copied_from_prompt": "copied",
}
"""Reasons with a rung of their own; every other reason stands on the rung of its outcome."""


def failure_parts(outcome: str, reason: str, settings: RewardSettings) -> dict[str, float]:
    """The reward of an attempt with no valid circuit, as {rung: value}. `outcome` is "failed" or "rejected"."""
    rung = _RUNG_OF_REASON.get(reason, outcome)
    return {rung: getattr(settings, rung)}


def valid_parts(
    sizes: Sequence[tuple[Figures, Yardstick]], plateau_like: bool, settings: RewardSettings
) -> dict[str, float]:
    """The reward of a valid circuit: each component's mean over the sizes, and what the plateau cap takes away."""
    parts = {
        name: sum(component(figures, yardstick, settings) for figures, yardstick in sizes) / len(sizes)
        for name, component in COMPONENTS.items()
    }
    excess = sum(parts.values()) - settings.plateau_cap
    if plateau_like and excess > 0.0:
        parts["plateau_cap"] = -excess
    return parts

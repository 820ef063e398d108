"""The reward ladder: from what happened to one number in [-1, 1.2], with its parts named.

Any failure is below any valid circuit; among the valid circuits of one problem the reward is a strictly monotone
function of the one order (`rewards.order`); a reward is always the sum of its parts. An infrastructure failure has no
reward at all: it is ours, and `Score.reward` is null.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from rewards.components import COMPONENTS, Yardstick
from rewards.order import Rank
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

PLATEAU_SCALE: Final = 1.3
"""Above the most that a valid circuit earns (1.2), so that the best plateau-like family stays below 0."""


def failure_parts(outcome: str, reason: str, settings: RewardSettings) -> dict[str, float]:
    """The reward of an attempt with no valid circuit, as {rung: value}. `outcome` is "failed" or "rejected"."""
    rung = _RUNG_OF_REASON.get(reason, outcome)
    return {rung: getattr(settings, rung)}


def valid_parts(rank: Rank, yardstick: Yardstick, settings: RewardSettings) -> dict[str, float]:
    """The reward of a valid circuit, in (0, 1.2]: what each component gives.

    A family whose gradients vanish like a plateau's comes after all others, so its reward is laid between the rung of
    rejected circuits and 0, in the same order; the part `plateau` says what that took away.
    """
    parts = {name: component(rank, yardstick) for name, component in COMPONENTS.items()}
    if rank.plateau_like:
        total = sum(parts.values())
        parts["plateau"] = settings.rejected * (1.0 - total / PLATEAU_SCALE) - total
    return parts

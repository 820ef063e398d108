"""What a valid circuit earns: one file a component, each a function of one size's figures and of the yardstick.

To add a component: a file with a `Component`, and its name here. Its value must not fall when the error falls or when
the circuit shrinks, and the sum of all maxima stays within 1.2.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from rewards.components.energy import energy
from rewards.components.size import size
from rewards.components.yardstick import Component, Figures, Yardstick

COMPONENTS: Final[Mapping[str, Component]] = {"energy": energy, "size": size}

__all__ = ["COMPONENTS", "Component", "Figures", "Yardstick"]

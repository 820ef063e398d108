"""What a valid circuit earns: one file a component, each a function of the circuit's rank and of the yardstick.

To add a component: a file with a `Component`, and its name here. The sum of all must stay a strictly monotone function
of the order (`rewards.order`), within (0, 1.2]: a test holds it to that.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from rewards.components.energy import energy
from rewards.components.size import size
from rewards.components.yardstick import Component, Yardstick, yardstick

COMPONENTS: Final[Mapping[str, Component]] = {"energy": energy, "size": size}

__all__ = ["COMPONENTS", "Component", "Yardstick", "yardstick"]

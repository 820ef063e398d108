"""What a file may say about the sandbox: the limits of one candidate, and how much protection it asks for.

What protects the machine is not here: `rewards.sandbox.protection`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from quantum.errors import RequestError, did_you_mean

LEVELS: Final = ("none", "basic", "strong", "full")
"""none: no system call filter. basic: filter, limits. strong: and Landlock. full: and namespaces, own identity."""


@dataclass(frozen=True)
class SandboxSettings:
    """Limits of one candidate, and the level below which the sandbox refuses to start.

    cpu_seconds decides; wall_seconds only rescues from a candidate that waits. memory_mib is what a candidate may take
    beyond the 300 or so that the loaded libraries map.
    """

    cpu_seconds: float = 1.0
    wall_seconds: float = 8.0
    memory_mib: int = 512
    output_bytes: int = 2 << 20
    minimum_level: str = "basic"

    def __post_init__(self) -> None:
        if self.minimum_level not in LEVELS[1:]:
            hint = did_you_mean(str(self.minimum_level), LEVELS[1:])
            raise RequestError(f"sandbox.minimum_level: no level {self.minimum_level!r}{hint}")
        for name in ("cpu_seconds", "wall_seconds", "memory_mib", "output_bytes"):
            value = getattr(self, name)
            if not (math.isfinite(value) and value > 0):
                raise RequestError(f"sandbox.{name} must be positive, not {value!r}")
        if self.wall_seconds < self.cpu_seconds:
            raise RequestError(
                f"sandbox.wall_seconds ({self.wall_seconds:g}) is below sandbox.cpu_seconds ({self.cpu_seconds:g}); "
                "it only rescues from candidates that wait, so give it several times the CPU time"
            )

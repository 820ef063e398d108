"""What a problem measures a circuit of one size against. Energies are absolute errors in the Hamiltonian's unit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from rewards.settings import RewardSettings

LEAST_ERROR: Final = 1e-10
"""A product state's error below this counts as this: no scale starts in the rounding error of an energy."""


@dataclass(frozen=True, slots=True)
class Yardstick:
    """The best product state's error, the error that the problem asks for, and the counts of its reference circuit."""

    product_error: float
    target_error: float
    two_qubit_gates: int
    depth: int
    parameters: int

    @property
    def start(self) -> float:
        """The error from which an energy begins to earn: the best product state's, or 10 times the target where that
        is larger."""
        return max(self.product_error, 10.0 * self.target_error, LEAST_ERROR)


class Figures(Protocol):
    """The measured figures of one size that components read (`rewards.score.SizeScore` has them)."""

    @property
    def error(self) -> float: ...
    @property
    def two_qubit_gates(self) -> int: ...
    @property
    def depth(self) -> int: ...
    @property
    def parameters(self) -> int: ...


Component = Callable[[Figures, Yardstick, RewardSettings], float]

"""What is done about groups whose answers all earn the same: nothing can be learnt from those.

After `patience` steps in a row with more than `threshold` of such groups the search goes one notch up: a higher
sampling temperature, half as many prompts with memory (a shown circuit makes answers alike), and, of several sizes,
only the largest asked for. After as many steps in a row with fewer of them it comes one notch down again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from loop.config import MemorySection, VarietySection


@dataclass
class Variety:
    """How many notches up the search is, and for how many steps (below 0: good ones) a change has been due."""

    settings: VarietySection
    notch: int = 0
    streak: int = 0

    def watch(self, alike: float) -> str | None:
        """Take in the share of groups all alike in one step; a line for a person when something changes."""
        bad = alike > self.settings.threshold
        self.streak = max(1, self.streak + 1) if bad else min(-1, self.streak - 1)
        if abs(self.streak) < self.settings.patience:
            return None
        before, self.streak = self.notch, 0
        self.notch = min(self.notch + 1, self.settings.notches) if bad else max(self.notch - 1, 0)
        if self.notch == before:
            return None
        change = f"temperature {self.temperature(0.0):+.2f}, {self._share():.0%} of the usual memory prompts"
        return f"the answers of most groups earn {'the same' if bad else 'different rewards again'}: {change}"

    def temperature(self, usual: float) -> float:
        return usual + self.notch * self.settings.temperature

    def memory(self, usual: MemorySection) -> MemorySection:
        return usual.model_copy(update={"share": usual.share * self._share()})

    def sizes(self, usual: Sequence[int]) -> Sequence[int]:
        """The numbers of qubits that prompts ask for."""
        return [max(usual)] if self.notch else usual

    def _share(self) -> float:
        return 0.5**self.notch

    def state(self) -> dict[str, int]:
        return {"notch": self.notch, "streak": self.streak}

    def restore(self, state: dict[str, int]) -> None:
        self.notch, self.streak = state["notch"], state["streak"]

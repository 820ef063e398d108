"""Shares with intervals, and whether two of them differ. No torch here."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

Z95: Final = 1.959964


@dataclass(frozen=True, slots=True)
class Share:
    """`hits` of `total` with the Wilson 95 % interval."""

    hits: int
    total: int

    @staticmethod
    def of(outcomes: Iterable[bool]) -> Share:
        values = list(outcomes)
        return Share(sum(values), len(values))

    @property
    def value(self) -> float:
        return self.hits / self.total if self.total else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        return wilson(self.hits, self.total)

    def to_json(self) -> dict[str, Any]:
        low, high = self.interval
        return {"share": self.value, "low": low, "high": high, "hits": self.hits, "total": self.total}

    def __str__(self) -> str:
        low, high = self.interval
        return f"{100 * self.value:5.1f} %  [{100 * low:.1f}, {100 * high:.1f}]  {self.hits}/{self.total}"


@dataclass(frozen=True, slots=True)
class Difference:
    """How much larger the second share is, with a 95 % interval, and the probability of as large a one by chance."""

    value: float
    low: float
    high: float
    p: float
    test: str


def wilson(hits: int, total: int, z: float = Z95) -> tuple[float, float]:
    """The Wilson score interval of a binomial share (Wilson 1927); (0, 1) when nothing was counted."""
    if total == 0:
        return 0.0, 1.0
    share, spread = hits / total, z * z / total
    middle = (share + spread / 2) / (1 + spread)
    half = math.sqrt(share * (1 - share) * spread + spread * spread / 4) / (1 + spread)
    return max(0.0, middle - half), min(1.0, middle + half)


def unpaired(first: Share, second: Share) -> Difference:
    """Two independent shares: Newcombe's interval (1998, method 10) and Fisher's exact test."""
    from scipy.stats import fisher_exact

    counts = [[share.hits, share.total - share.hits] for share in (second, first)]
    return Difference(*_newcombe(first, second), float(fisher_exact(counts).pvalue), "Fisher")


def paired(first: Sequence[bool], second: Sequence[bool]) -> Difference:
    """Answers to the same prompts: McNemar's exact test on those that changed, and the interval of their difference.

    The interval is Wald's for paired shares with half a count added to each cell (Agresti and Min 2005).
    """
    from scipy.stats import binomtest

    pairs = list(zip(first, second, strict=True))
    gained = sum(after and not before for before, after in pairs)
    lost = sum(before and not after for before, after in pairs)
    p = float(binomtest(gained, gained + lost).pvalue) if gained + lost else 1.0
    total = len(pairs) + 2
    b, c = gained + 0.5, lost + 0.5
    middle, half = (b - c) / total, Z95 * math.sqrt(b + c - (b - c) ** 2 / total) / total
    value = (gained - lost) / len(pairs) if pairs else 0.0
    return Difference(value, max(-1.0, middle - half), min(1.0, middle + half), p, "McNemar")


def holm(p_values: Sequence[float]) -> list[float]:
    """The p values adjusted for how many there are (Holm 1979), in their own order."""
    order = sorted(range(len(p_values)), key=p_values.__getitem__)
    adjusted, highest = [0.0] * len(p_values), 0.0
    for rank, index in enumerate(order):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_values[index]))
        adjusted[index] = highest
    return adjusted


def _newcombe(first: Share, second: Share) -> tuple[float, float, float]:
    difference = second.value - first.value
    (low1, high1), (low2, high2) = first.interval, second.interval
    below = math.hypot(second.value - low2, high1 - first.value)
    above = math.hypot(high2 - second.value, first.value - low1)
    return difference, difference - below, difference + above

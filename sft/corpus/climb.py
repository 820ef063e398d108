"""Hill climbing over small edits: where the improvement rows come from.

Every step measures some edits of the present circuit. Those that improve on it are answers to a CONTEXT that shows
it; and where an edit made it worse, the way back is an answer to a CONTEXT that shows the edited one. The climb goes on
from one of the improvements. Which circuit is better says the one order (`rewards.order`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Final

from rewards.order import Rank
from rewards.remembered import Remembered
from sft.corpus.ansatz import Ansatz
from sft.corpus.mutate import mutate
from sft.corpus.settings import CorpusSettings

FORWARD: Final = 3
"""The most improvements that one step gives."""
BACKWARD: Final = 2
"""The most ways back."""
BOLD: Final = 0.7
"""How often the climb goes on from the best improvement, not from any."""
STALLS: Final = 3
"""Steps without an improvement after which a climb ends."""


@dataclass(frozen=True, slots=True)
class Measured:
    """An ansatz with what the reward engine found; `entry.code` is left to the hand that the row is written in."""

    ansatz: Ansatz
    entry: Remembered
    rank: Rank


@dataclass(frozen=True, slots=True)
class Improvement:
    """`better` is one edit away from the last circuit of `shown`, which is sorted worst to best."""

    shown: tuple[Measured, ...]
    better: Measured


Measure = Callable[[Ansatz], Measured | None]


def climb(
    random: Random,
    current: Measured,
    measure: Measure,
    gates: frozenset[str],
    settings: CorpusSettings,
) -> list[Improvement]:
    """The improvements met on the way from `current`."""
    seen = {current.entry.hash: current}
    found: list[tuple[Measured, Measured]] = []
    stalls = 0
    for _ in range(settings.generations):
        prune = current.rank.inside
        edited = [measure(mutate(random, current.ansatz, gates, prune)) for _ in range(settings.proposals)]
        tried = {one.entry.hash: one for one in edited if one is not None and one.entry.hash not in seen}
        seen |= tried
        better = [one for one in tried.values() if one.rank.clearly_better_than(current.rank)]
        worse = [one for one in tried.values() if current.rank.clearly_better_than(one.rank)]
        better.sort(key=lambda one: one.rank)
        found += [(current, one) for one in better[:FORWARD]]
        found += [(one, current) for one in random.sample(worse, min(BACKWARD, len(worse)))]
        if better:
            current = better[0] if random.random() < BOLD else random.choice(better)
        stalls = 0 if better else stalls + 1
        if stalls == STALLS:
            break
    measured = list(seen.values())
    return [_shown(random, *pair, measured if random.random() < settings.two_shown else []) for pair in found]


def _shown(random: Random, worse: Measured, better: Measured, measured: list[Measured]) -> Improvement:
    """With a circuit of `measured` in front that is worse still, where there is one."""
    others = [one for one in measured if one.rank > worse.rank and one is not better]
    return Improvement((random.choice(others), worse) if others else (worse,), better)

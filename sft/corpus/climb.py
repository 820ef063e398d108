"""Hill climbing over small edits: where the improvement rows come from.

Every step measures some edits of the present circuit. Those that improve on it are answers to a CONTEXT that shows
it; and where an edit made it worse, the way back is an answer to a CONTEXT that shows the edited one. The climb goes on
from one of the improvements, first towards the target error and within it towards fewer two-qubit gates.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Final

from models.prompts import MemoryEntry
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
    entry: MemoryEntry


@dataclass(frozen=True, slots=True)
class Improvement:
    """`better` is one edit away from the last circuit of `shown`, which is sorted worst to best."""

    shown: tuple[Measured, ...]
    better: Measured


Measure = Callable[[Ansatz], Measured | None]


def improves(worse: MemoryEntry, better: MemoryEntry, threshold: float) -> bool:
    """Above the target a clearly smaller error; within it fewer two-qubit gates, or as many and fewer parameters."""
    if worse.error > threshold:
        return max(better.error, threshold) < 0.9 * worse.error
    cost = (better.two_qubit_gates, better.parameters)
    return better.error <= threshold and cost < (worse.two_qubit_gates, worse.parameters)


def climb(
    random: Random,
    current: Measured,
    measure: Measure,
    gates: frozenset[str],
    threshold: float,
    settings: CorpusSettings,
) -> list[Improvement]:
    """The improvements met on the way from `current`; `threshold` is the target error."""
    seen = {current.entry.hash: current}
    found: list[tuple[Measured, Measured]] = []
    stalls = 0
    for _ in range(settings.generations):
        prune = current.entry.error <= threshold
        edited = [measure(mutate(random, current.ansatz, gates, prune)) for _ in range(settings.proposals)]
        tried = {one.entry.hash: one for one in edited if one is not None and one.entry.hash not in seen}
        seen |= tried
        better = [one for one in tried.values() if improves(current.entry, one.entry, threshold)]
        worse = [one for one in tried.values() if improves(one.entry, current.entry, threshold)]
        better.sort(key=lambda one: _rank(one, threshold))
        found += [(current, one) for one in better[:FORWARD]]
        found += [(one, current) for one in random.sample(worse, min(BACKWARD, len(worse)))]
        if better:
            current = better[0] if random.random() < BOLD else random.choice(better)
        stalls = 0 if better else stalls + 1
        if stalls == STALLS:
            break
    measured = list(seen.values())
    return [
        _shown(random, *pair, measured if random.random() < settings.two_shown else [], threshold) for pair in found
    ]


def _shown(
    random: Random, worse: Measured, better: Measured, measured: list[Measured], threshold: float
) -> Improvement:
    """With a circuit of `measured` in front that is worse still, where there is one."""
    others = [one for one in measured if _rank(one, threshold) > _rank(worse, threshold) and one is not better]
    return Improvement((random.choice(others), worse) if others else (worse,), better)


def _rank(one: Measured, threshold: float) -> tuple[float, int, int, int]:
    """As prompts sort what they show: smaller is better."""
    entry = one.entry
    return max(entry.error, threshold), entry.two_qubit_gates, entry.parameters, entry.depth

"""Which circuits of the memory a prompt shows: `greedy`, `pareto` or `puct`, with lineage blocking.

greedy   a draw from the best `top_k`; with probability `epsilon` from everything that was ever valid
pareto   a draw from the front of error, two-qubit gates and parameters
puct     the tree policy of TTT-Discover (github.com/test-time-training/discover): the circuits with the highest

             Q + c * scale * P * sqrt(1 + T) / (1 + n)

         Q: the best reward that came of showing it, or its own before that; P: a prior that falls linearly with the
         rank; scale: highest less lowest reward; n: attempts that were shown it, T: the sum of those. Unlike there, a
         visit counts for the circuit itself and not for its ancestors, and the pool is the best `PUCT_POOL`. None is
         shown twice in a step.

Lineage blocking: in one step's prompts at most `max_siblings` circuits may have one ancestor (up to `GENERATIONS`
back, oneself included) in common; a prompt for which nothing is left shows no memory.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Callable
from functools import cached_property
from itertools import islice

from loop.config import MemorySection
from loop.memory import Memory
from models.prompts import worst_to_best
from rewards.remembered import Remembered

GENERATIONS = 3
PUCT_POOL = 256


class Sampler:
    """Picks what the prompts of one step show; make a new one for every step."""

    def __init__(self, memory: Memory, settings: MemorySection) -> None:
        self.memory = memory
        self.settings = settings
        self.shown: set[str] = set()
        self._family: Counter[str] = Counter()

    @cached_property
    def tree(self) -> list[Remembered]:
        return self.memory.best(PUCT_POOL)

    @cached_property
    def front(self) -> list[str]:
        return self.memory.front()

    def pick(self, draw: random.Random) -> list[Remembered]:
        """Circuits for one prompt, worst to best; none for the share without memory."""
        if draw.random() >= self.settings.share:
            return []
        preferred = POLICIES[self.settings.sampler](self, draw)
        chosen = list(islice(filter(self._is_free, preferred), self.settings.inspirations))
        self.shown.update(chosen)
        for attempt_id in chosen:
            self._family.update(self.memory.line(attempt_id, GENERATIONS))
        return worst_to_best(map(self.memory.by_id, chosen))

    def _is_free(self, attempt_id: str) -> bool:
        """Whether showing this one keeps to `max_siblings`."""
        most = self.settings.max_siblings
        if most is None or not self._family:
            return True
        return all(self._family[ancestor] < most for ancestor in self.memory.line(attempt_id, GENERATIONS))


def _greedy(sampler: Sampler, draw: random.Random) -> list[str]:
    memory, settings = sampler.memory, sampler.settings
    if draw.random() >= settings.epsilon:
        return _shuffled([one.id for one in memory.best(settings.top_k)], draw)
    size = memory.distinct()
    numbers = draw.sample(range(1, size + 1), min(settings.inspirations, size))
    return [memory.numbered(number) for number in numbers]


def _pareto(sampler: Sampler, draw: random.Random) -> list[str]:
    return _shuffled(sampler.front, draw)


def _shuffled(ids: list[str], draw: random.Random) -> list[str]:
    return draw.sample(ids, len(ids))


def _puct(sampler: Sampler, draw: random.Random) -> list[str]:
    nodes = sampler.tree
    values = puct(nodes, sampler.settings.exploration)
    order = sorted(range(len(nodes)), key=lambda k: (-values[k], k))
    return [nodes[k].id for k in order if nodes[k].id not in sampler.shown]


def puct(nodes: list[Remembered], exploration: float) -> list[float]:
    """The value of every node; `nodes` are sorted by reward, the best first."""
    if not nodes:
        return []
    scale = nodes[0].reward - nodes[-1].reward
    visits = math.sqrt(1 + sum(node.shown for node in nodes))
    ranks = len(nodes) * (len(nodes) + 1) / 2
    values = []
    for rank, node in enumerate(nodes):
        quality = node.reward if node.best_child is None else node.best_child
        prior = (len(nodes) - rank) / ranks
        values.append(quality + exploration * scale * prior * visits / (1 + node.shown))
    return values


POLICIES: dict[str, Callable[[Sampler, random.Random], list[str]]] = {
    "greedy": _greedy,
    "pareto": _pareto,
    "puct": _puct,
}
"""Each gives ids in the order of its preference."""

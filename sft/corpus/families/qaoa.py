"""QAOA-like (Farhi et al. 2014): |+...+>, then a diagonal coupling and a mixer in turn, with shared or own angles."""

from __future__ import annotations

from random import Random

from sft.corpus.ansatz import Ansatz, Repeat, coupling, fixed, rotation

WEIGHT = 0.7


def draw(random: Random, gates: frozenset[str]) -> Ansatz | None:
    costs = [name for name in ("rzz", "rzz", "cp", "crz") if name in gates]
    mixers = [name for name in ("rx", "rx", "ry") if name in gates]
    if "h" not in gates or not costs or not mixers:
        return None
    bonds = random.choice(("chain", "ring", "even bonds", "star", "mirror"))
    cost = coupling(random.choice(costs), bonds, random.random() < 0.5)
    mixer = rotation(random.choice(mixers), shared=random.random() < 0.4)
    reps = random.choice((1, 1, 2, 3))
    return (fixed("h"), cost, mixer) if reps == 1 else (fixed("h"), Repeat(reps, (cost, mixer)))

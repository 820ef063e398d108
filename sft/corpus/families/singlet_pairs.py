"""Singlets on the even bonds, which are where antiferromagnetic chains begin, dressed by a few cheap layers."""

from __future__ import annotations

from random import Random

from sft.corpus.ansatz import Ansatz, entangler, fixed
from sft.corpus.families.random_layered import entangle, turn

WEIGHT = 1.0


def draw(random: Random, gates: frozenset[str]) -> Ansatz | None:
    if not gates >= {"x", "h", "cx"} or not gates & {"rx", "ry", "rz"}:
        return None
    # |01> - |10>: X on both, H on the first, CX.
    start = (fixed("x"), fixed("h", "even"), entangler("cx", "even bonds"))
    dressing = [turn(random, gates)]
    for _ in range(random.choice((0, 1, 1, 2))):
        dressing += [entangle(random, gates), turn(random, gates)]
    return (*start, *dressing)

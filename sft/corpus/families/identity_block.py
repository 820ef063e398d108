"""Identity blocks (Grant et al. 2019): a block and its mirror image; equal halves undo each other at the start."""

from __future__ import annotations

from random import Random

from sft.corpus.ansatz import Ansatz, Repeat, entangler, rotation

WEIGHT = 0.5


def draw(random: Random, gates: frozenset[str]) -> Ansatz | None:
    turns = [name for name in ("ry", "ry", "rx") if name in gates]
    entanglers = [name for name in ("cx", "cz") if name in gates]
    if not turns or not entanglers:
        return None
    turn, pair = rotation(random.choice(turns)), random.choice(entanglers)
    out, back = random.choice((("chain", "reversed chain"), ("even bonds", "even bonds"), ("star", "star")))
    block = (turn, entangler(pair, out), turn, entangler(pair, back), turn)
    return block if random.random() < 0.7 else (Repeat(2, block),)

"""A binary tree: each level doubles the distance of the pairs it couples, so a few levels reach across the chain."""

from __future__ import annotations

from random import Random

from sft.corpus.ansatz import Ansatz, Layer, rotation

WEIGHT = 0.6


def draw(random: Random, gates: frozenset[str]) -> Ansatz | None:
    turns = [name for name in ("ry", "rx") if name in gates]
    entanglers = [name for name in ("cx", "cz") if name in gates]
    if not turns or not entanglers:
        return None
    turn, pair = random.choice(turns), random.choice(entanglers)
    level = (
        "for step in {steps}:",
        "    for {i} in range(0, {n} - step, 2 * step):",
        "        {c}." + pair + "({i}, {i} + step)",
        "        {c}." + turn + "({new}, {i} + step)",
    )
    steps, phrase = random.choice((("(1, 2, 4, 8)", "growing"), ("(8, 4, 2, 1)", "shrinking")))
    tree = Layer(f"{phrase} {pair}-{turn} tree", (level[0].replace("{steps}", steps), *level[1:]))
    return (rotation(turn), tree, rotation(turn)) if random.random() < 0.4 else (rotation(turn), tree)

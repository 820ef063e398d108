"""Clifford gates with a few rotations among them: entanglement for free, and as few parameters as turn it."""

from __future__ import annotations

from random import Random

from sft.corpus.ansatz import PLACES, SPOTS, Ansatz, Layer, entangler, fixed, rotation

WEIGHT = 1.0
PATTERNS = ("chain", "even bonds", "odd bonds", "star", "mirror", "(0, 1)", "(1, 2)", "middle", "last pair")


def draw(random: Random, gates: frozenset[str]) -> Ansatz | None:
    local = [name for name in ("h", "s", "sdg", "x", "sx") if name in gates]
    pairs = [name for name in ("cx", "cz", "cy", "swap") if name in gates]
    turns = [name for name in ("ry", "rx", "rz") if name in gates]
    if not local or not pairs or not turns or not {"h", "sx", "ry", "rx"} & gates:
        return None
    where = [*PLACES, *SPOTS]
    layers: list[Layer] = [fixed("h", random.choice(("all", "even", "odd")))] if "h" in gates else []
    for _ in range(random.choice((2, 3))):
        layers.append(entangler(random.choice(pairs), random.choice(PATTERNS)))
        layers.append(rotation(random.choice(turns), random.choice(where)))
        if random.random() < 0.5:
            layers.append(fixed(random.choice(local), random.choice(where)))
    return (*layers, rotation(random.choice(turns)))

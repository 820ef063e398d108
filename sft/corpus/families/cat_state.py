"""A cat state (H on one qubit, then a chain or star of CX), turned locally: order that a small field only dresses."""

from __future__ import annotations

from random import Random

from sft.corpus.ansatz import Ansatz, entangler, fixed, rotation

WEIGHT = 0.6


def draw(random: Random, gates: frozenset[str]) -> Ansatz | None:
    turns = [name for name in ("ry", "rx", "rz") if name in gates]
    if "cx" not in gates or not turns:
        return None
    # A turned qubit instead of H leaves the weights of the two halves free.
    seeds = [fixed("h", "on qubit 0")] if "h" in gates else []
    seeds += [rotation(name, "on qubit 0") for name in turns if name != "rz"]
    if not seeds:
        return None
    spread = entangler("cx", random.choice(("chain", "star")))
    dressing = [rotation(random.choice(turns))]
    if random.random() < 0.5:
        dressing += [entangler("cx", random.choice(("even bonds", "odd bonds", "reversed chain")))]
        dressing += [rotation(random.choice(turns))]
    return (random.choice(seeds), spread, *dressing)

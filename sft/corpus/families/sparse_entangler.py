"""Few entanglers, each on a pair of its own choice, with rotations near them: every two-qubit gate is one decision."""

from __future__ import annotations

from random import Random

from sft.corpus.ansatz import PAIRS, Ansatz, Layer, entangler, rotation

WEIGHT = 4.0
SINGLE = ("(0, 1)", "(1, 2)", "(2, 3)", "middle", "last pair", "ends")
NEAR = {
    "(0, 1)": ("first half", "on qubit 0", "on qubit 1", "all"),
    "(1, 2)": ("inner", "on qubit 1", "all"),
    "(2, 3)": ("second half", "before the last", "on the last qubit", "all"),
    "middle": ("inner", "all"),
    "last pair": ("second half", "before the last", "on the last qubit", "all"),
    "ends": ("ends", "on qubit 0", "on the last qubit", "all"),
}
"""Where a rotation follows an entangler on a pair."""


def draw(random: Random, gates: frozenset[str]) -> Ansatz | None:
    turns = [name for name in ("ry", "ry", "ry", "rz", "rx") if name in gates]
    entanglers = [name for name in ("cx", "cx", "cz") if name in gates]
    if not {"ry", "rx"} & set(turns) or not entanglers:
        return None
    pair = random.choice(entanglers)
    first = random.choice([name for name in turns if name != "rz"])
    layers: list[Layer] = [rotation(first)]
    for _ in range(random.choice((2, 2, 3, 3, 4, 5))):
        where = random.choice(SINGLE)
        layers.append(entangler(pair, where, flipped=pair == "cx" and random.random() < 0.3))
        if random.random() < 0.7:
            layers.append(rotation(random.choice(turns), random.choice(NEAR[where])))
    if layers[-1].spec is not None and layers[-1].spec.where in PAIRS and layers[-1].spec.couples:
        layers.append(rotation(first))
    return tuple(layers)

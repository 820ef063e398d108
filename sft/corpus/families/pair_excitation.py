"""Pair excitation: one angle moves the occupied half to the empty half at once, as a * |0011> + b * |1100>.

The minimal state of H2 (3 CX, 1 parameter); more rotations on some qubits make the wider members of the family.
"""

from __future__ import annotations

from random import Random

from sft.corpus.ansatz import Ansatz, Layer, entangler, fixed, rotation

WEIGHT = 0.7


def draw(random: Random, gates: frozenset[str]) -> Ansatz | None:
    if not gates >= {"x", "ry", "cx"}:
        return None
    start = fixed("x", random.choice(("first half", "first half", "second half", "even", "odd")))
    lift = rotation("ry", "on qubit 0")
    spread = entangler("cx", random.choice(("star", "star", "chain")))
    dressed: tuple[Layer, ...] = ()
    if random.random() < 0.4:
        dressed = (rotation("ry", random.choice(("all", "first half", "even"))),)
    order = (start, lift, spread) if random.random() < 0.5 else (lift, spread, start)
    return (*order, *dressed)

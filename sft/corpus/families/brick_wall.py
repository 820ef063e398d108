"""A brick wall: entanglers on the even bonds, then on the odd bonds, with rotations between."""

from __future__ import annotations

from random import Random

from sft.corpus.ansatz import Ansatz, Repeat, entangler, rotation

WEIGHT = 1.0


def draw(random: Random, gates: frozenset[str]) -> Ansatz | None:
    turns = [name for name in ("ry", "ry", "rx") if name in gates]
    entanglers = [name for name in ("cx", "cz") if name in gates]
    if not turns or not entanglers:
        return None
    turn, pair = rotation(random.choice(turns)), random.choice(entanglers)
    even, odd = entangler(pair, "even bonds"), entangler(pair, "odd bonds")
    shape = random.randrange(3)
    if shape == 0:
        return (turn, even, turn, odd, turn)
    if shape == 1:
        return (turn, Repeat(random.choice((2, 3)), (even, turn, odd, turn)))
    return (turn, even, odd, turn)

"""Hardware-efficient layers (Kandala et al. 2017): rotations on all qubits, one entangler, repeated; rotations last."""

from __future__ import annotations

from random import Random

from sft.corpus.ansatz import Ansatz, Repeat, entangler, rotation

WEIGHT = 1.0
ROTATIONS = (("ry",), ("ry", "rz"), ("rx", "rz"), ("rx", "ry"), ("rx",))


def draw(random: Random, gates: frozenset[str]) -> Ansatz | None:
    rotations = [names for names in ROTATIONS if gates.issuperset(names)]
    entanglers = [name for name in ("cx", "cz") if name in gates]
    if not rotations or not entanglers:
        return None
    turn = [rotation(name) for name in random.choice(rotations)]
    bonds = random.choice(("chain", "chain", "reversed chain", "ring", "star"))
    reps = random.choice((1, 1, 2, 3))
    block = (*turn, entangler(random.choice(entanglers), bonds))
    return (*block, *turn) if reps == 1 else (Repeat(reps, block), *turn)

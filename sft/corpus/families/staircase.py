"""A staircase: rotation and entangler in one loop, so that each qubit is turned after the one before it was coupled."""

from __future__ import annotations

from random import Random

from sft.corpus.ansatz import Ansatz, Layer, bonded, rotation

WEIGHT = 0.7


def draw(random: Random, gates: frozenset[str]) -> Ansatz | None:
    turns = [name for name in ("ry", "ry", "rx") if name in gates]
    entanglers = [name for name in ("cx", "cz", "cry", "crx") if name in gates]
    if not turns or not entanglers:
        return None
    turn, pair = random.choice(turns), random.choice(entanglers)
    bonds = random.choice(("chain", "chain", "reversed chain", "star"))
    call = "({new}, {p}, {q})" if pair.startswith("cr") else "({p}, {q})"
    climb = bonded(f"{turn}-{pair} staircase {bonds}", bonds, ("{c}." + turn + "({new}, {p})", "{c}." + pair + call))
    end: Layer = rotation(turn) if random.random() < 0.7 else rotation(turn, "on the last qubit")
    return (climb, end)

"""Excitation-preserving layers: some qubits excited, then hops (rxx + ryy of one angle) and rz keep their number."""

from __future__ import annotations

from random import Random

from sft.corpus.ansatz import Ansatz, Repeat, bonded, fixed, rotation

WEIGHT = 0.7


def draw(random: Random, gates: frozenset[str]) -> Ansatz | None:
    if not gates >= {"x", "rxx", "ryy"}:
        return None
    bonds = random.choice(("chain", "chain", "mirror", "reversed chain"))
    hop = bonded(f"hops {bonds}", bonds, ("{a} = {new}", "{c}.rxx({a}, {p}, {q})", "{c}.ryy({a}, {p}, {q})"))
    phase = (rotation("rz"),) if "rz" in gates and random.random() < 0.6 else ()
    # Mirrored pairs of an even or odd filling may both be full: nothing would move.
    start = fixed("x", "first half" if bonds == "mirror" else random.choice(("first half", "even", "odd")))
    reps = random.choice((1, 1, 2))
    if reps == 1:
        return (start, hop, *phase, hop) if phase else (start, hop)
    return (start, Repeat(reps, (hop, *phase)), hop)

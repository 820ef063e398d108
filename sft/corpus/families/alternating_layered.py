"""Alternating layered ansatz (Cerezo et al. 2021): blocks of two qubits, shifted by one in every other layer."""

from __future__ import annotations

from random import Random

from sft.corpus.ansatz import Ansatz, Repeat, bonded, rotation

WEIGHT = 0.7


def draw(random: Random, gates: frozenset[str]) -> Ansatz | None:
    turns = [name for name in ("ry", "rx") if name in gates]
    entanglers = [name for name in ("cx", "cz") if name in gates]
    if not turns or not entanglers:
        return None
    turn, pair = random.choice(turns), random.choice(entanglers)
    body = ("{c}." + pair + "({p}, {q})", "{c}." + turn + "({new}, {p})", "{c}." + turn + "({new}, {q})")
    even, odd = (bonded(f"{pair}-{turn} blocks {bonds}", bonds, body) for bonds in ("even bonds", "odd bonds"))
    reps = random.choice((1, 1, 2, 3))
    return (rotation(turn), even, odd) if reps == 1 else (rotation(turn), Repeat(reps, (even, odd)))

"""Hamiltonian variational ansatz of the XY chain: a Neel or Bell start, then XX + YY turns on even and on odd bonds."""

from __future__ import annotations

from random import Random

from sft.corpus.ansatz import Ansatz, Layer, Repeat, bonded, entangler, fixed

WEIGHT = 0.5


def draw(random: Random, gates: frozenset[str]) -> Ansatz | None:
    if not gates >= {"x", "rxx", "ryy"}:
        return None
    bell = gates >= {"h", "cx"} and random.random() < 0.5
    start = (fixed("x", "odd"), fixed("h", "even"), entangler("cx", "even bonds")) if bell else (fixed("x", "odd"),)
    shared = random.random() < 0.6
    even, odd = (_hop(bonds, shared) for bonds in ("even bonds", "odd bonds"))
    step = (odd, even) if bell else (even, odd)
    reps = random.choice((1, 1, 2, 3))
    return (*start, *step) if reps == 1 else (*start, Repeat(reps, step))


def _hop(bonds: str, shared: bool) -> Layer:
    turns = ("{c}.rxx({a}, {p}, {q})", "{c}.ryy({a}, {p}, {q})")
    if shared:
        layer = bonded(f"shared hops {bonds}", bonds, turns)
        return Layer(layer.phrase, ("{a} = {new}", *layer.lines))
    return bonded(f"hops {bonds}", bonds, ("{a} = {new}", *turns))

"""Hamiltonian variational ansatz of the Heisenberg chain: singlets on the even bonds, then XX, YY and ZZ turns."""

from __future__ import annotations

from random import Random

from sft.corpus.ansatz import Ansatz, Layer, Repeat, bonded, entangler, fixed

WEIGHT = 0.5


def draw(random: Random, gates: frozenset[str]) -> Ansatz | None:
    if not gates >= {"x", "h", "cx", "rxx", "ryy", "rzz"}:
        return None
    # |01> - |10> on every even bond: X on both, H on the first, CX.
    start = (fixed("x"), fixed("h", "even"), entangler("cx", "even bonds"))
    shared = random.random() < 0.6
    step = (_exchange("odd bonds", shared), _exchange("even bonds", shared))
    reps = random.choice((1, 1, 2, 3))
    return (*start, *step) if reps == 1 else (*start, Repeat(reps, step))


def _exchange(bonds: str, shared: bool) -> Layer:
    turns = tuple("{c}." + gate + "({a}, {p}, {q})" for gate in ("rxx", "ryy", "rzz"))
    if shared:
        layer = bonded(f"shared exchange {bonds}", bonds, turns)
        return Layer(layer.phrase, ("{a} = {new}", *layer.lines))
    return bonded(f"exchange {bonds}", bonds, ("{a} = {new}", *turns))

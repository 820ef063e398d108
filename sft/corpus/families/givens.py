"""Givens rotations from CX and controlled RY: single excitations that keep the number of excited qubits."""

from __future__ import annotations

from random import Random

from sft.corpus.ansatz import Ansatz, bonded, fixed

WEIGHT = 0.4


def draw(random: Random, gates: frozenset[str]) -> Ansatz | None:
    if not gates >= {"x", "cx", "cry"}:
        return None
    bonds = random.choice(("chain", "reversed chain", "even bonds", "mirror"))
    body = ("{c}.cx({q}, {p})", "{c}.cry({new}, {p}, {q})", "{c}.cx({q}, {p})")
    # Mirrored pairs of an even or odd filling may both be full: nothing would move.
    start = fixed("x", "first half" if bonds == "mirror" else random.choice(("first half", "even", "odd")))
    layers = [start, bonded(f"givens {bonds}", bonds, body)]
    if bonds == "even bonds":
        layers.append(bonded("givens odd bonds", "odd bonds", body))
    return tuple(layers)

"""Parity-preserving layers: every gate commutes with the product of all X (from |+...+>), or with that of all Z."""

from __future__ import annotations

from random import Random

from sft.corpus.ansatz import BONDS, Ansatz, Layer, Repeat, coupling, fixed, rotation

WEIGHT = 0.8
COUPLINGS = ("rxx", "ryy", "rzz")


def draw(random: Random, gates: frozenset[str]) -> Ansatz | None:
    couplings = [name for name in COUPLINGS if name in gates]
    turns = [name for name, start in (("rx", "h"), ("rz", "x")) if {name, start} <= gates]
    if not turns or not couplings:
        return None
    turn = random.choice(turns)
    # A coupling along the start's own axis only multiplies it by a phase.
    moving = [name for name in couplings if name != ("rxx" if turn == "rx" else "rzz")]
    if not moving:
        return None
    bonds = random.choice(("chain", "even bonds", "odd bonds", random.choice(list(BONDS))))
    step: tuple[Layer, ...] = (coupling(random.choice(moving), bonds, random.random() < 0.4), rotation(turn))
    if random.random() < 0.4:
        step = (*step, coupling(random.choice(couplings), "chain", random.random() < 0.4))
    start = fixed("h") if turn == "rx" else fixed("x", random.choice(("even", "odd", "first half")))
    reps = random.choice((1, 1, 2, 3))
    return (start, *step) if reps == 1 else (start, Repeat(reps, step))

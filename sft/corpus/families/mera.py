"""MERA-like (Vidal 2008): blocks of two qubits, then blocks across them, at every scale from coarse to fine."""

from __future__ import annotations

from random import Random

from sft.corpus.ansatz import Ansatz, Layer, rotation

WEIGHT = 0.6


def draw(random: Random, gates: frozenset[str]) -> Ansatz | None:
    turns = [name for name in ("ry", "ry", "rx") if name in gates]
    entanglers = [name for name in ("cx", "cz") if name in gates]
    if not turns or not entanglers:
        return None
    turn, pair = random.choice(turns), random.choice(entanglers)
    steps, phrase = random.choice((("(4, 2, 1)", "three scales"), ("(2, 1)", "two scales")))
    lines = (
        f"for step in {steps}:",
        "    for start in (0, step):",
        "        for {i} in range(start, {n} - step, 2 * step):",
        "            {c}." + pair + "({i}, {i} + step)",
        "            {c}." + turn + "({new}, {i})",
        "            {c}." + turn + "({new}, {i} + step)",
    )
    return (rotation(turn), Layer(f"{pair}-{turn} mera of {phrase}", lines))

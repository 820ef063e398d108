"""Hamiltonian variational ansatz of the Heisenberg chain: singlets on the even bonds, then XX, YY and ZZ turns."""

from __future__ import annotations

from random import Random

from sft.corpus.ansatz import Ansatz, Layer, Repeat, entangler, fixed

WEIGHT = 0.5


def draw(random: Random, gates: frozenset[str]) -> Ansatz | None:
    if not gates >= {"x", "h", "cx", "rxx", "ryy", "rzz"}:
        return None
    # |01> - |10> on every even bond: X on both, H on the first, CX.
    start = (fixed("x"), fixed("h", "even"), entangler("cx", "even bonds"))
    turns = _exchange(shared=random.random() < 0.6)
    reps = random.choice((1, 1, 2, 3))
    return (*start, turns) if reps == 1 else (*start, Repeat(reps, (turns,)))


def _exchange(shared: bool) -> Layer:
    """XX + YY + ZZ by one angle on every odd bond, then on every even bond; shared angles are one a kind of bond."""
    angle = "{a} = {new}"
    lines = [
        "for start in (1, 0):",
        *(["    " + angle] if shared else []),
        "    for {i} in range(start, {n} - 1, 2):",
        *([] if shared else ["        " + angle]),
        *("        {c}." + gate + "({a}, {i}, {i} + 1)" for gate in ("rxx", "ryy", "rzz")),
    ]
    return Layer(f"{'shared ' if shared else ''}exchange odd then even bonds", tuple(lines))

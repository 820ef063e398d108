"""Hamiltonian variational ansatz (Wecker et al. 2015) of the transverse-field Ising chain: |+...+>, ZZ and X turns."""

from __future__ import annotations

from random import Random

from sft.corpus.ansatz import Ansatz, Repeat, coupling, fixed, rotation

WEIGHT = 0.5


def draw(random: Random, gates: frozenset[str]) -> Ansatz | None:
    if not gates >= {"h", "rzz", "rx"}:
        return None
    shared = random.random() < 0.7
    step = (coupling("rzz", random.choice(("chain", "ring")), shared), rotation("rx", shared=shared))
    reps = random.choice((1, 2, 3))
    return (fixed("h"), *step) if reps == 1 else (fixed("h"), Repeat(reps, step))

"""Random gate lists: the floor under every search.

The number of gates is uniform from 1 to 8 a qubit (within the limits); every rotation has its own angle.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from loop.baselines.genome import Palette, express, fits
from loop.baselines.registry import Proposal, Search, Sweep, one_size
from quantum.problem import Problem
from quantum.seeds import seed_for

TITLE = "random gate lists within the problem's limits"
GATES_A_QUBIT = 8


def search(problem: Problem, seed: int) -> Search:
    return Sweep(_draws(problem, one_size(problem, "random"), Random(seed_for(seed, "baseline", "random"))))


def _draws(problem: Problem, num_qubits: int, random: Random) -> Iterator[Proposal]:
    limits = problem.limits_for(num_qubits)
    palette = Palette(num_qubits, limits)
    most = min(GATES_A_QUBIT * num_qubits, limits.max_gates)
    while True:
        circuit = express([palette.draw(random) for _ in range(random.randint(1, most))], num_qubits)
        if fits(circuit, limits):
            yield Proposal((circuit,), "random")

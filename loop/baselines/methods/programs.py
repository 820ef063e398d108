"""Random programs of the language (`quantum.language`), one function for every size, none of them twice.

The floor under every search that writes programs: what it finds, the language found and not the search.
"""

from __future__ import annotations

from random import Random

from loop.baselines.programs import Programs
from loop.baselines.registry import Search, Sweep
from quantum.problem import Problem
from quantum.seeds import seed_for

TITLE = "random programs, one function for every size"
PROGRAMS = True


def search(problem: Problem, seed: int) -> Search:
    return Sweep(Programs(problem).distinct(Random(seed_for(seed, "baseline", "programs", problem.name))))

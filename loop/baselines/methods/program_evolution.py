"""Evolutionary search over programs of the language (`quantum.language`): edits of its statements, blocks and loops.

A candidate is one function for every size, scored at the problem's sizes together. The method to beat by a policy that
learns: it needs no model, and it works on what is good already.
"""

from __future__ import annotations

from random import Random
from typing import Final

from loop.baselines.evolve import Evolution, Rates
from loop.baselines.programs import Programs
from loop.baselines.registry import Search
from quantum.problem import Problem
from quantum.seeds import seed_for

TITLE = "evolutionary search over programs, one function for every size"
PROGRAMS = True
RATES: Final = Rates(population=40, children=16, tournament=4, crossover=0.15, newcomers=0.15, front=0.5)


def search(problem: Problem, seed: int) -> Search:
    random = Random(seed_for(seed, "baseline", "program-evolution", problem.name))  # else all problems have one start
    return Evolution(problem, Programs(problem), RATES, random)

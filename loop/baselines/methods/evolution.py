"""Evolutionary search over gate lists: (mu + lambda) with tournament selection on the reward.

A child is a mutated parent, or the beginning of one parent with the end of another, mutated. Mutations add, remove,
move, retarget or replace gates, insert an entangling block, tie two angles or untie one.

Rattew et al., arXiv:1910.09694 (EVQE) and Chivilikhin et al., arXiv:2007.04424 (MoG-VQE) search in this way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from random import Random
from typing import Final

from loop.baselines.evolve import Evolution, Rates
from loop.baselines.genome import Gene, Genome, Palette, express, fits
from loop.baselines.registry import Proposal, Search, one_size
from quantum.circuit import GATES
from quantum.problem import Problem
from quantum.seeds import seed_for

TITLE = "evolutionary search over gate lists"
RATES: Final = Rates(population=24, children=16, tournament=3, crossover=0.25)
MORE_MUTATIONS: Final = 0.4
"""Chance of each further mutation of one child."""


def search(problem: Problem, seed: int) -> Search:
    return Evolution(problem, GateLists(problem), RATES, Random(seed_for(seed, "baseline", "evolution")))


class GateLists:
    """The species of gate lists; founders have 2 to 6 gates a qubit."""

    def __init__(self, problem: Problem) -> None:
        self.num_qubits = one_size(problem, "evolution")
        self.limits = problem.limits_for(self.num_qubits)
        self.palette = Palette(self.num_qubits, self.limits)

    def founder(self, random: Random) -> Genome:
        length = random.randint(2 * self.num_qubits, 6 * self.num_qubits)
        return tuple(self.palette.draw(random) for _ in range(length))

    def mutate(self, random: Random, genome: Genome) -> Genome:
        genome = self._mutated(random, genome)
        while random.random() < MORE_MUTATIONS:
            genome = self._mutated(random, genome)
        return genome

    def cross(self, random: Random, first: Genome, second: Genome) -> Genome:
        """The beginning of one and the end of the other, cut at one fraction of both."""
        cut = random.random()
        return first[: round(cut * len(first))] + second[round(cut * len(second)) :]

    def express(self, genome: Genome, origin: str, parents: tuple[str, ...]) -> Proposal:
        return Proposal((express(genome, self.num_qubits),), origin, parents)

    def fits(self, proposal: Proposal) -> bool:
        return fits(proposal.circuits[0], self.limits)

    def read(self, code: str) -> Genome | None:
        return None

    def _mutated(self, random: Random, genome: Genome) -> Genome:
        if not genome:
            return (self.palette.draw(random),)
        names, weights = zip(*((m, w) for m, w in MUTATIONS.items()), strict=True)
        mutation: Mutation = random.choices(names, weights)[0]
        return tuple(mutation(list(genome), self.palette, random))


Mutation = Callable[[list[Gene], Palette, Random], list[Gene]]


def _add(genes: list[Gene], palette: Palette, random: Random) -> list[Gene]:
    genes.insert(random.randint(0, len(genes)), palette.draw(random))
    return genes


def _add_block(genes: list[Gene], palette: Palette, random: Random) -> list[Gene]:
    """An entangling gate with a rotation on each of its qubits."""
    if not palette.two_qubit:
        return _add(genes, palette, random)
    pair, rotation = palette.pair(random), random.choice(palette.rotations)
    at = random.randint(0, len(genes))
    block = [palette.gene(random.choice(palette.two_qubit), pair), *(palette.gene(rotation, (q,)) for q in pair)]
    return genes[:at] + block + genes[at:]


def _remove(genes: list[Gene], palette: Palette, random: Random) -> list[Gene]:
    del genes[random.randrange(len(genes))]
    return genes


def _move(genes: list[Gene], palette: Palette, random: Random) -> list[Gene]:
    gene = genes.pop(random.randrange(len(genes)))
    genes.insert(random.randint(0, len(genes)), gene)
    return genes


def _retarget(genes: list[Gene], palette: Palette, random: Random) -> list[Gene]:
    at = random.randrange(len(genes))
    two = len(genes[at].qubits) == 2
    qubits = palette.pair(random) if two else (random.randrange(palette.num_qubits),)
    genes[at] = replace(genes[at], qubits=qubits)
    return genes


def _replace(genes: list[Gene], palette: Palette, random: Random) -> list[Gene]:
    """Another gate, or another axis, on the same qubits; an angle is kept where both have one."""
    at = random.randrange(len(genes))
    names = palette.like(genes[at])
    if names:
        new = palette.gene(random.choice(names), genes[at].qubits)
        if GATES[new.name].num_angles and genes[at].parameter is not None:
            new = replace(new, parameter=genes[at].parameter)
        genes[at] = new
    return genes


def _tie(genes: list[Gene], palette: Palette, random: Random) -> list[Gene]:
    """Two gates of one name share an angle from now on."""
    turning = [k for k, gene in enumerate(genes) if gene.parameter is not None]
    if turning:
        one = random.choice(turning)
        other = random.choice([k for k in turning if genes[k].name == genes[one].name])
        genes[other] = replace(genes[other], parameter=genes[one].parameter)
    return genes


def _untie(genes: list[Gene], palette: Palette, random: Random) -> list[Gene]:
    turning = [k for k, gene in enumerate(genes) if gene.parameter is not None]
    if turning:
        at = random.choice(turning)
        genes[at] = replace(genes[at], parameter=palette.fresh())
    return genes


MUTATIONS: Final[Mapping[Mutation, float]] = {
    _add: 3.0,
    _add_block: 1.5,
    _remove: 3.5,
    _move: 1.5,
    _retarget: 2.0,
    _replace: 2.0,
    _tie: 0.7,
    _untie: 0.5,
}

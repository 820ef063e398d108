"""Evolutionary search over gate lists: (mu + lambda) with tournament selection on the reward.

A child is a mutated parent, or the beginning of one parent with the end of another, mutated. Mutations add, remove,
move, retarget or replace gates, insert an entangling block, tie two angles or untie one. No circuit is proposed twice:
the canonical hash is computed beforehand, so no evaluation is spent on a repeat.

Rattew et al., arXiv:1910.09694 (EVQE) and Chivilikhin et al., arXiv:2007.04424 (MoG-VQE) search in this way.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Final

from loop.baselines.genome import Gene, Genome, Palette, express, fits
from loop.baselines.registry import Proposal, Search, one_size
from loop.memory import Attempt
from quantum.canonical import canonical_hash
from quantum.circuit import GATES
from quantum.problem import Problem
from quantum.seeds import seed_for

TITLE = "evolutionary search over gate lists"
POPULATION: Final = 24
CHILDREN: Final = 16
TOURNAMENT: Final = 3
CROSSOVER: Final = 0.25
MORE_MUTATIONS: Final = 0.4
"""Chance of each further mutation of one child."""
TRIES: Final = 50


def search(problem: Problem, seed: int) -> Search:
    return Evolution(problem, Random(seed_for(seed, "baseline", "evolution")))


@dataclass(frozen=True)
class _Member:
    """A circuit of the population; `key` sorts better ones first."""

    genome: Genome
    id: str
    key: tuple[float, float, float, str]


class Evolution:
    """The first generation is random: 2 to 6 gates a qubit."""

    def __init__(self, problem: Problem, random: Random) -> None:
        self.num_qubits = one_size(problem, "evolution")
        self.limits = problem.limits_for(self.num_qubits)
        self.palette = Palette(self.num_qubits, self.limits)
        self.random = random
        self.population: list[_Member] = []
        self._proposed: list[Genome] = []
        self._seen: set[str] = set()

    def propose(self, most: int) -> list[Proposal]:
        proposals = []
        self._proposed = []
        for _ in range(min(most, CHILDREN if self.population else POPULATION)):
            genome, origin, parents = self._new()
            self._proposed.append(genome)
            proposals.append(Proposal((express(genome, self.num_qubits),), origin, parents))
        return proposals

    def tell(self, attempts: Sequence[Attempt]) -> None:
        children = [
            _Member(genome, attempt.id, _key(attempt))
            for genome, attempt in zip(self._proposed, attempts, strict=True)
            if attempt.score.outcome == "ok"
        ]
        self.population = sorted([*self.population, *children], key=lambda one: one.key)[:POPULATION]

    def cost(self) -> Mapping[str, int]:
        return {}

    def _new(self) -> tuple[Genome, str, tuple[str, ...]]:
        """A genome that was not proposed before, if one is found in `TRIES` tries; how it was made, and from whom."""
        for _ in range(TRIES):
            genome, origin, parents = self._child() if self.population else self._founder()
            circuit = express(genome, self.num_qubits)
            if fits(circuit, self.limits) and (found := canonical_hash(circuit)) not in self._seen:
                self._seen.add(found)
                return genome, origin, parents
        return self._founder()

    def _founder(self) -> tuple[Genome, str, tuple[str, ...]]:
        length = self.random.randint(2 * self.num_qubits, 6 * self.num_qubits)
        return tuple(self.palette.draw(self.random) for _ in range(length)), "founder", ()

    def _child(self) -> tuple[Genome, str, tuple[str, ...]]:
        first = self._select()
        genome, origin = first.genome, "mutation"
        parents: tuple[str, ...] = (first.id,)
        if self.random.random() < CROSSOVER and (second := self._select()) is not first:
            genome, origin, parents = self._cross(first.genome, second.genome), "crossover", (first.id, second.id)
        genome = self._mutate(genome)
        while self.random.random() < MORE_MUTATIONS:
            genome = self._mutate(genome)
        return genome, origin, parents

    def _select(self) -> _Member:
        drawn = (self.random.choice(self.population) for _ in range(TOURNAMENT))
        return min(drawn, key=lambda one: one.key)

    def _cross(self, first: Genome, second: Genome) -> Genome:
        """The beginning of one and the end of the other, cut at one fraction of both."""
        cut = self.random.random()
        return first[: round(cut * len(first))] + second[round(cut * len(second)) :]

    def _mutate(self, genome: Genome) -> Genome:
        if not genome:
            return (self.palette.draw(self.random),)
        names, weights = zip(*((m, w) for m, w in MUTATIONS.items()), strict=True)
        mutation: Mutation = self.random.choices(names, weights)[0]
        return tuple(mutation(list(genome), self.palette, self.random))


def _key(attempt: Attempt) -> tuple[float, float, float, str]:
    """The reward decides; among equal ones the smaller circuit, then the earlier."""
    score = attempt.score
    reward = -math.inf if score.reward is None else score.reward
    size = score.sizes[0]
    return -reward, size.two_qubit_gates, size.parameters, attempt.id


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

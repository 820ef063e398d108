"""Evolution of anything that circuits can be made of: (mu + lambda) with tournament selection on the reward.

A child is a mutated parent, two parents crossed and mutated, or a newcomer. No circuit is proposed twice while another
can be found: the canonical hash is computed beforehand, so no evaluation is spent on a repeat.

Inside the target the order counts gates alone, so a large circuit inside it stands before every small one that nearly
is. Where that matters (`Rates.front`), some parents are taken from the front of two-qubit gates and error instead.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final, Generic, Protocol, TypeVar

from loop.attempt import Attempt
from loop.baselines.registry import Proposal
from quantum.canonical import canonical_hash
from quantum.problem import Problem
from rewards.order import Rank, rank

TRIES: Final = 50
FARTHER: Final = 0.7
"""Chance of going from one circuit of the front to the next smaller one."""

G = TypeVar("G")


class Species(Protocol[G]):
    """What is evolved: how a genome comes about, changes, and becomes circuits."""

    def founder(self, random: Random) -> G: ...

    def mutate(self, random: Random, genome: G) -> G: ...

    def cross(self, random: Random, first: G, second: G) -> G: ...

    def express(self, genome: G, origin: str, parents: tuple[str, ...]) -> Proposal:
        """The candidate that a genome is."""

    def fits(self, proposal: Proposal) -> bool:
        """Whether it keeps the limits that are seen without a transpile."""

    def read(self, code: str) -> G | None:
        """The genome of a candidate that others wrote, where there is one."""


@dataclass(frozen=True)
class Rates:
    """How many stay, how many are made a generation, and how."""

    population: int
    children: int
    tournament: int
    crossover: float
    newcomers: float = 0.0
    front: float = 0.0
    """The share of parents from the front of gates and error."""


@dataclass(frozen=True)
class _Member(Generic[G]):
    """A circuit of the population or the front; `key` sorts better ones first."""

    genome: G
    id: str
    key: tuple[float, int, int, str]
    rank: Rank

    @property
    def error(self) -> tuple[float, int]:
        """What the front has fall as gates are added: the decades from the target, then the parameters."""
        return self.rank.decades_missed + self.rank.decades_inside, self.rank.parameters


class Evolution(Generic[G]):
    """The first generation is of founders."""

    def __init__(self, problem: Problem, species: Species[G], rates: Rates, random: Random) -> None:
        self.problem = problem
        self.species = species
        self.rates = rates
        self.random = random
        self.population: list[_Member[G]] = []
        self._most_accurate: dict[int, _Member[G]] = {}
        """Of the circuits with so many two-qubit gates."""
        self._proposed: list[G] = []
        self._seen: set[tuple[str, ...]] = set()

    def propose(self, most: int) -> list[Proposal]:
        proposals = []
        self._proposed = []
        for _ in range(min(most, self.rates.children if self.population else self.rates.population)):
            genome, proposal = self._new()
            self._proposed.append(genome)
            proposals.append(proposal)
        return proposals

    def tell(self, attempts: Sequence[Attempt]) -> None:
        self._take(zip(self._proposed, attempts, strict=True))

    def adopt(self, attempts: Sequence[Attempt]) -> None:
        read = ((self.species.read(attempt.code), attempt) for attempt in attempts)
        self._take(
            (genome, attempt)
            for genome, attempt in read
            if genome is not None and self._is_new(self.species.express(genome, "", ()))
        )

    def _take(self, scored: Iterable[tuple[G, Attempt]]) -> None:
        new = [
            _Member(genome, attempt.id, merit(attempt), rank(attempt.score, self.problem))
            for genome, attempt in scored
            if attempt.score.outcome == "ok"
        ]
        self.population = sorted([*self.population, *new], key=lambda one: one.key)[: self.rates.population]
        for member in new:
            known = self._most_accurate.setdefault(member.rank.two_qubit_gates, member)
            if member.error < known.error:
                self._most_accurate[member.rank.two_qubit_gates] = member

    def cost(self) -> Mapping[str, int]:
        return {}

    def _new(self) -> tuple[G, Proposal]:
        """A genome whose circuits were not proposed before, if one is found in `TRIES` tries."""
        for _ in range(TRIES):
            genome, origin, parents = self._made()
            proposal = self.species.express(genome, origin, parents)
            if self.species.fits(proposal) and self._is_new(proposal):
                return genome, proposal
        genome = self.species.founder(self.random)
        return genome, self.species.express(genome, "founder", ())

    def _is_new(self, proposal: Proposal) -> bool:
        hashes = tuple(map(canonical_hash, proposal.circuits))
        if hashes in self._seen:
            return False
        self._seen.add(hashes)
        return True

    def _made(self) -> tuple[G, str, tuple[str, ...]]:
        """A genome, how it was made, and from whom."""
        rates, species, random = self.rates, self.species, self.random
        if not self.population or (rates.newcomers and random.random() < rates.newcomers):
            return species.founder(random), "founder", ()
        first = self._select()
        if random.random() < rates.crossover and (second := self._select()) is not first:
            crossed = species.cross(random, first.genome, second.genome)
            return species.mutate(random, crossed), "crossover", (first.id, second.id)
        return species.mutate(random, first.genome), "mutation", (first.id,)

    def _select(self) -> _Member[G]:
        if self.rates.front and self.random.random() < self.rates.front:
            return self._select_from_front()
        drawn = (self.random.choice(self.population) for _ in range(self.rates.tournament))
        return min(drawn, key=lambda one: one.key)

    def _select_from_front(self) -> _Member[G]:
        """The smallest circuit inside the target, or one with fewer gates that nothing smaller is as accurate as."""
        front: list[_Member[G]] = []
        for _, member in sorted(self._most_accurate.items()):
            if not front or member.error < front[-1].error:
                front.append(member)
            if member.rank.inside:
                break
        at = len(front) - 1
        while at and self.random.random() < FARTHER:
            at -= 1
        return front[at]


def merit(attempt: Attempt) -> tuple[float, int, int, str]:
    """Sorts better ones first. The reward decides; among equal ones the smaller circuit, then the earlier."""
    score = attempt.score
    reward = -math.inf if score.reward is None else score.reward
    return -reward, sum(s.two_qubit_gates for s in score.sizes), sum(s.parameters for s in score.sizes), attempt.id

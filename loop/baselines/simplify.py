"""Simplification of programs: what is left of a search's budget goes to smaller versions of its best programs.

Best first: the reductions (`quantum.language.reduce`) of the best program known are tried, largest saving first; one
that earns more becomes the best known, and its own reductions come next. Every trial is an evaluation like any other,
and its result a function for every size.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from loop.baselines.evolve import merit
from loop.baselines.programs import Programs
from loop.baselines.registry import Proposal, Search
from loop.memory import Attempt
from quantum.canonical import canonical_hash
from quantum.language.reduce import reductions
from quantum.language.tree import Program

SHARE: Final = 0.1
"""Of the evaluations, the last."""
BATCH: Final = 8
"""Reductions tried before the best is looked for again."""
KEPT: Final = 32
"""Of the programs found, those that are simplified when there is time for all of them."""


class Simplifying:
    """A search over programs, and then simplification; the search goes on when nothing is left to simplify."""

    def __init__(self, search: Search, species: Programs) -> None:
        self.search = search
        self.species = species
        self._reserve: int | None = None
        self._proposed: list[Proposal] = []
        self._searched = True
        self._best: list[tuple[tuple[float, int, int, str], Program, str]] = []
        self._queues: dict[str, Iterator[Program]] = {}
        self._seen: set[tuple[str, ...]] = set()

    def propose(self, most: int) -> list[Proposal]:
        if self._reserve is None:
            self._reserve = int(SHARE * most)
        self._proposed = [] if most > self._reserve else self._smaller(min(most, BATCH))
        self._searched = not self._proposed
        if self._searched:
            self._proposed = self.search.propose(most - self._reserve if most > self._reserve else most)
        self._seen.update(map(_hashes, self._proposed))
        return self._proposed

    def tell(self, attempts: Sequence[Attempt]) -> None:
        for proposal, attempt in zip(self._proposed, attempts, strict=True):
            if proposal.program is not None and attempt.score.outcome == "ok":
                self._best.append((merit(attempt), proposal.program, attempt.id))
        self._best = sorted(self._best, key=lambda one: one[0])[:KEPT]
        if self._searched:
            self.search.tell(attempts)

    def cost(self) -> Mapping[str, int]:
        return self.search.cost()

    def _smaller(self, most: int) -> list[Proposal]:
        """The next reductions of the best program that has any left."""
        for _, program, name in self._best:
            queue = self._queues.setdefault(name, iter(reductions(program)))
            proposals = []
            for smaller in queue:
                proposal = self.species.express(smaller, "simplification", (name,))
                hashes = _hashes(proposal)
                if self.species.fits(proposal) and hashes not in self._seen:
                    self._seen.add(hashes)
                    proposals.append(proposal)
                if len(proposals) == most:
                    break
            if proposals:
                return proposals
        return []


def _hashes(proposal: Proposal) -> tuple[str, ...]:
    return tuple(map(canonical_hash, proposal.circuits))

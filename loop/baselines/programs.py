"""Programs as baselines handle them: drawn from the gates that a problem allows, built at every size it has."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from loop.baselines.genome import fits
from loop.baselines.registry import Proposal, built_sizes
from quantum.canonical import canonical_hash
from quantum.errors import RequestError
from quantum.language.build import build
from quantum.language.draw import Palette, draw
from quantum.language.edit import cross, edit
from quantum.language.read import read
from quantum.language.tree import Program
from quantum.problem import Problem


class Programs:
    """The species of programs (`loop.baselines.evolve`). Raises RequestError where the gates or the size allow none."""

    def __init__(self, problem: Problem) -> None:
        if min(built_sizes(problem)) < 2:
            raise RequestError("a program is for two qubits or more, not 1")
        self.problem = problem
        self.palette = Palette.of(frozenset(problem.limits_for(max(problem.sizes)).gates))

    def founder(self, random: Random) -> Program:
        return draw(random, self.palette)

    def mutate(self, random: Random, genome: Program) -> Program:
        return edit(random, genome, self.palette)

    def cross(self, random: Random, first: Program, second: Program) -> Program:
        return cross(random, first, second)

    def express(self, genome: Program, origin: str, parents: tuple[str, ...] = ()) -> Proposal:
        return Proposal(tuple(build(genome, n) for n in built_sizes(self.problem)), origin, parents, genome)

    def fits(self, proposal: Proposal) -> bool:
        circuits = proposal.circuits[: len(self.problem.sizes)]
        return all(fits(circuit, self.problem.limits_for(circuit.num_qubits)) for circuit in circuits)

    def read(self, code: str) -> Program | None:
        return read(code)

    def distinct(self, random: Random) -> Iterator[Proposal]:
        """Random programs without end, none of them twice."""
        seen: set[tuple[str, ...]] = set()
        while True:
            proposal = self.express(self.founder(random), "random program")
            hashes = tuple(map(canonical_hash, proposal.circuits))
            if self.fits(proposal) and hashes not in seen:
                seen.add(hashes)
                yield proposal

"""The Hamiltonian's own variational circuit at growing depth, its variants in the order of a practitioner's choice.

A variant is an initial state, an order of the term groups and a way to share angles (`quantum.ansatze.hva`). The one
with the lowest initial energy and the fewest parameters is deepened first, up to n layers; then the next one. Initial
energies come from the engine at angle zero; they cost one state each and no evaluation, and are counted apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from loop.baselines.registry import Proposal, Search, Sweep
from quantum.ansatze import hva
from quantum.ansatze.family import Family
from quantum.canonical import canonical_hash
from quantum.errors import RequestError
from quantum.problem import Problem
from quantum.program import compile_program
from quantum.statevector import energies

TITLE = "the Hamiltonian's variational circuit (HVA, QAOA) at growing depth"

Variant = tuple[Family, ...]
"""The same variant at every size."""


class _Deepening(Sweep):
    def __init__(self, problem: Problem, variants: list[Variant]) -> None:
        super().__init__(_deepen(problem, variants))
        self._initial_energies = len(variants) * len(problem.sizes)

    def cost(self) -> Mapping[str, int]:
        return {"initial_energies": self._initial_energies}


def search(problem: Problem, seed: int) -> Search:
    sizes = [list(hva.families(problem.hamiltonian(n))) for n in problem.sizes]
    if not sizes[0]:
        what = "HVA is built from terms of one letter on one or two qubits"
        raise RequestError(f"{what}; {problem.name} has others (try --method adapt)")
    if len(set(map(len, sizes))) > 1:
        raise RequestError(f"{problem.name} has other kinds of terms at some of these sizes; give HVA one size")
    return _Deepening(problem, list(zip(*sizes, strict=True)))


def _deepen(problem: Problem, variants: list[Variant]) -> Iterator[Proposal]:
    keys = {k: _promise(problem, variant) for k, variant in enumerate(variants)}
    seen: set[tuple[str, ...]] = set()
    for k in sorted(keys, key=keys.__getitem__):
        for reps in range(1, max(problem.sizes) + 1):
            circuits = tuple(family.build(reps) for family in variants[k])
            hashes = tuple(map(canonical_hash, circuits))
            if hashes not in seen:
                seen.add(hashes)
                yield Proposal(circuits, variants[k][0].name.format(reps=reps))


def _promise(problem: Problem, variant: Variant) -> tuple[float, int]:
    """The initial state's energy, summed over the sizes, and the parameters of one layer: low is good."""
    circuits = [family.build(1) for family in variant]
    total = 0.0
    for circuit in circuits:
        program = compile_program(circuit, problem.hamiltonian(circuit.num_qubits))
        total += float(energies(program, np.zeros((1, circuit.num_parameters)))[0])
    return round(total, 9), sum(circuit.num_parameters for circuit in circuits)

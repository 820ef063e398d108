"""The Hamiltonian's own variational circuit at growing depth, its variants in the order of a practitioner's choice.

A variant is an initial state, an order of the term groups and a way to share angles (`quantum.ansatze.hva`). Each is
deepened layer by layer up to n before the next one of its initial state; the states take turns, the lowest in energy
first. Initial energies come from the engine at angle zero; they cost one state each and no evaluation, and are counted
apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

import numpy as np

from loop.baselines.bonds import fuse_bonds
from loop.baselines.registry import Proposal, Search, Sweep, built_sizes
from quantum.ansatze import hva
from quantum.ansatze.family import Family
from quantum.canonical import canonical
from quantum.circuit import Circuit
from quantum.errors import RequestError
from quantum.jacobian import ComplexArray, directions
from quantum.problem import Problem
from quantum.program import compile_program
from quantum.reference import statevector
from quantum.statevector import energies

TITLE = "the Hamiltonian's variational circuit (HVA, QAOA) at growing depth"

Variant = tuple[Family, ...]
"""The same variant at every size."""


class _Deepening(Sweep):
    def __init__(self, problem: Problem, variants: list[Variant]) -> None:
        super().__init__(_deepen(problem, variants))
        self._initial_energies = len(variants) * len(built_sizes(problem))

    def cost(self) -> Mapping[str, int]:
        return {"initial_energies": self._initial_energies}


def search(problem: Problem, seed: int) -> Search:
    sizes = [list(hva.families(problem.hamiltonian(n))) for n in built_sizes(problem)]
    if not sizes[0]:
        what = "HVA is built from terms of one letter on one or two qubits"
        raise RequestError(f"{what}; {problem.name} has others (try --method adapt)")
    if len(set(map(len, sizes))) > 1:
        raise RequestError(f"{problem.name} has other kinds of terms at some of these sizes; give HVA one size")
    return _Deepening(problem, list(zip(*sizes, strict=True)))


def _deepen(problem: Problem, variants: Sequence[Variant]) -> Iterator[Proposal]:
    depths = _depths(problem)
    by_state = [[(variant, depth) for variant in peers for depth in depths] for peers in _by_state(problem, variants)]
    for turn in zip_longest(*by_state):
        for variant, depth in filter(None, turn):
            layers = zip(variant, depths[depth], strict=True)
            circuits = tuple(fuse_bonds(family.build(reps)) for family, reps in layers)
            yield Proposal(circuits, variant[0].name.format(reps=depth))


def _depths(problem: Problem) -> dict[str, list[int]]:
    """The layers of every size by their name: 1 to n, and for several sizes also what grows with them, first."""
    sizes = built_sizes(problem)
    depths = {str(layers): [layers] * len(sizes) for layers in range(1, max(problem.sizes) + 1)}
    if len(sizes) == 1:
        return depths
    return {"n/2 - 1": [max(1, n // 2 - 1) for n in sizes], "n/2": [n // 2 for n in sizes], "n": list(sizes), **depths}


@dataclass
class _Peers:
    """The variants of one initial state, each behind the parameters without effect and all parameters of its layer."""

    energy: float
    state: ComplexArray
    variants: list[tuple[int, int, Variant]]
    generic: set[float]


def _by_state(problem: Problem, variants: Sequence[Variant]) -> list[list[Variant]]:
    """The variants of every initial state, the state with the lowest energy first; of one state those first that leave
    no parameter of their first layer without effect, then those with fewer parameters.

    Variants that are one circuit in other words, or have one energy at a generic point, come once.
    """
    found: list[_Peers] = []
    seen: set[tuple[str, ...]] = set()
    for variant in variants:
        circuits = [family.build(1) for family in variant]
        ansatz = tuple(canonical(circuit).ansatz_hash for circuit in circuits)
        if ansatz in seen:
            continue
        seen.add(ansatz)
        initial, generic = _two_energies(problem, circuits)
        state = statevector(circuits[0], [0.0] * circuits[0].num_parameters)
        peers = next((one for one in found if abs(np.vdot(state, one.state)) > 1 - 1e-9), None)
        if peers is None:
            peers = _Peers(initial, state, [], set())
            found.append(peers)
        if generic not in peers.generic:
            peers.generic.add(generic)
            parameters = circuits[0].num_parameters
            dead = parameters - (directions(circuits[0]).live_parameters or 0)
            peers.variants.append((dead, parameters, variant))
    found.sort(key=lambda one: one.energy)
    return [[variant for *_, variant in sorted(one.variants, key=lambda v: v[:2])] for one in found]


def _two_energies(problem: Problem, circuits: Sequence[Circuit]) -> tuple[float, float]:
    """At angle zero and at a generic point, summed over the sizes."""
    total = np.zeros(2)
    for circuit in circuits:
        generic = np.random.default_rng(0).uniform(0.3, 1.2, circuit.num_parameters)
        points = np.array([np.zeros(circuit.num_parameters), generic])
        total += energies(compile_program(circuit, problem.hamiltonian(circuit.num_qubits)), points)
    return round(float(total[0]), 9), round(float(total[1]), 9)

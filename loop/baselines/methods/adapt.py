"""Qubit-ADAPT-VQE: the ansatz grows by the Pauli evolution with the steepest gradient at the present optimum.

The pool holds every Pauli string of weight at most 4 with an odd number of Y (those that keep a real state real); when
nothing of it has a gradient any more, or the limits are reached, the search starts again from the next reference state,
and then with weight at most 2. Reference states are basis states in the order of their energy. A screening of the pool
is one adjoint pass of the engine over the circuit with all evolutions appended at angle zero; on a device it would be
one gradient measurement an operator, so screenings are counted apart from the evaluations.

An evolution of weight w is written with 2 (w - 1) cx (a ladder and its inverse), of weight 1 as ry. Each grown circuit
is optimised from the last optimum with the new angle at zero, and goes to the scorer like any other candidate; the
better of both optima is where it grows on.

Tang et al., PRX Quantum 2, 020310 (2021), arXiv:1911.10205.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise, product
from random import Random
from typing import Final

import numpy as np

from loop.attempt import Attempt
from loop.baselines.registry import Proposal, Search, one_size
from quantum.ansatze.family import Draft
from quantum.bfgs import Rules, minimise_from
from quantum.circuit import Circuit
from quantum.hamiltonians import Hamiltonian
from quantum.problem import Problem
from quantum.program import compile_program
from quantum.seeds import seed_for
from quantum.statevector import energies_and_gradients
from quantum.vqe import VqeSettings

TITLE = "qubit-ADAPT-VQE"
WEIGHTS: Final = (4, 2)
"""The largest weights of the pools, in the order in which they are used."""
REFERENCES: Final = 8
"""Basis states to start from, the lowest in energy."""
LEAST_GRADIENT: Final = 1e-4
"""A largest gradient below this (in the Hamiltonian's unit) ends the growth."""
TIE: Final = 1e-7

Evolved = tuple[tuple[int, str], ...]
"""A Pauli string as (qubit, letter) pairs, lowest qubit first."""


def search(problem: Problem, seed: int) -> Search:
    return Adapt(problem, Random(seed_for(seed, "baseline", "adapt")))


def pool(num_qubits: int, weight: int) -> list[Evolved]:
    """Every Pauli string of weight 1 to `weight` with an odd number of Y."""
    strings = []
    for w in range(1, min(weight, num_qubits) + 1):
        for qubits, letters in product(combinations(range(num_qubits), w), product("XYZ", repeat=w)):
            if letters.count("Y") % 2:
                strings.append(tuple(zip(qubits, letters, strict=True)))
    return strings


@dataclass
class _Growth:
    """One ansatz while it grows: the basis state that it starts from, its evolutions and their present optimum."""

    bits: int
    pool: list[Evolved]
    evolved: list[Evolved]
    theta: tuple[float, ...] = ()
    energy: float = math.inf


class Adapt:
    """Proposes one grown circuit at a time."""

    def __init__(self, problem: Problem, random: Random) -> None:
        self.num_qubits = one_size(problem, "adapt")
        self.hamiltonian = problem.hamiltonian(self.num_qubits)
        self.random = random
        self.screenings = 0
        self.screened_gradients = 0
        self._starts = self._all_starts()
        self._growth = next(self._starts)

    def propose(self, most: int) -> list[Proposal]:
        while True:
            found = self._steepest(self._growth)
            if found is not None:
                break
            growth = next(self._starts, None)
            if growth is None:
                return []
            self._growth = growth
        growth = self._growth
        growth.evolved.append(found)
        circuit = grown(self.num_qubits, growth.bits, growth.evolved)
        growth.theta, growth.energy = optimum(circuit, self.hamiltonian, (*growth.theta, 0.0))
        return [Proposal((circuit,), f"adapt({len(growth.evolved)} evolutions)")]

    def tell(self, attempts: Sequence[Attempt]) -> None:
        (attempt,) = attempts
        growth = self._growth
        if attempt.score.outcome != "ok":  # over the problem's limits: this ansatz has grown enough
            growth.pool = []
        elif attempt.score.sizes[0].energy < growth.energy:
            growth.theta, growth.energy = attempt.score.sizes[0].best_parameters, attempt.score.sizes[0].energy

    def adopt(self, attempts: Sequence[Attempt]) -> None:
        pass

    def cost(self) -> Mapping[str, int]:
        return {"gradient_screenings": self.screenings, "screened_gradients": self.screened_gradients}

    def _all_starts(self) -> Iterator[_Growth]:
        for weight in WEIGHTS:
            operators = pool(self.num_qubits, weight)
            for bits in self._references(operators):
                yield _Growth(bits, operators, [])

    def _references(self, operators: list[Evolved]) -> list[int]:
        """The lowest basis states; of equal ones those with the steepest gradient first."""
        diagonal = basis_energies(self.hamiltonian)
        lowest = np.argsort(diagonal, kind="stable")[: 4 * REFERENCES]
        steepness = {int(b): float(np.abs(self._gradients(_Growth(int(b), operators, []))).max()) for b in lowest}
        return sorted(steepness, key=lambda b: (round(float(diagonal[b]), 9), -round(steepness[b], 6), b))[:REFERENCES]

    def _steepest(self, growth: _Growth) -> Evolved | None:
        """The operator with the largest gradient; of equal ones a lightest, drawn at random. None: nothing slopes."""
        if not growth.pool:
            return None
        slopes = np.abs(self._gradients(growth))
        if slopes.max() < LEAST_GRADIENT:
            return None
        steepest = [growth.pool[k] for k in np.flatnonzero(slopes > slopes.max() - TIE)]
        least = min(map(len, steepest))
        return self.random.choice([operator for operator in steepest if len(operator) == least])

    def _gradients(self, growth: _Growth) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        """dE/dtheta of every operator of the pool, appended at angle zero; shape (operators,)."""
        self.screenings += 1
        self.screened_gradients += len(growth.pool)
        probe = grown(self.num_qubits, growth.bits, [*growth.evolved, *growth.pool])
        point = np.zeros((1, probe.num_parameters))
        point[0, : len(growth.theta)] = growth.theta
        _, gradient = energies_and_gradients(compile_program(probe, self.hamiltonian), point)
        return gradient[0, len(growth.evolved) :]


def basis_energies(hamiltonian: Hamiltonian) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """<b|H|b> for every basis state b, shape (2**n,)."""
    states = np.arange(1 << hamiltonian.num_qubits)
    total = np.zeros(len(states))
    for label, coefficient in hamiltonian.terms:
        if set(label) <= {"I", "Z"}:
            mask = int(label.replace("I", "0").replace("Z", "1"), 2)
            total += coefficient * (1.0 - 2.0 * (np.bitwise_count(states & mask) & 1))
    return total


def grown(num_qubits: int, bits: int, evolved: Sequence[Evolved]) -> Circuit:
    """The basis state with these bits, then exp(-i theta_k P_k / 2) one after the other."""
    draft = Draft(num_qubits)
    for q in range(num_qubits):
        if bits >> q & 1:
            draft.fixed("x", q)
    for operator in evolved:
        _evolve(draft, operator)
    return draft.circuit()


def _evolve(draft: Draft, operator: Evolved) -> None:
    if len(operator) == 1:
        draft.rotate("ry", (operator[0][0],), draft.parameter())
        return
    before = {"X": ("h",), "Y": ("sdg", "h"), "Z": ()}
    after = {"X": ("h",), "Y": ("h", "s"), "Z": ()}
    qubits = [q for q, _ in operator]
    for q, letter in operator:
        for name in before[letter]:
            draft.fixed(name, q)
    ladder = list(pairwise(qubits))
    for a, b in ladder:
        draft.fixed("cx", a, b)
    draft.rotate("rz", (qubits[-1],), draft.parameter())
    for a, b in reversed(ladder):
        draft.fixed("cx", a, b)
    for q, letter in operator:
        for name in after[letter]:
            draft.fixed(name, q)


def optimum(circuit: Circuit, hamiltonian: Hamiltonian, start: Sequence[float]) -> tuple[tuple[float, ...], float]:
    """The minimum that the engine's optimiser reaches from `start`, and its energy."""
    usual = VqeSettings()
    rules = Rules(
        stiffness=math.sqrt(hamiltonian.variance_weight / hamiltonian.num_qubits) or 1.0,
        gradient_tolerance=usual.gradient_tolerance,
        energy_tolerance=usual.energy_tolerance,
        patience=usual.patience,
        max_evaluations=usual.max_evaluations,
    )
    minima = minimise_from(compile_program(circuit, hamiltonian), np.array([start]), rules)
    return tuple(map(float, minima.points[0])), float(minima.energies[0])

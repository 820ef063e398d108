"""The problems that the corpus asks about: the named chains and molecules, and random Pauli sums."""

from __future__ import annotations

from functools import cache
from random import Random

from quantum.hamiltonians import Hamiltonian
from quantum.problem import Problem, Target, resolve_problem

CHAINS = (
    "tfim",
    "tfim:field=0.5",
    "tfim:field=2.0",
    "tfim:boundary=periodic",
    "xy",
    "xy:boundary=periodic",
    "heisenberg",
)


def problem_on(random: Random, num_qubits: int) -> Problem:
    """A problem of `num_qubits` qubits: a chain as a rule, else a molecule of that size or a random Pauli sum."""
    kind = random.random()
    if kind < 0.75:
        return _named(random.choice(CHAINS), num_qubits)
    if kind < 0.87 and num_qubits == 4:
        return _named("h2", num_qubits)
    return random_pauli(random, num_qubits)


def random_pauli(random: Random, num_qubits: int) -> Problem:
    """2n Pauli strings of at most two neighbouring letters, coefficients normal with two decimals."""
    terms: dict[str, float] = {}
    while len(terms) < 2 * num_qubits:
        width = random.choice((1, 2)) if num_qubits > 1 else 1
        at = random.randrange(num_qubits - width + 1)
        letters = "".join(random.choice("XYZ") for _ in range(width))
        label = "I" * at + letters + "I" * (num_qubits - at - width)
        terms[label] = round(random.gauss(0.0, 1.0), 2) or 0.5
    hamiltonian = Hamiltonian("pauli", num_qubits, tuple(sorted(terms.items())), "a random sum of local Pauli strings")
    return Problem("pauli", (num_qubits,), (), Target("relative", 1e-3), instances=(hamiltonian,))


@cache
def _named(spec: str, num_qubits: int) -> Problem:
    return resolve_problem(spec, sizes=(num_qubits,))

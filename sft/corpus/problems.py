"""The problems that the corpus asks about: the named chains, molecules, and random Pauli sums."""

from __future__ import annotations

from functools import cache
from random import Random

from quantum.hamiltonians import Hamiltonian
from quantum.problem import Problem, Target, resolve_problem

CHAINS = ("tfim", "tfim", "tfim:field=0.5", "tfim:field=2.0", "xy", "heisenberg", "heisenberg:field=1.0")
RINGS = ("tfim:boundary=periodic", "xy:boundary=periodic", "heisenberg:boundary=periodic")
MOLECULES = {4: ("h2", "lih"), 6: ("lih:mapping=jw", "beh2"), 8: ("h2o",)}


def problem_on(random: Random, num_qubits: int) -> Problem:
    """A problem of `num_qubits` qubits: a chain as a rule, else a molecule of that size or a random Pauli sum."""
    kind = random.random()
    if kind < 0.7:
        return _named(random.choice(CHAINS if num_qubits < 3 else CHAINS + RINGS), num_qubits)
    if kind < 0.85 and num_qubits in MOLECULES:
        return _named(random.choice(MOLECULES[num_qubits]), num_qubits)
    return random_pauli(random, num_qubits)


def random_pauli(random: Random, num_qubits: int) -> Problem:
    """2n Pauli strings on one qubit or two neighbours, their coefficients normal, with two decimals."""
    terms: dict[str, float] = {}
    while len(terms) < 2 * num_qubits:
        width = random.choice((1, 2))
        at = random.randrange(num_qubits - width + 1)
        letters = "".join(random.choice("XYZ") for _ in range(width))
        terms["I" * at + letters + "I" * (num_qubits - at - width)] = round(random.gauss(0.0, 1.0), 2) or 0.5
    hamiltonian = Hamiltonian("pauli", num_qubits, tuple(sorted(terms.items())), "a random sum of local Pauli strings")
    return Problem("pauli", (num_qubits,), (), Target("relative", 1e-3), instances=(hamiltonian,))


@cache
def _named(spec: str, num_qubits: int) -> Problem:
    return resolve_problem(spec, sizes=(num_qubits,))

"""The problems that the corpus asks about: the named chains, molecules, and random Pauli sums."""

from __future__ import annotations

from functools import cache
from random import Random

from quantum.hamiltonians import Hamiltonian
from quantum.problem import Problem, Target, resolve_problem

CHAINS = ("tfim", "tfim", "xy", "heisenberg", "heisenberg")
MOLECULES = {4: ("h2", "lih"), 6: ("lih:mapping=jw", "beh2"), 8: ("h2o",)}


def problem_on(random: Random, num_qubits: int) -> Problem:
    """A problem of `num_qubits` qubits: a chain as a rule, else a molecule of that size or a random Pauli sum."""
    kind = random.random()
    if kind < 0.75:
        return _named(chain(random, num_qubits), num_qubits)
    if kind < 0.88 and num_qubits in MOLECULES:
        return _named(random.choice(MOLECULES[num_qubits]), num_qubits)
    return random_pauli(random, num_qubits)


def chain(random: Random, num_qubits: int) -> str:
    """A named chain: half of them as the name alone gives it, the others with parameters of one decimal."""
    name = random.choice(CHAINS)
    if random.random() < 0.5:
        return name
    options = []
    if random.random() < 0.3:
        options.append(f"coupling={random.choice((-1.0, 0.5, 2.0)) if name != 'heisenberg' else 0.5:g}")
    if name == "xy" and random.random() < 0.5:
        options.append(f"anisotropy={random.choice((0.2, 0.5, 0.8)):g}")
    if random.random() < 0.6 or not options:
        options.append(f"field={random.randint(2, 20) / 10:g}")
    if num_qubits > 2 and random.random() < 0.2:
        options.append("boundary=periodic")
    return f"{name}:{','.join(options)}"


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

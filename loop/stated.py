"""The parameters that a certificate states: what the function's own circuits reach at them, on any engine."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from loop.agree import Agreement, Check, agreement
from loop.certificate import Certificate
from quantum.aer import aer_energy
from quantum.circuit import Circuit
from quantum.exact import exact_energy
from quantum.ground_space import fidelity
from quantum.problem import Problem
from quantum.state import statevector


def at_stated_parameters(claim: Certificate, problem: Problem, circuits: Mapping[int, Circuit]) -> Iterator[Check]:
    """What the function's own circuits reach at the parameters that the certificate states, on any engine."""
    for where in ("sizes", "held_out"):
        stated = _by_size(claim, where)
        for n, circuit in circuits.items():
            size = stated.get(str(n), {})
            if not _fits(size.get("best_parameters"), circuit):
                continue
            theta, hamiltonian = size["best_parameters"], problem.hamiltonian(n)
            energy = aer_energy(circuit, theta, hamiltonian.traceless)
            reached = {
                "energy": energy + hamiltonian.identity,
                "error": energy - exact_energy(hamiltonian.traceless).energy,
                "fidelity": fidelity(statevector(circuit, theta), hamiltonian),
            }
            for name, derived in reached.items():
                close = agreement(size.get(name), derived) < Agreement.OTHER
                yield Check(f"{name} at {n} qubits at the stated parameters", size.get(name), derived, close)


def stated_parameters(claim: Certificate, circuits: Mapping[int, Circuit]) -> dict[int, list[float]]:
    """The stated parameters of the scored sizes, where they are parameters for the function's circuits."""
    stated: dict[str, Any] = {n: size.get("best_parameters") for n, size in _by_size(claim, "sizes").items()}
    return {n: stated[str(n)] for n, circuit in circuits.items() if _fits(stated.get(str(n)), circuit)}


def _by_size(claim: Certificate, where: str) -> dict[str, dict[str, Any]]:
    """{number of qubits: its figures}, of whatever stands in that part of the score."""
    entries = claim.score.get(where)
    sizes = (entry for entry in entries if isinstance(entry, dict)) if isinstance(entries, list) else ()
    return {str(size.get("num_qubits")): size for size in sizes}


def _fits(values: object, circuit: Circuit) -> bool:
    """Whether these are parameters for the circuit."""
    return (
        isinstance(values, list)
        and len(values) == circuit.num_parameters
        and all(isinstance(value, float) and math.isfinite(value) for value in values)
    )

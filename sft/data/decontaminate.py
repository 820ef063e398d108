"""What must not be trained on, because the project's own figures are measured on it.

The benchmark is every problem family with its default parameters, at its scored and its held-out sizes
(`quantummind problems`). A row is dropped as

    held_out_instance   its prompt or its answer names a family (`sft.data.recognise`) and a held-out size of it
                        ("8-qubit Heisenberg", "qubits: 8", "num_qubits=8", "n = 8", "8 sites")
    reference_answer    its circuit at a size of the benchmark is a known answer there: a Hamiltonian variational or
                        QAOA circuit of that Hamiltonian with at least as many parameters as the first one that meets
                        the target (`Problem.reference`), or, on 4 qubits, the pair excitation that is exact for H2.
                        Circuits are compared by `ansatz_hash`: names, gate order and scales of angles do not matter.

Not found: an instance that is described without its name, a size given in words, a known answer with its qubits
relabelled or written by other gates than the normal form sees through.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

from quantum.canonical import canonical, normal_form
from quantum.circuit import Circuit
from quantum.hamiltonians import FAMILIES
from quantum.known import known_as
from quantum.problem import Problem, resolve_problem
from sft.data.recognise import named_families, named_sizes


def held_out_instance(text: str) -> str | None:
    """The held-out instance that a text names, as "heisenberg on 8 qubits"; None when it names none."""
    sizes = named_sizes(text)
    for family in sorted(named_families(text)):
        for size in benchmark(family).heldout_sizes:
            if size in sizes:
                return f"{family} on {size} qubits"
    return None


def reference_answer(circuit_on: Callable[[int], Circuit | None]) -> str | None:
    """The benchmark instance that a function answers, with the circuit's name; `circuit_on` gives it by size."""
    for size in benchmark_sizes():
        circuit = circuit_on(size)
        if circuit is not None and (found := _answers(circuit)):
            return found
    return None


@cache
def benchmark(family: str) -> Problem:
    return resolve_problem(family)


@cache
def benchmark_sizes() -> tuple[int, ...]:
    """The sizes at which some benchmark Hamiltonian has a library of its own, and 4 for the pair excitation."""
    return tuple(sorted({size for _, size in _instances()} | {4}))


def _instances() -> Iterator[tuple[Problem, int]]:
    for family in FAMILIES:
        problem = benchmark(family)
        if problem.hamiltonian(problem.sizes[0]).unit != "hartree":
            for size in (*problem.sizes, *problem.heldout_sizes):
                yield problem, size


def _answers(circuit: Circuit) -> str | None:
    parameters = len(canonical(circuit).parameter_order)
    paulis = len({(rotation.x, rotation.z) for rotation in normal_form(circuit).rotations if rotation.terms})
    for problem, size in _instances():
        if size != circuit.num_qubits or parameters < problem.reference_parameters(size):
            continue
        if paulis == _generators(problem, size):
            name = known_as(circuit, problem.hamiltonian(size)) or ""
            if "hva" in name or "qaoa" in name:
                return f"{name} answers {problem.name} on {size} qubits"
    if circuit.num_qubits == 4 and parameters == 1 and (known_as(circuit) or "").startswith("pair_excitation"):
        return "the pair excitation answers h2 on 4 qubits"
    return None


@cache
def _generators(problem: Problem, size: int) -> int:
    """In how many different Paulis a Hamiltonian variational circuit turns: one a term, however deep it is; QAOA's
    mixer adds one a qubit. Whoever has another number is none, which spares the library for most circuits."""
    letters = [label.replace("I", "") for label, _ in problem.hamiltonian(size).terms if label.strip("I")]
    return len(letters) + (size if set("".join(letters)) == {"Z"} else 0)

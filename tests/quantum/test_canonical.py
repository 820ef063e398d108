"""Equal circuits hash alike, different ones never do: against Qiskit's operators."""

from __future__ import annotations

import math
import os
import random
import subprocess
import sys
from itertools import permutations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quantum.canonical import canonical, canonical_hash, normal_form
from quantum.circuit import Angle, Circuit, Gate
from tests.quantum.drawn_circuits import circuit_of, circuits, equal_up_to_phase, gates, rewritten, theta, unitary

PROPERTY = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
T = theta(0)


def values(count: int, seed: int = 7) -> list[float]:
    return list(np.random.default_rng(seed).uniform(-3, 3, count))


def same_function(a: Circuit, b: Circuit) -> bool:
    """Equal unitaries at random values of the canonical parameters, up to a global phase."""
    first, second = canonical(a), canonical(b)
    if a.num_qubits != b.num_qubits or len(first.parameter_order) != len(second.parameter_order):
        return False
    chosen = values(len(first.parameter_order))
    return equal_up_to_phase(unitary(first.circuit, chosen), unitary(second.circuit, chosen))


@PROPERTY
@given(circuits())
def test_the_canonical_circuit_is_the_same_unitary_with_its_parameters_in_the_given_order(circuit: Circuit) -> None:
    form = canonical(circuit)
    theta = values(circuit.num_parameters)
    chosen = [theta[index] for index in form.parameter_order]
    assert equal_up_to_phase(unitary(circuit, theta), unitary(form.circuit, chosen))
    again = canonical(form.circuit)
    assert again.hash == form.hash
    assert again.parameter_order == tuple(range(len(form.parameter_order)))


@PROPERTY
@given(st.data())
def test_rewrites_change_neither_the_hash_nor_what_it_stands_for(data: st.DataObject) -> None:
    circuit = data.draw(circuits())
    other = data.draw(rewritten(circuit))
    assert canonical_hash(other) == canonical_hash(circuit)
    assert same_function(circuit, other)


@PROPERTY
@given(st.data())
def test_a_mutation_that_changes_the_unitary_changes_the_hash(data: st.DataObject) -> None:
    circuit = data.draw(circuits(max_gates=8))
    changed = list(circuit.gates)
    at = data.draw(st.integers(0, len(changed)))
    new = data.draw(gates(circuit.num_qubits, circuit.num_parameters))
    match data.draw(st.sampled_from(("insert", "replace", "delete", "reverse"))):
        case "insert":
            changed.insert(at, new)
        case "replace":
            changed[at : at + 1] = [new]
        case "delete":
            del changed[at : at + 1]
        case _:
            changed[at : at + 2] = changed[at : at + 2][::-1]
    other = Circuit(circuit.num_qubits, circuit.num_parameters, tuple(changed))
    if canonical_hash(other) == canonical_hash(circuit):
        assert same_function(circuit, other)


@PROPERTY
@given(circuits(), circuits())
def test_unrelated_circuits_with_one_hash_are_one_function(a: Circuit, b: Circuit) -> None:
    if canonical_hash(a) == canonical_hash(b):
        assert same_function(a, b)


@pytest.mark.parametrize(
    ("num_qubits", "generators", "order"),
    [
        (1, [("h", (0,)), ("s", (0,))], 24),
        (2, [("h", (0,)), ("s", (0,)), ("swap", (0, 1))], 24 * 24 * 2),
        (3, [("cx", pair) for pair in permutations(range(3), 2)], 168),  # GL(3, 2)
        pytest.param(
            *(2, [("h", (0,)), ("h", (1,)), ("s", (0,)), ("s", (1,)), ("cx", (0, 1))], 11520), marks=pytest.mark.slow
        ),
    ],
)
def test_clifford_circuits_have_as_many_hashes_as_their_group_has_elements(
    num_qubits: int, generators: list[tuple[str, tuple[int, ...]]], order: int
) -> None:
    frontier = [Circuit(num_qubits, 0, ())]
    seen = {normal_form(frontier[0])}
    while frontier:
        grown = [Circuit(num_qubits, 0, (*c.gates, Gate(name, q))) for c in frontier for name, q in generators]
        frontier = []
        for circuit in grown:
            form = normal_form.__wrapped__(circuit)
            if form not in seen:
                seen.add(form)
                frontier.append(circuit)
    assert len(seen) == order


def test_words_in_t_and_h_hash_alike_exactly_when_qiskit_says_that_they_are_equal() -> None:
    generator = random.Random(5)
    words = [
        circuit_of(
            1, 0, *((name, (0,)) for name in generator.choices(("h", "t", "s", "x"), k=generator.randrange(1, 9)))
        )
        for _ in range(120)
    ]
    known = [(canonical_hash(word), unitary(word, ())) for word in words]
    for i, (hash_a, matrix_a) in enumerate(known):
        for hash_b, matrix_b in known[:i]:
            assert (hash_a == hash_b) == equal_up_to_phase(matrix_a, matrix_b)


EQUAL = {
    "inverse pairs": (circuit_of(2, 0, ("h", (0,)), ("h", (0,)), ("cx", (0, 1)), ("cx", (0, 1))), circuit_of(2, 0)),
    "nested pairs": (
        circuit_of(
            2, 1, ("h", (0,)), ("cx", (0, 1)), ("rx", (0,), T), ("rx", (0,), theta(0, -1)), ("cx", (0, 1)), ("h", (0,))
        ),
        circuit_of(2, 1),
    ),
    "s, p, rz": (circuit_of(1, 0, ("s", (0,))), circuit_of(1, 0, ("p", (0,), Angle((), math.pi / 2)))),
    "two t make s": (circuit_of(1, 0, ("t", (0,)), ("t", (0,))), circuit_of(1, 0, ("s", (0,)))),
    "t or tdg then s": (circuit_of(1, 0, ("t", (0,))), circuit_of(1, 0, ("tdg", (0,)), ("s", (0,)))),
    "merging": (circuit_of(1, 1, ("rx", (0,), T), ("rx", (0,), T)), circuit_of(1, 1, ("rx", (0,), theta(0, 2)))),
    "merging through a commuting gate": (
        circuit_of(2, 1, ("rz", (0,), T), ("cx", (0, 1)), ("rz", (0,), T)),
        circuit_of(2, 1, ("cx", (0, 1)), ("rz", (0,), theta(0, 2))),
    ),
    "rzz by cx": (
        circuit_of(2, 1, ("cx", (1, 0)), ("rz", (0,), T), ("cx", (1, 0))),
        circuit_of(2, 1, ("rzz", (0, 1), T)),
    ),
    "last bit of a coefficient": (
        circuit_of(1, 1, ("rx", (0,), theta(0, 0.1 + 0.2))),
        circuit_of(1, 1, ("rx", (0,), theta(0, 0.3))),
    ),
    "last bit of a constant": (
        circuit_of(1, 0, ("rx", (0,), Angle((), 0.1 + 0.2))),
        circuit_of(1, 0, ("rx", (0,), Angle((), 0.3))),
    ),
    "last bit at the edge between t and tdg": (
        circuit_of(1, 0, ("rz", (0,), Angle((), math.nextafter(math.pi / 4, 0)))),
        circuit_of(1, 0, ("rz", (0,), Angle((), math.nextafter(math.pi / 4, 1)))),
    ),
    "last bit at the other edge": (
        circuit_of(1, 0, ("rz", (0,), Angle((), math.nextafter(-math.pi / 4, 0)))),
        circuit_of(1, 0, ("rz", (0,), Angle((), math.nextafter(-math.pi / 4, -1)))),
    ),
    "a parameter without effect": (
        circuit_of(1, 2, ("rx", (0,), theta(0)), ("rx", (0,), theta(1)), ("rx", (0,), theta(0, -1))),
        circuit_of(1, 1, ("rx", (0,), theta(0))),
    ),
    "pi turns the axis": (
        circuit_of(1, 1, ("x", (0,)), ("rz", (0,), T), ("x", (0,))),
        circuit_of(1, 1, ("rz", (0,), theta(0, -1))),
    ),
}


@pytest.mark.parametrize("name", EQUAL)
def test_known_identities(name: str) -> None:
    a, b = EQUAL[name]
    assert canonical_hash(a) == canonical_hash(b)
    assert same_function(a, b)


DIFFERENT = {
    "one parameter or two": (
        circuit_of(2, 2, ("rx", (0,), theta(0)), ("rx", (1,), theta(0))),
        circuit_of(2, 2, ("rx", (0,), theta(0)), ("rx", (1,), theta(1))),
    ),
    "a scale": (circuit_of(1, 1, ("rx", (0,), T)), circuit_of(1, 1, ("rx", (0,), theta(0, 2)))),
    "a sign": (circuit_of(1, 1, ("rx", (0,), T)), circuit_of(1, 1, ("rx", (0,), theta(0, -1)))),
    "half a period of a controlled rotation": (
        circuit_of(2, 1, ("crx", (0, 1), T)),
        circuit_of(2, 1, ("crx", (0, 1), theta(0, 1, 2 * math.pi))),
    ),
    "an idle qubit": (circuit_of(1, 1, ("rx", (0,), T)), circuit_of(2, 1, ("rx", (0,), T))),
    "control and target": (circuit_of(2, 0, ("cx", (0, 1))), circuit_of(2, 0, ("cx", (1, 0)))),
    "which parameter comes first": (
        circuit_of(1, 2, ("rx", (0,), theta(0)), ("rz", (0,), theta(1)), ("rx", (0,), theta(0))),
        circuit_of(1, 2, ("rx", (0,), theta(0)), ("rz", (0,), theta(1)), ("rx", (0,), theta(1))),
    ),
    "a small constant": (circuit_of(1, 0, ("rx", (0,), Angle((), 1e-6))), circuit_of(1, 0)),
}


@pytest.mark.parametrize("name", DIFFERENT)
def test_what_differs_as_a_function_of_the_parameters_hashes_differently(name: str) -> None:
    a, b = DIFFERENT[name]
    assert canonical_hash(a) != canonical_hash(b)


def test_the_ansatz_hash_forgets_scale_and_sign_of_each_parameter_and_nothing_else() -> None:
    a = circuit_of(2, 2, ("rzz", (0, 1), theta(0)), ("rx", (0,), theta(1)), ("rx", (1,), theta(1)))
    b = circuit_of(2, 2, ("rzz", (0, 1), theta(1, -2)), ("rx", (0,), theta(0, 0.5)), ("rx", (1,), theta(0, 0.5)))
    c = circuit_of(2, 2, ("rzz", (0, 1), theta(0)), ("rx", (0,), theta(1)), ("rx", (1,), theta(1, 2)))
    assert canonical(a).ansatz_hash == canonical(b).ansatz_hash
    assert canonical(a).hash != canonical(b).hash
    assert canonical(a).ansatz_hash != canonical(c).ansatz_hash


def test_parameters_are_numbered_by_first_use_whatever_their_names() -> None:
    circuit = circuit_of(2, 4, ("rx", (1,), theta(3)), ("rx", (0,), theta(1)), ("rzz", (0, 1), theta(2)))
    form = canonical(circuit)
    assert form.parameter_order == (1, 3, 2)
    assert form.circuit.num_parameters == 3
    assert [gate.angles[0].terms[0][0] for gate in form.circuit.gates] == [1, 0, 2]


def test_parameters_that_enter_together_are_told_apart_by_where_else_they_occur() -> None:
    def circuit(a: int, b: int) -> Circuit:
        both = Angle(((0, 1.0), (1, 1.0)))
        return circuit_of(2, 2, ("rx", (0,), both), ("rz", (0,), theta(a)), ("ry", (1,), theta(b)))

    assert canonical_hash(circuit(0, 1)) == canonical_hash(circuit(1, 0))
    assert canonical_hash(circuit(0, 1)) != canonical_hash(circuit(1, 1))


def test_the_hash_is_the_same_in_every_process() -> None:
    script = (
        "from tests.quantum.test_canonical import EQUAL\n"
        "from quantum.canonical import canonical_hash\n"
        "print(canonical_hash(EQUAL['rzz by cx'][0]))"
    )
    for seed in ("0", "1"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        done = subprocess.run(
            [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True
        )
        assert done.stdout.strip() == canonical_hash(EQUAL["rzz by cx"][1])
    assert len(done.stdout.strip()) == 32

"""Counts against Qiskit's own transpile and against circuits counted by hand."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings

from quantum.circuit import Angle, Circuit
from quantum.metrics import BASIS, Metrics, generic_values, metrics
from tests.quantum.drawn_circuits import circuit_of, circuits, theta

T = theta(0)


def layered(num_qubits: int, reps: int) -> Circuit:
    """EfficientSU2: ry, rz on every qubit, a line of cx between layers."""
    rows: list[tuple[object, ...]] = []
    for block in range(reps + 1):
        first = 2 * num_qubits * block
        rows += [("ry", (q,), theta(first + q)) for q in range(num_qubits)]
        rows += [("rz", (q,), theta(first + num_qubits + q)) for q in range(num_qubits)]
        rows += [("cx", (q, q + 1)) for q in range(num_qubits - 1)] if block < reps else []
    return circuit_of(num_qubits, 2 * num_qubits * (reps + 1), *rows)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(circuits(max_gates=20))
def test_counts_are_those_of_the_stated_transpile(circuit: Circuit) -> None:
    from qiskit import transpile

    bound = circuit.to_qiskit(generic_values(circuit.num_parameters))
    expected = transpile(bound, basis_gates=list(BASIS), optimization_level=1)
    found = metrics(circuit)
    two = expected.count_ops().get("cx", 0)
    assert found.two_qubit_gates == two
    assert found.one_qubit_gates == expected.size() - two
    assert found.depth == expected.depth()
    assert found.two_qubit_depth == expected.depth(lambda instruction: len(instruction.qubits) == 2)


@pytest.mark.parametrize(
    ("circuit", "expected"),
    [
        (circuit_of(2, 0), Metrics(0, 0, 0, 0, 0, 0)),
        (layered(4, 1), Metrics(3, 16, 7, 3, 16, 0)),
        (layered(4, 2), Metrics(6, 24, 11, 5, 24, 0)),
        (circuit_of(2, 1, ("rzz", (0, 1), T)), Metrics(2, 1, 3, 2, 1, 0)),
        (circuit_of(2, 1, ("ry", (0,), T), ("cx", (0, 1)), ("cx", (0, 1))), Metrics(0, 1, 1, 0, 1, 0)),
        (circuit_of(1, 1, ("h", (0,)), ("rx", (0,), T), ("h", (0,))), Metrics(0, 1, 1, 0, 1, 0)),
        (circuit_of(1, 2, ("rz", (0,), theta(0)), ("rz", (0,), theta(1))), Metrics(0, 1, 1, 0, 2, 0)),
        (circuit_of(1, 3, ("u", (0,), theta(0), theta(1), theta(2))), Metrics(0, 3, 3, 0, 3, 0)),
        (circuit_of(3, 0, ("swap", (0, 2))), Metrics(3, 0, 3, 3, 0, 0)),
    ],
    ids=["empty", "one layer", "two layers", "rzz", "cancelling pair", "conjugated", "merged", "euler", "swap"],
)
def test_counts_by_hand(circuit: Circuit, expected: Metrics) -> None:
    assert metrics(circuit) == expected


def test_three_interactions_on_one_pair_count_six_cx() -> None:
    rows = [(name, (0, 1), theta(k)) for k, name in enumerate(("rxx", "ryy", "rzz"))]
    assert metrics(circuit_of(2, 3, *rows)).two_qubit_gates == 6


def test_counts_ignore_names_and_values_of_parameters() -> None:
    circuit = layered(3, 2)
    last = circuit.num_parameters - 1
    rows = [(g.name, g.qubits, *(theta(last - a.terms[0][0]) for a in g.angles)) for g in circuit.gates]
    assert metrics(circuit_of(3, circuit.num_parameters, *rows)) == metrics(circuit)


def test_only_parameters_that_occur_are_counted() -> None:
    assert metrics(circuit_of(1, 5, ("ry", (0,), theta(3)), ("rz", (0,), theta(3)))).parameters == 1


@pytest.mark.parametrize(
    ("constant", "frozen"),
    [
        (0.0, 0),
        (math.pi / 8, 0),
        (-7 * math.pi / 8, 0),
        (40 * math.pi, 0),
        (0.3, 1),
        (math.pi / 8 + 1e-6, 1),
        (1e-6, 1),
    ],
)
def test_frozen_angles_are_the_constants_off_the_grid(constant: float, frozen: int) -> None:
    alone = circuit_of(1, 0, ("rx", (0,), Angle((), constant)))
    offset = circuit_of(1, 1, ("u", (0,), theta(0, 1.0, constant), T, Angle((), constant)))
    assert metrics(alone).frozen_angles == frozen
    assert metrics(offset).frozen_angles == 2 * frozen

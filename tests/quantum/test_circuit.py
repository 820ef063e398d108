"""The closed format: what goes out comes back, and every malformed document is refused."""

from __future__ import annotations

import copy
import json
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from qiskit.quantum_info import Statevector

from quantum.circuit import GATES, MAX_GATES, MAX_PARAMETERS, MAX_QUBITS, Angle, Circuit, CircuitError, Gate
from quantum.reference import statevector
from tests.quantum.drawn_circuits import circuits, theta

GOOD: dict[str, Any] = {
    "num_qubits": 2,
    "num_parameters": 2,
    "gates": [["h", [0], []], ["cx", [0, 1], []], ["rzz", [1, 0], [[[[0, 2.0], [1, -0.5]], 0.25]]]],
}


def test_a_document_is_the_circuit_that_it_says() -> None:
    assert Circuit.from_document(GOOD) == Circuit(
        2, 2, (Gate("h", (0,)), Gate("cx", (0, 1)), Gate("rzz", (1, 0), (Angle(((0, 2.0), (1, -0.5)), 0.25),)))
    )


@settings(max_examples=100, deadline=None, derandomize=True)
@given(circuits())
def test_documents_survive_json(circuit: Circuit) -> None:
    assert Circuit.from_document(json.loads(json.dumps(circuit.to_document()))) == circuit


def test_terms_are_sorted_and_zero_coefficients_dropped() -> None:
    document = {"num_qubits": 1, "num_parameters": 3, "gates": [["rx", [0], [[[[2, 1], [0, 3], [1, 0]], 1]]]]}
    angle = Circuit.from_document(document).gates[0].angles[0]
    assert angle == Angle(((0, 3.0), (2, 1.0)), 1.0)
    assert all(type(c) is float for _, c in angle.terms)
    assert type(angle.constant) is float


class Int(int):
    pass


class Dict(dict[str, Any]):
    pass


def edited(path: tuple[Any, ...], value: Any) -> Any:
    document = copy.deepcopy(GOOD)
    place: Any = document
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return document


ANGLE = ("gates", 2, 2, 0)
MALFORMED: dict[str, Any] = {
    "not a dictionary": [GOOD],
    "none": None,
    "a subclass of dict": Dict(GOOD),
    "a key missing": {k: v for k, v in GOOD.items() if k != "gates"},
    "a key too many": {**GOOD, "name": "x"},
    "no qubits": edited(("num_qubits",), 0),
    "too many qubits": edited(("num_qubits",), MAX_QUBITS + 1),
    "qubits as float": edited(("num_qubits",), 2.0),
    "qubits as bool": edited(("num_qubits",), True),
    "qubits as a subclass of int": edited(("num_qubits",), Int(2)),
    "qubits as text": edited(("num_qubits",), "2"),
    "negative parameters": edited(("num_parameters",), -1),
    "too many parameters": edited(("num_parameters",), MAX_PARAMETERS + 1),
    "gates as tuple": edited(("gates",), tuple(GOOD["gates"])),
    "gates as dictionary": edited(("gates",), {}),
    "too many gates": edited(("gates",), [["h", [0], []]] * (MAX_GATES + 1)),
    "a gate as tuple": edited(("gates", 0), ("h", [0], [])),
    "a gate too short": edited(("gates", 0), ["h", [0]]),
    "a gate too long": edited(("gates", 0), ["h", [0], [], []]),
    "an unknown gate": edited(("gates", 0, 0), "unitary"),
    "a gate by its attribute": edited(("gates", 0, 0), "__class__"),
    "a gate name that is no text": edited(("gates", 0, 0), ["h"]),
    "qubits not a list": edited(("gates", 0, 1), 0),
    "a qubit out of range": edited(("gates", 0, 1), [2]),
    "a negative qubit": edited(("gates", 0, 1), [-1]),
    "a qubit as bool": edited(("gates", 0, 1), [False]),
    "a qubit missing": edited(("gates", 1, 1), [0]),
    "a qubit too many": edited(("gates", 0, 1), [0, 1]),
    "one qubit twice": edited(("gates", 1, 1), [1, 1]),
    "an angle missing": edited(("gates", 2, 2), []),
    "an angle too many": edited(("gates", 0, 2), [[[], 0.0]]),
    "an angle as number": edited(ANGLE, 0.5),
    "an angle without constant": edited(ANGLE, [[]]),
    "an angle too long": edited(ANGLE, [[], 0.0, 0.0]),
    "terms not a list": edited((*ANGLE, 0), {}),
    "more terms than parameters": edited((*ANGLE, 0), [[0, 1.0], [1, 1.0], [0, 1.0]]),
    "a parameter twice": edited((*ANGLE, 0), [[0, 1.0], [0, 1.0]]),
    "a term too short": edited((*ANGLE, 0, 0), [0]),
    "an index out of range": edited((*ANGLE, 0, 0, 0), 2),
    "an index as float": edited((*ANGLE, 0, 0, 0), 0.0),
    "an index as bool": edited((*ANGLE, 0, 0, 0), False),
    "an infinite coefficient": edited((*ANGLE, 0, 0, 1), math.inf),
    "a coefficient as text": edited((*ANGLE, 0, 0, 1), "1"),
    "a coefficient as bool": edited((*ANGLE, 0, 0, 1), True),
    "a complex coefficient": edited((*ANGLE, 0, 0, 1), 1j),
    "a numpy coefficient": edited((*ANGLE, 0, 0, 1), np.float64(1.0)),
    "a huge coefficient": edited((*ANGLE, 0, 0, 1), 1e7),
    "an integer beyond float": edited((*ANGLE, 0, 0, 1), 10**400),
    "a constant that is not a number": edited((*ANGLE, 1), math.nan),
    "a missing constant": edited((*ANGLE, 1), None),
    "a huge constant": edited((*ANGLE, 1), -2e6),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_malformed_documents_are_refused_in_one_line(name: str) -> None:
    with pytest.raises(CircuitError) as caught:
        Circuit.from_document(MALFORMED[name])
    assert str(caught.value)
    assert "\n" not in str(caught.value)


def test_binding_gives_the_same_state_without_parameters() -> None:
    circuit = Circuit.from_document(GOOD)
    bound = circuit.bind([0.3, -0.7])
    assert bound.num_parameters == 0
    assert not any(angle.terms for gate in bound.gates for angle in gate.angles)
    assert np.allclose(statevector(bound, []), statevector(circuit, [0.3, -0.7]))


@pytest.mark.parametrize("values", [[], [0.1], [0.1, 0.2, 0.3]])
def test_a_wrong_number_of_values_is_an_error(values: list[float]) -> None:
    circuit = Circuit.from_document(GOOD)
    with pytest.raises(ValueError, match=f"{len(values)} values for 2 parameters"):
        circuit.bind(values)
    with pytest.raises(ValueError, match=f"{len(values)} values for 2 parameters"):
        circuit.to_qiskit(values)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(circuits())
def test_the_qiskit_circuit_prepares_the_state_of_the_plain_matrices(circuit: Circuit) -> None:
    values = [0.4 + 0.7 * k for k in range(circuit.num_parameters)]
    ours = statevector(circuit, values)
    assert abs(abs(np.vdot(ours, Statevector(circuit.to_qiskit(values)).data)) - 1) < 1e-10
    free = circuit.to_qiskit()
    named = {parameter: values[parameter.index] for parameter in free.parameters}
    assert abs(abs(np.vdot(ours, Statevector(free.assign_parameters(named)).data)) - 1) < 1e-10


def test_the_table_agrees_with_qiskit() -> None:
    from qiskit.circuit.library import get_standard_gate_name_mapping

    known = get_standard_gate_name_mapping()
    for name, kind in GATES.items():
        assert (known[name].num_qubits, len(known[name].params)) == (kind.num_qubits, kind.num_angles)


def test_circuits_are_values() -> None:
    one, same = (Circuit(1, 1, (Gate("rx", (0,), (theta(0),)),)) for _ in range(2))
    assert one == same
    assert hash(one) == hash(same)
    assert one != Circuit(1, 1, (Gate("ry", (0,), (theta(0),)),))

"""A circuit on a device: it keeps to the device, does what the original does, and its counts are what Qiskit counts."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from qiskit.quantum_info import Operator

from loop.routing import Device, broken_rules, device_counts, equivalent, parse_device, route
from quantum.circuit import Angle, Circuit, Gate
from quantum.errors import RequestError

THETA = (0.3, 1.1, -0.7)
EVERY_PAIR = Circuit(
    5,
    3,
    (
        *(Gate("cx", (a, b)) for a in range(5) for b in range(5) if a != b),
        *(Gate("ry", (q,), (Angle(((q % 3, 1.0),)),)) for q in range(5)),
    ),
)
"""Needs routing on anything but a full graph."""

DEVICES = ("cx,rz,sx,x:linear", "cx,rz,sx,x", "cz,rz,sx:ring", "ecr,rz,sx,x:grid", "rzz,rx,rz:line")


@pytest.mark.parametrize("spec", DEVICES)
def test_a_routed_circuit_keeps_to_the_device_and_does_the_same(spec):
    device = parse_device(spec)
    routed = route(EVERY_PAIR, device)
    assert broken_rules(routed.circuit, device, 5) == []
    assert equivalent(EVERY_PAIR, routed.circuit.assign_parameters(THETA), routed, THETA)
    assert not equivalent(EVERY_PAIR, routed.circuit.assign_parameters((0.3, 1.1, -0.6)), routed, THETA)


def test_routing_on_a_line_permutes_and_the_layout_says_how():
    routed = route(EVERY_PAIR, parse_device("cx,rz,sx,x:line"))
    assert routed.final != routed.initial, "a case that shows something"
    whole = Operator.from_circuit(routed.circuit.assign_parameters(THETA))
    assert whole.equiv(Operator(EVERY_PAIR.to_qiskit(THETA))), "Qiskit's own account of the layout agrees"
    stays = replace(routed, final=routed.initial)
    assert not equivalent(EVERY_PAIR, routed.circuit.assign_parameters(THETA), stays, THETA)


def test_a_device_may_be_larger_than_the_circuit(tmp_path):
    path = tmp_path / "coupling.json"
    path.write_text(json.dumps([[k, k + 1] for k in range(11)] + [[3, 9]]))
    device = parse_device(f"cx,u:{path}")
    routed = route(EVERY_PAIR, device)
    assert routed.circuit.num_qubits == 12
    assert broken_rules(routed.circuit, device, 5) == []
    assert equivalent(EVERY_PAIR, routed.circuit.assign_parameters(THETA), routed, THETA)
    assert Device.from_json(json.loads(json.dumps(device.to_json()))) == device


def test_above_ten_qubits_the_state_is_compared():
    rotations = [Gate("ry", (q,), (Angle(((0, 1.0),)),)) for q in range(11)]
    start = Circuit(11, 1, (*rotations, *(Gate("cx", (q, (q + 5) % 11)) for q in range(11))))
    routed = route(start, parse_device("cx,rz,sx,x:line"))
    assert equivalent(start, routed.circuit.assign_parameters([0.4]), routed, [0.4])
    assert not equivalent(start, routed.circuit.assign_parameters([0.5]), routed, [0.4])


def test_counts_are_those_of_the_gates():
    circuit = Circuit(3, 0, (Gate("h", (0,)), Gate("cx", (0, 1)), Gate("cx", (1, 2)), Gate("x", (2,))))
    counts = device_counts(circuit.to_qiskit())
    assert counts == {"two_qubit_gates": 2, "one_qubit_gates": 2, "depth": 4, "two_qubit_depth": 2}


def test_what_the_device_does_not_have_is_named():
    device = parse_device("cx,rz,sx:line")
    assert broken_rules(Circuit(3, 0, (Gate("cx", (0, 2)),)).to_qiskit(), device, 3) == ["[0, 2] are not coupled"]
    assert broken_rules(Circuit(3, 0, (Gate("h", (0,)),)).to_qiskit(), device, 3) == ["h is no basis gate"]


def test_the_same_circuit_is_routed_the_same_way_every_time():
    device = parse_device("cx,rz,sx,x:line")
    first, second = (route(EVERY_PAIR, device).circuit.assign_parameters(THETA) for _ in range(2))
    assert first == second


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("cx,rz,sy:line", "unknown gate 'sy'"),
        ("rz,sx:line", "one of two qubits"),
        (":line", "one of two qubits"),
        ("cx,rz,sx:linaer", "did you mean 'line'"),
        ("cx,rz,sx:no-such.json", "no coupling map"),
    ],
)
def test_a_wrong_device_is_one_line(spec, said):
    with pytest.raises(RequestError, match=said):
        parse_device(spec)


def test_a_basis_that_cannot_express_the_circuit_is_refused():
    with pytest.raises(RequestError, match="not possible with cx,x"):
        route(EVERY_PAIR, parse_device("cx,x"))

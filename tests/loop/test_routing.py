"""A circuit on a device: it keeps to the device, does what the original does, and its counts are what Qiskit counts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from qiskit import QuantumCircuit
from qiskit.quantum_info import Operator, Statevector

from loop.routing import Device, Routed, device_counts, parse_device, route
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

UNITARY_QUBITS = 10
"""Up to here a routed circuit is compared with its original as a unitary; above, as the state it makes of |0...0>."""

DEVICES = ("cx,rz,sx,x:linear", "cx,rz,sx,x", "cz,rz,sx:ring", "ecr,rz,sx,x:grid", "rzz,rx,rz:line")


def broken_rules(circuit: QuantumCircuit, device: Device, num_qubits: int) -> list[str]:
    """What a routed circuit uses that the device does not have."""
    pairs = {frozenset(pair) for pair in device.pairs(num_qubits)}
    found = []
    for instruction in circuit.data:
        place = frozenset(circuit.find_bit(q).index for q in instruction.qubits)
        if instruction.operation.name not in device.basis:
            found.append(f"{instruction.operation.name} is no basis gate")
        elif len(place) == 2 and place not in pairs:
            found.append(f"{sorted(place)} are not coupled")
    return found


def equivalent(original: Circuit, bound: QuantumCircuit, routed: Routed, theta: Sequence[float]) -> bool:
    """Whether `bound`, laid out as `routed` says, does what the original does at `theta`, up to a global phase.

    As a unitary with the device's other qubits in |0>, up to UNITARY_QUBITS of them in use; as a state above.
    """
    used = {bound.find_bit(q).index for instruction in bound.data for q in instruction.qubits}
    order = [*routed.final, *sorted((used | set(routed.initial)) - set(routed.final))]
    place = {physical: k for k, physical in enumerate(order)}
    compact = QuantumCircuit(len(order))
    for instruction in bound.data:
        compact.append(instruction.operation, [place[bound.find_bit(q).index] for q in instruction.qubits])
    n, start = original.num_qubits, [place[physical] for physical in routed.initial]
    whole = max(len(order), n) <= UNITARY_QUBITS
    kind = Operator if whole else Statevector
    reference = np.asarray(kind(original.to_qiskit(theta)).data).reshape(2**n, -1)
    found = np.asarray(kind(compact).data).reshape(2 ** len(order), -1)
    return same_up_to_phase(reference, found[:, columns(n, start)] if whole else found)


def columns(num_qubits: int, start: Sequence[int]) -> list[int]:
    """Where each basis state of the circuit begins on the device: bit q of the index moves to bit start[q]."""
    return [sum((index >> q & 1) << start[q] for q in range(num_qubits)) for index in range(2**num_qubits)]


def same_up_to_phase(reference: NDArray[np.complex128], found: NDArray[np.complex128]) -> bool:
    """`found` has more rows where the device has more qubits; all amplitude must be where those are 0."""
    overlap = np.vdot(reference, found[: len(reference)])
    return bool(abs(abs(overlap) / reference.shape[1] - 1) < 1e-9)


@pytest.mark.parametrize("spec", DEVICES)
def test_a_routed_circuit_keeps_to_the_device_and_does_the_same(spec):
    device = parse_device(spec)
    routed = route(EVERY_PAIR, device)
    assert broken_rules(routed.circuit, device, 5) == []
    assert equivalent(EVERY_PAIR, routed.bound(THETA), routed, THETA)
    assert not equivalent(EVERY_PAIR, routed.bound((0.3, 1.1, -0.6)), routed, THETA)


def test_routing_on_a_line_permutes_and_the_layout_says_how():
    routed = route(EVERY_PAIR, parse_device("cx,rz,sx,x:line"))
    assert routed.final != routed.initial, "a case that shows something"
    whole = Operator.from_circuit(routed.bound(THETA))
    assert whole.equiv(Operator(EVERY_PAIR.to_qiskit(THETA))), "Qiskit's own account of the layout agrees"
    stays = replace(routed, final=routed.initial)
    assert not equivalent(EVERY_PAIR, routed.bound(THETA), stays, THETA)


def test_a_device_may_be_larger_than_the_circuit(tmp_path):
    path = tmp_path / "coupling.json"
    path.write_text(json.dumps([[k, k + 1] for k in range(11)] + [[3, 9]]))
    device = parse_device(f"cx,u:{path}")
    routed = route(EVERY_PAIR, device)
    assert routed.circuit.num_qubits == 12
    assert broken_rules(routed.circuit, device, 5) == []
    assert equivalent(EVERY_PAIR, routed.bound(THETA), routed, THETA)
    assert Device.from_json(json.loads(json.dumps(device.to_json()))) == device


def test_above_ten_qubits_the_state_is_compared():
    rotations = [Gate("ry", (q,), (Angle(((0, 1.0),)),)) for q in range(11)]
    start = Circuit(11, 1, (*rotations, *(Gate("cx", (q, (q + 5) % 11)) for q in range(11))))
    routed = route(start, parse_device("cx,rz,sx,x:line"))
    assert equivalent(start, routed.bound([0.4]), routed, [0.4])
    assert not equivalent(start, routed.bound([0.5]), routed, [0.4])


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
    first, second = (route(EVERY_PAIR, device).bound(THETA) for _ in range(2))
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


def test_a_parameter_that_turns_nothing_needs_no_place():
    circuit = Circuit(2, 2, (Gate("ry", (1,), (Angle(((1, 1.0),)),)),))
    bound = route(circuit, parse_device("cx,rz,ry")).bound([0.3, 0.4])
    assert [(gate.operation.name, gate.operation.params) for gate in bound.data] == [("ry", [0.4])]

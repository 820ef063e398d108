"""The document of a circuit means the same circuit: unitaries compared with Qiskit's, parameter by parameter."""

from __future__ import annotations

import json
import sys
from types import ModuleType

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter, ParameterExpression, ParameterVector
from qiskit.circuit.library import CRYGate, CXGate, HGate, PermutationGate, QFTGate, RYGate, UnitaryGate, n_local
from qiskit.quantum_info import Operator, random_unitary

from quantum.circuit import GATES, MAX_GATES, MAX_PARAMETERS, Circuit
from rewards.sandbox.result import Refusal
from rewards.sandbox.serialise import affine, to_document
from tests.attacks.catalogue import BENIGN, Program

QUBITS = 4


def circuit_of(program: QuantumCircuit) -> Circuit:
    return Circuit.from_document(json.loads(json.dumps(to_document(program), allow_nan=False)))


def assert_same(program: QuantumCircuit) -> None:
    """Equal up to a global phase at parameters that are all different, so that a swapped index shows."""
    theta = np.random.default_rng(11).uniform(-3, 3, len(program.parameters))
    ours = circuit_of(program)
    assert ours.num_parameters == len(theta)
    bound = program.assign_parameters(dict(zip(program.parameters, theta, strict=True)))
    formula = bound.decompose("PauliEvolution")  # Qiskit's operator of that gate is the exponential, not its circuit
    assert Operator(ours.to_qiskit(theta)).equiv(Operator(formula), atol=1e-7)


@pytest.mark.parametrize("program", [p for p in BENIGN if p.expected == {"ok"}], ids=lambda program: program.name)
def test_benign_programs_keep_their_meaning(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("candidate")
    monkeypatch.setitem(sys.modules, "candidate", module)  # dataclasses look their module up
    exec(compile(program.code(), "<candidate>", "exec", dont_inherit=True), module.__dict__)
    circuit = module.create_ansatz(QUBITS)
    if "delay" in circuit.count_ops():
        circuit.data = [instruction for instruction in circuit.data if instruction.name != "delay"]
    assert_same(circuit)


@pytest.mark.parametrize("name", GATES)
def test_every_gate_of_the_table_is_written_as_itself(name: str) -> None:
    kind = GATES[name]
    circuit = QuantumCircuit(3)
    angles = list(ParameterVector("a", kind.num_angles))
    getattr(circuit, name)(*angles, *range(2, 2 - kind.num_qubits, -1))
    (gate,) = circuit_of(circuit).gates
    assert (gate.name, len(gate.angles)) == (name, kind.num_angles)
    assert_same(circuit)


def test_parameters_are_numbered_in_qiskit_s_order() -> None:
    circuit = QuantumCircuit(2)
    for name in ("b", "a[10]", "c", "a[2]"):
        circuit.rx(Parameter(name), 0)
    vector = ParameterVector("v", 12)
    for k in reversed(range(12)):
        circuit.ry(vector[k], 1)
    assert_same(circuit)
    first = circuit_of(circuit).gates[0].angles[0].terms[0][0]
    assert circuit.parameters[first].name == "b"


@pytest.mark.parametrize(
    "gate",
    [CXGate(ctrl_state=0), CRYGate(0.4, ctrl_state=0), HGate(label="x"), RYGate(0.3).control(2, ctrl_state=1)],
    ids=["open cx", "open cry", "labelled h", "half-open ccry"],
)
def test_look_alikes_of_standard_gates_are_expanded(gate: object) -> None:
    circuit = QuantumCircuit(3)
    circuit.append(gate, range(gate.num_qubits))  # type: ignore[attr-defined]
    assert_same(circuit)


def test_a_gate_that_only_bears_a_standard_name() -> None:
    impostor = QuantumCircuit(1, name="h")
    impostor.x(0)
    circuit = QuantumCircuit(2)
    circuit.append(impostor.to_gate(), [1])
    assert [gate.name for gate in circuit_of(circuit).gates] == ["x"]


@pytest.mark.parametrize("gate", [PermutationGate([2, 0, 1]), QFTGate(3), UnitaryGate(random_unitary(8, seed=1))])
def test_gates_without_a_simple_definition(gate: object) -> None:
    circuit = QuantumCircuit(4)
    circuit.append(gate, [3, 0, 2])
    assert_same(circuit)


X, Y = Parameter("x"), Parameter("y")


@pytest.mark.parametrize(
    ("expression", "terms", "constant"),
    [
        (2 * X, {X: 2.0}, 0.0),
        (X / 2 + np.pi, {X: 0.5}, np.pi),
        (0.1 * X - 0.3 * Y + 0.7, {X: 0.1, Y: -0.3}, 0.7),
        (2 * (X + Y) - Y, {X: 2.0, Y: 1.0}, 0.0),
        (-X, {X: -1.0}, 0.0),
        ((X + 1) * 3, {X: 3.0}, 3.0),
    ],
)
def test_affine_angles_keep_their_exact_coefficients(
    expression: ParameterExpression, terms: dict[Parameter, float], constant: float
) -> None:
    found, at_zero = affine(expression)
    assert {p: c for p, c in found.items() if c} == terms
    assert at_zero == constant


@pytest.mark.parametrize(
    "expression",
    [X * Y, X**2, X.sin(), X.sign(), X.abs(), 1 / X, X.log(), X.exp(), X.sign() * X, (X * X) ** 0.5],
    ids=str,
)
def test_other_angles_are_refused(expression: ParameterExpression) -> None:
    with pytest.raises(Refusal) as refusal:
        affine(expression)
    assert refusal.value.reason == "nonlinear_angle"


def refused(circuit: object) -> str:
    with pytest.raises(Refusal) as refusal:
        to_document(circuit)
    return refusal.value.reason


def test_refusals_name_their_reason() -> None:
    measured, reset, large = QuantumCircuit(1, 1), QuantumCircuit(1), QuantumCircuit(1)
    measured.measure(0, 0)
    reset.reset(0)
    large.rx(1e7, 0)
    assert refused(measured) == refused(reset) == "forbidden_gate"
    assert refused(large) == "bad_angle"
    assert refused(None) == "not_a_circuit"
    assert refused(QuantumCircuit(0)) == refused(QuantumCircuit(21)) == "wrong_qubits"


def test_caps_are_exact() -> None:
    circuit = QuantumCircuit(1)
    for _ in range(MAX_GATES):
        circuit.x(0)
    assert len(circuit_of(circuit).gates) == MAX_GATES
    circuit.x(0)
    assert refused(circuit) == "too_many_gates"
    wide = QuantumCircuit(1)
    for parameter in ParameterVector("t", MAX_PARAMETERS + 1):
        wide.rx(parameter, 0)
    assert refused(wide) == "too_many_parameters"


def test_what_has_no_effect_is_left_out() -> None:
    circuit = n_local(3, "ry", "cx", reps=1, insert_barriers=True)
    circuit.id(0)
    circuit.delay(10, 1)
    circuit.global_phase = 1.0
    assert {gate.name for gate in circuit_of(circuit).gates} == {"ry", "cx"}

"""What is written is read back by Qiskit as the same unitary, and written again as the same bytes."""

from __future__ import annotations

import io
import math
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from qiskit import QuantumCircuit, qasm3, qpy
from qiskit.circuit import Parameter, ParameterVector
from qiskit.circuit.library import CXGate, QFTGate, RXGate
from qiskit.quantum_info import Operator

from quantum.canonical import canonical_hash
from quantum.circuit import GATES, Angle, Circuit, CircuitError
from quantum.formats import circuit_from_qiskit, to_python, to_qasm3, to_qpy, to_svg
from tests.quantum.drawn_circuits import circuit_of, circuits, equal_up_to_phase, theta, unitary

EVERY_GATE = circuit_of(
    3,
    12,
    *(
        (name, (2, 0)[: kind.num_qubits], *(theta(k, (1.0, -2.0, 0.5)[k], 0.3 * k) for k in range(kind.num_angles)))
        for name, kind in GATES.items()
    ),
    ("ry", (1,), Angle(((10, 0.5), (11, -1.0)), math.pi / 4)),
)
VALUES = [0.1 + 0.37 * k for k in range(EVERY_GATE.num_parameters)]


def from_qpy(data: bytes) -> QuantumCircuit:
    return qpy.load(io.BytesIO(data))[0]


@pytest.mark.parametrize(("write", "read"), [(to_qasm3, qasm3.loads), (to_qpy, from_qpy)], ids=["qasm3", "qpy"])
def test_every_gate_survives_bound_and_free(write, read) -> None:  # type: ignore[no-untyped-def]
    truth = unitary(EVERY_GATE, VALUES)
    assert equal_up_to_phase(truth, Operator(read(write(EVERY_GATE, VALUES))).data)
    loaded = circuit_from_qiskit(read(write(EVERY_GATE)))
    assert canonical_hash(loaded) == canonical_hash(EVERY_GATE)


@settings(max_examples=20, deadline=None, derandomize=True)
@given(circuits())
def test_a_file_written_again_is_the_same(circuit: Circuit) -> None:
    values = [0.3 + 0.9 * k for k in range(circuit.num_parameters)]
    assert to_qasm3(circuit, values) == to_qasm3(circuit, values)
    assert to_qpy(circuit, values) == to_qpy(circuit, values)
    assert sorted(to_qpy(circuit)) == sorted(to_qpy(circuit)), "up to the order of parameters within an angle"


def test_bound_angles_keep_their_digits_in_qasm() -> None:
    angle = 0.12345678901234567
    loaded = circuit_from_qiskit(qasm3.loads(to_qasm3(circuit_of(1, 1, ("rx", (0,), theta(0))), [angle])))
    assert loaded.gates[0].angles[0].constant == pytest.approx(angle, abs=1e-14)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(circuits())
def test_qiskit_and_back_is_the_same_function(circuit: Circuit) -> None:
    back = circuit_from_qiskit(circuit.to_qiskit())
    assert canonical_hash(back) == canonical_hash(circuit)
    values = [0.3 + 0.9 * k for k in range(circuit.num_parameters)]
    assert equal_up_to_phase(unitary(circuit, values), np.asarray(Operator(circuit.bind(values).to_qiskit()).data))


@settings(max_examples=40, deadline=None, derandomize=True)
@given(circuits())
def test_python_source_makes_the_same_circuit(circuit: Circuit) -> None:
    namespace: dict[str, object] = {}
    exec(to_python(circuit), namespace)
    create = namespace["create_ansatz"]
    made = circuit_from_qiskit(create(circuit.num_qubits))  # type: ignore[operator]
    assert canonical_hash(made) == canonical_hash(circuit)
    with pytest.raises(ValueError, match="qubits"):
        create(circuit.num_qubits + 1)  # type: ignore[operator]


def test_python_source_is_readable() -> None:
    text = to_python(circuit_of(2, 2, ("rzz", (0, 1), Angle(((0, 2.0), (1, -1.0)), -3 * math.pi / 4)), ("cx", (1, 0))))
    assert "    circuit.rzz(2.0 * t[0] - t[1] - 3 * pi / 4, 0, 1)\n    circuit.cx(1, 0)\n" in text


DRAWN = circuit_of(2, 1, ("h", (0,)), ("rzz", (0, 1), theta(0, 2, math.pi / 4)), ("iswap", (1, 0)))


def test_the_drawing_is_svg_and_the_same_in_every_process() -> None:
    script = (
        "from quantum.formats import to_svg\nfrom tests.quantum.test_formats import DRAWN\n"
        "import sys\nsys.stdout.write(to_svg(DRAWN))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == to_svg(DRAWN)
    assert done.stdout != to_svg(DRAWN, [0.5])
    assert ElementTree.fromstring(done.stdout).tag == "{http://www.w3.org/2000/svg}svg"


def test_long_circuits_are_drawn_on_several_lines() -> None:
    def size(columns: int) -> tuple[float, float]:
        root = ElementTree.fromstring(to_svg(circuit_of(1, 0, *[("h", (0,))] * columns)))
        return float(root.attrib["width"].removesuffix("pt")), float(root.attrib["height"].removesuffix("pt"))

    assert size(60)[1] > 2 * size(20)[1]
    assert size(60)[0] < 1.5 * size(20)[0]


def test_other_gates_are_expanded_by_their_definitions() -> None:
    t = Parameter("a")
    circuit = QuantumCircuit(3)
    circuit.ccx(0, 1, 2)
    circuit.cu(t, 0.2, 2 * t, 0.4, 2, 0)
    circuit.append(QFTGate(3), [0, 1, 2])
    circuit.append(RXGate(0.5).control(2), [2, 1, 0])
    circuit.append(CXGate(ctrl_state=0), [0, 1])
    circuit.barrier()
    circuit.id(0)
    circuit.global_phase = 0.3
    closed = circuit_from_qiskit(circuit)
    assert closed.num_parameters == 1
    expected = Operator(circuit.assign_parameters([0.7])).data
    assert equal_up_to_phase(unitary(closed, [0.7]), np.asarray(expected))


def test_parameters_keep_qiskits_order() -> None:
    t = ParameterVector("t", 12)
    circuit = QuantumCircuit(1)
    for k in reversed(range(12)):
        circuit.rx((k + 1) * t[k] - t[0] + 1, 0)
    closed = circuit_from_qiskit(circuit)
    assert closed.gates[0].angles[0] == Angle(((0, -1.0), (11, 12.0)), 1.0)
    assert closed.gates[-1].angles[0] == Angle((), 1.0)


@pytest.mark.parametrize("angle", ["product", "sine", "square"])
def test_nonlinear_angles_are_refused(angle: str) -> None:
    a, b = Parameter("a"), Parameter("b")
    circuit = QuantumCircuit(1)
    circuit.rx({"product": a * b, "sine": a.sin(), "square": a**2}[angle], 0)
    with pytest.raises(CircuitError, match="affine"):
        circuit_from_qiskit(circuit)


@pytest.mark.parametrize("what", ["measure", "reset", "if_test", "initialize"])
def test_what_is_no_gate_is_refused(what: str) -> None:
    circuit = QuantumCircuit(1, 1)
    if what == "measure":
        circuit.measure(0, 0)
    elif what == "reset":
        circuit.reset(0)
    elif what == "initialize":
        circuit.initialize([0.6, 0.8])
    else:
        with circuit.if_test((circuit.clbits[0], 1)):
            circuit.x(0)
    with pytest.raises(CircuitError):
        circuit_from_qiskit(circuit)


def test_a_gate_that_only_borrows_a_name_is_expanded() -> None:
    inner = QuantumCircuit(1, name="rx")
    inner.h(0)
    circuit = QuantumCircuit(1)
    circuit.append(inner.to_gate(), [0])
    assert [gate.name for gate in circuit_from_qiskit(circuit).gates] == ["h"]


def test_a_parameter_in_no_gate_is_in_no_file_and_is_not_missed() -> None:
    circuit = circuit_of(1, 3, ("rx", (0,), theta(2)), ("ry", (0,), theta(0, 2)))
    values = (0.3, 99.0, -1.2)
    loaded = from_qpy(to_qpy(circuit))
    bound = loaded.assign_parameters({symbol: values[symbol.index] for symbol in loaded.parameters})
    assert Operator(bound) == Operator(circuit.to_qiskit(values))

"""The state of a bound circuit, against gate matrices applied one at a time and against Qiskit."""

from __future__ import annotations

import numpy as np
import pytest
from qiskit.quantum_info import Statevector

from quantum import reference
from quantum.circuit import GATES, Angle, Circuit, Gate
from quantum.state import statevector
from tests.quantum.engine_cases import random_circuit


@pytest.mark.parametrize("name", GATES)
def test_every_gate(name: str) -> None:
    width, angles = GATES[name].num_qubits, GATES[name].num_angles
    spread = tuple(Gate("u", (q,), tuple(Angle((), 0.4 + 0.9 * q + k) for k in range(3))) for q in range(3))
    gate = Gate(name, (2, 0)[:width], tuple(Angle(((0, 1.3),), 0.2 + k) for k in range(angles)))
    circuit = Circuit(3, 1, (*spread, gate))
    assert overlap(circuit, [0.7]) == pytest.approx(1.0, abs=1e-13)


@pytest.mark.parametrize("num_qubits", [1, 2, 5, 8])
def test_random_circuits(num_qubits: int) -> None:
    rng = np.random.default_rng(num_qubits)
    for _ in range(5):
        circuit, theta = random_circuit(rng, num_qubits), rng.normal(size=7).tolist()
        assert overlap(circuit, theta) == pytest.approx(1.0, abs=1e-12)
        qiskit = Statevector(circuit.to_qiskit(theta)).data
        assert abs(np.vdot(qiskit, statevector(circuit, theta))) == pytest.approx(1.0, abs=1e-12)


def test_a_circuit_without_gates() -> None:
    assert statevector(Circuit(2, 0, ()), []).tolist() == [1, 0, 0, 0]


def overlap(circuit: Circuit, theta: list[float]) -> float:
    return float(abs(np.vdot(reference.statevector(circuit, theta), statevector(circuit, theta))))

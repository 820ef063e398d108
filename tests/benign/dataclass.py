# A dataclass for the layers.
from __future__ import annotations

from qiskit import QuantumCircuit
from qiskit.circuit import Parameter, ParameterVector
from dataclasses import dataclass


@dataclass
class Layer:
    gate: str
    shift: int


def create_ansatz(num_qubits):
    qc = QuantumCircuit(num_qubits)
    for layer in [Layer("ry", 0), Layer("rz", 1)]:
        getattr(qc, layer.gate)(Parameter(f"{layer.gate}{layer.shift}"), layer.shift)
    return qc

# Angles that are affine: shared parameters, sums, halves, signs, constants.
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter, ParameterVector
import numpy as np


def create_ansatz(num_qubits):
    qc = QuantumCircuit(num_qubits)
    a, b = Parameter("a"), Parameter("b")
    qc.rx(2 * a, 0)
    qc.ry(-a + b / 2, 1)
    qc.rz(0.1 * a - 0.3 * b + np.pi, 2)
    qc.rzz(a, 0, 1)
    qc.rxx(a + b - a, 1, 2)
    return qc

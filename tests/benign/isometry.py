# An isometry.
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter, ParameterVector
import numpy as np
from qiskit.circuit.library import Isometry


def create_ansatz(num_qubits):
    qc = QuantumCircuit(num_qubits)
    qc.append(Isometry(np.eye(4)[:, :2], 0, 0), [0, 1])
    qc.ry(Parameter('x'), 0)
    return qc

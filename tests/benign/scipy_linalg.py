# expm and eigh of small matrices.
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter, ParameterVector
import numpy as np
from scipy.linalg import expm
from qiskit.circuit.library import UnitaryGate


def create_ansatz(num_qubits):
    qc = QuantumCircuit(num_qubits)
    u = expm(1j * np.diag([1.0, 2.0, 3.0, 4.0]))
    qc.append(UnitaryGate(u), [0, 1])
    qc.ry(Parameter('x'), 0)
    return qc

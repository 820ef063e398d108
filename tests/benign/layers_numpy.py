# numpy arithmetic for indices and angles.
import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector


def create_ansatz(num_qubits: int) -> QuantumCircuit:
    params = np.array(list(ParameterVector("t", 2 * num_qubits))).reshape(2, num_qubits)
    qc = QuantumCircuit(num_qubits)
    for q in np.arange(num_qubits):
        qc.rx(params[0, q] * np.pi / 2, int(q))
        qc.rz(params[1, q] + np.pi / 4, int(q))
    for q in range(0, num_qubits - 1, 2):
        qc.cz(q, q + 1)
    return qc

# expect: forbidden_gate | exception | ok
# A channel that is not unitary.
import numpy as np
from qiskit.quantum_info import Kraus
from qiskit import QuantumCircuit


def create_ansatz(num_qubits):
    circuit = QuantumCircuit(num_qubits)
    circuit.append(Kraus([np.eye(2), 0 * np.eye(2)]).to_instruction(), [0])
    return circuit

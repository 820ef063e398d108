# expect: wrong_qubits
# One qubit more.
from qiskit import QuantumCircuit


def create_ansatz(num_qubits):
    return QuantumCircuit(num_qubits + 1)

# expect: wrong_qubits
# No qubits.
from qiskit import QuantumCircuit


def create_ansatz(num_qubits):
    return QuantumCircuit(0)

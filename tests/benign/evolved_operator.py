# evolved_operator_ansatz.
from qiskit.circuit.library import evolved_operator_ansatz
from qiskit.quantum_info import Pauli


def create_ansatz(num_qubits):
    return evolved_operator_ansatz([Pauli("X" * num_qubits), Pauli("Z" * num_qubits)], reps=1)

# pauli_two_design with a seed.
from qiskit.circuit.library import pauli_two_design


def create_ansatz(num_qubits):
    return pauli_two_design(num_qubits, reps=2, seed=3)

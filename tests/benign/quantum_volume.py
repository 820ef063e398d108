# quantum_volume: two-qubit unitaries, synthesised.
from qiskit.circuit.library import quantum_volume


def create_ansatz(num_qubits):
    return quantum_volume(num_qubits, 2, seed=1)

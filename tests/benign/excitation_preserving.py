# excitation_preserving.
from qiskit.circuit.library import excitation_preserving


def create_ansatz(num_qubits):
    return excitation_preserving(num_qubits, reps=1)

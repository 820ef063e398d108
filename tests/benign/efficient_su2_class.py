# EfficientSU2, the class.
from qiskit.circuit.library import EfficientSU2


def create_ansatz(num_qubits):
    return EfficientSU2(num_qubits, reps=2)

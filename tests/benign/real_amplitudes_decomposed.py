# RealAmplitudes, decomposed.
from qiskit.circuit.library import RealAmplitudes


def create_ansatz(num_qubits):
    return RealAmplitudes(num_qubits, reps=2).decompose()

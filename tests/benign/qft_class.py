# The quantum Fourier transform as a circuit.
from qiskit.circuit.library import QFT


def create_ansatz(num_qubits):
    return QFT(num_qubits)

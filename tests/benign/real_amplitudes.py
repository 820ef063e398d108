# RealAmplitudes with full entanglement.
from qiskit.circuit.library import RealAmplitudes


def create_ansatz(num_qubits):
    return RealAmplitudes(num_qubits, entanglement="full", reps=1)

# TwoLocal, an older class.
from qiskit.circuit.library import TwoLocal


def create_ansatz(num_qubits):
    return TwoLocal(num_qubits, ["ry", "rz"], "cx", "linear", reps=2)

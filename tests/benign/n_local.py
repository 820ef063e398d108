# n_local with blocks of its own.
from qiskit.circuit.library import n_local


def create_ansatz(num_qubits):
    return n_local(num_qubits, ["ry", "rz"], "crx", reps=2, entanglement="pairwise")

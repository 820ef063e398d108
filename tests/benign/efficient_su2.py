# efficient_su2, the function.
from qiskit.circuit.library import efficient_su2


def create_ansatz(num_qubits):
    return efficient_su2(num_qubits, reps=2, entanglement="circular")

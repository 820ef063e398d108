# z_feature_map.
from qiskit.circuit.library import z_feature_map


def create_ansatz(num_qubits):
    return z_feature_map(num_qubits, reps=2)

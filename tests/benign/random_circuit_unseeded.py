# A random circuit without a seed: the generators start from a fixed state.
from qiskit.circuit.random import random_circuit


def create_ansatz(num_qubits):
    return random_circuit(num_qubits, 3, max_operands=2)

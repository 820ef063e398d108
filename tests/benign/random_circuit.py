# A random circuit with a seed.
from qiskit.circuit.random import random_circuit


def create_ansatz(num_qubits):
    return random_circuit(num_qubits, 4, max_operands=2, seed=7)

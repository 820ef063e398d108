# expect: forbidden_gate
# Initialises the ground state.
from qiskit import QuantumCircuit


def create_ansatz(num_qubits):
    circuit = QuantumCircuit(num_qubits)
    circuit.initialize([1] + [0] * (2**num_qubits - 1))
    return circuit

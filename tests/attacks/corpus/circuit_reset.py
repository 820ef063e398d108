# expect: forbidden_gate
# A reset.
from qiskit import QuantumCircuit


def create_ansatz(num_qubits):
    circuit = QuantumCircuit(num_qubits)
    circuit.reset(0)
    return circuit

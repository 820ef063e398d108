# expect: not_a_circuit
# A list of circuits.
from qiskit import QuantumCircuit


def create_ansatz(num_qubits):
    return [QuantumCircuit(num_qubits)]

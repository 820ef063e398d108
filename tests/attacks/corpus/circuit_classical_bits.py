# expect: forbidden_gate
# Classical bits, unused.
from qiskit import ClassicalRegister
from qiskit import QuantumCircuit


def create_ansatz(num_qubits):
    circuit = QuantumCircuit(num_qubits)
    circuit.add_register(ClassicalRegister(1))
    return circuit

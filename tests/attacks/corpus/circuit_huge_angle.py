# expect: bad_angle
# An angle of 10^9.
from qiskit import QuantumCircuit


def create_ansatz(num_qubits):
    circuit = QuantumCircuit(num_qubits)
    circuit.rx(1e9, 0)
    return circuit

# expect: bad_angle | exception
# An infinite angle.
from qiskit import QuantumCircuit


def create_ansatz(num_qubits):
    circuit = QuantumCircuit(num_qubits)
    circuit.rx(float("inf"), 0)
    return circuit

# expect: bad_angle | exception
# An angle that is no number.
from qiskit import QuantumCircuit


def create_ansatz(num_qubits):
    circuit = QuantumCircuit(num_qubits)
    circuit.rx(float("nan"), 0)
    return circuit

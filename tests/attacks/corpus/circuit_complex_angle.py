# expect: bad_angle | exception
# A complex angle.
from qiskit import QuantumCircuit


def create_ansatz(num_qubits):
    circuit = QuantumCircuit(num_qubits)
    circuit.rx(1j, 0)
    return circuit

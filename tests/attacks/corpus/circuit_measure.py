# expect: forbidden_gate
# A measurement.
from qiskit import QuantumCircuit


def create_ansatz(num_qubits):
    circuit = QuantumCircuit(num_qubits)
    circuit.measure_all()
    return circuit

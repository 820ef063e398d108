# expect: cpu_timeout | memory | too_many_gates | crash
# 10^7 gates, the quick way.
from qiskit import QuantumCircuit


def create_ansatz(num_qubits):
    circuit = QuantumCircuit(num_qubits)
    circuit.x(0)
    circuit = circuit.repeat(10**7)
    return circuit

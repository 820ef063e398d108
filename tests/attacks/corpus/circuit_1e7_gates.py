# expect: cpu_timeout | memory | too_many_gates | crash
# 10^7 gates.
from qiskit import QuantumCircuit


def create_ansatz(num_qubits):
    circuit = QuantumCircuit(num_qubits)
    for _ in range(10**7):
        circuit.x(0)
    return circuit

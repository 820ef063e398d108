# expect: too_many_gates | cpu_timeout
# 30,000 gates.
from qiskit import QuantumCircuit


def create_ansatz(num_qubits):
    circuit = QuantumCircuit(num_qubits)
    for _ in range(30_000):
        circuit.x(0)
    return circuit

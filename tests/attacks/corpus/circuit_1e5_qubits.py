# expect: wrong_qubits | cpu_timeout
# 10^5 qubits.
from qiskit import QuantumCircuit


def create_ansatz(num_qubits):
    return QuantumCircuit(100_000)

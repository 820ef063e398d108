# expect: memory | crash | cpu_timeout | wrong_qubits | exception
# 10^8 qubits.
from qiskit import QuantumCircuit


def create_ansatz(num_qubits):
    return QuantumCircuit(10**8)

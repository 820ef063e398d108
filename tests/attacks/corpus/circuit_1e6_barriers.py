# expect: cpu_timeout | ok | memory
# 10^6 barriers.
from qiskit import QuantumCircuit


def create_ansatz(num_qubits):
    circuit = QuantumCircuit(num_qubits)
    for _ in range(10**6):
        circuit.barrier()
    return circuit

# expect: exception | ok
# A subclass that lies about its size, depth and data.
from qiskit import QuantumCircuit


class Liar(QuantumCircuit):
    num_qubits = 4
    data = []

    def depth(self):
        return 0

    def __len__(self):
        return 0


def create_ansatz(num_qubits):
    return Liar(num_qubits)

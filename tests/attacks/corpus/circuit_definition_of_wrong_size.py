# expect: exception
# A gate whose definition has other qubits than the gate.
from qiskit import QuantumCircuit
from qiskit.circuit import Gate


class Odd(Gate):
    def __init__(self):
        super().__init__("odd", 1, [])

    def _define(self):
        self.definition = QuantumCircuit(3)


def create_ansatz(num_qubits):
    circuit = QuantumCircuit(num_qubits)
    circuit.append(Odd(), [0])
    return circuit

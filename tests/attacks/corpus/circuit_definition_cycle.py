# expect: forbidden_gate | exception | cpu_timeout
# A gate that is defined by itself.
from qiskit import QuantumCircuit
from qiskit.circuit import Gate


class Cycle(Gate):
    def __init__(self):
        super().__init__("cycle", 1, [])

    def _define(self):
        self.definition = QuantumCircuit(1)
        self.definition.append(Cycle(), [0])


def create_ansatz(num_qubits):
    circuit = QuantumCircuit(num_qubits)
    circuit.append(Cycle(), [0])
    return circuit

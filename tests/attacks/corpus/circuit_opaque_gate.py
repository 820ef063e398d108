# expect: forbidden_gate | exception
# A gate without a definition.
from qiskit import QuantumCircuit
from qiskit.circuit import Gate


def create_ansatz(num_qubits):
    circuit = QuantumCircuit(num_qubits)
    circuit.append(Gate("magic", 2, []), [0, 1])
    return circuit

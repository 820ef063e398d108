# expect: forbidden_gate | exception
# A PauliList as an instruction.
from qiskit.circuit import Gate
from qiskit import QuantumCircuit


def create_ansatz(num_qubits):
    circuit = QuantumCircuit(num_qubits)
    circuit.append(Gate("noise", 1, []), [0])
    return circuit

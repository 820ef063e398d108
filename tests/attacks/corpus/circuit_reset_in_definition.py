# expect: forbidden_gate
# A reset inside an instruction.
from qiskit import QuantumCircuit


def create_ansatz(num_qubits):
    circuit = QuantumCircuit(num_qubits)
    inner = QuantumCircuit(1)
    inner.reset(0)
    circuit.append(inner.to_instruction(), [0])
    return circuit

# expect: forbidden_gate
# A box.
from qiskit import QuantumCircuit


def create_ansatz(num_qubits):
    circuit = QuantumCircuit(num_qubits)
    with circuit.box():
        circuit.x(0)
    return circuit

# expect: forbidden_gate
# A loop in the circuit, without classical bits.
from qiskit import QuantumCircuit


def create_ansatz(num_qubits):
    circuit = QuantumCircuit(num_qubits)
    with circuit.for_loop(range(10)):
        circuit.x(0)
    return circuit

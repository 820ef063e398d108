# expect: forbidden_gate
# Control flow.
from qiskit import ClassicalRegister
from qiskit import QuantumCircuit


def create_ansatz(num_qubits):
    circuit = QuantumCircuit(num_qubits)
    circuit.add_register(ClassicalRegister(1))
    with circuit.if_test((circuit.clbits[0], 1)):
        circuit.x(0)
    return circuit

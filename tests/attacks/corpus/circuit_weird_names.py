# expect: ok
# Parameter names with code and control characters: names never leave.
from qiskit.circuit import Parameter
from qiskit import QuantumCircuit


def create_ansatz(num_qubits):
    circuit = QuantumCircuit(num_qubits)
    circuit.rx(Parameter("__import__('os')\x1b[2J\x00"), 0)
    return circuit

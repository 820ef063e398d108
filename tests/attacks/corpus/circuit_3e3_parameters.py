# expect: too_many_parameters
# 3,000 parameters.
from qiskit.circuit import ParameterVector
from qiskit import QuantumCircuit


def create_ansatz(num_qubits):
    circuit = QuantumCircuit(num_qubits)
    for p in ParameterVector("t", 3000):
        circuit.rx(p, 0)
    return circuit

# expect: cpu_timeout | memory | too_many_parameters
# 10^6 parameters.
from qiskit.circuit import ParameterVector
from qiskit import QuantumCircuit


def create_ansatz(num_qubits):
    circuit = QuantumCircuit(num_qubits)
    for p in ParameterVector("t", 10**6):
        circuit.rx(p, 0)
    return circuit

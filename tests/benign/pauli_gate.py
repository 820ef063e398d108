# A Pauli string as a gate.
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter, ParameterVector


def create_ansatz(num_qubits):
    qc = QuantumCircuit(num_qubits)
    qc.pauli('XYZ', [0, 1, 2])
    qc.ry(Parameter('x'), 0)
    return qc

# Multi-controlled X.
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter, ParameterVector


def create_ansatz(num_qubits):
    qc = QuantumCircuit(num_qubits)
    qc.h(range(num_qubits))
    qc.mcx(list(range(num_qubits - 1)), num_qubits - 1)
    qc.rx(Parameter('x'), 0)
    return qc

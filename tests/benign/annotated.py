# An annotated operation.
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter, ParameterVector


def create_ansatz(num_qubits):
    qc = QuantumCircuit(num_qubits)
    block = QuantumCircuit(1)
    block.rx(0.3, 0)
    qc.append(block.to_gate().control(1, annotated=True), [0, 1])
    qc.ry(Parameter('x'), 0)
    return qc

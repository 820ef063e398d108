# compose, repeat and power.
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter, ParameterVector


def create_ansatz(num_qubits):
    qc = QuantumCircuit(num_qubits)
    block = QuantumCircuit(num_qubits)
    block.rx(Parameter("a"), 0)
    block.cx(0, 1)
    qc.compose(block, inplace=True)
    qc.compose(block.repeat(3), inplace=True)
    qc.compose(block.inverse(), inplace=True)
    return qc

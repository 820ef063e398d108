# A delay.
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter, ParameterVector


def create_ansatz(num_qubits):
    qc = QuantumCircuit(num_qubits)
    qc.delay(100, 0, unit='ns')
    qc.ry(Parameter('x'), 0)
    return qc

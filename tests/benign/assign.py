# Some parameters bound.
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter, ParameterVector


def create_ansatz(num_qubits):
    qc = QuantumCircuit(num_qubits)
    x, y = Parameter('x'), Parameter('y')
    qc.rx(x + y, 0)
    qc.ry(y, 1)
    qc.assign_parameters({y: 0.5}, inplace=True)
    return qc

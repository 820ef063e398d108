# OpenQASM 3 export.
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter, ParameterVector
from qiskit import qasm3


def create_ansatz(num_qubits):
    qc = QuantumCircuit(num_qubits)
    qc.h(0)
    qc.ry(Parameter('x'), 2)
    assert 'ry' in qasm3.dumps(qc)
    return qc

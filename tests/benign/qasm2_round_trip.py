# OpenQASM 2 and back.
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter, ParameterVector
from qiskit import qasm2


def create_ansatz(num_qubits):
    qc = QuantumCircuit(num_qubits)
    qc.h(0)
    qc.cx(0, 1)
    qc = qasm2.loads(qasm2.dumps(qc))
    qc.ry(Parameter('x'), 2)
    return qc

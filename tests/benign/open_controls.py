# Controls on zero.
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter, ParameterVector
from qiskit.circuit.library import CRYGate, CXGate


def create_ansatz(num_qubits):
    qc = QuantumCircuit(num_qubits)
    qc.append(CXGate(ctrl_state=0), [0, 1])
    qc.append(CRYGate(Parameter('x'), ctrl_state=0), [1, 2])
    return qc

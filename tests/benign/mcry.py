# A multi-controlled rotation with a number.
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter, ParameterVector
from qiskit.circuit.library import RYGate


def create_ansatz(num_qubits):
    qc = QuantumCircuit(num_qubits)
    qc.append(RYGate(0.3).control(2), [0, 1, 2])
    qc.ry(Parameter('x'), 3)
    return qc

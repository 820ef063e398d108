# DiagonalGate and PermutationGate.
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter, ParameterVector
from qiskit.circuit.library import DiagonalGate, PermutationGate


def create_ansatz(num_qubits):
    qc = QuantumCircuit(num_qubits)
    qc.append(DiagonalGate([1, -1, 1, -1]), [0, 1])
    qc.append(PermutationGate([2, 0, 1]), [0, 1, 2])
    qc.ry(Parameter('x'), 0)
    return qc

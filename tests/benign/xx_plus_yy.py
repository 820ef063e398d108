# XXPlusYYGate and XXMinusYYGate.
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter, ParameterVector
from qiskit.circuit.library import XXMinusYYGate, XXPlusYYGate


def create_ansatz(num_qubits):
    qc = QuantumCircuit(num_qubits)
    a, b = Parameter('a'), Parameter('b')
    qc.append(XXPlusYYGate(a), [0, 1])
    qc.append(XXMinusYYGate(b, 0.2), [1, 2])
    return qc

# A controlled rotation with a parameter, and one with two controls.
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter, ParameterVector
from qiskit.circuit.library import RYGate, RZGate


def create_ansatz(num_qubits):
    qc = QuantumCircuit(num_qubits)
    qc.append(RYGate(Parameter('x')).control(1), [0, 1])
    qc.append(RZGate(Parameter('y')).control(2), [0, 1, 2])
    return qc

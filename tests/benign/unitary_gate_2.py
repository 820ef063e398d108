# UnitaryGate on 2 qubits.
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter, ParameterVector
from qiskit.circuit.library import UnitaryGate
from qiskit.quantum_info import random_unitary


def create_ansatz(num_qubits):
    qc = QuantumCircuit(num_qubits)
    qc.append(UnitaryGate(random_unitary(4, seed=4)), range(2))
    qc.ry(Parameter('x'), 0)
    return qc

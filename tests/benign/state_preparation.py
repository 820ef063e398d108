# StatePreparation, which is unitary.
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter, ParameterVector
from qiskit.circuit.library import StatePreparation


def create_ansatz(num_qubits):
    qc = QuantumCircuit(num_qubits)
    qc.append(StatePreparation([0.6, 0.8]), [0])
    qc.ry(Parameter('x'), 1)
    return qc

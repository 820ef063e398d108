# A random Clifford as a circuit.
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter, ParameterVector
from qiskit.quantum_info import random_clifford


def create_ansatz(num_qubits):
    qc = QuantumCircuit(num_qubits)
    qc.compose(random_clifford(num_qubits, seed=2).to_circuit(), inplace=True)
    qc.ry(Parameter('x'), 0)
    return qc

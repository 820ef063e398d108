# Single parameters with formatted names.
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter


def create_ansatz(num_qubits):
    qc = QuantumCircuit(num_qubits)
    for i in range(num_qubits):
        qc.ry(Parameter(f"theta_{i}"), i)
        qc.rz(Parameter(f"phi_{i}"), i)
    return qc

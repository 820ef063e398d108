# Comments and identifiers that are not ASCII.
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter

# θ — der Drehwinkel, 回転角
θ = Parameter("θ")


def create_ansatz(num_qubits):
    qc = QuantumCircuit(num_qubits)
    qc.ry(θ, 0)
    return qc

# Number-preserving Givens rotations.
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter, ParameterVector


def create_ansatz(num_qubits):
    qc = QuantumCircuit(num_qubits)
    qc.x(range(num_qubits // 2))
    for q in range(num_qubits - 1):
        t = Parameter(f"g{q}")
        qc.cx(q + 1, q)
        qc.cry(2 * t, q, q + 1)
        qc.cx(q + 1, q)
    return qc

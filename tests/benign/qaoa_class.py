# QAOAAnsatz, the class.
from qiskit.circuit.library import QAOAAnsatz
from qiskit.quantum_info import SparsePauliOp


def create_ansatz(num_qubits):
    return QAOAAnsatz(SparsePauliOp.from_sparse_list([("ZZ", [q, q + 1], 1.0) for q in range(num_qubits - 1)], num_qubits), reps=1)

# hamiltonian_variational_ansatz.
from qiskit.circuit.library import hamiltonian_variational_ansatz
from qiskit.quantum_info import SparsePauliOp


def create_ansatz(num_qubits):
    return hamiltonian_variational_ansatz(SparsePauliOp.from_sparse_list([("ZZ", [q, q + 1], 1.0) for q in range(num_qubits - 1)] + [("X", [q], 0.5) for q in range(num_qubits)], num_qubits), reps=2)

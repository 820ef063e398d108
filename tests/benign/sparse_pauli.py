# SparsePauliOp: dense, sparse and grouped.
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter, ParameterVector
from qiskit.circuit.library import PauliEvolutionGate
from qiskit.quantum_info import SparsePauliOp


def create_ansatz(num_qubits):
    qc = QuantumCircuit(num_qubits)
    op = SparsePauliOp(['ZZII', 'IXXI', 'IIYY'])
    op.to_matrix()
    op.to_matrix(sparse=True)
    op.group_commuting()
    for k, label in enumerate(op.paulis.to_labels()):
        qc.append(PauliEvolutionGate(SparsePauliOp(label), Parameter(f'x{k}')), range(num_qubits))
    return qc

# PauliEvolutionGate with Suzuki's formula and a symbolic time.
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter, ParameterVector
from qiskit.circuit.library import PauliEvolutionGate
from qiskit.quantum_info import SparsePauliOp
from qiskit.synthesis import SuzukiTrotter


def create_ansatz(num_qubits):
    qc = QuantumCircuit(num_qubits)
    op = SparsePauliOp.from_sparse_list([("XX", [0, 1], 0.5), ("ZZ", [1, 2], 1.0)], num_qubits)
    qc.append(PauliEvolutionGate(op, time=Parameter("t"), synthesis=SuzukiTrotter(order=2, reps=2)), range(num_qubits))
    return qc

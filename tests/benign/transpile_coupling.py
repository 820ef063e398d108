# transpile onto a line.
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter, ParameterVector
from qiskit import transpile


def create_ansatz(num_qubits):
    qc = QuantumCircuit(num_qubits)
    qc.cx(0, 3)
    qc.rx(Parameter('x'), 0)
    qc = transpile(qc, basis_gates=['rx', 'rz', 'cx'], coupling_map=[[0, 1], [1, 2], [2, 3]], seed_transpiler=1)
    return qc

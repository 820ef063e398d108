# transpile at level 0 with a coupling map.
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter, ParameterVector
from qiskit import transpile


def create_ansatz(num_qubits):
    qc = QuantumCircuit(num_qubits)
    qc.h(0)
    for q in range(num_qubits):
        qc.ry(Parameter(f'x{q}'), q)
    qc.cx(0, 3)
    qc = transpile(qc, basis_gates=['rx', 'ry', 'rz', 'cx'], optimization_level=0, seed_transpiler=1)
    return qc

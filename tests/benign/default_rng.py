# numpy's new generator, with a seed.
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter, ParameterVector
import numpy as np


def create_ansatz(num_qubits):
    qc = QuantumCircuit(num_qubits)
    rng = np.random.default_rng(5)
    for q in rng.permutation(num_qubits):
        qc.ry(Parameter(f'x{q}'), int(q))
    return qc

# numpy's new generator without a seed: as repeatable as the others.
import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter


def create_ansatz(num_qubits):
    rng = np.random.default_rng()
    qc = QuantumCircuit(num_qubits)
    for q in rng.permutation(num_qubits):
        qc.ry(Parameter(f"x{q}") + rng.normal(), int(q))
    return qc

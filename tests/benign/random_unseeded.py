# random and numpy.random without a seed.
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter, ParameterVector
import random
import numpy as np


def create_ansatz(num_qubits):
    qc = QuantumCircuit(num_qubits)
    for q in range(num_qubits):
        qc.rx(Parameter(f'x{q}') + random.random() + np.random.rand(), q)
    return qc

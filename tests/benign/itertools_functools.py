# itertools, functools, collections, math, typing.
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter, ParameterVector
import functools
import itertools
import math
from collections import Counter, defaultdict
from typing import List, Tuple


def create_ansatz(num_qubits):
    qc = QuantumCircuit(num_qubits)
    pairs: List[Tuple[int, int]] = list(itertools.combinations(range(num_qubits), 2))
    for (i, j), t in zip(pairs, ParameterVector("t", len(pairs))):
        qc.rzz(t * math.sqrt(2), i, j)
    functools.reduce(lambda c, q: c.h(q) and c, range(num_qubits), qc)
    Counter(pairs)
    return qc

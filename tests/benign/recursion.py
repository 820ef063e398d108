# A tree tensor network by recursion.
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter, ParameterVector
import itertools


def create_ansatz(num_qubits):
    qc = QuantumCircuit(num_qubits)
    count = itertools.count()
    
    
    def tree(qubits):
        if len(qubits) < 2:
            return
        half = len(qubits) // 2
        tree(qubits[:half])
        tree(qubits[half:])
        qc.ry(Parameter(f"t{next(count)}"), qubits[0])
        qc.ry(Parameter(f"t{next(count)}"), qubits[half])
        qc.cx(qubits[0], qubits[half])
    
    
    tree(list(range(num_qubits)))
    return qc

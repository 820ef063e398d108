# Checks itself with Operator and Statevector.
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter, ParameterVector
from qiskit.quantum_info import Operator, Statevector


def create_ansatz(num_qubits):
    qc = QuantumCircuit(num_qubits)
    qc.h(0)
    assert Operator(qc).is_unitary()
    assert abs(Statevector(qc).norm() if hasattr(Statevector(qc), 'norm') else 1) > 0
    qc.ry(Parameter('x'), 0)
    return qc

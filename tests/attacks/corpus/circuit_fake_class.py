# expect: ok | exception | not_a_circuit
# An object that claims to be a QuantumCircuit.
from qiskit import QuantumCircuit


class Fake:
    __class__ = QuantumCircuit
    num_qubits = 4
    num_clbits = 0
    cregs = ()
    parameters = ()
    qubits = ()
    data = ()


def create_ansatz(num_qubits):
    return Fake()

# tensor and reverse_bits.
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter, ParameterVector


def create_ansatz(num_qubits):
    qc = QuantumCircuit(num_qubits)
    one = QuantumCircuit(1)
    one.ry(Parameter("a"), 0)
    for _ in range(num_qubits - 1):
        one = one.tensor(QuantumCircuit(1))
    qc = one.reverse_bits()
    return qc

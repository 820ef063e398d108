# Barriers, named registers, an ancilla register.
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter, ParameterVector
from qiskit import QuantumRegister


def create_ansatz(num_qubits):
    qc = QuantumCircuit(num_qubits)
    reg = QuantumRegister(num_qubits, "data")
    qc = QuantumCircuit(reg)
    qc.h(reg)
    qc.barrier()
    qc.ry(Parameter("x"), reg[0])
    qc.cx(reg[0], reg[-1])
    return qc

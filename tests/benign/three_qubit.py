# ccx, ccz, cswap, rccx.
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter, ParameterVector


def create_ansatz(num_qubits):
    qc = QuantumCircuit(num_qubits)
    qc.ccx(0, 1, 2)
    qc.ccz(1, 2, 3)
    qc.cswap(0, 1, 2)
    qc.rccx(0, 1, 2)
    qc.rx(Parameter('x'), 0)
    return qc

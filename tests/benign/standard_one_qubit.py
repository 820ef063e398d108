# Every standard one-qubit gate.
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter, ParameterVector


def create_ansatz(num_qubits):
    qc = QuantumCircuit(num_qubits)
    t = ParameterVector("t", 9)
    for name in ["x", "y", "z", "h", "s", "sdg", "t", "tdg", "sx", "sxdg", "id"]:
        getattr(qc, name)(0)
    qc.rx(t[0], 0)
    qc.ry(t[1], 0)
    qc.rz(t[2], 0)
    qc.p(t[3], 0)
    qc.r(t[4], 0.3, 1)
    qc.u(t[5], t[6], t[7], 2)
    return qc

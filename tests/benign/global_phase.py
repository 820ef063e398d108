# A global phase, with a number and with a parameter.
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter, ParameterVector
from qiskit.circuit.library import GlobalPhaseGate


def create_ansatz(num_qubits):
    qc = QuantumCircuit(num_qubits)
    qc.global_phase = 0.3
    qc.append(GlobalPhaseGate(0.1), [])
    qc.ry(Parameter('x'), 0)
    return qc

# The quantum Fourier transform as a gate.
from qiskit import QuantumCircuit
from qiskit.circuit.library import QFTGate


def _with_gate(gate, n):
    qc = QuantumCircuit(n)
    qc.append(gate, range(n))
    return qc


def create_ansatz(num_qubits):
    return _with_gate(QFTGate(num_qubits), num_qubits)

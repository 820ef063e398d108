# expect: not_a_circuit
# The state instead of a circuit.
from qiskit.quantum_info import Statevector


def create_ansatz(num_qubits):
    return Statevector.from_label("0" * num_qubits)

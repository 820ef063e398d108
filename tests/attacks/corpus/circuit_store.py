# expect: forbidden_gate
# A classical variable.
from qiskit.circuit.classical import expr
from qiskit import QuantumCircuit


def create_ansatz(num_qubits):
    circuit = QuantumCircuit(num_qubits)
    circuit.add_var("a", expr.lift(True))
    return circuit

# expect: bad_angle | nonlinear_angle | exception
# A complex expression.
from qiskit.circuit import Parameter
from qiskit import QuantumCircuit


def create_ansatz(num_qubits):
    circuit = QuantumCircuit(num_qubits)
    circuit.rx(1j * Parameter("x"), 0)
    return circuit

# expect: nonlinear_angle
# An angle that is not affine.
from qiskit.circuit import Parameter
from qiskit import QuantumCircuit


def create_ansatz(num_qubits):
    circuit = QuantumCircuit(num_qubits)
    x, y = Parameter("x"), Parameter("y")
    circuit.rx(x * x.sin(), 0)
    return circuit

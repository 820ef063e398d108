# expect: memory | crash | cpu_timeout | nonlinear_angle | exception
# e = e * e + sin e, sixty times.
from qiskit.circuit import Parameter
from qiskit import QuantumCircuit


def create_ansatz(num_qubits):
    circuit = QuantumCircuit(num_qubits)
    e = Parameter("x")
    for _ in range(60):
        e = e * e + e.sin()
    circuit.rx(e, 0)
    return circuit

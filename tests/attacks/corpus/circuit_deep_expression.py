# expect: ok | bad_angle | nonlinear_angle | cpu_timeout | crash | memory | exception
# 200,000 additions.
from qiskit.circuit import Parameter
from qiskit import QuantumCircuit


def create_ansatz(num_qubits):
    circuit = QuantumCircuit(num_qubits)
    e = x = Parameter("x")
    for _ in range(200_000):
        e = e + x
    circuit.rx(e, 0)
    return circuit

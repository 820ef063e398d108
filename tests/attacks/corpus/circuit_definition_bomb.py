# expect: cpu_timeout | too_many_gates | forbidden_gate | memory
# 2^40 gates through nested definitions.
from qiskit import QuantumCircuit


def create_ansatz(num_qubits):
    gate = QuantumCircuit(num_qubits, name="g")
    gate.x(0)
    for level in range(40):
        outer = QuantumCircuit(num_qubits, name=f"g{level}")
        outer.append(gate.to_gate(), range(num_qubits))
        outer.append(gate.to_gate(), range(num_qubits))
        gate = outer
    return gate

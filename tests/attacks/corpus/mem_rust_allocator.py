# expect: memory | crash | cpu_timeout | exception
# Fills Qiskit's own allocator with circuits.
from qiskit import QuantumCircuit

keep = []
while True:
    circuit = QuantumCircuit(20)
    for _ in range(2000):
        circuit.x(0)
    keep.append(circuit)

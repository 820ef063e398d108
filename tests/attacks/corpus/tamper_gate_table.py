# expect: bad_output
# Adds to the table of gates in its own process.
import sys

frame = sys._getframe()
while frame:
    if "serialise" in frame.f_globals:
        frame.f_globals["serialise"].GATES["ccx"] = None
    frame = frame.f_back


def create_ansatz(num_qubits):
    from qiskit import QuantumCircuit

    circuit = QuantumCircuit(num_qubits)
    circuit.ccx(0, 1, 2)
    return circuit

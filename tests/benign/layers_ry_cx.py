# Hand-written RY and CX layers.
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector


def create_ansatz(num_qubits):
    reps = 3
    theta = ParameterVector("θ", num_qubits * (reps + 1))
    qc = QuantumCircuit(num_qubits)
    k = 0
    for layer in range(reps + 1):
        for q in range(num_qubits):
            qc.ry(theta[k], q)
            k += 1
        if layer < reps:
            for q in range(num_qubits - 1):
                qc.cx(q, q + 1)
    return qc

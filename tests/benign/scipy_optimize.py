# A small minimisation.
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter, ParameterVector
from scipy.optimize import minimize


def create_ansatz(num_qubits):
    qc = QuantumCircuit(num_qubits)
    r = minimize(lambda x: (x[0] - 1) ** 2, [0.0])
    qc.ry(Parameter('x') + round(float(r.x[0]), 3), 0)
    return qc

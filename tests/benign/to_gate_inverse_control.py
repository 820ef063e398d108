# A block as a gate, its inverse and its controlled form.
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter, ParameterVector


def create_ansatz(num_qubits):
    qc = QuantumCircuit(num_qubits)
    block = QuantumCircuit(2, name="block")
    block.ry(Parameter("a"), 0)
    block.cx(0, 1)
    gate = block.to_gate()
    qc.append(gate, [0, 1])
    qc.append(gate.inverse(), [1, 2])
    bound = block.assign_parameters([0.2]).to_gate()
    qc.append(bound.control(1), [0, 1, 2])
    return qc

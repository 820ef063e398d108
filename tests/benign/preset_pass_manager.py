# A preset pass manager.
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter, ParameterVector
from qiskit.transpiler import generate_preset_pass_manager


def create_ansatz(num_qubits):
    qc = QuantumCircuit(num_qubits)
    qc.cx(0, 1)
    qc.rx(Parameter('x'), 0)
    qc = generate_preset_pass_manager(1, basis_gates=['rx', 'rz', 'cz']).run(qc)
    return qc

# Every standard two-qubit gate.
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter, ParameterVector


def create_ansatz(num_qubits):
    qc = QuantumCircuit(num_qubits)
    t = ParameterVector("t", 12)
    for k, name in enumerate(["crx", "cry", "crz", "cp", "rxx", "ryy", "rzz", "rzx", "cu1" if hasattr(qc, "cu1") else "cp"]):
        getattr(qc, name)(t[k], 0, 1)
    for name in ["cx", "cy", "cz", "ch", "swap", "iswap", "dcx", "ecr", "cs", "csdg", "csx"]:
        getattr(qc, name)(1, 2)
    qc.cu(t[9], t[10], t[11], 0.1, 2, 3)
    return qc

# Entanglement along a graph.
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter, ParameterVector
import rustworkx as rx


def create_ansatz(num_qubits):
    qc = QuantumCircuit(num_qubits)
    graph = rx.generators.cycle_graph(num_qubits)
    for k, (i, j) in enumerate(graph.edge_list()):
        qc.rzz(Parameter(f'e{k}'), i, j)
    return qc

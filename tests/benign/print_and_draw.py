# Prints, draws and warns.
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter, ParameterVector
import logging
import warnings


def create_ansatz(num_qubits):
    qc = QuantumCircuit(num_qubits)
    qc.h(0)
    qc.rx(Parameter("x"), 1)
    print(qc)
    print(qc.draw("text"))
    warnings.warn("careful")
    logging.getLogger(__name__).warning("careful")
    return qc

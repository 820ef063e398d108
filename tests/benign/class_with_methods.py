# A builder class.
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector


class Builder:
    """Alternating layers."""

    def __init__(self, n, depth=2):
        self.n, self.depth = n, depth
        self.theta = iter(ParameterVector("w", n * depth))

    def build(self):
        qc = QuantumCircuit(self.n)
        for d in range(self.depth):
            for q in range(self.n):
                qc.ry(next(self.theta), q)
            for q in range(d % 2, self.n - 1, 2):
                qc.cz(q, q + 1)
        return qc


def create_ansatz(num_qubits):
    return Builder(num_qubits).build()


if __name__ == "__main__":
    raise SystemExit("never here")

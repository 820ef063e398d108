"""Candidate sources that several test files score."""

from __future__ import annotations

HEAD = "from qiskit import QuantumCircuit\nfrom qiskit.circuit import Parameter, ParameterVector\n"


def source(body: str, head: str = HEAD) -> str:
    """A create_ansatz that fills `qc` by `body`."""
    lines = "".join(f"    {line}\n" for line in body.strip("\n").splitlines())
    return f"{head}\ndef create_ansatz(num_qubits):\n    qc = QuantumCircuit(num_qubits)\n{lines}    return qc\n"


def fenced(code: str) -> str:
    return f"Here is my ansatz.\n\n```python\n{code}```\nIt should do well."


RY_ROW = source("for q in range(num_qubits):\n    qc.ry(Parameter(f't{q}'), q)")

CHAIN = source("""
t = ParameterVector('t', 2 * num_qubits)
for q in range(num_qubits):
    qc.ry(t[q], q)
for q in range(num_qubits - 1):
    qc.cx(q, q + 1)
for q in range(num_qubits):
    qc.ry(t[num_qubits + q], q)
""")

HVA_PERIODIC = source("""
reps = num_qubits // 2
b = ParameterVector('b', reps)
g = ParameterVector('g', reps)
qc.h(range(num_qubits))
for r in range(reps):
    for q in range(num_qubits):
        qc.rzz(2 * b[r], q, (q + 1) % num_qubits)
    qc.rx(2 * g[r], range(num_qubits))
""")


def hardware_efficient(reps: int) -> str:
    """RY and RZ on every qubit, a chain of CX, `reps` times, and a last layer of rotations."""
    return source(f"""
t = iter(ParameterVector('t', {2 * (reps + 1)} * num_qubits))
for r in range({reps}):
    for q in range(num_qubits):
        qc.ry(next(t), q)
        qc.rz(next(t), q)
    for q in range(num_qubits - 1):
        qc.cx(q, q + 1)
for q in range(num_qubits):
    qc.ry(next(t), q)
    qc.rz(next(t), q)
""")

"""Candidates as a user would write them, and attempts to fill memories with where real scores do not matter."""

from __future__ import annotations

import zlib
from dataclasses import replace

from loop.attempt import Attempt
from rewards.record import Score, SizeScore

EXACT = -4.0

LADDER = """
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector

def create_ansatz(num_qubits):
    theta = ParameterVector("t", 2 * num_qubits)
    circuit = QuantumCircuit(num_qubits)
    for q in range(num_qubits):
        circuit.ry(theta[q], q)
    for q in range(num_qubits - 1):
        circuit.cx(q, q + 1)
    for q in range(num_qubits):
        circuit.ry(theta[num_qubits + q], q)
    return circuit
"""

ONE_CX = """
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector

def create_ansatz(num_qubits):
    theta = ParameterVector("t", num_qubits)
    circuit = QuantumCircuit(num_qubits)
    for q in range(num_qubits):
        circuit.ry(theta[q], q)
    circuit.cx(0, num_qubits - 1)
    return circuit
"""


def size_score(error: float = 1e-2, two_qubit_gates: int = 6, parameters: int = 8, num_qubits: int = 4) -> SizeScore:
    return SizeScore(
        num_qubits=num_qubits,
        energy=EXACT + error,
        exact_energy=EXACT,
        exact_method="dense",
        error=error,
        relative_error=error / abs(EXACT),
        two_qubit_gates=two_qubit_gates,
        one_qubit_gates=8,
        depth=7,
        two_qubit_depth=3,
        parameters=parameters,
        frozen_angles=0,
        best_parameters=(0.1,) * parameters,
        restarts=16,
        restart_hits=9,
        evaluations=100,
        gradient_variance=0.1,
        gradient_variance_ratio=2.0,
    )


def valid(name: str, reward: float, *, step: int = 1, **size: float) -> Attempt:
    """A valid attempt whose circuit hash is `name`, with an error of its own: equal errors would make it a repeat."""
    size.setdefault("error", 1e-2 + zlib.crc32(name.encode()) / 2**40)
    score = Score("ok", "done", reward=reward, circuit_hash=name, sizes=(size_score(**size),))  # type: ignore[arg-type]
    return Attempt(f"s{step:05d}-{name}", step, f"s{step:05d}-g0", (), f"# {name}", score, 0.01)


def failed(name: str, reason: str = "exception", *, step: int = 1) -> Attempt:
    score = Score("failed", "sandbox", reason=reason, message="it failed", reward=-0.6)
    return Attempt(f"s{step:05d}-{name}", step, f"s{step:05d}-g0", (), f"# {name}", score, 0.01)


def child(attempt: Attempt, *parents: str) -> Attempt:
    """The same attempt, made from a prompt that showed `parents`."""
    return replace(attempt, parents=parents)

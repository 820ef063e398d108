"""What one run of a candidate gives, and the table of reasons: the one place where a reason gets its outcome."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from quantum.circuit import Circuit

Outcome = Literal["ok", "failed", "rejected", "infrastructure"]

REASONS: Final[Mapping[str, tuple[Outcome, str]]] = {
    "syntax_error": ("failed", "the code does not compile"),
    "exception": ("failed", "the code raised, or called sys.exit"),
    "no_function": ("failed", "the code defines no create_ansatz"),
    "not_a_circuit": ("failed", "create_ansatz returned something else than a QuantumCircuit"),
    "code_too_big": ("failed", "more than 60,000 bytes of source"),
    "cpu_timeout": ("failed", "the CPU time was spent"),
    "wall_timeout": ("failed", "the wall time was spent waiting (tried twice)"),
    "memory": ("failed", "an allocation beyond the memory limit"),
    "output_flood": ("failed", "more bytes than a circuit can have"),
    "bad_output": ("failed", "the bytes that came back are not a circuit document"),
    "no_output": ("failed", "the process ended without a document"),
    "crash": ("failed", "the process died of a signal"),
    "policy_kill": ("failed", "the process made a system call that is killed on sight"),
    "wrong_qubits": ("rejected", "the circuit has another number of qubits than asked for"),
    "forbidden_gate": (
        "rejected",
        "measurement, reset, initialize, control flow, classical bits, or no unitary definition",
    ),
    "nonlinear_angle": ("rejected", "an angle is not affine in the parameters"),
    "bad_angle": ("rejected", "an angle is complex, not finite or beyond 1e6"),
    "too_many_gates": ("rejected", "more than 20,000 gates after expansion"),
    "too_many_parameters": ("rejected", "more than 2,000 parameters"),
    "zygote_lost": ("infrastructure", "the process that starts candidates died or stopped answering"),
    "setup_failed": ("infrastructure", "a child could not lock itself down, so it saw no code"),
    "fork_failed": ("infrastructure", "the kernel gave no new process"),
    "child_killed": ("infrastructure", "somebody else, or the kernel short of memory, killed the child"),
}
"""reason -> (outcome, meaning). Infrastructure is retried and never scored."""

CLAIMABLE: Final = frozenset(
    {"syntax_error", "exception", "memory", "no_function", "not_a_circuit", "wrong_qubits"}
    | {"forbidden_gate", "nonlinear_angle", "bad_angle", "too_many_gates", "too_many_parameters"}
)
"""What a child may say of itself. A candidate can forge any of them; each one only harms itself."""


@dataclass(frozen=True, slots=True)
class SandboxResult:
    """One candidate at one number of qubits. `circuit` is set exactly when `outcome` is "ok".

    `message` is one printable line for a person; it comes from the candidate and is never used in scoring.
    """

    outcome: Outcome
    reason: str | None
    message: str
    circuit: Circuit | None
    cpu_seconds: float
    wall_seconds: float
    peak_rss_bytes: int


class Refusal(Exception):
    """Raised by the serialiser: the circuit cannot be written as a document, with the reason from `REASONS`."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason

"""From the bytes that a child wrote, and how it ended, to a `SandboxResult`: all that a candidate sends is parsed here.

A document is one JSON object: exactly the keys of a circuit document (checked by `Circuit.from_document`), or exactly
{"error", "message"}. Duplicate keys, NaN, Infinity and anything after the object are refused.
"""

from __future__ import annotations

import json
import os
import signal
from typing import Any

from quantum.circuit import Circuit, CircuitError
from rewards.sandbox.result import CLAIMABLE, REASONS, SandboxResult
from rewards.sandbox.wire import Ending, Status

_MAX_MESSAGE = 300
_ENDINGS = {
    Ending.CPU_LIMIT: "cpu_timeout",
    Ending.WALL_LIMIT: "wall_timeout",
    Ending.SETUP_FAILED: "setup_failed",
    Ending.FORK_FAILED: "fork_failed",
}


def judge(status: Status, output: bytes | None, num_qubits: int, wall_seconds: float) -> SandboxResult:
    """`output` is what came through the result pipe, None when it was more than allowed."""
    circuit, reason, message = None, _ending(status), ""
    if output is None:
        reason = "output_flood"
    elif reason is None:
        circuit, reason, message = read_document(output, num_qubits)
    return SandboxResult(
        outcome=REASONS[reason][0] if reason else "ok",
        reason=reason,
        message=message or status.detail or (REASONS[reason][1] if reason else ""),
        circuit=circuit,
        cpu_seconds=status.cpu_ns / 1e9,
        wall_seconds=wall_seconds,
        peak_rss_bytes=status.peak_rss_bytes,
    )


def without_run(reason: str, message: str = "") -> SandboxResult:
    """The result of a candidate that was not run, or whose run was lost."""
    outcome, meaning = REASONS[reason]
    return SandboxResult(outcome, reason, message or meaning, None, 0.0, 0.0, 0)


def _ending(status: Status) -> str | None:
    """The reason that follows from how the process ended; None when its document decides."""
    if status.ending in _ENDINGS:
        return _ENDINGS[status.ending]
    if not os.WIFSIGNALED(status.wait_status):
        return None
    number = os.WTERMSIG(status.wait_status)
    if number == signal.SIGSYS:
        return "policy_kill"
    if number == signal.SIGXCPU:
        return "cpu_timeout"
    # A candidate cannot send signals, itself included; a SIGKILL that is not the zygote's came from outside.
    return "child_killed" if number == signal.SIGKILL else "crash"


def read_document(output: bytes, num_qubits: int) -> tuple[Circuit | None, str | None, str]:
    """(circuit, reason, message): a circuit and no reason, or a reason and no circuit."""
    if not output:
        return None, "no_output", ""
    try:
        document = json.loads(output.decode(), object_pairs_hook=_unique_keys, parse_constant=_no_constant)
        if isinstance(document, dict) and set(document) == {"error", "message"}:
            return _claim(document)
        circuit = Circuit.from_document(document)
        if circuit.num_qubits != num_qubits:
            return None, "wrong_qubits", f"the circuit has {circuit.num_qubits} qubits, not {num_qubits}"
        return circuit, None, ""
    except CircuitError as error:
        return None, "bad_output", str(error)
    except (ValueError, RecursionError) as error:  # not UTF-8, not JSON, a number of 4,300 digits, too deep
        return None, "bad_output", printable(str(error))


def _claim(document: dict[str, Any]) -> tuple[None, str, str]:
    reason, message = document["error"], document["message"]
    if type(reason) is not str or type(message) is not str or reason not in CLAIMABLE:
        return None, "bad_output", "an error document names a known reason and a text"
    return None, reason, printable(message)


def printable(text: str) -> str:
    """One line of at most 300 printable characters."""
    return "".join(c if c.isprintable() else " " for c in text[:_MAX_MESSAGE]).strip()


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) != len(pairs):
        raise ValueError("a key stands twice")
    return document


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not a number of a circuit")

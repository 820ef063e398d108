"""From bytes and an exit status to a result: what the host concludes, with no process involved."""

from __future__ import annotations

import signal

import pytest

from quantum.circuit import GATES
from rewards.sandbox.result import CLAIMABLE, REASONS
from rewards.sandbox.verdict import judge, printable, read_document
from rewards.sandbox.wire import Ending, Status

DOCUMENT = b'{"num_qubits": 2, "num_parameters": 1, "gates": [["ry", [0], [[[[0, 1.0]], 0.5]]], ["cx", [0, 1], []]]}'


def killed_by(number: int) -> Status:
    return Status(Ending.ENDED, wait_status=number, cpu_ns=1000)


def reason(status: Status, output: bytes | None = DOCUMENT) -> str | None:
    return judge(status, output, 2, 0.1).reason


def test_a_document_is_a_circuit() -> None:
    result = judge(Status(Ending.ENDED, 0, 2_000_000, 99), DOCUMENT, 2, 0.1)
    assert (result.outcome, result.reason, result.message) == ("ok", None, "")
    assert (result.cpu_seconds, result.wall_seconds, result.peak_rss_bytes) == (0.002, 0.1, 99)
    assert result.circuit is not None
    assert [gate.name for gate in result.circuit.gates] == ["ry", "cx"]


def test_how_a_process_ended_goes_before_what_it_wrote() -> None:
    assert reason(killed_by(signal.SIGSYS)) == "policy_kill"
    assert reason(killed_by(signal.SIGSEGV)) == "crash"
    assert reason(killed_by(signal.SIGXCPU)) == "cpu_timeout"
    assert reason(killed_by(signal.SIGKILL)) == "child_killed"
    assert reason(Status(Ending.CPU_LIMIT)) == "cpu_timeout"
    assert reason(Status(Ending.WALL_LIMIT)) == "wall_timeout"
    assert reason(Status(Ending.SETUP_FAILED, detail="OSError: no")) == "setup_failed"
    assert reason(Status(Ending.FORK_FAILED)) == "fork_failed"
    assert reason(Status(Ending.STOPPED), None) == "output_flood"


def test_an_exit_code_means_nothing() -> None:
    assert reason(Status(Ending.ENDED, wait_status=1 << 8)) is None
    assert reason(Status(Ending.ENDED, wait_status=0), b"") == "no_output"


def test_infrastructure_is_never_the_candidate_s_claim() -> None:
    for name, (outcome, _) in REASONS.items():
        _, found, _ = read_document(b'{"error": "%s", "message": ""}' % name.encode(), 2)
        assert found == (name if name in CLAIMABLE else "bad_output")
        assert not (outcome == "infrastructure" and name in CLAIMABLE)


def test_another_number_of_qubits_is_the_host_s_finding() -> None:
    circuit, found, message = read_document(DOCUMENT, 3)
    assert (circuit, found) == (None, "wrong_qubits")
    assert "2 qubits, not 3" in message


@pytest.mark.parametrize(
    "output",
    [
        b'{"num_qubits": 2, "num_qubits": 2, "num_parameters": 0, "gates": []}',
        b'{"num_qubits": 2, "num_parameters": 0, "gates": [], "reward": 1}',
        b'{"num_qubits": 2, "num_parameters": 0, "gates": [["ry", [0], [[[], NaN]]]]}',
        b'{"num_qubits": true, "num_parameters": 0, "gates": []}',
        b'{"num_qubits": 2.0, "num_parameters": 0, "gates": []}',
        DOCUMENT + DOCUMENT,
        b"[" * 100_000,
        b"\xff",
        b"9" * 5000,
        b'{"error": "memory"}',
        b'{"error": ["memory"], "message": ""}',
    ],
)
def test_anything_else_is_bad_output(output: bytes) -> None:
    circuit, found, message = read_document(output, 2)
    assert (circuit, found) == (None, "bad_output")
    assert message == printable(message)


def test_messages_are_one_printable_line() -> None:
    assert printable("\x1b[2Ja\nb\u202e\ud800" + "x" * 1000) == (" [2Ja b  " + "x" * 291).strip()
    assert "\n" not in read_document(b'{"error": "exception", "message": "a\\nb\\u0000"}', 2)[2]


def test_a_huge_angle_table_cannot_hide_a_bad_gate() -> None:
    gates = ",".join('["x", [0], []]' for _ in range(1000))
    text = f'{{"num_qubits": 2, "num_parameters": 0, "gates": [{gates}, ["{"ccx"}", [0], []]]}}'
    assert "ccx" not in GATES
    assert read_document(text.encode(), 2)[1] == "bad_output"

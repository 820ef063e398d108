"""Validation: the interval against published values, verdicts by the real sandbox, a report that adds up."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from quantum.errors import RequestError
from quantum.problem import resolve_problem
from rewards.sandbox import Sandbox
from sft.validate import Case, judge, validate, wilson

GOOD = """\
```python
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector

def create_ansatz(num_qubits):
    qc = QuantumCircuit(num_qubits)
    t = ParameterVector("t", num_qubits)
    for i in range(num_qubits):
        qc.ry(t[i], i)
    qc.cx(0, 1)
    return qc
```"""


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def case() -> Case:
    problem = resolve_problem("tfim", sizes=(4,))
    return Case(problem, 4, problem.limits_for(4), "tfim")


def test_wilson_matches_published_intervals() -> None:
    # Newcombe 1998, table I, method 3: 81/263, 15/148, 0/20, 1/29.
    for hits, total, low, high in [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ]:
        assert wilson(hits, total) == pytest.approx((low, high), abs=5e-5)
    assert wilson(0, 0) == (0.0, 1.0)


def test_a_valid_answer_has_both_hashes(case: Case, sandbox: Sandbox) -> None:
    answer = judge(GOOD, case, sandbox)
    assert (answer.reason, answer.written, answer.runs) == (None, True, True)
    assert answer.circuit_hash
    assert answer.function_hash


@pytest.mark.parametrize(
    ("text", "reason", "written", "runs"),
    [
        ("I would rather not.", "no_code", False, False),
        (GOOD.replace("range(num_qubits):", "range(num_qubits"), "syntax_error", False, False),
        (GOOD.replace("import ParameterVector", "import ParameterVector\nimport os"), "forbidden_import", False, False),
        (GOOD.replace('"t", num_qubits', '"t", 2'), "exception", True, False),
        (GOOD.replace("QuantumCircuit(num_qubits)", "QuantumCircuit(5)"), "wrong_qubits", True, False),
    ],
)
def test_reasons(case: Case, sandbox: Sandbox, text: str, reason: str, written: bool, runs: bool) -> None:
    answer = judge(text, case, sandbox)
    assert answer.reason is not None
    assert answer.reason.startswith(reason)
    assert (answer.written, answer.runs, answer.circuit_hash) == (written, runs, None)


def test_the_prompts_gate_limit_is_checked(case: Case, sandbox: Sandbox) -> None:
    strict = replace(case, limits=replace(case.limits, gates=("ry", "cz")))
    assert judge(GOOD, strict, sandbox).reason == "forbidden_gate"


def test_a_report_adds_up_and_is_json() -> None:
    report = validate("embedded", problems=("tfim", "h2"), sizes=(4,), samples=8, seed=2, device="cpu")
    assert len(report.by_case) == 4
    shares = report.shares
    assert shares["valid"].total == 4 * 8
    assert shares["written"].hits >= shares["runs"].hits >= shares["valid"].hits >= shares["distinct"].hits
    assert sum(report.failures.values()) == shares["valid"].total - shares["valid"].hits
    assert shares["valid"].value >= 0.6
    assert "novel" in shares
    assert json.loads(json.dumps(report.to_json()))["shares"]["valid"]["hits"] == shares["valid"].hits
    assert "valid" in report.to_text()


def test_an_unknown_model_is_one_line() -> None:
    with pytest.raises(RequestError, match="did you mean 'embedded'"):
        validate("embeded")

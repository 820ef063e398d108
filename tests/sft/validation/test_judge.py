"""Verdicts on single answers, by the real sandbox."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from rewards.sandbox import Sandbox
from sft.validation.bench import Bench
from sft.validation.judge import Answer, Job, judge
from sft.validation.suite import Case, Restriction, grid

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

DEEP = GOOD.replace(
    "    qc.cx(0, 1)\n",
    "    for r in range(6 * num_qubits):\n"
    "        for i in range(num_qubits - 1):\n"
    "            qc.cx(i, i + 1)\n"
    "        for i in range(num_qubits):\n"
    "            qc.rx(t[i], i)\n"
    "            qc.rz(t[i], i)\n",
)
"""The textbook plateau: deep, entangling, random."""


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def case() -> Case:
    return grid(["tfim"], [4], [Restriction()])[0]


def test_a_valid_answer_has_hashes_and_a_verdict(case: Case, sandbox: Sandbox) -> None:
    answer = judge(sandbox, Job(GOOD, case))
    assert (answer.reason, answer.syntax, answer.runs) == (None, True, True)
    assert answer.circuit_hash
    assert answer.function_hash
    assert answer.trainability == "polynomial"
    quick = judge(sandbox, Job(GOOD, case, probes=False))
    assert (quick.circuit_hash, quick.function_hash) == (answer.circuit_hash, None)


@pytest.mark.parametrize(
    ("text", "reason", "syntax", "runs"),
    [
        ("I would rather not.", "no_code", False, False),
        (GOOD.replace("range(num_qubits):", "range(num_qubits"), "syntax_error", False, False),
        (GOOD.replace("import ParameterVector", "import ParameterVector\nimport os"), "forbidden_import", True, False),
        (GOOD.replace('"t", num_qubits', '"t", 2'), "exception", True, False),
        (GOOD.replace("QuantumCircuit(num_qubits)", "QuantumCircuit(5)"), "wrong_qubits", True, False),
    ],
)
def test_reasons(case: Case, sandbox: Sandbox, text: str, reason: str, syntax: bool, runs: bool) -> None:
    answer = judge(sandbox, Job(text, case))
    assert answer.reason is not None
    assert answer.reason.startswith(reason)
    assert (answer.syntax, answer.circuit_hash) == (syntax, None)
    assert answer.runs == runs
    assert answer.obeys == ({"qubits": False} if reason == "wrong_qubits" else {})


def test_what_the_prompt_restricts_is_checked_and_nothing_else(sandbox: Sandbox) -> None:
    free, gates, depth = grid(["tfim"], [4], [Restriction(), Restriction(("ry", "cz")), Restriction(depth=1)])
    assert judge(sandbox, Job(GOOD, free)).obeys == {"qubits": True}
    against = judge(sandbox, Job(GOOD, gates))
    assert (against.reason, against.obeys) == ("forbidden_gate", {"qubits": True, "gates": False})
    assert judge(sandbox, Job(GOOD, depth)).obeys == {"qubits": True, "depth": True}
    assert judge(sandbox, Job(GOOD, replace(depth, limits=replace(depth.limits, max_depth=1)))).reason == "too_deep"


def test_a_deep_random_circuit_is_a_plateau(sandbox: Sandbox) -> None:
    case = grid(["tfim"], [4], [Restriction()])[0]
    roomy = replace(case, limits=replace(case.limits, max_depth=10**4, max_gates=10**5))
    answer = judge(sandbox, Job(DEEP, roomy))
    assert answer.valid
    assert answer.trainability in ("plateau_like", "suspicious")


def test_a_bench_of_processes_agrees_with_one_sandbox(case: Case, sandbox: Sandbox) -> None:
    texts = [GOOD.replace("cx(0, 1)", f"cx({k % 4}, {(k + 1) % 5})") for k in range(24)]
    jobs = [Job(text, case, probes=False) for text in texts]
    with Bench(1) as bench:
        answers: list[Answer] = list(bench.map(judge, jobs))
    assert answers == [judge(sandbox, job) for job in jobs]
    assert 0 < sum(answer.valid for answer in answers) < 24

"""The figure tells a policy that builds on what it is shown from one that does not look, by real energies."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from sft.validate import no_progress
from sft.validation import context
from sft.validation.bench import Bench
from sft.validation.context import measure_context

ANSATZ = """\
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector

def create_ansatz(num_qubits):
    qc = QuantumCircuit(num_qubits)
    t = ParameterVector("t", {size} * num_qubits)
    for i in range(num_qubits):
        qc.ry(t[i], i)
    for r in range({reps}):
        for i in range(num_qubits - 1):
            qc.cx(i, i + 1)
        for i in range({width}):
            qc.ry(t[(r + 1) * num_qubits + i], i)
    return qc
"""


def ansatz(reps: int, width: int = 4) -> str:
    return ANSATZ.format(size=reps + 1, reps=reps, width=width)


WEAK = [ansatz(0), *(ansatz(1, width) for width in (0, 1, 2, 3))]
STRONG = ansatz(3)


class Looking:
    """Writes weak circuits in turn, and what `shown` makes of it when the prompt shows one."""

    class profile:
        prompt_style = "compact"

    def __init__(self, shown: Callable[[int], str]) -> None:
        self.shown = shown

    def generate(self, prompts: Any, **_: Any) -> list[str]:
        aided = "measured:" in prompts[0][-1]["content"]
        return [self.shown(k) if aided else WEAK[k % len(WEAK)] for k in range(len(prompts))]


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    with Bench(0) as bench:
        yield bench


@pytest.fixture(autouse=True)
def one_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(context, "PROBLEMS", ("tfim",))


def measure(bench: Bench, shown: Callable[[int], str]) -> context.ContextReport:
    policy: Any = Looking(shown)
    return measure_context(policy, bench, samples=10, seed=0, progress=no_progress)


def test_a_policy_that_improves_on_what_it_is_shown(bench: Bench) -> None:
    report = measure(bench, lambda k: STRONG)
    assert (report.uses_context.hits, report.uses_context.total) == (10, 10)
    assert report.without_context.hits <= 2, "the shown one was better than three quarters of them"
    assert report.difference.p < 0.01
    assert report.copied.hits == 0


def test_a_policy_that_does_not_look(bench: Bench) -> None:
    report = measure(bench, lambda k: WEAK[k % len(WEAK)])
    assert report.difference.value == 0.0
    assert report.copied.hits == 2


def test_a_copy_and_a_broken_answer_are_no_improvement(bench: Bench) -> None:
    shown = measure(bench, lambda k: STRONG).cases[0].shown.code
    report = measure(bench, lambda k: shown if k % 2 else "def create_ansatz(")
    assert report.uses_context.hits == 0
    assert (report.copied.hits, report.copied.total) == (5, 5)
    assert report.valid[0].value == 0.5


def test_a_policy_that_writes_too_little_is_left_out(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{__name__}.WEAK", [ansatz(0)])
    report = measure(bench, lambda k: STRONG)
    assert (report.cases, report.left_out) == ((), ("tfim",))
    assert "left out" in report.to_text()

"""Rows: prompts that tell the truth, answers within their limits, improvements that a fresh score confirms."""

from __future__ import annotations

import re
from dataclasses import replace
from random import Random

import pytest

from quantum.canonical import canonical_hash
from quantum.circuit import GATES
from quantum.metrics import metrics
from quantum.problem import resolve_problem
from quantum.verifier import verify
from rewards.extract import extract_code
from rewards.order import rank
from rewards.sandbox import Sandbox
from rewards.score import Scorer
from rewards.settings import ScoreSettings
from sft.corpus.build import MOST, build_corpus
from sft.corpus.code import fence
from sft.corpus.problems import problem_on
from sft.corpus.rows import PROBE_QUBITS, Row
from sft.corpus.settings import CorpusSettings
from sft.corpus.workshop import Workshop
from sft.dataset import split_corpus

SMALL = CorpusSettings(functions=16, lineages=4, generations=2, sizes=(2, 3, 4, 6), measured_sizes=(3, 4))


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    return build_corpus(SMALL)


@pytest.fixture(scope="module")
def sandbox():  # type: ignore[no-untyped-def]
    with Sandbox() as sandbox:
        yield sandbox


def test_answers_keep_the_limits_that_their_prompt_states(rows: list[Row], sandbox: Sandbox) -> None:
    narrow = 0
    for row in rows[:: 1 if len(rows) < 100 else 2]:
        prompt = row.prompt[-1]["content"]
        assert f"qubits: {row.num_qubits}\n" in prompt
        circuit = sandbox.run(row.code, row.num_qubits).circuit
        assert circuit is not None
        limits = resolve_problem("tfim", sizes=(row.num_qubits,)).limits_for(row.num_qubits)
        allowed = re.findall(r"^gates: (.*)$", prompt, re.MULTILINE)[0]
        gates = tuple(GATES) if allowed == "any" else tuple(allowed.split())
        narrow += allowed != "any"
        stated = replace(limits, gates=gates, max_depth=int(re.findall(r"^depth: (\d+)$", prompt, re.MULTILINE)[0]))
        assert verify(circuit, row.num_qubits, stated).ok
        assert extract_code(row.answer) == row.code + "\n"
        probe = sandbox.run(row.code, PROBE_QUBITS).circuit
        assert probe is not None
        assert canonical_hash(probe) == row.hash
    assert narrow > 5


def test_improvement_rows_show_true_figures_and_are_better_by_a_fresh_score() -> None:
    workshop, checked, better = Workshop(SMALL), 0, 0
    with workshop.sandbox:
        for number in range(SMALL.lineages):
            subject = workshop.subject("lineage", number)
            scorer = Scorer(subject.problem, ScoreSettings(seed=99), workshop.sandbox)
            for row in workshop.lineage(number)[:4:2]:
                prompt = row.prompt[-1]["content"]
                shown = [extract_code(text) or "" for text in prompt.split("measured:")[1:]]
                for code in shown:
                    circuit = workshop.sandbox.run(code, row.num_qubits).circuit
                    assert circuit is not None
                    counts = metrics(circuit)
                    assert (
                        f"{counts.two_qubit_gates} two-qubit gates, {counts.parameters} parameters, "
                        f"depth {counts.depth}\n```python\n{code}```" in prompt
                    )
                *context, last = (rank(scorer.score(fence(code)), subject.problem) for code in (*shown, row.code))
                assert not context[0].clearly_better_than(context[-1])
                assert prompt.endswith("cheaper:" if context[-1].inside else "smaller error:")
                checked += 1
                better += last.clearly_better_than(context[-1])
    assert checked >= 6
    # Another seed finds another minimum now and then.
    assert better >= 0.9 * checked


def test_an_answer_is_in_the_hand_of_its_context(rows: list[Row]) -> None:
    maker = re.compile(r"return Parameter\(.*\)")
    improvements = [row for row in rows if row.kind == "improvement"]
    assert improvements
    for row in improvements:
        assert set(maker.findall(row.prompt[-1]["content"])) == set(maker.findall(row.code))


def test_rows_repeat_from_their_seed_whatever_the_number_of_processes() -> None:
    few = SMALL.model_copy(update={"functions": 3, "lineages": 2, "generations": 1})
    one = build_corpus(few)
    assert {row.kind for row in one} == {"plain", "improvement"}
    assert build_corpus(few, workers=2) == one
    assert build_corpus(few.model_copy(update={"seed": 1, "lineages": 0}))[0] != one[0]


def test_no_function_fills_the_corpus(rows: list[Row]) -> None:
    for kind, most in MOST.items():
        hashes = [row.hash for row in rows if row.kind == kind]
        assert max(map(hashes.count, hashes)) <= most
    assert len({(row.prompt[-1]["content"], row.code) for row in rows}) == len(rows)


def test_held_out_functions_families_and_sizes_are_for_validation_alone(rows: list[Row]) -> None:
    corpus = SMALL.model_copy(
        update={"validation_share": 0.2, "held_out_families": ("random_layered",), "held_out_sizes": (6,)}
    )
    train, validation = split_corpus(rows, corpus)
    assert train
    assert not {row.hash for row in train} & {row.hash for row in validation}
    assert all(row.family != "random_layered" and row.num_qubits != 6 for row in train)
    assert {row.family for row in validation} > {"random_layered"}
    with pytest.raises(ValueError, match="did you mean 'random_layered'"):
        CorpusSettings(held_out_families=("random_layerd",))


def test_problems_cover_chains_molecules_and_pauli_sums() -> None:
    random = Random(0)
    names = {problem_on(random, n).name for n in (2, 4, 4, 6, 8) for _ in range(40)}
    assert {"tfim", "xy", "heisenberg", "h2", "lih", "beh2", "h2o", "pauli"} <= names

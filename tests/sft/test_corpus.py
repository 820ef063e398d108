"""The corpus: every family is valid code at every small size, prompts tell the truth, rows repeat from their seed."""

from __future__ import annotations

import re
from dataclasses import replace
from random import Random

import pytest

from models.prompts import MemoryEntry
from quantum.canonical import canonical_hash
from quantum.circuit import GATES
from quantum.metrics import metrics
from quantum.problem import Limits
from quantum.verifier import verify
from rewards.extract import extract_code
from rewards.policy import check_code
from rewards.sandbox import Sandbox
from rewards.score import Scorer
from rewards.settings import ScoreSettings
from sft.corpus.ansatz import gates_of
from sft.corpus.build import build_corpus
from sft.corpus.code import BUNDLES, fence, write
from sft.corpus.families import draw, families
from sft.corpus.mutate import mutate
from sft.corpus.problems import problem_on
from sft.corpus.workshop import GATE_SETS, CorpusSettings, Workshop, improves
from sft.dataset import split_rows

ALL = frozenset(GATES)
GENEROUS = Limits(max_depth=1000, max_gates=5000, max_parameters=500)
SMALL = CorpusSettings(functions=16, lineages=4, sizes=(2, 3, 4, 6), measured_sizes=(3, 4))


@pytest.fixture(scope="module")
def sandbox():  # type: ignore[no-untyped-def]
    with Sandbox() as sandbox:
        yield sandbox


def test_there_are_at_least_ten_families() -> None:
    assert len(families()) >= 10


@pytest.mark.parametrize("name", sorted(families()))
def test_a_family_runs_at_every_size_in_every_hand(name: str, sandbox: Sandbox) -> None:
    random = Random(7)
    for bundle in BUNDLES:
        ansatz = families()[name].draw(random, ALL)
        assert ansatz is not None
        code = write(ansatz, bundle)
        assert check_code(code).ok
        for num_qubits in (2, 3, 5, 6):
            result = sandbox.run(code, num_qubits)
            assert result.circuit is not None, f"{result.message}\n{code}"
            assert result.circuit.num_qubits == num_qubits
            if num_qubits > 3:
                assert verify(result.circuit, num_qubits, GENEROUS).ok, code


@pytest.mark.parametrize("name", sorted(families()))
def test_a_family_keeps_to_the_gates_it_is_given(name: str, sandbox: Sandbox) -> None:
    random, given = Random(3), 0
    for gates in [*GATE_SETS, ("cx",), ("ry",), ()]:
        ansatz = families()[name].draw(random, frozenset(gates))
        if ansatz is not None:
            given += 1
            circuit = sandbox.run(write(ansatz, BUNDLES[0]), 4).circuit
            assert circuit is not None
            assert {gate.name for gate in circuit.gates} <= gates_of(ansatz) <= set(gates)
    assert given > 0
    assert families()[name].draw(random, frozenset()) is None


def test_the_hand_changes_nothing_but_names(sandbox: Sandbox) -> None:
    random = Random(5)
    for _ in range(10):
        _, ansatz = draw(random, ALL)
        circuits = [sandbox.run(write(ansatz, bundle), 4).circuit for bundle in BUNDLES]
        assert len({canonical_hash(circuit) for circuit in circuits if circuit}) == 1
        assert len({write(ansatz, bundle) for bundle in BUNDLES}) == len(BUNDLES)


def test_a_mutation_differs_and_keeps_to_its_gates() -> None:
    random = Random(11)
    for gates in map(frozenset, GATE_SETS):
        _, ansatz = draw(random, gates)
        for _ in range(20):
            changed = mutate(random, ansatz, gates)
            assert changed != ansatz
            assert changed
            assert gates_of(changed) <= gates
            ansatz = changed


def test_small_circuits_are_common(sandbox: Sandbox) -> None:
    """Discovery looks for a handful of two-qubit gates; the corpus has to propose them."""
    random = Random(1)
    circuits = [sandbox.run(write(draw(random, ALL)[1], BUNDLES[0]), 4).circuit for _ in range(80)]
    counts = [metrics(circuit).two_qubit_gates for circuit in circuits if circuit]
    assert sum(2 <= count <= 5 for count in counts) >= 0.25 * len(counts)


def test_plain_rows_keep_the_limits_that_their_prompt_states(sandbox: Sandbox) -> None:
    for row in build_corpus(SMALL.model_copy(update={"lineages": 0})):
        prompt = row.prompt[-1]["content"]
        assert f"qubits: {row.num_qubits}\n" in prompt
        circuit = sandbox.run(row.code, row.num_qubits).circuit
        assert circuit is not None
        assert metrics(circuit).depth <= int(re.findall(r"depth: (\d+)", prompt)[0])
        allowed = re.findall(r"gates: (.*)", prompt)[0]
        if allowed != "any":
            assert {gate.name for gate in circuit.gates} <= set(allowed.split())
        assert extract_code(row.answer) == row.code + "\n"


def test_improvement_rows_show_true_figures_and_answer_with_a_better_circuit() -> None:
    workshop = Workshop(SMALL)
    with workshop.sandbox:
        rows = [(number, row) for number in range(3) for row in workshop.lineage(number)[:2]]
        assert rows
        for number, row in rows:
            prompt = row.prompt[-1]["content"]
            shown = extract_code(prompt.split("measured:")[1])
            assert shown is not None
            problem = workshop.subject("lineage", number).problem
            scorer = Scorer(problem, ScoreSettings(seed=SMALL.seed), workshop.sandbox)
            before, after = (scorer.score(text).sizes[0] for text in (fence(shown), row.answer))
            figures = MemoryEntry("", before.error, before.two_qubit_gates, before.parameters, before.depth, "").figures
            assert figures in prompt
            assert after.error < 0.9 * before.error or after.two_qubit_gates < before.two_qubit_gates


def test_better_means_a_smaller_error_or_as_small_an_error_for_less() -> None:
    base = MemoryEntry("", 1e-2, 6, 8, 8, "")
    assert improves(base, replace(base, error=5e-3, two_qubit_gates=9), threshold=1e-3)
    assert improves(base, replace(base, two_qubit_gates=5), threshold=1e-3)
    assert not improves(base, replace(base, error=9.9e-3), threshold=1e-3)
    assert not improves(base, replace(base, error=2e-2, two_qubit_gates=1), threshold=1e-3)
    reached = replace(base, error=9e-4)
    assert improves(replace(reached, error=1e-9), replace(reached, two_qubit_gates=4), threshold=1e-3)
    assert not improves(reached, replace(reached, error=1e-9), threshold=1e-3)


def test_rows_repeat_from_their_seed_whatever_the_number_of_processes() -> None:
    few = SMALL.model_copy(update={"functions": 4, "lineages": 1, "generations": 2})
    one = build_corpus(few)
    assert build_corpus(few, workers=2) == one
    assert build_corpus(few.model_copy(update={"seed": 1, "lineages": 0}))[0] != one[0]


def test_a_function_is_in_one_split_only() -> None:
    rows = build_corpus(SMALL.model_copy(update={"functions": 20, "lineages": 0}))
    train, validation = split_rows(rows, 0.3)
    assert train
    assert validation
    assert len(train) + len(validation) == len(rows)
    assert not {row.hash for row in train} & {row.hash for row in validation}


def test_problems_cover_chains_molecules_and_pauli_sums() -> None:
    random = Random(0)
    names = {problem_on(random, n).name for n in (2, 4, 4, 6, 8) for _ in range(40)}
    assert {"tfim", "xy", "heisenberg", "h2", "lih", "beh2", "h2o", "pauli"} <= names

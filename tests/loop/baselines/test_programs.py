"""Searches over programs: one function for every size, nothing twice, and smaller ones at the end."""

from __future__ import annotations

import json
import math
import shutil
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from loop.attempt import Attempt
from loop.baselines.evolve import Evolution, Rates, merit
from loop.baselines.programs import Programs
from loop.baselines.registry import Proposal, Search, find_method
from loop.run import Run
from quantum.canonical import canonical_hash
from quantum.errors import RequestError
from quantum.language.tree import Program, Step, Walk
from quantum.problem import Problem, resolve_problem
from rewards.record import Score, SizeScore
from rewards.sandbox import Sandbox
from rewards.score import Scorer
from tests.loop.baselines.spending import QUICK
from tests.loop.baselines.test_runner import baseline, essence, quantummind

METHODS = ("programs", "program-evolution")


def growing(folder: Path, sizes: str = "[2, 3]", held_out: str = "[5]", more: str = "") -> Path:
    path = folder / "growing.yaml"
    path.write_text(f"family: tfim\nsizes: {sizes}\nheldout_sizes: {held_out}\n{more}")
    return path


def spend_made_up(search: Search, problem: Problem, evaluations: int) -> list[tuple[Proposal, Attempt]]:
    """The budget on a made-up score: the fewer gates and parameters above two, the better."""
    made: list[tuple[Proposal, Attempt]] = []
    step = 0
    while len(made) < evaluations:
        step += 1
        proposals = search.propose(evaluations - len(made))
        attempts = [made_up(proposal, f"s{step:05d}-{k:03d}", step) for k, proposal in enumerate(proposals)]
        search.tell(attempts)
        made += zip(proposals, attempts, strict=True)
    return made


def made_up(proposal: Proposal, name: str, step: int) -> Attempt:
    circuit = proposal.circuits[1]
    cost = len(circuit.gates) + circuit.num_parameters
    size = figures(2, two_qubit_gates=cost, error=1.0)
    score = Score(outcome="ok", stage="done", reason=None, message="", reward=-abs(cost - 2.0), sizes=(size,))
    return Attempt(name, step, proposal.origin, proposal.parents, proposal.code, score, 0.0)


def figures(num_qubits: int, **known: float) -> SizeScore:
    """A size of which only some figures matter."""
    nothing = dict.fromkeys(SizeScore.__dataclass_fields__, 0)
    return SizeScore(**{**nothing, "fidelity": None, "num_qubits": num_qubits, **known})  # type: ignore[arg-type]


def hashes(proposals: Sequence[Proposal]) -> list[tuple[str, ...]]:
    return [tuple(map(canonical_hash, proposal.circuits)) for proposal in proposals]


@pytest.mark.parametrize("method", METHODS)
def test_a_proposal_is_one_function_whose_circuits_are_scored(method: str, tmp_path: Path) -> None:
    problem = resolve_problem(str(growing(tmp_path)))
    with Scorer(problem, QUICK) as scorer, Sandbox() as sandbox:
        proposals = find_method(method).search(problem, 0).propose(2)
        for proposal in proposals:
            assert [circuit.num_qubits for circuit in proposal.circuits] == [2, 3, 5]
            ran = [sandbox.run(proposal.code, n).circuit for n in (2, 3, 5)]
            assert tuple(canonical_hash(circuit) for circuit in ran if circuit) == hashes([proposal])[0]
            by_code, by_circuits = scorer.score(proposal.code), scorer.score_circuits(proposal.circuits[:2])
            assert (by_code.outcome, by_code.reward) == (by_circuits.outcome, by_circuits.reward)


@pytest.mark.parametrize("method", METHODS)
def test_a_seed_says_what_is_proposed_and_nothing_comes_twice(method: str, tmp_path: Path) -> None:
    problem = resolve_problem(str(growing(tmp_path)))

    def run(seed: int) -> list[Proposal]:
        return [proposal for proposal, _ in spend_made_up(find_method(method).search(problem, seed), problem, 80)]

    first = run(1)
    assert run(1) == first
    assert run(2) != first
    assert len(set(hashes(first))) == len(first)


def test_evolution_climbs_and_names_its_parents(tmp_path: Path) -> None:
    problem = resolve_problem(str(growing(tmp_path, "[2, 4]", "[]")))
    random, evolved = (spend_made_up(find_method(method).search(problem, 0), problem, 250) for method in METHODS)
    late = slice(150, 250)

    def mean(made: list[tuple[Proposal, Attempt]]) -> float:
        return sum(attempt.score.reward or 0.0 for _, attempt in made[late]) / 100

    assert mean(evolved) > 0.7 * mean(random)
    ids = {attempt.id for _, attempt in evolved}
    assert all(set(proposal.parents) <= ids for proposal, _ in evolved)
    assert {"founder", "mutation", "crossover"} == {proposal.origin for proposal, _ in evolved}


def test_evolution_goes_on_from_what_others_wrote(tmp_path: Path) -> None:
    """A program that no draw makes stands in the population as soon as it is adopted, once; other code does not."""
    problem = resolve_problem(str(growing(tmp_path)))
    search = find_method("program-evolution").search(problem, 0)
    search.tell([made_up(proposal, f"s00001-{k:03d}", 1) for k, proposal in enumerate(search.propose(200))])
    walk = Walk("last", 1, (Step("ry", (0,), 0),), ("program",))
    adopted = made_up(Programs(problem).express(Program((walk,)), "pruned"), "p1", 1)
    foreign = replace(adopted, id="p2", code="def create_ansatz(num_qubits):\n    return num_qubits\n")
    search.adopt([adopted, replace(adopted, id="p3"), foreign])
    ids = [member.id for member in search.population]
    assert ids[0] == "p1"
    assert not {"p2", "p3"} & set(ids)
    children = [parent for _ in range(5) for proposal in search.propose(200) for parent in proposal.parents]
    assert "p1" in children


@pytest.mark.parametrize("method", METHODS)
def test_gates_that_the_problem_forbids_are_not_proposed(method: str, tmp_path: Path) -> None:
    problem = resolve_problem(str(growing(tmp_path, more="limits: {gates: [ry, cx]}\n")))
    made = spend_made_up(find_method(method).search(problem, 0), problem, 120)
    assert {gate.name for proposal, _ in made for gate in proposal.circuits[1].gates} == {"ry", "cx"}


def test_what_no_program_can_be_is_refused(tmp_path: Path) -> None:
    one_qubit = tmp_path / "qubit.json"
    one_qubit.write_text('{"num_qubits": 1, "pauli_terms": [["Z", 1.0], ["X", 0.5]]}')
    no_turns = growing(tmp_path, more="limits: {gates: [h, cx]}\n")
    for path, said in ((one_qubit, "two qubits"), (no_turns, "rx, ry, rz")):
        with pytest.raises(RequestError, match=said):
            find_method("programs").search(resolve_problem(str(path)), 0)


def test_a_run_is_one_function_measured_at_a_third_size_and_resumes_to_the_same(tmp_path: Path) -> None:
    run, killed = tmp_path / "run", tmp_path / "killed"
    assert baseline(run, "program-evolution", 44, "--sizes", "2,3", "--held-out", "4", "--set", "run.prune=true") == 0
    assert not Run.open(run).config().reward.allow_instance_specific
    assert quantummind("verify", run) == 0
    (best,) = Run.open(run).best_path.glob("*/certificate.json")
    assert [size["num_qubits"] for size in json.loads(best.read_text())["score"]["held_out"]] == [4]
    attempts = sorted(Run.open(run).attempts(), key=lambda one: one.id)
    assert all("def create_ansatz(num_qubits):\n" in attempt.code for attempt in attempts)
    pruned = [k for k, attempt in enumerate(attempts) if attempt.pruned]
    assert pruned
    assert sum(attempt.score.outcome == "ok" for attempt in attempts[: pruned[0]]) == 40, "nine tenths, rounded up"

    shutil.copytree(run, killed)
    lines = (killed / "attempts.jsonl").read_text().splitlines(keepends=True)
    (killed / "attempts.jsonl").write_text("".join([*lines[:38], lines[40], lines[41][:100]]))
    steps = (killed / "metrics.jsonl").read_text().splitlines(keepends=True)
    (killed / "metrics.jsonl").write_text("".join(steps[:1]))
    assert quantummind("resume", killed) == 0
    assert essence(killed) == essence(run)


def test_the_better_reward_is_first_then_the_smaller_circuit() -> None:
    def attempt(name: str, reward: float | None, gates: int = 3) -> Attempt:
        size = figures(2, two_qubit_gates=gates)
        score = Score(outcome="ok", stage="done", reason=None, message="", reward=reward, sizes=(size, size))
        return Attempt(name, 1, "", (), "", score, 0.0)

    ordered = [attempt("d", 0.6), attempt("c", 0.5, 2), attempt("a", 0.5), attempt("b", 0.5), attempt("e", None)]
    shuffled = [ordered[k] for k in (3, 0, 4, 2, 1)]
    assert sorted(shuffled, key=merit) == ordered
    assert merit(ordered[-1])[0] == math.inf


def test_small_circuits_near_the_target_are_parents_too(tmp_path: Path) -> None:
    """Two of the population are inside the target with many gates; outside it the front has one with few."""
    problem = resolve_problem(str(growing(tmp_path, "[2]", "[]")))
    target = problem.threshold(2)
    figured = {"large": (9, 0.1), "larger": (12, 0.001), "near": (4, 1.5), "beside": (4, 2.0), "worse": (6, 3.0)}
    rates = Rates(population=2, children=60, tournament=2, crossover=0.0, front=0.5)
    search = Evolution(problem, Programs(problem), rates, Random(0))
    proposals = [*search.propose(2), *search.propose(2), *search.propose(2)][: len(figured)]
    search._proposed = [proposal.program for proposal in proposals if proposal.program]
    attempts = []
    for proposal, (name, (gates, excess)) in zip(proposals, figured.items(), strict=True):
        size = figures(2, two_qubit_gates=gates, error=excess * target)
        score = Score("ok", "done", reward=1.0 - gates / 100 - (excess > 1), sizes=(size,))
        attempts.append(Attempt(name, 1, "", (), proposal.code, score, 0.0))
    search.tell(attempts)
    parents = Counter(proposal.parents[0] for proposal in search.propose(60))
    assert set(parents) == {"large", "larger", "near"}
    assert parents["near"] > 5

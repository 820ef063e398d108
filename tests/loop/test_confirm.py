"""What stands in best/ after a run: confirmed circuits with their held-out sizes."""

from __future__ import annotations

import json

import pytest

from loop.attempt import Attempt
from loop.config import RunConfig, RunSection, problem_of, score_settings
from loop.confirm import keep_best
from loop.run import Run, append_jsonl
from loop.verify import Verifier
from quantum.vqe import VqeSettings
from rewards.score import Scorer

PADDED = """
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector

def create_ansatz(num_qubits):
    t = ParameterVector("t", 3 * num_qubits)
    circuit = QuantumCircuit(num_qubits)
    for q in range(num_qubits):
        circuit.ry(t[q], q)
    for q in range(num_qubits - 1):
        circuit.cx(q, q + 1)
    for q in range(num_qubits):
        circuit.ry(t[num_qubits + q], q)
        circuit.rz(t[2 * num_qubits + q], q)
    return circuit
"""
ONLY_SMALL = PADDED.replace("    t = ", '    assert num_qubits < 4, "too large for me"\n    t = ')


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A run of two attempts at tfim, 2 and 3 qubits, with 4 held out, and its best."""
    section = RunSection(top=2, confirm_restarts=4)
    config = RunConfig(
        problem="tfim", sizes=(2, 3), held_out=(4,), run=section, vqe=VqeSettings(restarts=4), memory={"share": 0}
    )
    run = Run.create(tmp_path_factory.mktemp("confirm") / "run", config, {"seed": 0})
    problem = problem_of(config)
    with Scorer(problem, score_settings(config)) as scorer, run.attempts_path.open("w") as handle:
        for k, code in enumerate((PADDED, ONLY_SMALL.replace("ry(t[num_qubits", "rx(t[num_qubits"))):
            append_jsonl(handle, Attempt(f"s00001-00{k}", 1, "p", (), code, scorer.score(code), 0.1).to_json())
    keep_best(run, config, problem)
    return run


def certificates(run: Run) -> dict[str, dict]:
    return {path.parent.name: json.loads(path.read_text()) for path in sorted(run.best_path.glob("*/certificate.json"))}


def test_the_best_are_measured_at_the_held_out_sizes_and_failures_say_why(run):
    scores = [document["score"] for name, document in certificates(run).items()]
    assert [[size["num_qubits"] for size in score["sizes"]] for score in scores] == [[2, 3], [2, 3]]
    held = {tuple(size["num_qubits"] for size in score["held_out"]): score["held_out_failures"] for score in scores}
    assert held[4,] == {}
    assert "too large for me" in held[()]["4"]


def test_the_leaderboard_has_the_held_out_figures_too(run):
    board = [Attempt.from_json(line) for line in json.loads((run.best_path / "leaderboard.json").read_text())]
    assert sorted(len(attempt.score.held_out) for attempt in board) == [0, 1]


def test_all_of_it_verifies(run):
    with Verifier() as verifier:
        found = {folder.name: verifier.verify(folder) for folder in sorted(run.best_path.glob("0*"))}
    assert len(found) == 2
    assert {name: one.sentence for name, one in found.items() if one.outcome != "holds"} == {}


IDLE = """
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter, ParameterVector

def create_ansatz(num_qubits):
    t = ParameterVector("t", num_qubits + 1)
    circuit = QuantumCircuit(num_qubits, global_phase=Parameter("g"))
    circuit.delay(100, 0)
    circuit.rz(0 * t[0], 0)
    for q in range(num_qubits):
        circuit.ry(t[q + 1], q)
    circuit.cx(0, 1)
    return circuit
"""


def test_parameters_and_instructions_without_effect_are_no_forgery(tmp_path):
    section = RunSection(top=1, confirm_restarts=4, prune=False)
    config = RunConfig(problem="tfim", sizes=(2,), run=section, vqe=VqeSettings(restarts=4), memory={"share": 0})
    run, problem = Run.create(tmp_path / "run", config, {"seed": 0}), problem_of(config)
    with Scorer(problem, score_settings(config)) as scorer, run.attempts_path.open("w") as handle:
        append_jsonl(handle, Attempt("s00001-000", 1, "p", (), IDLE, scorer.score(IDLE), 0.1).to_json())
    keep_best(run, config, problem)
    [folder] = run.best_path.glob("01-*")
    with Verifier() as verifier:
        assert verifier.verify(folder).outcome == "holds"

"""What stands in best/ after a run: confirmed circuits with their held-out sizes, and what pruning left of them."""

from __future__ import annotations

import json

import pytest

from loop.config import RunConfig, RunSection, problem_of, score_settings
from loop.confirm import keep_best
from loop.export import model_source
from loop.memory import Attempt
from loop.run import Run, append_jsonl
from loop.verify import verify_export
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
    scores = [document["score"] for name, document in certificates(run).items() if not name.endswith("-pruned")]
    assert [[size["num_qubits"] for size in score["sizes"]] for score in scores] == [[2, 3], [2, 3]]
    held = {tuple(size["num_qubits"] for size in score["held_out"]): score["held_out_failures"] for score in scores}
    assert held[4,] == {}
    assert "too large for me" in held[()]["4"]


def test_the_leaderboard_has_the_held_out_figures_too(run):
    board = [Attempt.from_json(line) for line in json.loads((run.best_path / "leaderboard.json").read_text())]
    assert sorted(len(attempt.score.held_out) for attempt in board) == [0, 1]


def test_the_pruned_version_is_smaller_for_one_size_and_names_its_origin(run):
    found = certificates(run)
    pruned = {name: document for name, document in found.items() if name.endswith("-pruned")}
    assert pruned
    for name, document in pruned.items():
        origin = found[document["pruned_from"]]
        assert name == f"{document['pruned_from']}-pruned"
        (size,), before = document["score"]["sizes"], origin["score"]["sizes"][-1]
        assert size["num_qubits"] == before["num_qubits"] == 3
        assert (size["two_qubit_gates"], size["parameters"]) < (before["two_qubit_gates"], before["parameters"])
        source = model_source((run.best_path / name / "ansatz.py").read_text())
        space: dict = {}
        exec(source, space)
        with pytest.raises(ValueError, match="3 qubits"):
            space["create_ansatz"](4)


def test_all_of_it_verifies(run):
    for folder in sorted(run.best_path.glob("01-*")):
        assert [check for check in verify_export(folder) if not check.ok] == []


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
    assert [check for check in verify_export(folder) if not check.ok] == []

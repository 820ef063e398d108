"""Run directories for the report, with real scores: the tests write the code that a model would have written."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

from loop.attempt import Attempt
from loop.config import RunConfig, problem_of, score_settings
from loop.confirm import keep_best
from loop.environment import describe_environment
from loop.run import Run, append_jsonl
from rewards.score import Scorer

HOSTILE = '</script><script>window.pwned = 1</script><img src=x onerror="window.pwned = 1"> ${title} <!--'
"""Text that a model might write; anywhere in a page it has to stay text."""

LAYERS = """
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector


def create_ansatz(num_qubits):
    # {comment}
    theta = ParameterVector("t", {layers} * num_qubits)
    circuit = QuantumCircuit(num_qubits)
    for layer in range({layers}):
        for q in range(num_qubits):
            circuit.ry(theta[layer * num_qubits + q], q)
        if layer + 1 < {layers}:
            for q in range(num_qubits - 1):
                circuit.cx(q, q + 1)
    return circuit
"""


def layers(count: int, comment: str = "a ladder of ry and cx") -> str:
    return LAYERS.format(layers=count, comment=comment)


CODES = (
    "no code at all",
    layers(1),
    "def create_ansatz(num_qubits):\n    return (",
    f"def create_ansatz(num_qubits):\n    raise ValueError({HOSTILE!r})",
    layers(3),
    layers(2, HOSTILE),
)
PARENTS: tuple[tuple[int, ...], ...] = ((), (), (), (1,), (1,), (4,))
"""Which earlier attempts each prompt showed."""


def make_run(path: Path, sizes: Sequence[int] = (2, 3)) -> Run:
    """A finished run of two attempts a step on the Ising chain."""
    document = {
        "problem": "tfim",
        "sizes": list(sizes),
        "held_out": [4],
        "vqe": {"restarts": 4, "engine": "fast"},
        "run": {"steps": len(CODES) // 2, "confirm_restarts": 4, "top": 2, "workers": 1},
    }
    config = RunConfig.model_validate(document)
    problem = problem_of(config)
    run = Run.create(path, config, describe_environment(0))
    with Scorer(problem, score_settings(config)) as scorer, run.attempts_path.open("w") as handle:
        for k, code in enumerate(CODES):
            parents = tuple(_name(parent) for parent in PARENTS[k])
            append_jsonl(handle, Attempt(_name(k), 1 + k // 2, "p", parents, code, scorer.score(code), 0.1).to_json())
    with run.metrics_path.open("w") as handle:
        for step in range(1, 1 + len(CODES) // 2):
            append_jsonl(handle, _metrics(run, step))
    keep_best(run, config, problem)
    return run


def killed_copy(run: Run, path: Path, attempts: int = len(CODES)) -> Run:
    """What a process that was killed after so many attempts leaves: nothing confirmed in best/."""
    shutil.copytree(run.path, path, ignore=shutil.ignore_patterns("0*", "report.html", "baselines"))
    copy = Run(path)
    for file, count in ((copy.attempts_path, attempts), (copy.metrics_path, attempts // 2)):
        file.write_text("".join(file.read_text().splitlines(keepends=True)[:count]))
    return copy


def _name(k: int) -> str:
    return f"s{1 + k // 2:05d}-{k:03d}"


def _metrics(run: Run, step: int) -> dict[str, object]:
    rewards = [a.score.reward for a in run.attempts() if a.step == step and a.score.reward is not None]
    valid = [a for a in run.attempts() if a.step <= step and a.score.outcome == "ok"]
    return {
        "step": step,
        "reward_mean": sum(rewards) / len(rewards),
        "reward_max": max(rewards),
        "valid": 0.5,
        "unique": 0.5,
        "copied": 0.0,
        "truncated": 0.0,
        "zero_variance_groups": None,
        "best_error": min((max(s.error for s in a.score.sizes) for a in valid), default=None),
        "evaluations": len(valid),
        "seconds": {},
    }


def embedded(page: str) -> dict[str, object]:
    """The data in a page, as its script reads it."""
    text = page.split('<script type="application/json" id="data">', 1)[1].split("</script>", 1)[0]
    return json.loads(text)

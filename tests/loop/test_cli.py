"""The commands answer: figures, help with an example, names for the shell; --help imports nothing heavy."""

from __future__ import annotations

import importlib.metadata
import json
import subprocess
import sys

import pytest

from loop.cli import app, main
from tests.loop.helpers import LADDER

HOSTILE = {
    "endless loop": ("while True:\n        pass", {"cpu_timeout"}),
    "fork bomb": ("import os\n    while True:\n        os.fork()", {"forbidden_import", "forbidden_name", "exception"}),
    "file read": ("return open('/etc/passwd').read()", {"forbidden_import", "forbidden_name", "exception"}),
    "network": (
        "import socket\n    socket.create_connection(('127.0.0.1', 9))",
        {"forbidden_import", "forbidden_name", "exception"},
    ),
    "exit": ("import sys\n    sys.exit()", {"forbidden_import", "forbidden_name", "exception"}),
    "exit without an import": ("raise SystemExit", {"exception"}),
    "ten million gates": (
        "c = QuantumCircuit(num_qubits)\n    for k in range(10**7):\n        c.h(0)\n    return c",
        {"cpu_timeout", "memory", "too_many_gates"},
    ),
    "ground state initialised": (
        "import numpy as np\n    c = QuantumCircuit(num_qubits)\n"
        "    c.initialize(np.ones(2**num_qubits) / 2 ** (num_qubits / 2))\n    return c",
        {"forbidden_gate"},
    ),
}


def quantummind(*arguments: object) -> int:
    with pytest.raises(SystemExit) as end:
        main([str(a) for a in arguments])
    return int(end.value.code or 0)


@pytest.fixture
def ansatz(tmp_path):
    path = tmp_path / "ansatz.py"
    path.write_text(LADDER)
    return path


def test_score_prints_json_lines_and_nothing_else(ansatz, capfd):
    assert quantummind("score", ansatz, "--problem", "tfim", "--json") == 0
    (line,) = capfd.readouterr().out.splitlines()
    score = json.loads(line)
    assert score["outcome"] == "ok"
    assert score["sizes"][0]["two_qubit_gates"] == 3


def test_several_sizes_are_scored_together(ansatz, capfd):
    assert quantummind("score", ansatz, "--problem", "tfim", "--sizes", "2,4", "--json") == 0
    assert [s["num_qubits"] for s in json.loads(capfd.readouterr().out)["sizes"]] == [2, 4]


def test_hostile_files_get_their_verdict_and_the_others_their_score(tmp_path, capfd):
    folder = tmp_path / "candidates"
    folder.mkdir()
    for name, (body, _) in HOSTILE.items():
        source = f"from qiskit import QuantumCircuit\n\ndef create_ansatz(num_qubits):\n    {body}\n"
        (folder / f"{name}.py").write_text(source)
    (folder / "honest.py").write_text(LADDER)
    assert quantummind("score", folder, "--problem", "tfim", "--workers", 2, "--json") == 1, "most are no circuits"
    lines = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    scores = {line["file"].rsplit("/", 1)[1].removesuffix(".py"): line for line in lines}
    assert len(lines) == len(HOSTILE) + 1
    assert scores["honest"]["outcome"] == "ok"
    for name, (_, reasons) in HOSTILE.items():
        assert scores[name]["reason"] in reasons, (name, scores[name])
        assert scores[name]["reward"] < 0


def test_problems_tell_their_physics(capfd):
    assert quantummind("problems", "--json") == 0
    assert {row["name"] for row in json.loads(capfd.readouterr().out)} >= {"tfim", "xy", "heisenberg", "h2"}
    assert quantummind("problems", "tfim", "--json") == 0
    assert json.loads(capfd.readouterr().out)["4 qubits"]["exact_energy"] == pytest.approx(-4.758770483, abs=1e-9)


def test_help_imports_nothing_heavy():
    heavy = ("torch", "transformers", "trl", "qiskit", "numpy")
    code = f"import sys, loop.cli; print([m for m in {heavy} if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


@pytest.mark.parametrize("command", ["score", "problems", "verify", "show"])
def test_what_needs_no_training_package_imports_none(command, ansatz, tmp_path):
    arguments = {"score": [str(ansatz), "--problem", "tfim"], "problems": ["tfim"], "verify": ["."], "show": ["x"]}[
        command
    ]
    code = (
        "import sys\nfrom loop.cli import main\n"
        f"try:\n    main({[command, *arguments]!r})\nexcept SystemExit:\n    pass\n"
        "print([m for m in ('torch', 'transformers', 'trl', 'datasets') if m in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out.splitlines()[-1] == "[]"


def commands():
    """(words, command) of every command, those in groups too."""
    from typer.main import get_command

    todo = [((), get_command(app))]
    while todo:
        words, command = todo.pop()
        inside = getattr(command, "commands", {})
        if not inside:
            yield words, command
        todo += [((*words, name), one) for name, one in inside.items()]


COMMANDS = sorted(commands(), key=lambda pair: pair[0])


@pytest.mark.parametrize("words", [words for words, _ in COMMANDS], ids=" ".join)
def test_every_command_helps_with_an_example_of_itself(words, capfd):
    assert quantummind(*words, "--help") == 0
    example = " ".join(["quantummind", *words])
    assert f"{example} " in " ".join(capfd.readouterr().out.split("Usage:", 1)[1].split("[OPTIONS]", 1)[1].split())


PRINTS_NO_RESULT = {"dashboard", "merge", "report", "sft"}
"""Commands that serve, or write and name what they wrote."""


@pytest.mark.parametrize(("words", "command"), COMMANDS, ids=[" ".join(words) for words, _ in COMMANDS])
def test_every_command_that_prints_results_has_json(words, command):
    options = {option for parameter in command.params for option in parameter.opts}
    assert "--json" in options or words[0] in PRINTS_NO_RESULT


def test_the_version_is_that_of_the_package(capfd):
    assert quantummind("--version") == 0
    assert capfd.readouterr().out == f"quantummind {importlib.metadata.version('quantummind')}\n"


@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        ("quantummind dis", {"discover"}),
        ("quantummind discover he", {"heisenberg"}),
        ("quantummind discover tfim:f", {"tfim:field="}),
        ("quantummind discover tfim --set model.profile=emb", {"model.profile=embedded"}),
        ("quantummind discover tfim --set run.st", {"run.steps="}),
        ("quantummind validate qwen2.5-coder-1", {"qwen2.5-coder-1.5b"}),
        ("quantummind score x.py --problem h2", {"h2", "h2o"}),
    ],
)
def test_the_shell_completes_names(typed, completed, monkeypatch, capfd):
    monkeypatch.setenv("_QUANTUMMIND_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", typed)
    monkeypatch.setenv("COMP_CWORD", str(len(typed.split()) - 1))
    assert quantummind() == 0
    assert completed <= set(capfd.readouterr().out.split())

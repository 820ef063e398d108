"""What a user can get wrong is one line on stderr and exit code 2; --help is quick and imports nothing heavy."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from loop.cli import main

ANSATZ = """
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector

def create_ansatz(num_qubits):
    theta = ParameterVector("t", 2 * num_qubits)
    circuit = QuantumCircuit(num_qubits)
    for q in range(num_qubits):
        circuit.ry(theta[q], q)
    for q in range(num_qubits - 1):
        circuit.cx(q, q + 1)
    for q in range(num_qubits):
        circuit.ry(theta[num_qubits + q], q)
    return circuit
"""

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
    path.write_text(ANSATZ)
    return path


WRONG = [
    (["discovr", "tfim"], "'discover'"),
    (["discover"], "quantummind discover tfim"),
    (["discover", "tfin"], "did you mean 'tfim'"),
    (["discover", "tfim:feild=1"], "did you mean 'field'"),
    (["discover", "tfim", "--steps", "-1"], "greater than or equal to 1"),
    (["discover", "tfim", "--steps", "many"], "--steps"),
    (["discover", "tfim", "--stpes", "3"], "--steps"),
    (["discover", "tfim", "--set", "rum.steps=3"], "did you mean 'run'"),
    (["discover", "tfim", "--set", "model.profile=embeded"], "did you mean 'embedded'"),
    (["discover", "tfim", "--set", "grpo.num_generation=8"], "did you mean 'num_generations'"),
    (["discover", "tfim", "--config", "no-such.yaml"], "no-such.yaml"),
    (["discover", "tfim", "--sizes", "4,x"], "4,6"),
    (["discover", "tfim", "--sizes", "4", "--qubits", "4"], "not both"),
    (["discover", "tfim", "--qubits", "40"], "40"),
    (["discover", "h2", "--qubits", "5"], "4"),
    (["discover", "no-such.json"], "no-such.json"),
    (["resume", "no-such-run"], "no run directory"),
    (["resume", "."], "is no run directory"),
    (["export", "."], "is no run directory"),
    (["show", "no-such-run"], "no run directory"),
    (["verify", "no-such-path"], "no such path"),
    (["verify", "."], "no exported circuit"),
    (["score", "no-such.py", "--problem", "tfim"], "no such file"),
    (["score", "--problem", "tfim"], "files"),
    (["problems", "heisenbreg"], "did you mean 'heisenberg'"),
    (["sft", "no-such.yaml"], "no-such.yaml"),
]


@pytest.mark.parametrize(("arguments", "said"), WRONG, ids=[" ".join(a) for a, _ in WRONG])
def test_a_wrong_request_is_one_line_and_leaves_nothing(arguments, said, tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    assert quantummind(*arguments) == 2
    out, err = capfd.readouterr()
    lines = err.strip().splitlines()
    assert len(lines) == 1, err
    assert said in lines[0]
    assert lines[0].startswith("quantummind: ")
    assert out == ""
    assert list(tmp_path.iterdir()) == []


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
    (folder / "honest.py").write_text(ANSATZ)
    assert quantummind("score", folder, "--problem", "tfim", "--workers", 2, "--json") == 0
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


def test_a_closed_pipe_is_no_error(tmp_path):
    command = f"{sys.executable} -m loop.cli problems | true"
    assert subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True).stderr == ""

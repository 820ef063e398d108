"""What a user can do wrong, or to a run: one line on stderr, the right exit code, nothing lost, no traceback.

Three tables: requests that are wrong, runs that are damaged, and places where Ctrl-C comes. The command runs in this
process wherever that shows the same thing.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import struct
import subprocess
import sys
import time

import pytest

from loop.attempt import Attempt
from loop.cli import main
from loop.config import RunConfig, problem_of, score_settings
from loop.memory import Memory
from loop.run import Checkpoint, Run, append_jsonl
from rewards.score import Scorer
from tests.loop.helpers import LADDER

pytestmark = pytest.mark.xdist_group("invocations")


def quantummind(*arguments: object) -> int:
    """Run the command in this process; its exit code."""
    with pytest.raises(SystemExit) as end:
        main([str(a) for a in arguments])
    return int(end.value.code or 0)


def contents(folder) -> dict[str, bytes]:
    """Every file under a folder, the lock aside."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file() and p.name != ".lock"}


# ---- wrong requests


WRONG = [
    (["discovr", "tfim"], "'discover'"),
    (["discover"], "quantummind discover tfim"),
    (["discover", "tfin"], "did you mean 'tfim'"),
    (["discover", "tfim:feild=1"], "did you mean 'field'"),
    (["discover", "tfim:field=strong"], "field must be a number"),
    (["discover", "tfim:"], "tfim:parameter=value"),
    (["show", "one", "two"], "unexpected extra argument"),
    (["discover", "tfim", "--steps", "-1"], "greater than or equal to 1"),
    (["discover", "tfim", "--steps", "many"], "--steps"),
    (["discover", "tfim", "--stpes", "3"], "--steps"),
    (["discover", "tfim", "--steps"], "requires an argument"),
    (["discover", "tfim", "--set", "rum.steps=3"], "did you mean 'run'"),
    (["discover", "tfim", "--set", "run.steps"], "key.key=value"),
    (["discover", "tfim", "--set", "run.steps=many"], "run.steps"),
    (["discover", "tfim", "--set", "run=3"], "run: "),
    (["discover", "tfim", "--set", "run.seed.x=3"], "run.seed"),
    (["discover", "tfim", "--set", "memory.share=["], "not a YAML value"),
    (["discover", "tfim", "--set", "model.profile=embeded"], "did you mean 'embedded'"),
    (["discover", "tfim", "--set", "grpo.report_to=tensorbord"], "did you mean 'tensorboard'"),
    (["discover", "tfim", "--config", "no-such.yaml"], "no-such.yaml"),
    (["discover", "tfim", "--config", "."], "cannot read ."),
    (["discover", "tfim", "--sizes", "4,x"], "4,6"),
    (["discover", "tfim", "--sizes", "4,4"], "given twice"),
    (["discover", "tfim", "--sizes", "4", "--qubits", "4"], "not both"),
    (["discover", "tfim", "--qubits", "40"], "40"),
    (["discover", "h2", "--qubits", "5"], "4"),
    (["discover", "no-such.json"], "no-such.json"),
    (["discover", "no-such.yaml"], "no-such.yaml"),
    (["discover", "tfim", "--run", "/proc/no-such-place/run"], "cannot write the run directory"),
    (["discover", "tfim", "--preset", "23gb"], "did you mean"),
    (["discover", "tfim", "--held-out", "x"], "--held-out 'x'"),
    (["discover", "tfim", "--seed-from", "no-such-folder"], "no-such-folder"),
    (["discover", "tfim", "--compare", "hvaa"], "did you mean 'hva'"),
    (["resume", "no-such-run"], "no run directory"),
    (["resume", "."], "is no run directory"),
    (["export", "."], "is no run directory"),
    (["export", ".", "--format", "qasm"], "did you mean 'qasm3'"),
    (["export", ".", "--top", "0"], "--top"),
    (["show", "no-such-run"], "no run directory"),
    (["show"], "quantummind discover tfim"),
    (["verify", "no-such-path"], "no such path"),
    (["verify", "."], "no exported circuit"),
    (["score", "no-such.py", "--problem", "tfim"], "no such file"),
    (["score", ".", "--problem", "tfim"], "no .py file"),
    (["score", "--problem", "tfim"], "files"),
    (["score", "x.py"], "--problem"),
    (["problems", "heisenbreg"], "did you mean 'heisenberg'"),
    (["problems", "."], "is a folder"),
    (["doctor", "--set", "sandbox.minimum_levle=full"], "did you mean 'minimum_level'"),
    (["sft", "no-such.yaml"], "no-such.yaml"),
    (["validate", "embeded"], "did you mean 'embedded'"),
    (["validate", "."], "holds no model"),
    (["baseline", "tfim", "--method", "hvaa"], "did you mean 'hva'"),
    (["report", "no-such-run"], "no run directory"),
    (["builds", "show", "no-such-build"], "no build"),
    (["data"], "name one of"),
]


@pytest.mark.parametrize(("arguments", "said"), WRONG, ids=[" ".join(a) for a, _ in WRONG])
def test_a_wrong_request_is_one_line_and_leaves_nothing(arguments, said, tmp_path, monkeypatch, capfd):
    if arguments[0] in ("sft", "validate") or "model" in str(arguments):
        pytest.importorskip("torch", reason="needs the train extra")
    monkeypatch.chdir(tmp_path)
    assert quantummind(*arguments) == 2
    out, err = capfd.readouterr()
    lines = err.strip().splitlines()
    assert len(lines) == 1, err
    assert said in lines[0]
    assert lines[0].startswith("quantummind: ")
    assert out == ""
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "missing", "said"),
    [
        (["discover", "tfim"], "torch", "pip install 'quantummind[train]'"),
        (["discover", "tfim", "--set", "grpo.report_to=wandb"], "wandb", "pip install wandb"),
        (["validate", "embedded"], "trl", "pip install 'quantummind[train]'"),
        (["sft", "any.yaml"], "transformers", "pip install 'quantummind[train]'"),
    ],
)
def test_a_missing_package_is_named_with_the_command_that_installs_it(
    arguments, missing, said, tmp_path, monkeypatch, capfd
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, missing, None)
    assert quantummind(*arguments) == 2
    (line,) = capfd.readouterr().err.strip().splitlines()
    assert said in line
    assert list(tmp_path.iterdir()) == []


# ---- damaged runs


@pytest.fixture(scope="module")
def pristine(tmp_path_factory):
    """A run of two steps with one real circuit of 2 qubits, confirmed and exported; its weights are not real."""
    settings = {"confirm_restarts": 1, "steps": 2, "top": 1, "prune": False}
    config = RunConfig(problem="tfim", sizes=(2,), held_out=(3,), run=settings, vqe={"restarts": 1})
    run = Run.create(tmp_path_factory.mktemp("runs") / "run", config, {"seed": 0})
    with Scorer(problem_of(config), score_settings(config)) as scorer:
        score = scorer.score(LADDER)
    attempts = [Attempt(f"s0000{k}-000", k, f"s0000{k}-g0", (), LADDER, score, 0.1) for k in (1, 2)]
    steps = [{"step": k, "reward_mean": 0.1, "reward_max": 0.1, "valid": 1.0, "best_error": 0.1} for k in (1, 2)]
    for path, lines in ((run.attempts_path, [a.to_json() for a in attempts]), (run.metrics_path, steps)):
        with path.open("w") as handle:
            for line in lines:
                append_jsonl(handle, line)
    with Memory(run.memory_path) as memory:
        memory.add(attempts)
    for step in (1, 2):
        folder = run.path / f"checkpoint-{step}"
        folder.mkdir()
        (folder / "weights.bin").write_bytes(b"weights")
        Checkpoint(step, folder).seal()
    assert quantummind("export", run.path, "--to", run.best_path, "--transpile", "cx,rz,sx,x:line") == 0
    return run.path


@pytest.fixture
def run(pristine, tmp_path):
    shutil.copytree(pristine, tmp_path / "run")
    return Run(tmp_path / "run")


def cut(path):
    """Half of the file, as a full disk or a lost power leaves it."""
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def change(path, old: str, new: str):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def best(run):
    (folder,) = run.best_path.iterdir()
    return folder


GARBAGE = "no JSON\n"

DAMAGE = {
    "config.yaml cut": (lambda r: cut(r.config_path), "show", 2, "config.yaml"),
    "config.yaml empty": (lambda r: r.config_path.write_text(""), "show", 2, "config.yaml"),
    "config.yaml of a newer version": (
        lambda r: change(r.config_path, "memory:", "wormhole: 3\nmemory:"),
        "resume",
        2,
        "wormhole",
    ),
    "config.yaml missing": (lambda r: r.config_path.unlink(), "show", 2, "is no run directory"),
    "environment.json cut": (lambda r: cut(r.environment_path), "show", 2, "environment.json"),
    "environment.json missing": (lambda r: r.environment_path.unlink(), "resume", 2, "is no run directory"),
    "a newer format": (lambda r: change(r.environment_path, '"format": 1', '"format": 99'), "resume", 2, "format 99"),
    "attempts.jsonl: a line that is none": (
        lambda r: r.attempts_path.write_text(GARBAGE + r.attempts_path.read_text()),
        "show",
        2,
        "attempts.jsonl: line 1 is damaged",
    ),
    "attempts.jsonl: a line of another shape": (
        lambda r: r.attempts_path.write_text('{"id": "x"}\n'),
        "show",
        2,
        "line 1 is no attempt",
    ),
    "attempts.jsonl empty": (lambda r: r.attempts_path.write_text(""), "export", 2, "no valid circuit yet"),
    "metrics.jsonl: a line that is none": (
        lambda r: r.metrics_path.write_text(r.metrics_path.read_text() + GARBAGE),
        "show",
        2,
        "metrics.jsonl: line 3 is damaged",
    ),
    "memory.sqlite missing": (lambda r: r.memory_path.unlink(), "resume --steps 1", 2, "memory.sqlite is missing"),
    "memory.sqlite corrupted": (
        lambda r: r.memory_path.write_bytes(b"no database at all " * 100),
        "resume --steps 1",
        2,
        "memory.sqlite is damaged",
    ),
    "a checkpoint altered": (
        lambda r: (r.path / "checkpoint-2" / "weights.bin").write_bytes(b"other"),
        "resume --steps 1",
        2,
        "weights.bin differs",
    ),
    "a checkpoint without a file": (
        lambda r: (r.path / "checkpoint-2" / "weights.bin").unlink(),
        "resume --steps 1",
        2,
        "weights.bin is missing",
    ),
    "a manifest cut": (lambda r: cut(r.path / "checkpoint-2" / "manifest.json"), "resume --steps 1", 2, "manifest"),
    "a checkpoint without a manifest": (
        lambda r: (r.path / "checkpoint-2" / "manifest.json").unlink(),
        "resume --checkpoint 2",
        2,
        "has no checkpoint 2; it has: 1",
    ),
    "certificate cut": (lambda r: cut(best(r) / "certificate.json"), "verify", 2, "certificate.json"),
    "certificate of a newer format": (
        lambda r: change(best(r) / "certificate.json", '"format": 1', '"format": 99'),
        "verify",
        2,
        "format 1",
    ),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_run_is_one_line_and_left_as_it_is(damage, run, capfd):
    apply, command, code, said = DAMAGE[damage]
    apply(run)
    before = contents(run.path)
    name, *options = command.split()
    assert quantummind(name, run.path, *options) == code
    out, err = capfd.readouterr()
    (line,) = err.strip().splitlines()
    assert line.startswith("quantummind: ")
    assert said in line
    assert out == ""
    assert contents(run.path) == before


@pytest.mark.parametrize("name", ["attempts.jsonl", "metrics.jsonl"])
def test_a_line_cut_short_costs_that_line_alone(name, run, capfd):
    with (run.path / name).open("a") as handle:
        handle.write('{"id": "half')
    assert quantummind("show", run.path, "--json") == 0
    shown = json.loads(capfd.readouterr().out)
    assert (shown["attempts"], shown["step"]) == (2, 2)


@pytest.mark.parametrize(
    ("file", "old", "new", "named"),
    [
        ("circuit.transpiled.qasm3", "cx ", "cx $1, $0;\ncx ", "circuit.transpiled.qasm3"),
        ("circuit.qasm3", "cx ", "cx q[1], q[0];\ncx ", "circuit.qasm3"),
        ("circuit.qasm3", "cx ", "what is this ", "circuit.qasm3"),
        ("certificate.json", '"two_qubit_depth": ', '"two_qubit_depth": 1', "transpiled.sizes[0].two_qubit_depth"),
        ("ansatz.py", "num_qubits - 1", "num_qubits - 2", "score.circuit_hash"),
        ("ansatz.py", "for q in range(num_qubits):", "for q in range(2):", "score.held_out[0].parameters"),
    ],
)
def test_verify_names_the_figure_that_does_not_hold(file, old, new, named, run, capfd):
    change(best(run) / file, old, new)
    assert quantummind("verify", run.path) == 1
    out, err = capfd.readouterr()
    assert named in out
    assert err == ""


def test_an_export_that_cannot_be_written_is_one_line(run, capfd):
    before = contents(run.path)
    assert quantummind("export", run.path, "--to", "/proc/no-such-place") == 2
    (line,) = capfd.readouterr().err.strip().splitlines()
    assert "/proc/no-such-place" in line
    assert contents(run.path) == before


# ---- Ctrl-C


def press_ctrl_c(*_: object, **__: object):
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(5)
    raise AssertionError("Ctrl-C did nothing")


DISCOVER = ["discover", "tfim", "--qubits", "2", "--set", "run.workers=0"]

STAGES = {
    "while the model is loaded": ([*DISCOVER, "--run", "NEW"], "loop.discover._load_policy", "stopped"),
    "while a run is begun": ([*DISCOVER, "--run", "NEW"], "loop.discover._session", "quantummind resume"),
    "while a run is taken up": (["resume", "RUN", "--steps", "1"], "loop.discover._load_policy", "quantummind resume"),
    "while the best are confirmed": (["resume", "RUN"], "loop.confirm.harder", "quantummind resume"),
    "while the best are written": (["resume", "RUN"], "loop.export.contents", "quantummind resume"),
    "while an export is confirmed": (["export", "RUN", "--to", "NEW"], "rewards.measure.Measurer.size", "stopped"),
    "while an export is written": (["export", "RUN", "--to", "NEW"], "loop.export.certify", "stopped"),
    "while files are scored": (
        ["score", "FILE", "--problem", "tfim", "--qubits", "2"],
        "rewards.score.metrics",
        "stop",
    ),
    "while an export is verified": (["verify", "RUN"], "loop.stated.aer_energy", "stopped"),
    "while a run is shown": (["show", "RUN"], "loop.show.circuit_table", "stopped"),
    "while a problem is solved": (["problems", "tfim"], "loop.show.exact_energy", "stopped"),
    "while the machine is examined": (["doctor"], "loop.doctor.prove_layers", "stopped"),
}


@pytest.mark.parametrize("stage", STAGES)
def test_ctrl_c_is_one_line_and_130_and_nothing_is_lost(stage, run, tmp_path, monkeypatch, capfd):
    words, target, said = STAGES[stage]
    monkeypatch.setattr("loop.discover._load_policy", lambda *_: None)
    monkeypatch.setattr(target, press_ctrl_c)
    (tmp_path / "ansatz.py").write_text(LADDER)
    places = {"RUN": run.path, "NEW": tmp_path / "new", "FILE": tmp_path / "ansatz.py"}
    before = contents(run.path)
    assert quantummind(*(places.get(word, word) for word in words)) == 130
    lines = [line for line in capfd.readouterr().err.splitlines() if line.startswith("quantummind: ")]
    assert len(lines) == 1
    assert said in lines[0]
    assert contents(run.path) == before
    assert not list(tmp_path.rglob("*.draft")), "no half-written folder is left"


# ---- defects of ours


def break_something(monkeypatch):
    def defect(*_: object, **__: object):
        raise ZeroDivisionError("two\nlines")

    monkeypatch.setattr("quantum.problem.list_problems", defect)


def test_a_defect_of_ours_is_one_line_and_exit_code_1(monkeypatch, capfd):
    break_something(monkeypatch)
    assert quantummind("problems") == 1
    (line,) = capfd.readouterr().err.strip().splitlines()
    assert line == "quantummind: internal error, ZeroDivisionError: two lines (where: again with --debug)"


@pytest.mark.parametrize("how", ["before", "behind", "environment"])
def test_debug_shows_where(how, monkeypatch, capfd):
    break_something(monkeypatch)
    if how == "environment":
        monkeypatch.setenv("QUANTUMMIND_DEBUG", "1")
    words = {"before": ["--debug", "problems"], "behind": ["problems", "--debug"], "environment": ["problems"]}[how]
    assert quantummind(*words) == 1
    err = capfd.readouterr().err
    assert "Traceback" in err
    assert err.splitlines()[-1].startswith("quantummind: internal error")


# ---- pipes and terminals


def command(*arguments: object) -> str:
    return " ".join([sys.executable, "-m", "loop.cli", *map(str, arguments)])


def test_a_closed_pipe_is_no_error(run):
    for words in (("problems",), ("show", run.path, "--json"), ("--help",)):
        line = f"{command(*words)} | true"
        done = subprocess.run(["bash", "-o", "pipefail", "-c", line], capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (0, "")


def on_a_terminal(columns: int, *arguments: object, **environment: str) -> tuple[int, str]:
    """(exit code, what was printed) of the command on a terminal of that width."""
    import fcntl
    import pty
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    process = subprocess.Popen(
        [sys.executable, "-m", "loop.cli", *map(str, arguments)],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, "TERM": "xterm-256color", "COLUMNS": "", "LINES": "", **environment},
    )
    os.close(theirs)
    printed = b""
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:  # Linux says EIO when the other side is closed
            break
        if not part:
            break
        printed += part
    os.close(ours)
    return process.wait(), printed.decode().replace("\r", "")


def test_forty_columns_and_no_color(run):
    code, text = on_a_terminal(40, "show", run.path, NO_COLOR="1")
    assert code == 0
    assert "\x1b[3" not in text, "no colour"
    assert max(map(len, re.sub(r"\x1b\[[0-9;]*m", "", text).splitlines())) <= 40
    for figure in ("2q gates", "rel. error", "s00001-000", "q0 ry"):
        assert figure in text, figure
    assert "…" not in text, "what does not fit is left out, not cut"

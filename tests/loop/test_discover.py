"""Whole runs on the CPU with the embedded model: what a user types, and what must be on disk afterwards."""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time

import pytest

pytest.importorskip("torch", reason="needs the train extra")

from loop.cli import main
from loop.export import SEPARATOR
from loop.memory import Memory
from loop.run import Run

pytestmark = pytest.mark.xdist_group("discover")

SMALL = [
    *("--set", "grpo.per_device_train_batch_size=8", "--set", "grpo.num_generations=4"),
    *("--set", "grpo.max_completion_length=200", "--set", "run.workers=1", "--set", "run.top=1"),
    *("--set", "memory.share=0.7", "--set", "run.prune=false", "--set", "held_out=[]"),
]


ANOTHER = """
found = create_ansatz

def create_ansatz(num_qubits):
    circuit = found(num_qubits)
    circuit.h(0)
    return circuit

"""


def quantummind(*arguments: object) -> int:
    """Run the command in this process; its exit code."""
    with pytest.raises(SystemExit) as end:
        main([str(a) for a in arguments])
    return int(end.value.code or 0)


def start(*arguments: object) -> subprocess.Popen:
    """The command as a process of its own, in a process group of its own."""
    command = [sys.executable, "-m", "loop.cli", *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)


def wait_for_steps(path, count: int, process: subprocess.Popen) -> None:
    while process.poll() is None:
        if (path / "metrics.jsonl").exists() and len((path / "metrics.jsonl").read_text().splitlines()) >= count:
            return
        time.sleep(0.05)
    raise AssertionError(f"it ended too early: {process.communicate()[1]}")


def attempts(path) -> list[tuple[object, ...]]:
    return [(a.id, a.prompt_id, a.parents, a.code, a.score.reward) for a in Run(path).attempts()]


def state(path) -> dict[str, object]:
    """What has to be equal when two runs are the same: attempts, memory, weights after the last step."""
    run = Run(path)
    with Memory(run.memory_path) as memory:
        mark = memory.mark()
    last = run.checkpoints()[-1]
    weights = hashlib.sha256((last.path / "model.safetensors").read_bytes()).hexdigest()
    return {"attempts": sorted(attempts(path)), "memory": mark, "step": last.step, "weights": weights}


@pytest.fixture(scope="module")
def reference(tmp_path_factory):
    """Four steps without interruption."""
    path = tmp_path_factory.mktemp("reference") / "run"
    assert quantummind("discover", "tfim", "--steps", 4, "--run", path, *SMALL) == 0
    return path


def test_a_run_directory_holds_what_users_rely_on(reference):
    names = {p.name for p in reference.iterdir()}
    assert names >= {"config.yaml", "environment.json", "attempts.jsonl", "metrics.jsonl", "memory.sqlite", "best"}
    run = Run.open(reference)
    assert [m["step"] for m in run.metrics()] == [1, 2, 3, 4]
    assert len(list(run.attempts())) == 32
    assert run.environment()["sandbox"]["level"] in ("basic", "strong", "full")
    for metrics in run.metrics():
        assert set(metrics["seconds"]) == {"sample", "reward", "train"}
        assert 0 <= metrics["unique"] <= metrics["valid"] <= 1


def test_prompts_show_what_the_memory_holds(reference):
    known = {a.id: a for a in Run(reference).attempts()}
    shown = [(a, known[parent]) for a in known.values() for parent in a.parents]
    assert shown
    for attempt, parent in shown:
        assert parent.step < attempt.step
        assert parent.score.outcome == "ok"


def test_stopped_and_resumed_is_the_same_as_uninterrupted(reference, tmp_path):
    path = tmp_path / "run"
    assert quantummind("discover", "tfim", "--steps", 2, "--run", path, *SMALL) == 0
    assert quantummind("resume", path, "--steps", 2) == 0
    assert state(path) == state(reference)
    folders = [sorted(p.name for p in (one / "best").iterdir()) for one in (path, reference)]
    assert folders[0] == folders[1], "what is no longer best has gone"


def test_two_updates_a_generation_resume_exactly_and_each_has_its_line(tmp_path):
    twice = [*SMALL, "--set", "grpo.num_iterations=2"]
    assert quantummind("discover", "tfim", "--steps", 3, "--run", tmp_path / "whole", *twice) == 0
    assert quantummind("discover", "tfim", "--steps", 1, "--run", tmp_path / "run", *twice) == 0
    assert quantummind("resume", tmp_path / "run", "--steps", 2) == 0
    assert state(tmp_path / "run") == state(tmp_path / "whole")
    lines = [{k: v for k, v in line.items() if k != "seconds"} for line in Run(tmp_path / "run").metrics()]
    assert lines == [{k: v for k, v in line.items() if k != "seconds"} for line in Run(tmp_path / "whole").metrics()]
    assert [line["valid"] is None for line in lines] == [False, True, False]
    assert [line["evaluations"] for line in lines[:2]] == [lines[0]["evaluations"]] * 2


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("grpo.lr=1", "unknown key 'grpo.lr' (TRL's GRPOConfig); did you mean 'learning_rate'?"),
        ("grpo.deepspeed=zero3.json", "grpo.deepspeed cannot be set"),
        ("grpo.router_aux_loss_coef=0.5", "Mixture-of-Experts"),
    ],
)
def test_what_trl_would_refuse_late_is_one_line_and_leaves_nothing(setting, said, tmp_path, capsys):
    assert quantummind("discover", "tfim", "--run", tmp_path / "run", *SMALL, "--set", setting) == 2
    assert said in capsys.readouterr().err.splitlines()[-1]
    assert not any(tmp_path.iterdir())


def wait_for_attempts(path, count: int, process: subprocess.Popen) -> None:
    while process.poll() is None:
        if (path / "attempts.jsonl").exists() and (path / "attempts.jsonl").read_bytes().count(b"\n") >= count:
            return
        time.sleep(0.02)
    raise AssertionError(f"it ended too early: {process.communicate()[1]}")


def survives(path, reference, moments, draw: random.Random) -> None:
    """Killed once so many attempts are on disk, a moment later, and taken up again, over and over: as if never."""
    command: tuple[object, ...] = ("discover", "tfim", "--steps", 4, "--run", path, *SMALL)
    known: list[tuple[object, ...]] = []
    for moment in moments:
        process = start(*command)
        wait_for_attempts(path, moment, process)
        time.sleep(draw.uniform(0.0, 0.4))
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        now = attempts(path)
        assert now[: len(known)] == known, "no scored attempt is lost"
        known = now
        assert len({row[0] for row in now}) == len(now), "none is there twice"
        command = ("resume", path)
    assert quantummind("resume", path) == 0
    assert attempts(path)[: len(known)] == known
    assert state(path) == state(reference)


def test_killed_at_two_moments_and_resumed_is_the_same_as_uninterrupted(reference, tmp_path):
    path = tmp_path / "run"
    survives(path, reference, (3, 17), random.Random(0))
    assert json.loads((path / "best" / "leaderboard.json").read_text()), "the best is on disk at any moment"


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
def test_killed_at_ten_random_moments_and_resumed_is_the_same_as_uninterrupted(reference, tmp_path, seed):
    draw = random.Random(seed)
    survives(tmp_path / "run", reference, sorted(draw.choices(range(1, 28), k=10)), draw)


def test_ctrl_c_finishes_the_step_saves_and_says_how_to_go_on(tmp_path):
    path = tmp_path / "run"
    process = start("discover", "tfim", "--steps", 500, "--run", path, *SMALL)
    wait_for_steps(path, 1, process)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=120)
    assert process.returncode == 130
    assert f"quantummind resume {path}" in said
    run = Run.open(path)
    assert run.checkpoints()[-1].step == list(run.metrics())[-1]["step"]


def test_ctrl_c_twice_stops_at_once_and_loses_no_scored_attempt(tmp_path):
    path = tmp_path / "run"
    process = start("discover", "tfim", "--steps", 500, "--run", path, *SMALL)
    wait_for_steps(path, 1, process)
    scored = attempts(path)
    process.send_signal(signal.SIGINT)
    time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=120)
    assert process.returncode == 130
    assert f"quantummind resume {path}" in said
    assert "Traceback" not in said
    assert attempts(path)[: len(scored)] == scored


def test_an_occupied_run_directory_is_refused(reference, capsys):
    before = state(reference)
    assert quantummind("discover", "tfim", "--steps", 1, "--run", reference, *SMALL) == 2
    assert "quantummind resume" in capsys.readouterr().err
    assert state(reference) == before


def test_a_fork_leaves_the_old_run_as_it_was(reference, tmp_path):
    before = state(reference)
    assert quantummind("resume", reference, "--checkpoint", 3, "--steps", 1, "--to", tmp_path / "fork") == 0
    assert state(reference) == before
    assert state(tmp_path / "fork") == before


def test_a_damaged_checkpoint_stops_with_one_line(reference, tmp_path, capsys):
    path = tmp_path / "run"
    shutil.copytree(reference, path)
    with (path / "checkpoint-4" / "optimizer.pt").open("ab") as handle:
        handle.write(b"x")
    assert quantummind("resume", path, "--steps", 1) == 2
    assert "optimizer.pt differs" in capsys.readouterr().err


@pytest.fixture(scope="module")
def exported(reference, tmp_path_factory):
    target = tmp_path_factory.mktemp("exports")
    assert quantummind("export", reference, "--to", target) == 0
    (folder,) = target.iterdir()
    return folder


def test_an_export_verifies_and_runs_with_qiskit_alone(exported):
    assert quantummind("verify", exported) == 0
    score = json.loads((exported / "certificate.json").read_text())["score"]
    command = [sys.executable, "-I", str(exported / "ansatz.py")]
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert f"energy {score['sizes'][0]['energy']:.9f}"[:-1] in out


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('"two_qubit_gates": ', '"two_qubit_gates": 1', "score.sizes[0].two_qubit_gates"),
        ('"exact_energy": -4.7587', '"exact_energy": -4.7588', "hamiltonians[0].exact_energy"),
        ('"step": ', '"step": 1', "origin.step"),
    ],
)
def test_a_changed_digit_is_named(exported, tmp_path, capsys, old, new, named):
    folder = tmp_path / exported.name
    shutil.copytree(exported, folder)
    text = (folder / "certificate.json").read_text()
    assert old in text
    (folder / "certificate.json").write_text(text.replace(old, new))
    assert quantummind("verify", folder) == 1
    assert named in capsys.readouterr().out


def test_a_changed_circuit_file_is_named(exported, tmp_path, capsys):
    folder = tmp_path / exported.name
    shutil.copytree(exported, folder)
    source = (folder / "ansatz.py").read_text()
    (folder / "ansatz.py").write_text(source.replace(SEPARATOR, ANOTHER + SEPARATOR))
    assert quantummind("verify", folder) == 1
    out = capsys.readouterr().out
    assert "files.ansatz.py" in out
    assert "score.circuit_hash" in out


def test_showing_exporting_and_verifying_need_no_training_package(reference, exported, tmp_path):
    code = (
        "import sys\n"
        "for name in ('torch', 'transformers', 'trl', 'datasets', 'peft'):\n    sys.modules[name] = None\n"
        "from loop.cli import main\nmain(sys.argv[1:])"
    )
    for arguments in (("show", reference), ("export", reference, "--to", tmp_path / "e"), ("verify", exported)):
        done = subprocess.run([sys.executable, "-c", code, *map(str, arguments)], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr

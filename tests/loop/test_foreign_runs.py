"""Runs that somebody else made: whatever stands in their files, looking at one does no harm and takes no time."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from loop.cli import main
from loop.report.server import Dashboard
from loop.run import Run
from quantum.errors import RequestError
from tests.loop.report.runs import killed_copy, make_run

PAYLOAD = """
import numpy as np
from qiskit import QuantumCircuit

def create_ansatz(num_qubits):
    np.savetxt({canary!r}, [1.0])
    return QuantumCircuit(num_qubits)
"""


@pytest.fixture(scope="module")
def honest(tmp_path_factory):
    return make_run(tmp_path_factory.mktemp("honest") / "run")


@pytest.fixture
def foreign(honest, tmp_path):
    """A killed copy of an honest run, whose best attempt has become a payload that writes tmp_path/canary."""
    run = killed_copy(honest, tmp_path / "run")
    lines = [json.loads(line) for line in run.attempts_path.read_text().splitlines()]
    for line in lines:
        line["code"] = PAYLOAD.format(canary=str(tmp_path / "canary"))
    run.attempts_path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return run


def change(foreign: Run, **sections: dict[str, object]) -> None:
    document = yaml.safe_load(foreign.config_path.read_text())
    for section, values in sections.items():
        document[section] = {**document[section], **values}
    foreign.config_path.write_text(yaml.safe_dump(document))


def quantummind(*arguments: object) -> int:
    with pytest.raises(SystemExit) as end:
        main([str(a) for a in arguments])
    return int(end.value.code or 0)


@pytest.mark.parametrize("command", ["report", "export", "resume", "show"])
def test_no_run_switches_the_sandbox_off(command, foreign, capfd):
    change(foreign, sandbox={"unsafe_no_sandbox": True}, run={"steps": 1})
    assert quantummind(command, foreign.path) == 2
    assert "--unsafe-no-sandbox" in capfd.readouterr().err
    assert not (foreign.path.parent / "canary").exists()


def test_nor_on_the_dashboard(foreign):
    change(foreign, sandbox={"unsafe_no_sandbox": True})
    dashboard = Dashboard(foreign.path.parent)
    with pytest.raises(RequestError, match="--unsafe-no-sandbox"):
        dashboard.page("run")
    assert "no file and no --set can change unsafe_no_sandbox" in dashboard.overview()
    assert not (foreign.path.parent / "canary").exists()


def test_nor_does_a_setting_on_the_command_line(tmp_path, capfd):
    (tmp_path / "ansatz.py").write_text(PAYLOAD.format(canary=str(tmp_path / "canary")))
    arguments = ("score", tmp_path / "ansatz.py", "--problem", "tfim", "--qubits", 2)
    assert quantummind(*arguments, "--set", "sandbox.unsafe_no_sandbox=true") == 2
    assert "--unsafe-no-sandbox" in capfd.readouterr().err


def test_the_option_of_the_command_does_and_says_so_and_marks_the_score(tmp_path, capfd):
    canary = tmp_path / "canary"
    (tmp_path / "ansatz.py").write_text(PAYLOAD.format(canary=str(canary)))
    arguments = ("score", tmp_path / "ansatz.py", "--problem", "tfim", "--qubits", 2, "--json", "--unsafe-no-sandbox")
    assert quantummind(*arguments) == 1, "it makes no circuit"
    out, err = capfd.readouterr()
    assert canary.exists()
    assert "candidates run with your files, keys and network" in err
    assert json.loads(out)["sandbox_level"] == "none"


def test_what_a_run_asks_for_is_capped_before_anything_is_computed(foreign, tmp_path):
    change(foreign, vqe={"restarts": 2_000_000}, sandbox={"cpu_seconds": 1e6, "wall_seconds": 1e6})
    config = foreign.config()
    assert (config.vqe.restarts, config.sandbox.cpu_seconds) == (1024, 10.0)
    assert Path(foreign.config_path).read_text().count("2000000") == 1

"""What is honest holds, in every form that an export has; and what a command says of it, with which exit code."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from loop import certificate
from loop.cli import main
from loop.export import SEPARATOR
from loop.verify import Verifier
from quantum.hamiltonians import hamiltonian_from_operator
from quantum.problem import Problem, family_problem, resolve_problem, single_problem
from quantum.vqe import VqeSettings
from tests.forgeries import workshop
from tests.forgeries.workshop import FUNCTION, Export

SEVERAL_PARAMETERS = """
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector

def create_ansatz(num_qubits):
    t = ParameterVector("t", 6)
    circuit = QuantumCircuit(num_qubits)
    for q in range(num_qubits):
        circuit.ry(t[0] + 2 * t[1] - t[2] + 0.5 * t[3], q)
        circuit.rzz(t[4] - t[5], q, (q + 1) % num_qubits)
        circuit.rx(t[5] + t[4] + t[3] + t[q], q)
    return circuit
"""

GUARDED = f"""from __future__ import annotations
{FUNCTION}
if __name__ == "__main__":
    print(create_ansatz(4))

NAME = __name__
"""

ONLY_SMALL = FUNCTION.replace("    t = ", '    assert num_qubits < 4, f"too large: {object()}"\n    t = ')


def test_angles_of_several_parameters(tmp_path: Path, verifier: Verifier) -> None:
    """Qiskit names them in another order each time."""
    found = workshop.confirmed(SEVERAL_PARAMETERS, resolve_problem("tfim", (3,)))
    workshop.export(tmp_path / "one", found, ("qpy", "json"))
    workshop.export(tmp_path / "two", found, ("qpy",), device=None)
    data = (tmp_path / "one" / "circuit.qpy").read_bytes()
    assert data != (tmp_path / "two" / "circuit.qpy").read_bytes(), "a case that shows something"
    assert verifier.verify(tmp_path / "one").sentence.startswith("yes")


def test_a_main_block_of_its_own_gives_way_to_ours(tmp_path: Path, verifier: Verifier) -> None:
    workshop.export(tmp_path / "one", workshop.confirmed(GUARDED, resolve_problem("tfim", (2,))), ("json",), None)
    source = (tmp_path / "one" / "ansatz.py").read_text()
    assert source.count("__main__") == 1
    assert "NAME = __name__" in source
    assert verifier.verify(tmp_path / "one").sentence.startswith("yes")


def test_a_function_taken_from_an_export_is_exported_without_what_was_added(tmp_path: Path, verifier: Verifier) -> None:
    found = workshop.confirmed(problem=resolve_problem("tfim", (2,)))
    workshop.export(tmp_path / "one", found, ("py",), None)
    source = (tmp_path / "one" / "ansatz.py").read_text()
    again = replace(found, attempt=replace(found.attempt, code=source))
    workshop.export(tmp_path / "two", again, ("py",), None)
    assert (tmp_path / "two" / "ansatz.py").read_text() == source
    assert source.count(SEPARATOR) == 1


def operator_problem() -> Problem:
    from qiskit.quantum_info import SparsePauliOp

    operator = SparsePauliOp.from_list([("ZZ", -1.0), ("XI", 0.4), ("IX", 0.4)])
    return single_problem(hamiltonian_from_operator(operator, name="mine"))


PROBLEMS = {
    "a molecule": lambda: resolve_problem("h2"),
    "an operator": operator_problem,
    "a name of its own": lambda: family_problem("tfim", {"field": 0.5}, (2,), (), name="my chain"),
    "limits of its own": lambda: replace(resolve_problem("tfim", (2,)), limit_overrides=(("max_depth", 50),)),
}


@pytest.mark.parametrize("problem", PROBLEMS)
def test_any_problem(problem: str, tmp_path: Path, verifier: Verifier) -> None:
    workshop.export(tmp_path / "one", workshop.confirmed(problem=PROBLEMS[problem]()), ("py", "json"), device=None)
    assert verifier.verify(tmp_path / "one").sentence.startswith("yes")


def test_a_held_out_size_that_failed_may_fail_in_other_words(tmp_path: Path, verifier: Verifier) -> None:
    found = workshop.confirmed(ONLY_SMALL)
    workshop.export(tmp_path / "one", found, ("json",), device=None)
    export = Export(tmp_path / "one")
    assert "too large: <object object at" in export.score["held_out_failures"]["4"]
    assert verifier.verify(export.folder).outcome == "holds"
    export.score["held_out_failures"]["4"] = "cpu_timeout: too slow"
    export.seal()
    assert verifier.verify(export.folder).failed == ["score.held_out_failures.4"]


def test_a_minimum_that_only_a_known_start_led_to(tmp_path: Path, verifier: Verifier) -> None:
    problem = resolve_problem("tfim", (3,))
    known = {3: workshop.confirmed(problem=problem).score.sizes[0].best_parameters}
    hasty = workshop.SETTINGS.model_copy(update={"vqe": VqeSettings(restarts=1, max_evaluations=2)})
    found = workshop.confirmed(problem=problem, settings=hasty, known=known)
    assert found.score.sizes[0].best_start == "given", "a case that shows something"
    workshop.export(tmp_path / "one", found, ("json",), device=None)
    assert verifier.verify(tmp_path / "one").sentence.startswith("yes")
    export = Export(tmp_path / "one")
    export.size["energy"] -= 1e-6
    export.seal()
    assert verifier.verify(export.folder).outcome == "does not hold"


def test_with_a_certificate_comes_the_function(tmp_path: Path) -> None:
    workshop.export(tmp_path / "one", workshop.confirmed(problem=resolve_problem("tfim", (2,))), ("json",), device=None)
    assert sorted(path.name for path in (tmp_path / "one").iterdir()) == ["ansatz.py", "certificate.json"]


def test_every_part_of_a_certificate_is_either_derived_or_named_as_not(honest: Path) -> None:
    document = certificate.read_certificate(honest)
    derived = {"format", "hamiltonians", "circuits", "score", "transpiled", "files", "seal"}
    derived |= {"problem.limits", "problem.hamiltonians"}
    named = {*derived, *certificate.CHOSEN, *certificate.STATED}
    parts = {*document, *certificate.Certificate.model_fields}
    parts -= {"problem", "settings"}
    parts |= {f"{key}.{below}" for key in ("problem", "settings") for below in document[key]}
    assert parts - named == set(), "say in loop/certificate.py whether it is chosen, stated or derived"


def quantummind(*arguments: object) -> int:
    with pytest.raises(SystemExit) as end:
        main([str(argument) for argument in arguments])
    return int(end.value.code or 0)


@pytest.fixture
def shared(verifier: Verifier, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command works with the verifier of all tests: a sandbox takes seconds to start."""
    monkeypatch.setattr("loop.verify.Verifier", lambda *_: contextlib.nullcontext(verifier))


def forged(plain: Path, folder: Path, change: dict[str, object]) -> Path:
    shutil.copytree(plain, folder)
    export = Export(folder)
    export.document.update(change)
    export.seal()
    return folder


@pytest.mark.usefixtures("shared")
def test_three_outcomes_have_three_exit_codes(plain: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    places = {"holds": plain}
    places["does not hold"] = forged(plain, tmp_path / "a", {"circuits": []})
    settings = {**Export(plain).document["settings"]}
    settings["vqe"] = {**settings["vqe"], "restarts": 2_000_000}
    places["cannot be checked"] = forged(plain, tmp_path / "b", {"settings": settings})
    codes = {}
    for outcome, folder in places.items():
        codes[outcome] = quantummind("verify", folder, "--json")
        said = json.loads(capsys.readouterr().out)
        assert (said["outcome"], said["ok"]) == (outcome, outcome == "holds")
        assert "date" in said["stated"]
    assert codes == {"holds": 0, "does not hold": 1, "cannot be checked": 3}
    assert quantummind("verify", tmp_path) == 1, "of several, the worst"
    assert quantummind("verify", tmp_path / "b") == 3
    out = capsys.readouterr().out
    assert "cannot be checked here: settings.vqe.restarts" in out
    assert "stated by the maker, not derived:" in out


def test_work_beyond_the_minutes_is_not_begun(plain: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert quantummind("verify", plain, "--minutes", 0) == 3
    assert "all figures: more than is allowed, see --minutes" in capsys.readouterr().out


@pytest.mark.usefixtures("shared")
def test_what_a_certificate_says_is_printed_as_text(
    plain: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "a"
    shutil.copytree(plain, folder)
    export = Export(folder)
    for key in ("\x1b[2Jyes, all hold", "[/nope]", "[link=https://x]here[/link]", "a\u202eb", "\x9b2J\r"):
        export.score[key] = export.score["known_as"] = export.document["date"] = key
    export.seal()
    assert quantummind("verify", folder) == 1
    out = capsys.readouterr().out
    assert not set(out) & set("\x1b\x9b\r\u202e")
    for shown in ("\\x1b[2Jyes", "[/nope]", "[link=https://x]", "a\\u202eb"):
        assert shown in out
    assert quantummind("verify", folder, "--json") == 1
    assert json.loads(capsys.readouterr().out)["failed"]


def test_half_a_character_is_no_text(plain: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(plain, tmp_path / "a")
    path = tmp_path / "a" / "certificate.json"
    path.write_text(path.read_text().replace('"run": "honest"', '"run": "\\ud800"'))
    assert quantummind("verify", path.parent) == 2
    assert capsys.readouterr().err.startswith("quantummind: cannot read")


def test_a_pipe_or_a_link_as_a_certificate_is_one_line(tmp_path: Path, plain: Path) -> None:
    (tmp_path / "pipe").mkdir()
    os.mkfifo(tmp_path / "pipe" / "certificate.json")
    (tmp_path / "link").mkdir()
    (tmp_path / "link" / "certificate.json").symlink_to(plain / "certificate.json")
    for name in ("pipe", "link"):
        path = tmp_path / name / "certificate.json"
        done = subprocess.run(
            [sys.executable, "-m", "loop.cli", "verify", str(path)], capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 2
        assert len(done.stderr.splitlines()) == 1

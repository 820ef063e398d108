"""The sandbox and the workers start wherever the command starts: packages by PYTHONPATH alone, or as conda has them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from quantum.errors import InfrastructureError
from rewards.processes import Processes

PROJECT = Path(__file__).parents[2]
BASE = Path(sys.base_prefix) / "bin" / f"python3.{sys.version_info.minor}"
SCORE = """
import json
from loop.cli import main
main(["score", {file!r}, {other!r}, "--problem", "tfim", "--qubits", "2", "--workers", "1", "--json"])
"""


def run(python: Path, code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "VIRTUAL_ENV"))}
    return subprocess.run(
        [str(python), "-S", "-c", code] if "PYTHONPATH" in environment else [str(python), "-c", code],
        env=kept | environment,
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def codes(tmp_path: Path) -> dict[str, str]:
    from tests.loop.helpers import LADDER

    for name in ("a.py", "b.py"):
        (tmp_path / name).write_text(LADDER)
    return {"file": str(tmp_path / "a.py"), "other": str(tmp_path / "b.py")}


def test_packages_by_pythonpath_alone(codes: dict[str, str], tmp_path: Path) -> None:
    if not BASE.exists() or sys.prefix == sys.base_prefix:
        pytest.skip("no interpreter without packages here")
    target = tmp_path / "target"  # as `pip install --target` leaves it, ours elsewhere
    target.symlink_to(sysconfig.get_path("purelib"))
    done = run(BASE, SCORE.format(**codes), PYTHONPATH=f"{PROJECT}:{target}")
    assert done.returncode == 0, done.stderr
    assert [json.loads(line)["outcome"] for line in done.stdout.splitlines()] == ["ok", "ok"]


def test_an_interpreter_with_its_packages_beside_it(codes: dict[str, str], tmp_path: Path) -> None:
    """As conda lays it out: PREFIX/bin/python and PREFIX/lib/python3.N/site-packages, no virtual environment."""
    if not BASE.exists() or sys.prefix == sys.base_prefix:
        pytest.skip("no interpreter without packages here")
    library = Path(sysconfig.get_path("stdlib"))
    prefix = tmp_path / "conda"
    inside = prefix / "lib" / library.name
    inside.mkdir(parents=True)
    for entry in library.iterdir():
        if entry.name != "site-packages":
            (inside / entry.name).symlink_to(entry)
    (inside / "site-packages").mkdir()
    for entry in Path(sysconfig.get_path("purelib")).iterdir():
        if "quantummind" not in entry.name:
            (inside / "site-packages" / entry.name).symlink_to(entry)
    (inside / "site-packages" / "ours.pth").write_text(f"{PROJECT}\n")
    for shared in Path(sys.base_prefix).glob("lib/libpython*"):
        (prefix / "lib" / shared.name).symlink_to(shared)
    (prefix / "bin").mkdir()
    (prefix / "bin" / "python").write_bytes(BASE.read_bytes())
    (prefix / "bin" / "python").chmod(0o755)
    library_path = f"{Path(sys.base_prefix) / 'lib'}"
    done = run(prefix / "bin" / "python", SCORE.format(**codes), LD_LIBRARY_PATH=library_path)
    assert done.returncode == 0, done.stderr
    assert [json.loads(line)["outcome"] for line in done.stdout.splitlines()] == ["ok", "ok"]


def refuse(reason: str) -> None:
    raise RuntimeError(reason)


def test_processes_that_cannot_start_say_so_in_one_line(capfd: pytest.CaptureFixture[str]) -> None:
    with (
        pytest.raises(InfrastructureError, match=r"^working processes do not start: no package\x20here$"),
        Processes(2, refuse, "no package\nhere") as pool,
    ):
        list(pool.map(len, ["a", "b"], chunksize=1))
    assert capfd.readouterr().err == ""


def test_processes_that_die_say_so_in_one_line(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(InfrastructureError, match="a working process died"), Processes(1, print) as pool:
        list(pool.map(os._exit, [3], chunksize=1))
    assert "Traceback" not in capfd.readouterr().err

"""What is installed is complete, and its core works without any training package."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import yaml

from tests.loop.helpers import ONE_CX

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("configs", "grpo", "loop", "models", "quantum", "rewards", "sft")
FILES = ("pyproject.toml", "README.md", "LICENSE")
EXTRAS = ("torch", "transformers", "trl", "datasets", "peft", "accelerate", "bitsandbytes", "lark", "plotly", "pyscf")
"""Import names of what only the extras bring."""


RUN = """
from pathlib import Path
from loop.config import RunConfig, problem_of, score_settings
from loop.attempt import Attempt
from loop.run import Run, append_jsonl
from rewards.score import Scorer

section = {"confirm_restarts": 1, "prune": False, "top": 1}
config = RunConfig(problem="tfim", sizes=(2,), held_out=(), run=section, vqe={"restarts": 1})
run = Run.create(Path("run"), config, {"seed": 0})
code = Path("ansatz.py").read_text()
with Scorer(problem_of(config), score_settings(config)) as scorer, run.attempts_path.open("w") as handle:
    append_jsonl(handle, Attempt("s00001-000", 1, "s00001-g0", (), code, scorer.score(code), 0.1).to_json())
"""
"""A run with one scored attempt; making one by `discover` takes the train extra."""

NOT_QISKIT = (*ROOMS, *EXTRAS, "numba", "pydantic", "typer", "rich", "matplotlib", "yaml", "qiskit_aer")
"""What an exported ansatz.py has to do without."""

pytestmark = pytest.mark.xdist_group("packaging")

BLOCKED = f"import sys\nsys.modules.update(dict.fromkeys({EXTRAS}))\n"


def sources(folder: Path) -> set[str]:
    """Every file of the packages under a folder, but caches."""
    found = (p for room in ROOMS for p in (folder / room).rglob("*") if p.is_file() and "__pycache__" not in p.parts)
    return {str(p.relative_to(folder)) for p in found}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    pytest.importorskip("setuptools", reason="building a wheel without network needs setuptools here")
    tree, target = tmp_path_factory.mktemp("tree"), tmp_path_factory.mktemp("wheel")
    for room in ROOMS:
        shutil.copytree(ROOT / room, tree / room, ignore=shutil.ignore_patterns("__pycache__"))
    for file in FILES:
        shutil.copy(ROOT / file, tree)
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "-w", str(target), str(tree)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    (made,) = target.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory) -> Path:
    """The wheel unpacked, as pip would."""
    site = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    return site


def test_the_wheel_holds_every_file_of_the_packages_and_nothing_else(installed):
    assert sources(installed) == sources(ROOT)
    others = {p.name for p in installed.iterdir()} - set(ROOMS)
    assert [Path(name).suffix for name in others] == [".dist-info"]


def test_every_package_is_typed_and_the_licence_comes_along(installed):
    assert all((installed / room / "py.typed").is_file() for room in ROOMS)
    (info,) = installed.glob("*.dist-info")
    assert (info / "licenses" / "LICENSE").read_text() == (ROOT / "LICENSE").read_text()
    assert "quantummind = loop.cli:main" in (info / "entry_points.txt").read_text()


def without_extras(code: str, folder: Path, *arguments: str, site: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Python in a folder, with our packages from `site` and those of the extras out of reach."""
    command = [sys.executable, "-c", BLOCKED + code, *arguments]
    environment = {**os.environ, "PYTHONPATH": str(site)}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)


COMMAND = "from loop.cli import main\nmain(sys.argv[1:])"


def test_the_unpacked_wheel_finds_its_data(installed, tmp_path):
    done = without_extras(
        f"import loop\nprint(loop.__file__, file=sys.stderr)\n{COMMAND}", tmp_path, "problems", "h2", site=installed
    )
    assert done.stderr.startswith(str(installed))
    assert "hartree" in done.stdout


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    """A folder with an ansatz, a run, and the run's best circuit exported to e/."""
    home = tmp_path_factory.mktemp("home")
    (home / "ansatz.py").write_text(ONE_CX)
    for code, words in ((RUN, ()), (COMMAND, ("export", "run", "--to", "e"))):
        made = without_extras(code, home, *words)
        assert made.returncode == 0, made.stderr
    return home


CORE = {
    "problems": (["problems", "tfim", "--json"], lambda found: found["4 qubits"]["exact_energy"] < -4.7),
    "molecules": (["problems", "h2", "--json"], lambda found: found["name"] == "h2"),
    "score": (["score", "ansatz.py", "--problem", "tfim", "--qubits", "2", "--json"], lambda s: s["outcome"] == "ok"),
    "show": (["show", "run", "--json"], lambda found: found["attempts"] == 1),
    "export": (["export", "run", "--to", "r", "--transpile", "cx,rz,sx,x:line", "--json"], lambda e: e["transpiled"]),
    "verify": (["verify", "e", "--json"], lambda found: found["ok"]),
}


@pytest.mark.parametrize("name", CORE)
def test_the_core_works_without_the_training_packages(name, home):
    words, holds = CORE[name]
    done = without_extras(COMMAND, home, *words)
    assert (done.returncode, done.stderr) == (0, "")
    assert holds(json.loads(done.stdout))


def test_an_exported_ansatz_runs_with_qiskit_alone(home):
    (script,) = home.glob("e/*/ansatz.py")
    blocked = f"import runpy, sys\nsys.modules.update(dict.fromkeys({NOT_QISKIT}))\n"
    code = blocked + "runpy.run_path(sys.argv[1], run_name='__main__')"
    done = subprocess.run([sys.executable, "-I", "-c", code, str(script)], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    score = json.loads((script.parent / "certificate.json").read_text())["score"]
    assert f"2 qubits: energy {score['sizes'][0]['energy']:.9f}" in done.stdout


def test_what_needs_an_extra_names_it(home):
    for words, extra in ((["discover", "tfim"], "train"), (["report", "run"], "report")):
        done = without_extras(COMMAND, home, *words)
        assert done.returncode == 2
        (line,) = done.stderr.splitlines()
        assert f"quantummind[{extra}]" in line


@pytest.mark.slow
def test_a_core_install_of_its_own_passes_the_tests_of_the_core(wheel, tmp_path):
    """A new virtual environment with the wheel and nothing else of the project; needs a package index."""
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "venv")], check=True)
    python = str(tmp_path / "venv" / "bin" / "python")
    install = [python, "-m", "pip", "install", "--quiet", str(wheel), "pytest", "hypothesis", "types-PyYAML"]
    done = subprocess.run(install, capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"no package index: {done.stderr.strip().splitlines()[-1]}")
    here = tmp_path / "checkout"
    shutil.copytree(ROOT / "tests", here / "tests")
    shutil.copytree(ROOT / "configs" / "problems", here / "configs" / "problems")
    (here / "pytest.ini").write_text("[pytest]\naddopts = --import-mode=importlib\npythonpath = .\nmarkers = slow\n")
    parts = ("quantum", "rewards/test_ladder.py", "rewards/test_score.py", "loop/test_run.py", "loop/test_routing.py")
    command = [python, "-m", "pytest", "-q", "-m", "not slow", *(f"tests/{part}" for part in parts)]
    done = subprocess.run(command, cwd=here, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-3000:]


def test_the_citation_names_this_version():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    version = re.search(r'^version = "(.+)"', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)[1]
    assert citation["version"] == version
    assert citation["license"] == "Apache-2.0"
    assert f"## [{version}]" in (ROOT / "CHANGELOG.md").read_text()

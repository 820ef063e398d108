"""What README and the pages print can be typed. Cheap commands are run as written, on a tiny run; of the others every
command, option, key, problem, model and file exists. (The tutorials are run whole by tests/docs/test_tutorials.py.)"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.main import get_command

from loop.baselines.compare import parse_methods
from loop.baselines.registry import find_method
from loop.cli import app, main
from loop.config import load_run_config
from models.config import load_config
from models.presets import resolve_preset
from models.profiles import list_profiles
from quantum.families import FAMILIES
from quantum.hamiltonians import build_hamiltonian
from quantum.problem import resolve_problem
from rewards.components import yardstick
from rewards.order import Rank
from sft.config import SftSettings
from tests.loop.helpers import ONE_CX

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
RUN_HERE = {"problems", "doctor", "score", "show", "export", "verify", "report"}
HAMILTONIAN = '{"num_qubits": 2, "pauli_terms": [["ZZ", -1.0], ["IX", -0.5]]}'

pytestmark = pytest.mark.xdist_group("docs")


def blocks(page: Path, language: str) -> Iterator[str]:
    yield from re.findall(rf"^```{language}\n(.*?)^```$", page.read_text(), re.MULTILINE | re.DOTALL)


def typed(page: Path) -> list[list[str]]:
    """The words of each command that a reader types: lines of bash blocks, and of console blocks behind a `$`."""
    lines = [line for block in blocks(page, "bash") for line in without_files(block).splitlines()]
    lines += [line[2:] for block in blocks(page, "console") for line in block.splitlines() if line.startswith("$ ")]
    return [words for line in lines if (words := shlex.split(line.partition("||")[0], comments=True))]


def without_files(block: str) -> str:
    """Here-documents left out, continued lines joined."""
    return re.sub(r"<<'(\w+)'\n.*?^\1$", "", block, flags=re.MULTILINE | re.DOTALL).replace("\\\n", " ")


def parsed(words: list[str]) -> tuple[str, SimpleNamespace]:
    """The name of the subcommand, and its parameters; raises click's UsageError for what it does not take."""
    command, path, rest = get_command(app), [], words[1:]
    while hasattr(command, "commands"):
        assert rest[0] in command.commands, f"no command {rest[0]!r}: {shlex.join(words)}"
        command = command.commands[rest[0]]
        path.append(rest.pop(0))
    context = command.make_context(" ".join(path), list(rest))
    return " ".join(path), SimpleNamespace(**context.params)


TYPED = [
    pytest.param(page, words, id=f"{page.stem}: {shlex.join(words[1:])}")
    for page in PAGES
    for words in typed(page)
    if words[0] == "quantummind"
]


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory as readers have it, with one tiny run."""
    folder = tmp_path_factory.mktemp("docs")
    for name in ("configs", "docs", "README.md"):
        (folder / name).symlink_to(ROOT / name)
    (folder / "my_ansatz.py").write_text(ONE_CX)
    (folder / "my_hamiltonian.json").write_text(HAMILTONIAN)
    for name in ("chain.yaml", "small.yaml", "dimer.json"):  # what the tutorials write
        text = "".join(block for page in PAGES for block in blocks(page, "bash"))
        found = re.search(rf"^cat > {name} <<'(\w+)'\n(.*?)^\1$", text, re.MULTILINE | re.DOTALL)
        assert found, name
        (folder / name).write_text(found[2])
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        small = "--set vqe.restarts=2 --set run.confirm_restarts=2 --set run.prune=false --set held_out=[]"
        assert quantummind(f"baseline tfim --method random --qubits 2 --evaluations 3 --run runs/RUN {small}") == 0
    return folder


def quantummind(line: str) -> int:
    with pytest.raises(SystemExit) as end:
        main(shlex.split(line))
    return int(end.value.code or 0)


def test_cheap_commands_run_as_written(workplace, monkeypatch):
    monkeypatch.chdir(workplace)
    pages = [page for page in PAGES if page.parent.name != "tutorials"]
    lines = [shlex.join(words[1:]) for page in pages for words in typed(page) if words[0] == "quantummind"]
    cheap = list(dict.fromkeys(line for line in lines if line.split()[0] in RUN_HERE))
    assert {line.split()[0] for line in cheap} == RUN_HERE
    assert {line: quantummind(line) for line in cheap} == dict.fromkeys(cheap, 0)


@pytest.mark.parametrize(("page", "words"), TYPED)
def test_a_printed_command_is_taken(page, words, workplace, monkeypatch):
    monkeypatch.chdir(workplace)
    name, given = parsed(words)
    named = getattr(given, "problem", None) or []
    for problem in [named] if isinstance(named, str) else named:
        if not (name == "data prepare" and problem == "auto"):
            resolve_problem(problem)
    settings = getattr(given, "set_", None) or []
    if name == "sft":
        load_config(SftSettings, given.config, [one for one in settings if not one.startswith("data=")])
    elif name in ("discover", "baseline", "score"):
        load_run_config(given.config, settings)
        models = [one.partition("=")[2] for one in settings if one.startswith("model.profile=")]
        assert all(map(is_model, models)), models
    if getattr(given, "preset", None):
        resolve_preset(given.preset)
    if getattr(given, "method", None):
        find_method(given.method)
    if getattr(given, "compare", None):
        parse_methods(given.compare)
    for key in ("model", "base"):
        assert is_model(getattr(given, key, None) or "embedded"), words


def is_model(name: str) -> bool:
    """A profile, a build of a config that exists, or a folder of either."""
    name = name.removeprefix("builds/")
    recipes = [path.stem for path in (ROOT / "configs" / "sft").glob("*.yaml")]
    builds = {f"{recipe}-{end}" for recipe in [*recipes, "small"] for end in ("v1", "v2", "final")}
    return name in {*list_profiles(), *builds, "random", "fastformula"}


def test_inline_commands_and_their_options_exist():
    text = "\n".join(page.read_text() for page in PAGES)
    known = get_command(app).commands  # type: ignore[attr-defined]
    for line in set(re.findall(r"`quantummind ([a-z][^`\n]*)`", text)):
        words = line.split()
        assert words[0] in known, line
        leaf = known[words[0]]
        leaf = getattr(leaf, "commands", {}).get(words[1] if len(words) > 1 else "", leaf)
        options = {option for parameter in leaf.params for option in parameter.opts} | {"--help"}
        assert {word.split("=")[0] for word in words if word.startswith("--")} <= options, line


def test_printed_files_targets_and_configs_exist():
    text = "\n".join(page.read_text() for page in PAGES)
    targets = set(re.findall(r"^make ([a-z-]+)|`make ([a-z-]+)", text, re.MULTILINE))
    makefile = (ROOT / "Makefile").read_text()
    for target in {one for pair in targets for one in pair if one}:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
    for path in set(re.findall(r"\b((?:configs|benchmarks)/[\w./-]+\.(?:yaml|json|py))\b", text)):
        assert (ROOT / path).is_file(), path


def test_the_familys_example_is_a_family(monkeypatch):
    (code,) = blocks(ROOT / "docs/how-to/add-a-hamiltonian.md", 'python title="[^"]*"')
    scope: dict = {}
    exec(code, scope)
    monkeypatch.setitem(FAMILIES, "xx", scope["XX"])  # type: ignore[arg-type]
    terms = dict(build_hamiltonian("xx", 3, field=0.5).terms)
    assert terms == {"IXX": 1.0, "XXI": 1.0, "IIZ": 0.5, "IZI": 0.5, "ZII": 0.5}


def test_the_components_example_is_a_component():
    (code,) = blocks(ROOT / "docs/how-to/add-a-reward-component.md", 'python title="[^"]*"')
    scope: dict = {}
    exec(code, scope)
    for missed, earned in ((0.0, 0.1), (0.5, 0.0)):
        rank = Rank(False, missed, 5, 5, 5, 0.0)
        assert scope["finished"](rank, yardstick(resolve_problem("tfim"))) == earned


def test_the_python_example_runs(workplace, monkeypatch, capsys):
    monkeypatch.chdir(workplace)
    (code,) = blocks(ROOT / "docs/reference/python.md", "python")
    exec(code, {})
    reward, energy = map(float, capsys.readouterr().out.split())
    assert 0 <= reward <= 1.2
    assert energy >= -4.758770484


def test_links_of_the_readme_lead_somewhere():
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", (ROOT / "README.md").read_text()):
        assert "://" in target or (ROOT / target).exists(), target

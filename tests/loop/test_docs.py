"""What README and the guide print can be typed: every command, option, problem and file in them exists."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from typer.main import get_command

from loop.cli import app
from quantum.problem import resolve_problem

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = get_command(app).commands  # type: ignore[attr-defined]
LINES = sorted(
    {
        line.split("#")[0].strip(" $`")
        for page in ("README.md", "docs/guide.md")
        for line in re.findall(r"quantummind [a-z][^\n`;]*", (ROOT / page).read_text())
    }
)
MAKE = sorted(set(re.findall(r"`?make ([a-z-]+)", (ROOT / "README.md").read_text())) - {"alone"})


@pytest.mark.parametrize("line", [line for line in LINES if line.split()[1] in COMMANDS])
def test_a_printed_command_exists_with_its_options(line):
    words = shlex.split(line)
    known = {option for parameter in COMMANDS[words[1]].params for option in parameter.opts}
    assert {w.split("=")[0] for w in words if w.startswith("--")} <= known
    if words[1] == "discover" and len(words) > 2 and not words[2].startswith(("-", "my_")):
        resolve_problem(words[2])


def test_every_printed_command_is_one_of_ours():
    strangers = {line.split()[1] for line in LINES} - COMMANDS.keys()
    assert strangers <= {"and", "is"}, strangers


@pytest.mark.parametrize("target", MAKE)
def test_a_printed_make_target_exists(target):
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE)


def test_links_lead_somewhere():
    for page in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\(([^)#]+)\)", page.read_text()):
            assert "://" in target or (page.parent / target).exists(), (page.name, target)

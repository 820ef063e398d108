"""The site builds without a warning or the network, and its reference knows every command and every key."""

from __future__ import annotations

import html
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import BaseModel
from typer.main import get_command

from loop.cli import app
from loop.config import RunConfig
from models.presets import Preset
from models.profiles import Profile
from sft.config import SftSettings

pytest.importorskip("mkdocs", reason="mkdocs is not installed: pip install 'quantummind[docs]'")
pytest.importorskip("material", reason="mkdocs-material is not installed: pip install 'quantummind[docs]'")
pytest.importorskip("mkdocstrings", reason="mkdocstrings is not installed: pip install 'quantummind[docs]'")

ROOT = Path(__file__).resolve().parents[2]
CONFIGS = (RunConfig, SftSettings, Profile, Preset)
FETCHES = r'<(?:script|link|img|iframe)\b[^>]*?\b(?:src|href)="((?:https?:)?//[^"]+)"'

pytestmark = pytest.mark.xdist_group("docs")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site") / "site"
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)],
        cwd=ROOT,
        env={
            **os.environ,
            "NO_MKDOCS_2_WARNING": "1",
            "http_proxy": "http://127.0.0.1:9",
            "https_proxy": "http://127.0.0.1:9",
        },
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert not re.search("warning|error", done.stdout + done.stderr, re.IGNORECASE), done.stderr
    return folder


def rows(page: Path) -> dict[str, str]:
    """Meaning by key, over all tables of a page."""
    found = re.findall(r"<tr>\s*<td><code>([\w.]+)</code></td>(.*?)</tr>", page.read_text(), re.DOTALL)
    return {key: re.findall(r"<td>(.*?)</td>", cells, re.DOTALL)[-1] for key, cells in found}


def test_every_key_of_every_config_has_a_meaning_in_the_reference(site: Path) -> None:
    known = rows(site / "reference" / "configuration.html")
    assert not [key for key, meaning in known.items() if not meaning.strip()]
    for kind in CONFIGS:
        for name, field in kind.model_fields.items():
            section = field.annotation
            if isinstance(section, type) and issubclass(section, BaseModel):
                assert {f"{name}.{key}" for key in section.model_fields} <= {
                    ".".join(key.split(".")[:2]) for key in known
                }
            else:
                assert any(key == name or key.startswith(f"{name}.") for key in known), name
    assert {"run.stop.patience", "search.decoding.temperatures", "scratch.hidden_size", "vqe.restarts"} <= known.keys()


def test_every_command_and_option_is_in_the_reference(site: Path) -> None:
    page = html.unescape(re.sub(r"<[^>]+>", "", (site / "reference" / "commands.html").read_text()))
    for name, command in get_command(app).commands.items():  # type: ignore[attr-defined]
        for path, leaf in getattr(command, "commands", {"": command}).items():
            assert f"Usage: quantummind {f'{name} {path}'.strip()}" in page
            for option in (one for parameter in leaf.params for one in parameter.opts if one.startswith("--")):
                assert option in page, (name, path, option)


def test_no_page_fetches_anything(site: Path) -> None:
    pages = list(site.rglob("*.html"))
    assert len(pages) > 20
    fetched = {(page.name, address) for page in pages for address in re.findall(FETCHES, page.read_text())}
    assert not {one for one in fetched if 'rel="canonical"' not in one[1]}


def test_every_page_is_in_the_navigation(site: Path) -> None:
    index = (site / "index.html").read_text()
    for page in (ROOT / "docs").rglob("*.md"):
        assert page.relative_to(ROOT / "docs").with_suffix(".html").as_posix() in index, page

"""The tutorials are run as they are written: every bash block of a page, in order, in an empty directory."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("trl", reason="the tutorials train a model")

TUTORIALS = sorted((Path(__file__).resolve().parents[2] / "docs" / "tutorials").glob("*.md"))
LEFT_BEHIND = {
    "spin-chain": ["runs/chain/report.html", "runs/chain/checkpoint-4", "exports/chain/*/certificate.json"],
    "your-hamiltonian": ["from-qiskit.json", "runs/dimer/seeds/*ladder.py", "runs/dimer/best/*/ansatz.py"],
    "your-model": ["builds/small-v1/build.json", "builds/small-v1/model.safetensors", "runs/mine/checkpoint-1"],
}
"""What a reader has in the directory at the end."""


def test_every_tutorial_is_run():
    assert {page.stem for page in TUTORIALS} == LEFT_BEHIND.keys()


@pytest.mark.parametrize("page", TUTORIALS, ids=lambda page: page.stem)
def test_a_tutorial_runs_as_written(page: Path, tmp_path: Path):
    blocks, shown = (
        re.findall(rf"^```{language}\n(.*?)^```$", page.read_text(), re.MULTILINE | re.DOTALL)
        for language in ("bash", "text")
    )
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }
    done = subprocess.run(
        ["bash", "-exuo", "pipefail", "-c", "\n".join(blocks)],
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.returncode == 0, done.stdout
    assert not re.search(r"^(quantummind: |Traceback)", done.stdout, re.MULTILINE), done.stdout
    for word in re.findall(r"[a-z_][\w./-]+", "".join(shown)):  # figures may differ in their last digits
        assert word in done.stdout, f"{word} is shown and was not printed\n{done.stdout}"
    for pattern in LEFT_BEHIND[page.stem]:
        assert list(tmp_path.glob(pattern)), f"{pattern} is missing\n{done.stdout}"

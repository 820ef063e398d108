"""Where candidates' libraries come from: beside a checkout of ours, and installed beside Qiskit."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from rewards.sandbox.preload import clean_path


@pytest.mark.parametrize("installed", [True, False])
def test_a_checkout_leaves_the_path_and_an_installation_keeps_qiskits_plug_ins(
    installed: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project, other = tmp_path / "project", tmp_path / "other"
    other.mkdir()
    project.mkdir()
    if installed:
        (project / "qiskit").mkdir()
    monkeypatch.setattr(sys, "path", ["", str(project), str(other), str(tmp_path / "absent")])
    clean_path(str(project))
    assert sys.path == ([str(project)] if installed else []) + [str(other)]

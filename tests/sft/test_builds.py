"""Versions, promotion and rollback on disk; no training needed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from loop.cli import main
from models.profiles import resolve_profile
from quantum.errors import RequestError
from sft.builds import (
    diff_builds,
    find_build,
    history,
    list_builds,
    next_build,
    promote,
    promoted,
    rollback,
    unfinished_build,
)


def make(root: Path, name: str, loss: float | None = 1.0, **config: object) -> Path:
    """A build directory; unfinished when `loss` is None."""
    path = root / name
    path.mkdir(parents=True)
    (path / "config.yaml").write_text(yaml.safe_dump({"seed": 0, **config}))
    if loss is not None:
        record = {"profile": "embedded", "validation_loss": loss, "train_rows": 10, "corpus_sha256": "ab"}
        (path / "build.json").write_text(json.dumps(record))
        (path / "config.json").write_text("{}")
    return path


def test_versions_count_up_whatever_else_is_there(tmp_path: Path) -> None:
    assert next_build("m", tmp_path / "none") == tmp_path / "none" / "m-v1"
    for name in ("m-v1", "m-v9", "m-v10", "m", "m-vx", "other-v30"):
        make(tmp_path, name)
    assert next_build("m", tmp_path).name == "m-v11"
    assert [build.name for build in list_builds(tmp_path) if build.family == "m"] == ["m", "m-v1", "m-v9", "m-v10"]


def test_only_the_last_version_is_resumed_and_only_while_unfinished(tmp_path: Path) -> None:
    make(tmp_path, "m-v1")
    with pytest.raises(RequestError, match="no unfinished build of 'm'"):
        unfinished_build("m", tmp_path)
    make(tmp_path, "m-v2", loss=None)
    assert unfinished_build("m", tmp_path).name == "m-v2"


def test_promotion_moves_the_final_link_and_rollback_returns_it(tmp_path: Path) -> None:
    for number in (1, 2, 3):
        make(tmp_path, f"m-v{number}")
    promote("m-v1", tmp_path)
    promote("m-v2", tmp_path)
    link = promote("m-v3", tmp_path)
    assert link.readlink() == Path("m-v3"), "relative: the root can be moved"
    assert resolve_profile(link).name == "m-final"
    rollback("m", tmp_path)
    assert link.resolve().name == promoted("m", tmp_path) == "m-v2"
    rollback("m-final", tmp_path)
    assert link.resolve().name == "m-v1"
    with pytest.raises(RequestError, match="nothing to go back to"):
        rollback("m", tmp_path)
    assert [entry["action"] for entry in history("m", tmp_path)] == ["promote"] * 3 + ["rollback"] * 2
    promote("m-v3", tmp_path)
    assert link.resolve().name == "m-v3"
    assert find_build("m-final", tmp_path).name == "m-v3"


def test_promoting_again_mends_a_link_that_a_crash_left_behind(tmp_path: Path) -> None:
    make(tmp_path, "m-v1")
    promote("m-v1", tmp_path).unlink()
    assert promote("m-v1", tmp_path).resolve().name == "m-v1"
    assert len(history("m", tmp_path)) == 1


def test_what_cannot_be_promoted_or_found_is_one_line(tmp_path: Path) -> None:
    make(tmp_path, "m-v1", loss=None)
    with pytest.raises(RequestError, match="is not finished"):
        promote("m-v1", tmp_path)
    with pytest.raises(RequestError, match="did you mean 'm-v1'"):
        find_build("m-v2", tmp_path)
    make(tmp_path, "n-v1")
    make(tmp_path, "n-final")
    with pytest.raises(RequestError, match="a directory of its own"):
        promote("n-v1", tmp_path)
    (tmp_path / "n-v1" / "build.json").write_text("{")
    with pytest.raises(RequestError, match=r"build\.json is damaged"):
        _ = find_build("n-v1", tmp_path).record


def test_a_diff_names_what_differs_and_nothing_else(tmp_path: Path) -> None:
    first = make(tmp_path, "m-v1", 1.0, training={"learning_rate": 1e-3, "max_steps": 5})
    make(tmp_path, "m-v2", 0.5, training={"learning_rate": 2e-3, "max_steps": 5})
    (first / "validation.json").write_text(json.dumps({"shares": {"valid": {"share": 0.9}}}))
    found = diff_builds(find_build("m-v1", tmp_path), find_build("m-v2", tmp_path))
    assert found == {
        "config": {"training.learning_rate": (1e-3, 2e-3)},
        "data": {},
        "metrics": {"validation_loss": (1.0, 0.5), "valid": (0.9, None)},
    }


def test_the_commands_speak_json_and_a_build_is_a_model_by_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    make(tmp_path / "builds", "m-v1")
    make(tmp_path / "builds", "m-v2", loss=None)

    def run(*words: str) -> str:
        with pytest.raises(SystemExit) as leaving:
            main(["builds", *words])
        assert not leaving.value.code
        return capsys.readouterr().out

    assert json.loads(run("promote", "m-v1", "--json"))["build"] == "m-v1"
    listed = json.loads(run("list", "--json"))
    assert [(one["name"], one["finished"], one["promoted"]) for one in listed] == [
        ("m-v1", True, True),
        ("m-v2", False, False),
    ]
    assert "promoted" in run("list")
    assert json.loads(run("show", "m-final", "--json"))["record"]["validation_loss"] == 1.0
    assert "validation_loss" in run("show", "m-v1")
    assert "m-v2" in run("diff", "m-v1", "m-v2")
    assert resolve_profile("m-v1").model_name_or_path == "builds/m-v1"

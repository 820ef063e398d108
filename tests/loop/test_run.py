from __future__ import annotations

import json
import subprocess
import sys

import pytest

from loop.config import RunConfig
from loop.run import Checkpoint, Run, append_jsonl, mend_jsonl, safe_name
from quantum.errors import RequestError
from tests.loop.helpers import failed, valid


@pytest.fixture
def run(tmp_path):
    return Run.create(tmp_path / "run", RunConfig(problem="tfim"), {"seed": 0})


def make_checkpoint(run: Run, step: int) -> Checkpoint:
    checkpoint = Checkpoint(step, run.path / f"checkpoint-{step}")
    checkpoint.path.mkdir()
    (checkpoint.path / "weights.bin").write_bytes(bytes([step]) * 100)
    checkpoint.seal()
    return checkpoint


def test_the_config_that_was_written_is_the_config_that_is_read(run):
    assert run.config() == RunConfig(problem="tfim")
    assert Run.open(run.path).config() == run.config()


def test_an_occupied_directory_is_refused_and_untouched(run):
    before = {p: p.read_bytes() for p in run.path.rglob("*") if p.is_file()}
    with pytest.raises(RequestError, match="quantummind resume"):
        Run.create(run.path, RunConfig(problem="xy"), {})
    assert {p: p.read_bytes() for p in run.path.rglob("*") if p.is_file()} == before


def test_a_directory_of_something_else_is_refused(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(RequestError, match="choose another --run"):
        Run.create(tmp_path, RunConfig(problem="tfim"), {})


def test_what_is_no_run_is_one_line(tmp_path, run):
    for path, said in ((tmp_path, "is no run directory"), (tmp_path / "rum", "did you mean 'run'")):
        with pytest.raises(RequestError, match=said):
            Run.open(path)


def test_a_newer_format_is_refused(run):
    run.environment_path.write_text(json.dumps({**run.environment(), "format": 99}))
    with pytest.raises(RequestError, match="format 99"):
        Run.open(run.path)


def test_a_line_cut_short_by_a_kill_is_left_out_and_mended(run):
    attempts = [valid("a", 0.5), failed("b")]
    with run.attempts_path.open("w") as handle:
        for attempt in attempts:
            append_jsonl(handle, attempt.to_json())
        handle.write('{"id": "half')
    assert list(run.attempts()) == attempts
    mend_jsonl(run.attempts_path)
    with run.attempts_path.open("a") as handle:
        append_jsonl(handle, valid("c", 0.1).to_json())
    assert [a.id for a in run.attempts()] == ["s00001-a", "s00001-b", "s00001-c"]


def test_a_checkpoint_without_its_manifest_does_not_count(run):
    make_checkpoint(run, 2)
    (run.path / "checkpoint-3").mkdir()
    assert [c.step for c in run.checkpoints()] == [2]
    run.drop_checkpoints_after(2)
    assert not (run.path / "checkpoint-3").exists()


def test_a_damaged_checkpoint_is_named(run):
    checkpoint = make_checkpoint(run, 1)
    checkpoint.check()
    (checkpoint.path / "weights.bin").write_bytes(b"other")
    with pytest.raises(RequestError, match=r"weights\.bin differs"):
        checkpoint.check()
    (checkpoint.path / "weights.bin").unlink()
    with pytest.raises(RequestError, match=r"weights\.bin is missing"):
        checkpoint.check()


def test_a_run_is_written_by_one_process_at_a_time(run):
    code = (
        f"from pathlib import Path; from loop.run import Run\nwith Run(Path({str(run.path)!r})).locked(): print('held')"
    )
    with run.locked():
        other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "in use" in other.stderr
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "held\n"


def test_metrics_after_a_step_are_dropped(run):
    with run.metrics_path.open("w") as handle:
        for step in (1, 2, 3):
            append_jsonl(handle, {"step": step})
    run.rewind_metrics(2)
    assert [m["step"] for m in run.metrics()] == [1, 2]


def test_names_are_safe_for_files():
    assert safe_name("tfim:field=0.5/../x y") == "tfim-field=0.5-..-x-y"

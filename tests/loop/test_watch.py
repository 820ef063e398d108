"""`show --watch` draws a live run again when it has written something, and ends with it."""

from __future__ import annotations

import io
import threading

from rich.console import Console

from loop import watch as watching
from loop.config import RunConfig
from loop.run import Run, append_jsonl
from loop.watch import watch
from tests.loop.helpers import failed


def make_run(path):
    config = RunConfig.model_validate({"problem": "tfim"})
    run = Run.create(path, config, {"date": "2026-11-20"})
    run.attempts_path.touch()
    return run


def shown(run):
    console = Console(file=io.StringIO(), width=100)
    watch(run, 3, console)
    return console.file.getvalue()


def test_a_run_that_has_ended_is_shown_once(tmp_path):
    assert "0 of 80, 0 attempts" in shown(make_run(tmp_path / "run"))


def test_a_live_run_is_followed_to_its_end(tmp_path, monkeypatch):
    monkeypatch.setattr(watching, "SECONDS", 0.02)
    run = make_run(tmp_path / "run")
    written, seen = threading.Event(), threading.Event()

    def live():
        with run.locked(), run.attempts_path.open("a") as handle:
            written.set()
            append_jsonl(handle, failed("x").to_json())
            seen.wait(timeout=60)

    original = watching.summarise

    def summarise(*arguments):
        summary = original(*arguments)
        if summary[0]["attempts"]:
            seen.set()
        return summary

    monkeypatch.setattr(watching, "summarise", summarise)
    writer = threading.Thread(target=live)
    writer.start()
    written.wait()
    text = shown(run)
    writer.join()
    assert "1 attempts" in text
    assert "1 exception" in text

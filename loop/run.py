"""A run directory: what is in it, how it is written, and how it is opened again.

    config.yaml  environment.json  attempts.jsonl  metrics.jsonl  memory.sqlite  checkpoint-N/  best/

attempts.jsonl is append-only and the source of truth: an attempt is on disk the moment it is scored. A checkpoint is
whole when it has a manifest.json (written last, by rename); one without is what a killed process left and is ignored.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from loop.attempt import Attempt
from loop.config import RunConfig, dump_config
from loop.run_files import attempt_of, environment_of, step_of
from models.config import parse_config, read_yaml
from quantum.errors import RequestError, did_you_mean
from quantum.hamiltonians import FAMILIES
from quantum.reading import LINE, parse_json, read_json, read_lines, read_text
from rewards.sandbox import Protection

FORMAT = 1
MANIFEST = "manifest.json"


class Run:
    """The paths and files of one run; `Run.create` and `Run.open` check, the constructor does not."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.config_path = path / "config.yaml"
        self.environment_path = path / "environment.json"
        self.attempts_path = path / "attempts.jsonl"
        self.metrics_path = path / "metrics.jsonl"
        self.memory_path = path / "memory.sqlite"
        self.best_path = path / "best"
        self.seeds_path = path / "seeds"

    @staticmethod
    def create(path: Path, config: RunConfig, environment: dict[str, Any]) -> Run:
        """A new run directory; raises RequestError when something is there already."""
        Run.check_free(path)
        run = Run(path)
        try:
            run.best_path.mkdir(parents=True, exist_ok=True)
            write_json(run.environment_path, {"format": FORMAT, **environment})
            run.write_config(config)
        except OSError as error:
            raise RequestError(f"cannot write the run directory {path}: {error.strerror}") from None
        return run

    @staticmethod
    def check_free(path: Path) -> None:
        """Raises RequestError when a new run cannot be put there."""
        if path.exists() and (not path.is_dir() or any(path.iterdir())):
            hint = (
                f"go on with: quantummind resume {path}" if (path / "config.yaml").is_file() else "choose another --run"
            )
            raise RequestError(f"{path} is not empty; {hint}")
        home = next(parent for parent in (path, *path.absolute().parents) if parent.is_dir())
        try:
            tempfile.TemporaryDirectory(dir=home).cleanup()
        except OSError as error:
            raise RequestError(f"cannot write the run directory {path}: {error.strerror}") from None

    @staticmethod
    def open(path: Path) -> Run:
        """An existing run; raises RequestError when `path` is none, or of a newer format."""
        run = Run(path)
        if not path.exists():
            parent = path.parent
            names = [p.name for p in parent.iterdir() if (p / "config.yaml").is_file()] if parent.is_dir() else []
            near = did_you_mean(path.name, names) if names else "; start one with: quantummind discover tfim"
            raise RequestError(f"no run directory {path}{near}")
        if (path / "sweep.yaml").is_file():
            names = sorted(p.parent.name for p in path.glob("*/config.yaml"))
            raise RequestError(f"{path} holds several runs; name one of them: {', '.join(names) or 'none has begun'}")
        if not run.config_path.is_file() or not run.environment_path.is_file():
            raise RequestError(f"{path} is no run directory (it has no config.yaml and environment.json)")
        found = run.environment().get("format")
        if found != FORMAT:
            raise RequestError(
                f"{path} is of run format {found!r}, this version reads {FORMAT}; use the version that made it"
            )
        return run

    def config(self, protection: Protection | None = None) -> RunConfig:
        """The config under `protection` (this machine's own by default), whoever wrote it.

        Raises RequestError where the file is not whole: half of one can be a config too, and of another run.
        """
        document = read_yaml(self.config_path)
        if "run" not in document or not read_text(self.config_path).endswith("\n"):
            raise RequestError(f"{self.config_path} is cut short: the run is damaged")
        config = parse_config(RunConfig, document, str(self.config_path))
        if isinstance(config.problem, str) and config.problem.partition(":")[0] not in FAMILIES:
            raise RequestError(f"{self.config_path}: problem: a run holds its problem; this names another file")
        return config.under(protection or Protection())

    def write_config(self, config: RunConfig) -> None:
        write_text(self.config_path, dump_config(config))

    def environment(self) -> dict[str, Any]:
        """Raises RequestError where it is damaged."""
        return environment_of(read_json(self.environment_path), str(self.environment_path))

    def record(self, key: str, value: object) -> None:
        """Put one more entry into environment.json: the sandbox's level and layers, the run's name in trackers."""
        write_json(self.environment_path, {**self.environment(), key: value})

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the run for writing; raises RequestError while another process does. Freed when the process dies."""
        with (self.path / ".lock").open("w") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise RequestError(
                    f"{self.path} is in use by a running process; look on with: quantummind show {self.path}"
                ) from None
            yield

    def attempts(self) -> Iterator[Attempt]:
        """All attempts in the order they were scored; a half-written last line is left out."""
        for number, line in enumerate(read_jsonl(self.attempts_path), 1):
            yield attempt_of(line, f"{self.attempts_path}: line {number}")

    def keep_seeds(self, files: Sequence[Path]) -> None:
        """Copy the user's own ansaetze into the run, in their order."""
        for number, file in enumerate(files, 1):
            self.seeds_path.mkdir(exist_ok=True)
            shutil.copyfile(file, self.seeds_path / f"{number:03d}-{file.name}")

    def seeds(self) -> list[Path]:
        """The user's own ansaetze, in their order."""
        return sorted(self.seeds_path.glob("*.py"))

    def stopped_at(self, step: int) -> str | None:
        """The rule that ended the run after `step`, if one did."""
        return next((line.get("stopped") for line in self.metrics() if line["step"] == step), None)

    def metrics(self) -> Iterator[dict[str, Any]]:
        """One mapping a finished step."""
        for number, line in enumerate(read_jsonl(self.metrics_path), 1):
            yield step_of(line, f"{self.metrics_path}: line {number}")

    def rewind_metrics(self, step: int) -> None:
        """Drop the lines of steps after `step`: a resumed run writes them again."""
        kept = [json.dumps(line) + "\n" for line in self.metrics() if line["step"] <= step]
        write_text(self.metrics_path, "".join(kept))

    def checkpoints(self) -> list[Checkpoint]:
        """The whole checkpoints, oldest first."""
        found = [Checkpoint(int(p.name.split("-")[1]), p) for p in self.path.glob("checkpoint-[0-9]*")]
        return sorted((c for c in found if (c.path / MANIFEST).is_file()), key=lambda c: c.step)

    def drop_checkpoints_after(self, step: int) -> None:
        """Remove what a killed process left half-written, and everything after `step`."""
        whole = {c.path for c in self.checkpoints() if c.step <= step}
        for path in self.path.glob("checkpoint-[0-9]*"):
            if path not in whole:
                shutil.rmtree(path)


@dataclass(frozen=True)
class Checkpoint:
    """The state after `step` optimiser steps: policy, optimizer, scheduler, RNG, and the mark of the memory.

    The mark is in trainer_state.json, among the states of TRL's callbacks, so it is written together with the rest.
    """

    step: int
    path: Path

    def seal(self) -> None:
        """Write the manifest, a sha256 of every file. From here on the checkpoint is whole."""
        files = {str(p.relative_to(self.path)): sha256_file(p) for p in sorted(self.path.rglob("*")) if p.is_file()}
        files.pop(MANIFEST, None)
        write_json(self.path / MANIFEST, {"step": self.step, "files": files})

    def check(self) -> None:
        """Raises RequestError when a file is not the one that was saved."""
        older = f"resume an older one with: quantummind resume {self.path.parent} --checkpoint N"
        try:
            files = read_json(self.path / MANIFEST)["files"].items()
        except (ValueError, KeyError, TypeError, AttributeError):
            raise RequestError(f"cannot read {self.path / MANIFEST}; {older}") from None
        for name, digest in files:
            file = self.path / name
            if not file.is_file() or sha256_file(file) != digest:
                state = "differs from what was saved" if file.is_file() else "is missing"
                raise RequestError(f"{file} {state}; {older}")


def append_jsonl(handle: IO[str], line: dict[str, Any]) -> None:
    """One line, handed to the operating system at once: a killed process loses none."""
    handle.write(json.dumps(line, allow_nan=False) + "\n")
    handle.flush()


def read_jsonl(path: Path) -> Iterator[Any]:
    """What the lines of a JSON-lines file hold; a last line without its newline (a write cut short) is left out.

    Raises RequestError at a whole line that is no JSON.
    """
    if not path.exists():
        return
    for number, line in read_lines(path):
        try:
            found = parse_json(line, str(path), LINE)
        except RequestError:
            raise RequestError(f"{path}: line {number} is damaged") from None
        yield found


def mend_jsonl(path: Path) -> None:
    """Cut a half-written last line off, so that the next append starts a line of its own."""
    if not path.exists():
        return
    data = path.read_bytes()
    if data and not data.endswith(b"\n"):
        os.truncate(path, data.rfind(b"\n") + 1)


def write_text(path: Path, text: str) -> None:
    """Atomically: whole or not at all."""
    draft = path.with_name(path.name + ".draft")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)


def write_json(path: Path, document: object) -> None:
    write_text(path, json.dumps(document, indent=2, allow_nan=False) + "\n")


def safe_name(text: str) -> str:
    """`text` as part of a file name."""
    return re.sub(r"[^A-Za-z0-9.=+_-]+", "-", text).strip("-.") or "run"


def sha256_file(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()

"""Where an attack runs: a sandbox, a world-writable canary beside it, and what must be unchanged afterwards."""

from __future__ import annotations

import dataclasses
import os
import platform
import shutil
import tempfile
from pathlib import Path

from rewards.sandbox import Protection, Sandbox, SandboxResult, SandboxSettings
from rewards.sandbox.wire import Layers
from tests.attacks.catalogue import WELL_BEHAVED, Program

NONE = Layers(0)
PROJECT = Path(__file__).resolve().parents[2]
LEVELS: dict[str, dict[str, bool]] = {
    "full": {},
    "only landlock": {"namespaces": False},
    "only namespaces": {"landlock": False},
    "basic": {"namespaces": False, "landlock": False},
}


class Arena:
    """One sandbox of `level` and a canary that every user of this machine may overwrite."""

    def __init__(self, level: str, **settings: float) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="canary-"))
        self.folder.chmod(0o777)
        self.canary = self.folder / "canary"
        self.canary.write_text("alive\n")
        self.canary.chmod(0o666)
        os.environ["ATTACK_SECRET"] = "hunter2"
        self.sandbox = Sandbox(SandboxSettings(**({"cpu_seconds": 0.2} | settings)), Protection(**LEVELS[level]))
        self.known = self.sandbox.run(WELL_BEHAVED, 4).circuit
        assert self.known is not None
        self.before = self.state()

    def run(self, program: Program, without: Layers = NONE) -> SandboxResult:
        """Runs `program`, with some of the child's layers off if asked."""
        assert not (without & Layers.SECCOMP and program.options.get("never-without")), "never without the filter"
        places = {"CANARY": str(self.canary), "FOLDER": str(self.folder), "PROJECT": str(PROJECT)}
        settings = self.sandbox.settings
        if "wall" in program.options:
            self.sandbox.settings = dataclasses.replace(settings, wall_seconds=float(program.options["wall"]))
        try:
            return self.sandbox.run_without(without, program.code(**places), 4)
        finally:
            self.sandbox.settings = settings

    def state(self) -> dict[str, object]:
        """What no candidate may change: files, the zygote, the number of its processes."""
        stat = self.canary.stat()
        group = self.sandbox._zygote.process.pid
        return {
            "canary": (self.canary.read_text(), stat.st_mode, stat.st_uid, stat.st_nlink, stat.st_mtime_ns),
            "files": sorted(path.name for path in self.folder.iterdir()),
            "shared memory": [name for name in os.listdir("/dev/shm") if "attack" in name],
            "zygote": (group, self.sandbox.restarts),
            "processes": processes_of(group),
        }

    def assert_unharmed(self) -> None:
        """The same state as before, and the next candidate gives the known circuit."""
        assert self.sandbox.run(WELL_BEHAVED, 4).circuit == self.known
        assert self.state() == self.before

    def close(self) -> None:
        self.sandbox.close()
        shutil.rmtree(self.folder)


def processes_of(group: int) -> list[int]:
    """The processes of a process group, by pid."""
    found = []
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                if os.getpgid(int(entry)) == group:
                    found.append(int(entry))
            except ProcessLookupError:
                continue
    return sorted(found)


def runs_here(program: Program) -> bool:
    return program.options.get("machine", platform.machine()) == platform.machine()

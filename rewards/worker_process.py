"""The parent's end of one scoring process: start it, write a job, read lines, end it."""

from __future__ import annotations

import json
import math
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import rewards
from quantum.plain import one_line
from rewards.sandbox.host import import_paths

START_SECONDS: Final = 300.0
"""The longest that a worker may take to say hello; the first ever compiles the engine's kernels."""

_ONE_THREAD: Final = dict.fromkeys(
    ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS", "RAYON_NUM_THREADS"), "1"
)


class WorkerProcess:
    """A `python -m rewards.worker` in a session of its own, out of reach of the terminal's Ctrl-C.

    `ready` once it said hello; `job` is what it works on; `deadline` (monotonic seconds) is when it is given up.
    """

    def __init__(self, setup: Mapping[str, Any]) -> None:
        roots = [str(Path(rewards.__file__).parents[1]), *import_paths()]
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the process
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "rewards.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._stderr,
            env={**os.environ, **_ONE_THREAD, "PYTHONPATH": os.pathsep.join(roots)},
            start_new_session=True,
        )
        self._partial = b""
        self.ready = False
        self.ended = False
        self.job: int | None = None
        self.deadline = time.monotonic() + START_SECONDS
        self._write(setup)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def output(self) -> int:
        """The file descriptor on which it talks; `receive` when it is readable."""
        assert self._process.stdout is not None
        return self._process.stdout.fileno()

    def start(self, job: int, message: Mapping[str, Any], seconds: float) -> None:
        self.job = job
        self.deadline = time.monotonic() + seconds
        self._write(message)

    def stand_by(self) -> None:
        self.ready, self.job, self.deadline = True, None, math.inf

    def receive(self) -> list[dict[str, Any]]:
        """The whole messages that have arrived; sets `ended` when there will be no more."""
        read = os.read(self.output, 1 << 16)
        self.ended = not read
        *lines, self._partial = (self._partial + read).split(b"\n")
        return [json.loads(line) for line in lines]

    def last_words(self) -> str:
        """The last line that it wrote on stderr."""
        with suppress(ValueError):
            size = self._stderr.seek(0, os.SEEK_END)
            self._stderr.seek(max(0, size - 2000))
            lines = self._stderr.read().decode(errors="replace").strip().splitlines()
            return one_line(lines[-1]) if lines else "it said nothing"
        return "it said nothing"

    def close(self) -> None:
        """Asks it to end, which it does at once."""
        assert self._process.stdin is not None
        with suppress(OSError):
            self._process.stdin.close()

    def kill(self, patience: float = 0.0) -> None:
        """Ends it and all that it started, and waits until it is gone."""
        self.close()
        try:
            self._process.wait(patience)
        except subprocess.TimeoutExpired:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def _write(self, message: Mapping[str, Any]) -> None:
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):  # it is dead: `receive` will say so
            self._process.stdin.write(json.dumps(message).encode() + b"\n")
            self._process.stdin.flush()

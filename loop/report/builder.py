"""The process that reads runs and builds their pages for the dashboard, and is replaced when one is too much for it.

A run directory may hold anything: files that take hours to work through, or that crash a library. In a process of its
own that costs the time limit once, and is said on that run's line. (One process, and one thread in it: Qiskit 2.6
crashes, in `qasm3.dumps` and in its drawer, when a second thread uses it after the first.)
"""

from __future__ import annotations

import contextlib
import multiprocessing
import resource
import signal
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any, TypeVar

from quantum.errors import InfrastructureError, RequestError
from quantum.plain import one_line

Made = TypeVar("Made")

SECONDS = 60.0
"""For one run. A finished one of 10^5 attempts takes a third of it."""
MEMORY_BYTES = 8 << 30
"""Of address space, most of which libraries reserve and never touch."""
_START_SECONDS = 120.0


class Builder:
    """Calls functions in another process, one at a time; only for one thread."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._process: BaseProcess | None = None
        self._pipe: Connection | None = None

    def call(self, make: Callable[..., Made], *arguments: Any) -> Made:
        """What `make` returns; raises RequestError with what it raised, or when it is slow or does not survive it."""
        if self._process is not None and not self._process.is_alive():
            self.close()
        pipe = self._pipe or self._start()
        try:
            pipe.send((make, arguments))
            if not pipe.poll(self._seconds):
                self.close()
                raise RequestError(f"takes more than {self._seconds:g} s to read")
            done, value = pipe.recv()
        except (EOFError, OSError):
            self.close()
            raise RequestError("ends the process that reads it") from None
        if not done:
            raise RequestError(value)
        return value  # type: ignore[no-any-return]

    def close(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process = self._pipe = None

    def _start(self) -> Connection:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()
        with contextlib.suppress(EOFError):
            if self._pipe.poll(_START_SECONDS) and self._pipe.recv():
                return self._pipe
        self.close()
        raise InfrastructureError("the process that builds pages does not start")


def _serve(pipe: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    pipe.send(True)
    with contextlib.suppress(EOFError):
        while True:
            make, arguments = pipe.recv()
            pipe.send(_answer(make, arguments))


def _answer(make: Callable[..., Any], arguments: tuple[Any, ...]) -> tuple[bool, Any]:
    try:
        return True, make(*arguments)
    except Exception as error:  # whatever a run holds, the others are shown
        return False, one_line(str(error) if isinstance(error, RequestError) else f"{type(error).__name__}: {error}")

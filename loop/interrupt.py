"""Ctrl-C: once finishes the step and saves, twice stops at once."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType


class Stopped(KeyboardInterrupt):
    """Ctrl-C where there is something to say about it; `str(error)` is one line for a person."""


class Interrupt:
    """While entered, the first SIGINT sets `requested` and says so; the second raises KeyboardInterrupt."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self.requested = False
        self._say = say

    def __enter__(self) -> Interrupt:
        self._previous = signal.signal(signal.SIGINT, self._on_signal)
        return self

    def __exit__(self, *_: object) -> None:
        signal.signal(signal.SIGINT, self._previous)

    def _on_signal(self, signum: int, frame: FrameType | None) -> None:
        if self.requested:
            raise KeyboardInterrupt
        self.requested = True
        self._say("finishing this step, then saving; Ctrl-C again stops at once")


@contextlib.contextmanager
def resumable(run: Path) -> Iterator[None]:
    """Ctrl-C inside stops at once, and says how to go on with the run directory `run`."""
    try:
        yield
    except KeyboardInterrupt:
        line = f"stopped at once; what was scored is saved; go on with: quantummind resume {run}"
        raise Stopped(line) from None

"""Whether a run is being written, was stopped, or is finished."""

from __future__ import annotations

import fcntl
from typing import Literal

from loop.run import Run
from quantum.errors import RequestError
from quantum.reading import open_regular

State = Literal["running", "stopped", "finished"]


def is_running(run: Run) -> bool:
    """Whether a live process holds the run for writing. Its lock is tried for an instant and let go."""
    try:
        with open_regular(run.path / ".lock") as handle:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except (OSError, RequestError):
        return False
    return False


def state_of(run: Run, step: int, steps: int) -> State:
    """`stopped` is a run that ended before its last step: by Ctrl-C, a stop rule, or kill."""
    if is_running(run):
        return "running"
    return "finished" if step >= steps else "stopped"

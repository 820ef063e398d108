"""Many answers at once: processes with a sandbox each, for work on one answer at a time.

`rewards.pool.ScorePool` scores for one problem with one set of limits; here every answer has a prompt of its own.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, TypeVar

from rewards.processes import Processes
from rewards.sandbox import Sandbox

Job = TypeVar("Job")
Result = TypeVar("Result")

HERE_BELOW: Final = 24
"""Jobs that are done before other processes have started."""
ONE_THREAD: Final = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "NUMBA_NUM_THREADS")

_sandbox: Sandbox


class Bench:
    """`workers` processes (default: one a core; 0: this one); use it as a context manager."""

    def __init__(self, workers: int | None = None) -> None:
        self.workers = len(os.sched_getaffinity(0)) if workers is None else workers
        self._sandbox: Sandbox | None = None
        self._pool: Processes | None = None

    def __enter__(self) -> Bench:
        return self

    def __exit__(self, *_: object) -> None:
        if self._sandbox is not None:
            self._sandbox.close()
        if self._pool is not None:
            self._pool.__exit__()

    def map(self, work: Callable[[Sandbox, Job], Result], jobs: Sequence[Job]) -> Iterator[Result]:
        """`work(sandbox, job)` of every job, in order. `work` is a function of a module, jobs and results pickle."""
        if self.workers == 0 or (self._pool is None and len(jobs) < HERE_BELOW):
            self._sandbox = self._sandbox or Sandbox()
            for job in jobs:
                yield work(self._sandbox, job)
            return
        self._pool = self._pool or _processes(self.workers)
        yield from self._pool.map(_work, [(work, job) for job in jobs], chunksize=4)


def _processes(workers: int) -> Processes:
    for name in ONE_THREAD:  # read by a process when it starts: several of them with a thread a core each would crawl
        os.environ.setdefault(name, "1")
    return Processes(workers, _start)


def _start() -> None:
    global _sandbox
    _sandbox = Sandbox()


def _work(task: tuple[Callable[[Sandbox, Any], Any], Any]) -> Any:
    work, job = task
    return work(_sandbox, job)

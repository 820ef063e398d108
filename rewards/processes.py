"""Processes for work that pickles: fresh interpreters that prepare themselves once, or say in one line why not.

`rewards.pool.ScorePool` is the pool for scores; this is the one for everything else that runs candidates.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any, TypeVar

from quantum.errors import InfrastructureError
from quantum.plain import one_line

Job = TypeVar("Job")
Result = TypeVar("Result")


class Processes:
    """`count` processes, each after `start(*arguments)`; use it as a context manager. Ctrl-C is the parent's alone."""

    def __init__(self, count: int, start: Callable[..., None], *arguments: Any) -> None:
        context = multiprocessing.get_context("spawn")  # not fork: a parent with torch loaded has threads
        self._troubles = context.SimpleQueue()
        prepared = (self._troubles, start, arguments)
        self._pool = ProcessPoolExecutor(count, context, initializer=_begin, initargs=prepared)

    def __enter__(self) -> Processes:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)

    def map(self, work: Callable[[Job], Result], jobs: Iterable[Job], chunksize: int) -> Iterator[Result]:
        """`work` of every job, in order. Raises InfrastructureError, one line, when processes do not start or die."""
        try:
            yield from self._pool.map(work, jobs, chunksize=chunksize)
        except BrokenProcessPool:
            if self._troubles.empty():
                raise InfrastructureError("a working process died; try it again, with fewer of them") from None
            raise InfrastructureError(f"working processes do not start: {self._troubles.get()}") from None


def _begin(troubles: Any, start: Callable[..., None], arguments: tuple[Any, ...]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        start(*arguments)
    except Exception as error:
        troubles.put(one_line(str(error) or type(error).__name__))
        os._exit(1)  # as an exception it would be a traceback from every process

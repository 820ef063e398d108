"""Many scores at once: one warm worker process per core, results as they come, nothing lost when a worker dies.

Workers are fresh interpreters (never a fork: the parent has torch's threads), one thread each, with a sandbox of their
own. A candidate whose circuits turn out to be heavy comes back after the cheap stages, and the costliest waiting one is
handed out first, so that no long job is left for the end.

A worker that dies or hangs is replaced and its job is tried again; a job that does so `MAX_TRIES` times gets an
infrastructure score. When more than 5 % of the recent scores are failures of ours, `InfrastructureError` stops the run.
"""

from __future__ import annotations

import heapq
import logging
import os
import selectors
import time
import weakref
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from quantum.circuit import Circuit
from quantum.errors import InfrastructureError, RequestError
from quantum.plain import one_line
from quantum.problem import Problem
from rewards.record import Score
from rewards.remembered import Remembered
from rewards.score import Scorer
from rewards.settings import ScoreSettings
from rewards.worker import open_scorer
from rewards.worker_process import WorkerProcess

MAX_TRIES: Final = 3
WINDOW: Final = 200
MOST_INFRASTRUCTURE: Final = 0.05
LEAST_INFRASTRUCTURE: Final = 3
"""The run stops when at least this many, and more than that share, of the last `WINDOW` scores are failures of ours."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A completion, or bare source, to be scored, and the circuits that its prompt showed.

    With `circuits`, a gate list for every size of the problem, these are scored and `text` is not looked at.
    """

    text: str
    shown: tuple[Remembered, ...] = ()
    circuits: tuple[Circuit, ...] = ()

    def message(self) -> dict[str, Any]:
        if self.circuits:
            return {"circuits": [circuit.to_document() for circuit in self.circuits]}
        return {"text": self.text, "shown": [one.to_json() for one in self.shown]}

    def score_with(self, scorer: Scorer) -> Score:
        return scorer.score_circuits(self.circuits) if self.circuits else scorer.score(self.text, self.shown)


@dataclass
class _Job:
    index: int
    message: dict[str, Any]
    tries: int = 0


@dataclass
class _Batch:
    """The jobs of one call: fresh ones first, because they tell what they cost; then the costliest."""

    open: dict[int, _Job]
    fresh: deque[int] = field(default_factory=deque)
    heavy: list[tuple[float, int]] = field(default_factory=list)

    def next(self) -> int | None:
        if self.fresh:
            return self.fresh.popleft()
        return heapq.heappop(self.heavy)[1] if self.heavy else None


class ScorePool:
    """Scores candidates for one problem on `workers` processes (default: one per core; 0: in this process).

    `cache_path` names a score cache that the workers, and other runs, share; without it each remembers for itself.
    Close it, or use it as a context manager; it leaves no process behind.
    """

    def __init__(
        self,
        problem: Problem,
        settings: ScoreSettings | None = None,
        workers: int | None = None,
        cache_path: str | Path | None = None,
        job_seconds: float = 3600.0,
    ) -> None:
        count = len(os.sched_getaffinity(0)) if workers is None else workers
        if count < 0:
            raise RequestError(f"workers must not be negative, not {count}")
        settings = settings or ScoreSettings()
        self._setup = {
            "problem": problem.to_document(),
            "settings": settings.model_dump(mode="json"),
            "protection": asdict(settings.protection),
            "cache": None if cache_path is None else str(Path(cache_path).absolute()),
        }
        self._job_seconds = job_seconds
        self._next_job = 0
        self._recent: deque[bool] = deque(maxlen=WINDOW)
        self._failed_starts = 0
        self._hello: dict[str, Any] | None = None
        self._scorer = open_scorer(self._setup) if count == 0 else None
        self._workers = [WorkerProcess(self._setup) for _ in range(count)]
        self._finalizer = weakref.finalize(self, _end, self._workers)

    def __enter__(self) -> ScorePool:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends every worker. Jobs in flight are dropped."""
        if self._scorer is not None:
            self._scorer.close()
        self._finalizer()

    def hello(self) -> dict[str, Any]:
        """What the sandbox of the first worker to start reached (`rewards.sandbox.Hello` as a document)."""
        if self._scorer is not None:
            return self._scorer.sandbox.hello.to_document()
        nothing = _Batch({})
        while self._hello is None:
            for _ in self._collect(nothing):
                pass
        return self._hello

    def score_all(self, candidates: Sequence[Candidate]) -> Iterator[tuple[int, Score]]:
        """(index, score) of every candidate, in the order in which they are done.

        Raises InfrastructureError once scoring itself keeps failing, after the score that shows it was handed over.
        """
        scores = self._score_here(candidates) if self._scorer is not None else self._score_there(candidates)
        for index, score in scores:
            self._recent.append(score.outcome == "infrastructure")
            yield index, score
            self._check_share(score)

    def _score_here(self, candidates: Sequence[Candidate]) -> Iterator[tuple[int, Score]]:
        assert self._scorer is not None
        for index, candidate in enumerate(candidates):
            try:
                yield index, candidate.score_with(self._scorer)
            except Exception as error:
                logger.exception("scoring failed")
                yield index, infrastructure_score("internal_error", f"{type(error).__name__}: {error}")

    def _score_there(self, candidates: Sequence[Candidate]) -> Iterator[tuple[int, Score]]:
        batch = _Batch({})
        for index, candidate in enumerate(candidates):
            message = {"job": self._next_job, **candidate.message()}
            batch.open[self._next_job] = _Job(index, message)
            batch.fresh.append(self._next_job)
            self._next_job += 1
        while batch.open:
            self._hand_out(batch)
            yield from self._collect(batch)

    def _hand_out(self, batch: _Batch) -> None:
        for worker in self._workers:
            if worker.ready and worker.job is None and (job := batch.next()) is not None:
                worker.start(job, batch.open[job].message, self._job_seconds)

    def _collect(self, batch: _Batch) -> Iterator[tuple[int, Score]]:
        """Waits until some worker says something, dies or is overdue, and deals with it."""
        with selectors.DefaultSelector() as selector:
            for worker in self._workers:
                selector.register(worker.output, selectors.EVENT_READ, worker)
            deadline = min((worker.deadline for worker in self._workers), default=time.monotonic())
            heard = [key.data for key, _ in selector.select(max(0.0, min(deadline - time.monotonic(), 3600.0)))]
        for worker in heard:
            for message in worker.receive():
                yield from self._heed(worker, message, batch)
            if worker.ended:
                yield from self._lost(worker, "worker_lost", f"a worker died: {worker.last_words()}", batch)
        for worker in [worker for worker in self._workers if time.monotonic() > worker.deadline]:
            yield from self._lost(worker, "worker_timeout", "a worker took too long", batch)

    def _heed(self, worker: WorkerProcess, message: dict[str, Any], batch: _Batch) -> Iterator[tuple[int, Score]]:
        if "refused" in message:
            raise RequestError(message["refused"])
        if "hello" in message:
            worker.stand_by()
            self._hello, self._failed_starts = message["hello"], 0
            return
        number = message["job"]
        worker.stand_by()
        if number not in batch.open:
            return  # of an earlier call that was abandoned
        if "score" in message:
            score = Score.from_json(message["score"])
            if score.reason in ("below_exact", "below_product"):
                logger.critical("%s: a defect or a cheat, never a record", score.message)
            yield batch.open.pop(number).index, score
        elif "prepared" in message:
            batch.open[number].message = {"job": number, "prepared": message["prepared"]}
            heapq.heappush(batch.heavy, (-message["work"], number))
        else:
            yield from self._try_again(number, "internal_error", message["defect"], batch)

    def _lost(self, worker: WorkerProcess, reason: str, message: str, batch: _Batch) -> Iterator[tuple[int, Score]]:
        worker.kill()
        if not worker.ready:
            self._failed_starts += 1
            if self._failed_starts >= MAX_TRIES:
                raise InfrastructureError(f"scoring workers do not start: {worker.last_words()}")
        self._workers[self._workers.index(worker)] = WorkerProcess(self._setup)
        if worker.job in batch.open:
            yield from self._try_again(worker.job, reason, message, batch)

    def _try_again(self, number: int, reason: str, message: str, batch: _Batch) -> Iterator[tuple[int, Score]]:
        job = batch.open[number]
        job.tries += 1
        logger.warning("%s (try %d of %d)", message, job.tries, MAX_TRIES)
        if job.tries < MAX_TRIES:
            batch.fresh.append(number)
        else:
            del batch.open[number]
            yield job.index, infrastructure_score(reason, message)

    def _check_share(self, last: Score) -> None:
        failures = sum(self._recent)
        if failures >= LEAST_INFRASTRUCTURE and failures > MOST_INFRASTRUCTURE * len(self._recent):
            share = f"{failures} of the last {len(self._recent)} scores failed on our side"
            raise InfrastructureError(f"{share}; the last one: {last.reason} ({last.message})")


def infrastructure_score(reason: str, message: str) -> Score:
    """The score of an attempt that failed on our side before any stage could say so."""
    return Score(outcome="infrastructure", stage="extract", reason=reason, message=one_line(message))


def _end(workers: list[WorkerProcess]) -> None:
    for worker in workers:
        worker.close()
    for worker in workers:
        worker.kill(patience=2.0)

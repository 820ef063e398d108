"""One scoring process: `python -m rewards.worker`, started and spoken to by `rewards.pool` alone.

JSON lines both ways. In: the set-up, then {"job", "text", "shown"}, {"job", "circuits"} (gate lists) or {"job",
"prepared"}. Out: {"hello"} once (or {"refused"}), then for every job {"job", "score"}, {"job", "prepared", "work"}
(heavy: to be handed out again, the costliest first) or {"job", "defect"}. When the pipe in closes, the process ends at
once, whatever it is doing.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import sys
import threading
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO, Final

from quantum.circuit import Circuit
from quantum.errors import RequestError
from quantum.problem import Problem
from rewards.cache import ScoreCache
from rewards.remembered import Remembered
from rewards.sandbox import Protection
from rewards.score import Prepared, Score, Scorer, ScoreSettings

HEAVY_WORK: Final = 2e6
"""`Prepared.work` above which a candidate goes back to be sorted among the others: about 50 ms of work."""


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to decide about
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not get between our lines
    setup = json.loads(sys.stdin.buffer.readline())
    jobs: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
    threading.Thread(target=_read_jobs, args=(jobs,), daemon=True).start()
    try:
        scorer = open_scorer(setup)
    except RequestError as error:
        _send(out, {"refused": str(error)})
        return
    _send(out, {"hello": scorer.sandbox.hello.to_document()})
    while True:
        job = jobs.get()
        _send(out, {"job": job["job"], **_answer(scorer, job)})


def open_scorer(setup: dict[str, Any]) -> Scorer:
    """A warm scorer from the set-up document: every size's exact energy is known before the first job comes."""
    problem = Problem.from_document(setup["problem"])
    settings = ScoreSettings.model_validate(setup["settings"]).under(Protection(**setup["protection"]))
    scorer = Scorer(problem, settings, cache=ScoreCache(setup["cache"] and Path(setup["cache"])))
    scorer.warm_up()
    return scorer


def _read_jobs(jobs: queue.SimpleQueue[dict[str, Any]]) -> None:
    for line in sys.stdin.buffer:
        jobs.put(json.loads(line))
    os._exit(0)


def _answer(scorer: Scorer, job: dict[str, Any]) -> dict[str, Any]:
    try:
        if "prepared" in job:
            return {"score": scorer.measure(Prepared.from_json(job["prepared"])).to_json()}
        ready = _prepare(scorer, job)
        if isinstance(ready, Prepared) and ready.work > HEAVY_WORK:
            return {"prepared": ready.to_json(), "work": ready.work}
        return {"score": (scorer.measure(ready) if isinstance(ready, Prepared) else ready).to_json()}
    except Exception as error:
        traceback.print_exc()
        return {"defect": f"{type(error).__name__}: {error}"}


def _prepare(scorer: Scorer, message: Mapping[str, Any]) -> Prepared | Score:
    if "circuits" in message:
        return scorer.prepare_circuits([Circuit.from_document(circuit) for circuit in message["circuits"]])
    return scorer.prepare(message["text"], [Remembered.from_json(one) for one in message["shown"]])


def _send(out: BinaryIO, message: dict[str, Any]) -> None:
    out.write(json.dumps(message, allow_nan=False).encode() + b"\n")
    out.flush()


if __name__ == "__main__":
    main()

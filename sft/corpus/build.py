"""The corpus from its settings, in processes; the same rows however many there are.

Errors in prompts are shown with two digits; their rounding is all that may differ between machines. Not covered:
outside data, a split by families.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor

from sft.corpus.rows import Row
from sft.corpus.workshop import CorpusSettings, Workshop

Task = tuple[str, int]

_workshop: Workshop


def build_corpus(
    settings: CorpusSettings, workers: int = 1, progress: Callable[[int], None] | None = None
) -> list[Row]:
    """Every row, plain rows first; answers may repeat, (prompt, answer) pairs do not."""
    tasks = [("plain", number) for number in range(settings.functions)]
    tasks += [("lineage", number) for number in range(settings.lineages)]
    rows: dict[tuple[str, str], Row] = {}
    for done, batch in enumerate(_in_processes(settings, tasks, workers), start=1):
        for row in batch:
            rows.setdefault((row.prompt[-1]["content"], row.code), row)
        if progress is not None:
            progress(done)
    return list(rows.values())


def _in_processes(settings: CorpusSettings, tasks: list[Task], workers: int) -> Iterable[list[Row]]:
    if workers <= 1:
        _start(settings)
        with _workshop.sandbox:
            yield from map(_make, tasks)
        return
    # Not fork: a parent with torch loaded has threads.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, context, initializer=_start, initargs=(settings,)) as pool:
        yield from pool.map(_make, tasks, chunksize=8)


def _start(settings: CorpusSettings) -> None:
    global _workshop
    _workshop = Workshop(settings)


def _make(task: Task) -> list[Row]:
    kind, number = task
    return _workshop.plain(number) if kind == "plain" else _workshop.lineage(number)

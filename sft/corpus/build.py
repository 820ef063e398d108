"""The corpus from its settings, in processes; the same rows however many there are.

Errors in prompts are shown with two digits; their rounding, and what a hill climb makes of a difference in the last
bit, are all that may differ between machines. Not covered: outside data.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Final

from rewards.processes import Processes
from sft.corpus.rows import Row
from sft.corpus.settings import CorpusSettings
from sft.corpus.workshop import Workshop

Task = tuple[str, int]

MOST: Final = {"plain": 2, "improvement": 12}
"""How many rows of a kind may answer with one function, whatever its text."""

_workshop: Workshop


def build_corpus(
    settings: CorpusSettings, workers: int = 1, progress: Callable[[int], None] | None = None
) -> list[Row]:
    """Every row, plain rows first; what repeats is left out (`distinct`)."""
    batches = []
    for done, batch in enumerate(make_rows(settings, corpus_tasks(settings), workers), start=1):
        batches.append(batch)
        if progress is not None:
            progress(done)
    return distinct(batches)


def corpus_tasks(settings: CorpusSettings) -> list[Task]:
    """What there is to make, in the order of the corpus; each task's rows depend on the settings and the task alone."""
    tasks = [("plain", number) for number in range(settings.functions)]
    return tasks + [("lineage", number) for number in range(settings.lineages)]


def distinct(batches: Iterable[Iterable[Row]]) -> list[Row]:
    """The rows of all batches, the first of each (prompt, answer) pair and the first few of each function."""
    rows: dict[tuple[str, str], Row] = {}
    answers: Counter[tuple[str, str]] = Counter()
    for row in (row for batch in batches for row in batch):
        text = row.prompt[-1]["content"], row.code
        if text not in rows and answers[row.kind, row.hash] < MOST[row.kind]:
            rows[text] = row
            answers[row.kind, row.hash] += 1
    return list(rows.values())


def make_rows(settings: CorpusSettings, tasks: list[Task], workers: int) -> Iterable[list[Row]]:
    """The rows of each task, in order, as they are made."""
    if workers <= 1:
        _start(settings)
        with _workshop.sandbox:
            yield from map(_make, tasks)
        return
    with Processes(workers, _start, settings) as pool:
        yield from pool.map(_make, tasks, chunksize=2)


def _start(settings: CorpusSettings) -> None:
    global _workshop
    _workshop = Workshop(settings)


def _make(task: Task) -> list[Row]:
    kind, number = task
    return _workshop.plain(number) if kind == "plain" else _workshop.lineage(number)

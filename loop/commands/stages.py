"""Progress of a command that works in named stages: bars on a terminal, a line a finished stage in a log."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from loop.commands.options import progress_console


@contextmanager
def stages() -> Iterator[Callable[[str, int, int], None]]:
    """Yields what to call with (stage, done, total); everything goes to stderr."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

    console = progress_console()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    bars = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
    tasks: dict[str, TaskID] = {}

    def report(stage: str, done: int, total: int) -> None:
        if not console.is_terminal:
            if done == total:
                console.print(f"{stage}: {total}", highlight=False)
            return
        if stage not in tasks:
            tasks[stage] = bars.add_task(stage, total=total)
        bars.update(tasks[stage], completed=done, total=total)

    with bars:
        yield report

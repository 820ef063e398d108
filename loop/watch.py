"""`quantummind show --watch`: the picture of `show`, drawn again in place whenever the run has written something."""

from __future__ import annotations

import time

from rich.console import Console, Group
from rich.live import Live

from loop.report.state import is_running
from loop.run import Run
from loop.show import picture, summarise

SECONDS = 1.0


def watch(run: Run, top: int, console: Console) -> None:
    """Until the run ends or Ctrl-C; a run that is not being written is shown once. Reads files only."""
    running = is_running(run)
    seen = _written(run)
    with Live(_picture(run, top, console), console=console, auto_refresh=False) as live:
        try:
            while running:
                time.sleep(SECONDS)
                running = is_running(run)
                if (now := _written(run)) != seen or not running:
                    seen = now
                    live.update(_picture(run, top, console), refresh=True)
        except KeyboardInterrupt:
            live.console.print("the run goes on", highlight=False)


def _picture(run: Run, top: int, console: Console) -> Group:
    return picture(*summarise(run, top), console.width)


def _written(run: Run) -> list[tuple[int, int]]:
    """Sizes and times of what a run appends to."""
    files = [path.stat() for path in (run.attempts_path, run.metrics_path) if path.exists()]
    return [(file.st_size, file.st_mtime_ns) for file in files]

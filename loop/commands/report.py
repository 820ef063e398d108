"""Commands that make pages of runs: report, dashboard."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from loop.commands.options import RunArgument, tell
from quantum.errors import RequestError

app = typer.Typer()


@app.command()
def report(
    run: RunArgument,
    to: Annotated[Path | None, typer.Option(metavar="FILE.html", help="by default RUN/report.html")] = None,
) -> None:
    """A run as one HTML page that opens from a file.   quantummind report runs/RUN --to tfim.html"""
    from loop.report.page import plotly_source, write_report
    from loop.run import Run

    plotly_source()
    tell(write_report(Run.open(run), to))


@app.command()
def dashboard(
    runs: Annotated[Path, typer.Argument(metavar="RUNS_DIR", help="a folder of runs, or one run")] = Path("runs"),
    port: Annotated[int, typer.Option(min=0, max=65535, help="of 127.0.0.1; 0 takes a free one")] = 8321,
) -> None:
    """Live pages of all runs, on this machine alone; Ctrl-C ends it.   quantummind dashboard runs --port 8321"""
    from loop.report.page import plotly_source
    from loop.report.server import Server

    plotly_source()
    if not runs.is_dir():
        raise RequestError(f"no folder {runs}; start a run with: quantummind discover tfim")
    with Server(runs, port) as server:
        tell(f"{server.url} shows the runs in {runs}; Ctrl-C ends it", err=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            tell("the dashboard has ended; the runs go on", err=True)

"""Options that several commands share, and where their output goes."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from quantum.errors import RequestError

if TYPE_CHECKING:
    from rich.console import Console

Sets = Annotated[list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="override one key of the config")]
Sizes = Annotated[str | None, typer.Option("--sizes", metavar="4,6", help="numbers of qubits scored together")]
Qubits = Annotated[int | None, typer.Option("--qubits", min=1, help="short for --sizes N")]
Json = Annotated[bool, typer.Option("--json", help="JSON on stdout and nothing else there")]
Unsafe = Annotated[
    bool, typer.Option("--unsafe-no-sandbox", help="run candidates with no protection; marks every result")
]
RunArgument = Annotated[Path, typer.Argument(help="a run directory", show_default=False)]


def parse_sizes(sizes: str | None, qubits: int | None) -> list[int] | None:
    """`4,6` as [4, 6]; raises RequestError for what are no positive integers, or when both ways are used."""
    if sizes is None:
        return None if qubits is None else [qubits]
    if qubits is not None:
        raise RequestError("give --sizes or --qubits, not both")
    try:
        numbers = [int(part) for part in sizes.split(",")]
    except ValueError:
        numbers = [0]
    if min(numbers) < 1:
        raise RequestError(f"--sizes {sizes!r} is not a list of positive integers such as 4,6")
    return numbers


def output_console() -> Console:
    from rich.console import Console

    return Console() if sys.stdout.isatty() else Console(width=160, no_color=True)


def progress_console() -> Console:
    from rich.console import Console

    return Console(stderr=True)


def show_progress(results: Any, total: int) -> Any:
    """Pass results on, with a progress bar on stderr when that is a terminal and there is something to wait for."""
    from rich.progress import track

    if total < 2 or not sys.stderr.isatty():
        return results
    return track(results, "scoring", total=total, console=progress_console())

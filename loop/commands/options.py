"""Options that several commands share, how they complete, and where output goes."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from quantum.errors import RequestError

if TYPE_CHECKING:
    from rich.console import Console

    from rewards.sandbox import Protection


def complete_problem(incomplete: str) -> list[str]:
    """Names of problems for the shell; a problem's parameters once its name ends in a colon."""
    from quantum.hamiltonians import FAMILIES

    name, colon, _ = incomplete.partition(":")
    if colon and name in FAMILIES:
        found = [f"{name}:{parameter.name}=" for parameter in FAMILIES[name].parameters]
    else:
        found = list(FAMILIES)
    return [one for one in found if one.startswith(incomplete)]


def complete_profile(incomplete: str) -> list[str]:
    """Names of model profiles for the shell."""
    from models.profiles import list_profiles

    return [name for name in list_profiles() if name.startswith(incomplete)]


def complete_preset(incomplete: str) -> list[str]:
    """Names of memory presets for the shell."""
    from models.presets import list_presets

    return [name for name in list_presets() if name.startswith(incomplete)]


def complete_setting(incomplete: str) -> list[str]:
    """Dotted keys of a run's config for the shell; profiles behind `model.profile=`."""
    from loop.config import RunConfig
    from models.config import Strict

    key, equals, value = incomplete.partition("=")
    if equals:
        return [f"{key}={name}" for name in complete_profile(value)] if key == "model.profile" else []
    keys = []
    for name, field in RunConfig.model_fields.items():
        kind = field.annotation
        inner = kind.model_fields if isinstance(kind, type) and issubclass(kind, Strict) else ()
        keys += [f"{name}.{key}=" for key in inner] or [f"{name}="]
    return [one for one in keys if one.startswith(incomplete)]


Sets = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="override one key of the config", autocompletion=complete_setting),
]
Sizes = Annotated[str | None, typer.Option("--sizes", metavar="4,6", help="numbers of qubits scored together")]
HeldOut = Annotated[
    str | None, typer.Option("--held-out", metavar="8,10", help="sizes at which the best are measured afterwards")
]
Qubits = Annotated[int | None, typer.Option("--qubits", min=1, help="short for --sizes N")]
Json = Annotated[bool, typer.Option("--json", help="JSON on stdout and nothing else there")]
Unsafe = Annotated[
    bool, typer.Option("--unsafe-no-sandbox", help="run candidates with no protection; marks every result")
]
Ceilings = Annotated[
    list[str] | None,
    typer.Option("--ceiling", metavar="KEY=VALUE", help="let a file ask for this much, such as vqe.restarts=5000"),
]
Preset = Annotated[
    str | None,
    typer.Option(
        metavar="24gb", help="settings for a GPU of this memory, underneath the config", autocompletion=complete_preset
    ),
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


def parse_held_out(sizes: str | None) -> list[int] | None:
    """`8,10` as [8, 10]; raises RequestError as `parse_sizes` does."""
    try:
        return parse_sizes(sizes, None)
    except RequestError as error:
        raise RequestError(str(error).replace("--sizes", "--held-out")) from None


def protection_of(unsafe_no_sandbox: bool, ceilings: Iterable[str] | None) -> Protection:
    """What this command line says about protection; to go without any is said in red."""
    from rewards.sandbox import Protection

    if unsafe_no_sandbox:
        line = "--unsafe-no-sandbox: candidates run with your files, keys and network; all that is made is marked so"
        progress_console().print(line, style="bold red", highlight=False, soft_wrap=True)
    return Protection.of_command_line(unsafe_no_sandbox, ceilings or ())


def output_console() -> Console:
    from loop.console import output_console as console

    return console()


def progress_console() -> Console:
    from loop.console import progress_console as console

    return console()


def tell(line: object, err: bool = False) -> None:
    """One line of plain text on standard output, or on standard error: nothing in it acts on the terminal."""
    from quantum.plain import plain

    typer.echo(plain(str(line)), err=err)


def show_progress(results: Iterable[Any], total: int) -> Iterator[Any]:
    """Pass results on, with a progress bar on stderr when that is a terminal and there is something to wait for."""
    from rich.progress import track

    if total < 2 or not sys.stderr.isatty():
        return iter(results)
    return iter(track(results, "scoring", total=total, console=progress_console()))

"""The command `quantummind`. Every subcommand imports what it needs when it runs, so `--help` answers at once.

Exit codes: 0 done; 1 the thing asked for did not hold, or something failed that is ours; 2 the request was wrong; 3
nothing is wrong but not all of it can be checked here (`verify`); 130 stopped by Ctrl-C after saving. Whatever goes
wrong is one line on stderr; `--debug`, anywhere on the line, or QUANTUMMIND_DEBUG=1 shows the traceback too.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Annotated, Any

import typer

from loop.commands import adapters, baselines, builds, circuits, data, machine, policies, report, runs
from quantum.errors import InfrastructureError, RequestError
from quantum.plain import plain

USAGE_ERROR: type[Exception] = typer.BadParameter.__mro__[1]
"""click's UsageError, in whichever module typer keeps it."""

DEBUG = "--debug"

app = typer.Typer(
    name="quantummind",
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for module in (runs, baselines, circuits, report, machine, policies, builds, adapters, data):
    app.add_typer(module.app)


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        typer.echo(f"quantummind {version('quantummind')}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="the version")] = False,
    debug: Annotated[bool, typer.Option(DEBUG, help="show the traceback of what goes wrong")] = False,
) -> None:
    """Discover quantum circuits: a code model writes ansaetze, VQE scores them, GRPO trains the model.

    Begin with:   quantummind discover tfim
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command and exit; see the top of this module for the codes."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    debug = DEBUG in words or os.environ.get("QUANTUMMIND_DEBUG", "") not in ("", "0")
    code = 0
    try:
        _run([word for word in words if word != DEBUG])
        sys.stdout.flush()
    except typer.Exit as end:
        code = end.exit_code
    except (Exception, KeyboardInterrupt) as error:
        if debug:
            import traceback

            traceback.print_exception(error)
        code, line = explain(error)
        if line:
            print(f"quantummind: {plain(line, keep='')}", file=sys.stderr)
    sys.exit(code)


def _run(words: list[str]) -> None:
    """One command. Not by `app()`, which would answer Ctrl-C and a closed pipe before `explain` can."""
    command = typer.main.get_command(app)
    if "_QUANTUMMIND_COMPLETE" in os.environ:
        command.main(words, prog_name="quantummind")
    with command.make_context("quantummind", words or ["--help"]) as context:
        command.invoke(context)


def explain(error: BaseException) -> tuple[int, str]:
    """The exit code of what went wrong, and the one line that says so; no line for a reader that has gone."""
    if isinstance(error, RequestError):
        return 2, str(error)
    if isinstance(error, InfrastructureError):
        return 1, f"scoring is broken, nothing is lost: {error}"
    if isinstance(error, USAGE_ERROR):
        return 2, _usage_line(error)
    if isinstance(error, typer.Abort | KeyboardInterrupt):
        return 130, str(error) or "stopped by Ctrl-C"
    if isinstance(error, BrokenPipeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0, ""
    if isinstance(error, OSError) and error.strerror:
        return 2, f"{error.filename or 'the disk'}: {error.strerror}"
    what = " ".join(f"{type(error).__name__}: {error}".split())
    return 1, f"internal error, {what:.300} (where: again with {DEBUG})"


def _usage_line(error: Any) -> str:
    line = " ".join(error.format_message().split())
    if line.startswith("Usage:"):  # a group of commands with nothing behind it
        line = f"name one of: {', '.join(error.ctx.command.commands)}"
    return f"{line} (see: {error.ctx.command_path if error.ctx else 'quantummind'} --help)"


if __name__ == "__main__":
    main()

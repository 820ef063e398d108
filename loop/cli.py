"""The command `quantummind`. Every subcommand imports what it needs when it runs, so `--help` answers at once.

Exit codes: 0 done; 1 the thing asked for did not hold, or something failed that is ours; 2 the request was wrong; 130
stopped by Ctrl-C after saving. Whatever goes wrong is one line on stderr; `--debug`, anywhere on the line, or
QUANTUMMIND_DEBUG=1 shows the traceback too.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Annotated, Any

import typer

from loop.commands import baselines, circuits, data, machine, policies, runs
from quantum.errors import InfrastructureError, RequestError

USAGE_ERROR: type[Exception] = typer.BadParameter.__mro__[1]
"""click's UsageError, in whichever module typer keeps it."""

DEBUG = "--debug"

app = typer.Typer(
    name="quantummind",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for module in (runs, baselines, circuits, machine, policies, data):
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
    try:
        code = app(args=[word for word in words if word != DEBUG], standalone_mode=False, prog_name="quantummind")
        sys.stdout.flush()
    except (Exception, KeyboardInterrupt) as error:
        if debug:
            import traceback

            traceback.print_exception(error)
        code, line = explain(error)
        if line:
            print(f"quantummind: {line}", file=sys.stderr)
    sys.exit(code or 0)


def explain(error: BaseException) -> tuple[int, str]:
    """The exit code of what went wrong, and the one line that says so; no line for a reader that has gone."""
    if isinstance(error, RequestError):
        return 2, str(error)
    if isinstance(error, InfrastructureError):
        return 1, f"scoring is broken, nothing is lost: {error}"
    if isinstance(error, USAGE_ERROR):
        return 2, _usage_line(error)
    if isinstance(error, typer.Abort | KeyboardInterrupt):
        return 130, str(error) or "stopped"
    if isinstance(error, BrokenPipeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0, ""
    if isinstance(error, OSError) and error.strerror:
        return 2, f"{error.filename or 'the disk'}: {error.strerror}"
    what = " ".join(f"{type(error).__name__}: {error}".split())
    return 1, f"internal error, {what:.300} (where: again with {DEBUG})"


def _usage_line(error: Any) -> str:
    line = " ".join(error.format_message().split())
    return f"{line} (see: {error.ctx.command_path if error.ctx else 'quantummind'} --help)"


if __name__ == "__main__":
    main()

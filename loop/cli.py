"""The command `quantummind`. Every subcommand imports what it needs when it runs, so `--help` answers at once.

Exit codes: 0 done; 1 the thing asked for did not hold; 2 the request was wrong (one line on stderr); 130 stopped by
Ctrl-C after saving.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Any

import typer

from loop.commands import circuits, machine, policies, runs
from quantum.errors import InfrastructureError, RequestError

USAGE_ERROR: type[Exception] = typer.BadParameter.__mro__[1]
"""click's UsageError, in whichever module typer keeps it."""

app = typer.Typer(
    name="quantummind",
    help="Discover quantum circuits: a code model writes ansaetze, VQE scores them, GRPO trains the model.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for module in (runs, circuits, machine, policies):
    app.add_typer(module.app)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command and exit; what a user can get wrong is one line on stderr and exit code 2."""
    try:
        code = app(args=arguments, standalone_mode=False, prog_name="quantummind")
    except RequestError as error:
        code = complain(str(error))
    except InfrastructureError as error:
        code = complain(f"scoring is broken, nothing is lost: {error}", 1)
    except USAGE_ERROR as error:
        code = complain(_usage_line(error))
    except (typer.Abort, KeyboardInterrupt):
        code = 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    sys.exit(code or 0)


def complain(line: str, code: int = 2) -> int:
    print(f"quantummind: {line}", file=sys.stderr)
    return code


def _usage_line(error: Any) -> str:
    line = " ".join(error.format_message().split())
    return f"{line} (see: {error.ctx.command_path if error.ctx else 'quantummind'} --help)"


if __name__ == "__main__":
    main()

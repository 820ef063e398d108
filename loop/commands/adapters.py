"""Commands about adapters: merge."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from loop.commands.options import complete_profile, tell

app = typer.Typer()


@app.command()
def merge(
    model: Annotated[
        str,
        typer.Argument(help="a build, a checkpoint or a profile with an adapter", autocompletion=complete_profile),
    ],
    to: Annotated[Path, typer.Option(help="a new directory for the merged model")],
) -> None:
    """Fold an adapter into its base.   quantummind merge builds/qwen2.5-coder-7b-v1 --to merged"""
    from models.quiet import quiet_libraries

    quiet_libraries()
    from models.loader import load_policy
    from models.merge import check_mergeable
    from models.merge import merge as fold
    from models.profiles import resolve_profile

    profile = resolve_profile(model).model_copy(update={"needs_gpu": False})
    check_mergeable(profile, to)
    tell(fold(load_policy(profile, backend="transformers"), to))

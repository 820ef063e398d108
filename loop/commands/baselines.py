"""The command baseline: another method at the same budget."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from loop.commands.options import (
    Ceilings,
    HeldOut,
    Json,
    Qubits,
    Sets,
    Sizes,
    Unsafe,
    complete_problem,
    parse_held_out,
    parse_sizes,
    progress_console,
    protection_of,
)

app = typer.Typer()


def complete_method(incomplete: str) -> list[str]:
    """Names of baselines for the shell."""
    from loop.baselines.registry import method_names

    return [name for name in method_names() if name.startswith(incomplete)]


@app.command()
def baseline(
    problem: Annotated[
        str,
        typer.Argument(help="what to find a circuit for; see: quantummind problems", autocompletion=complete_problem),
    ],
    method: Annotated[
        str,
        typer.Option(
            help="adapt, best-of-n, evolution, hea, hva, iid, pair-excitation, product, "
            "program-evolution, programs or random",
            autocompletion=complete_method,
        ),
    ],
    evaluations: Annotated[int, typer.Option(min=1, help="evaluated circuits to spend")] = 640,
    config: Annotated[Path | None, typer.Option(help="a YAML of configs/, or the config.yaml of a run")] = None,
    set_: Sets = None,
    run: Annotated[Path | None, typer.Option(help="a new directory; by default one under runs/")] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="every random stream of the run follows from it")] = None,
    sizes: Sizes = None,
    held_out: HeldOut = None,
    qubits: Qubits = None,
    unsafe_no_sandbox: Unsafe = False,
    ceiling: Ceilings = None,
    as_json: Json = False,
) -> None:
    """Another method at the same budget.   quantummind baseline tfim --method evolution --evaluations 640"""
    from loop.baselines.runner import run_baseline
    from loop.commands.runs import finish, put
    from loop.config import RunConfig, default_config_path
    from models.config import parse_config, read_yaml, with_overrides

    source = config or default_config_path()
    document = with_overrides(read_yaml(source), set_ or ())
    document["baseline"] = {"method": method, "evaluations": evaluations}
    chosen = {
        "problem": problem,
        "run.seed": seed,
        "sizes": parse_sizes(sizes, qubits),
        "held_out": parse_held_out(held_out),
    }
    for key, value in chosen.items():
        if value is not None:
            put(document, key, value)
    parsed = parse_config(RunConfig, document, str(source)).under(protection_of(unsafe_no_sandbox, ceiling))
    finish(run_baseline(parsed, run, progress_console()), as_json)

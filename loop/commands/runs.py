"""Commands that make a run or go on with one: discover, resume."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from loop.commands.options import (
    Ceilings,
    HeldOut,
    Json,
    Preset,
    Qubits,
    RunArgument,
    Sets,
    Sizes,
    Unsafe,
    complete_problem,
    output_console,
    parse_held_out,
    parse_sizes,
    progress_console,
    protection_of,
    tell,
)

if TYPE_CHECKING:
    from loop.discover import Outcome
    from rewards.sandbox import Protection

app = typer.Typer()

Compare = Annotated[
    str, typer.Option(metavar="METHODS", help="then run these baselines (or: all) at the run's number of evaluations")
]


@app.command()
def discover(
    problem: Annotated[
        list[str] | None,
        typer.Argument(
            help="what to find a circuit for (of several: a run each); see: quantummind problems",
            autocompletion=complete_problem,
        ),
    ] = None,
    config: Annotated[Path | None, typer.Option(help="a YAML of configs/, or the config.yaml of a run")] = None,
    set_: Sets = None,
    run: Annotated[Path | None, typer.Option(help="a new directory; by default one under runs/")] = None,
    steps: Annotated[int | None, typer.Option(min=1, help="GRPO steps")] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="every random stream of the run follows from it")] = None,
    sizes: Sizes = None,
    qubits: Qubits = None,
    held_out: HeldOut = None,
    seed_from: Annotated[Path | None, typer.Option(help="a folder of create_ansatz files to score first")] = None,
    preset: Preset = None,
    unsafe_no_sandbox: Unsafe = False,
    ceiling: Ceilings = None,
    compare: Compare = "",
    as_json: Json = False,
) -> None:
    """Discover a circuit.   quantummind discover tfim --qubits 4 --steps 40"""
    from loop.baselines.compare import parse_methods
    from loop.config import RunConfig, default_config_path
    from loop.discover import discover as start
    from loop.sweep import start_sweep
    from models.config import parse_config, read_yaml, with_overrides

    source = config or default_config_path()
    document = with_overrides(read_yaml(source), set_ or ())
    chosen: dict[str, object] = {
        "run.steps": steps,
        "run.seed": seed,
        "sizes": parse_sizes(sizes, qubits),
        "held_out": parse_held_out(held_out),
        "memory.seed_folder": str(seed_from) if seed_from else None,
        "preset": preset,
    }
    for key, value in chosen.items():
        if value is not None:
            put(document, key, value)
    methods = parse_methods(compare)
    protection = protection_of(unsafe_no_sandbox, ceiling)
    parsed = parse_config(RunConfig, document, str(source)).under(protection)
    problems = problem or parsed.problems or ()
    if len(problems) > 1:
        finish_sweep(start_sweep(parsed, problems, run, progress_console()), as_json, methods, protection)
        return
    if problems:
        parsed = parsed.model_copy(update={"problem": problems[0], "problems": None})
    finish(start(parsed, run, progress_console()), as_json, methods, protection)


@app.command()
def resume(
    run: RunArgument,
    steps: Annotated[int | None, typer.Option(min=1, help="extend the run by this many steps")] = None,
    checkpoint: Annotated[int | None, typer.Option(min=0, help="fork a new run from this checkpoint")] = None,
    to: Annotated[Path | None, typer.Option(help="where a fork goes")] = None,
    unsafe_no_sandbox: Unsafe = False,
    ceiling: Ceilings = None,
    compare: Compare = "",
    as_json: Json = False,
) -> None:
    """Go on where a run stopped or was killed.   quantummind resume runs/RUN --steps 20"""
    from loop.baselines.compare import parse_methods
    from loop.baselines.runner import is_search, resume_baseline
    from loop.discover import resume as go_on
    from loop.sweep import is_sweep, resume_sweep
    from quantum.errors import RequestError

    methods = parse_methods(compare)
    protection = protection_of(unsafe_no_sandbox, ceiling)
    if is_sweep(run):
        if checkpoint is not None:
            raise RequestError("a fork is made of one run; name it: quantummind resume SWEEP/RUN --checkpoint N")
        finish_sweep(resume_sweep(run, steps, progress_console(), protection), as_json, methods, protection)
    elif is_search(run):
        finish(resume_baseline(run, progress_console(), protection), as_json)
    else:
        finish(go_on(run, steps, checkpoint, to, progress_console(), protection), as_json, methods, protection)


def put(document: dict[str, Any], key: str, value: object) -> None:
    """Set a dotted key in a nested mapping."""
    *sections, last = key.split(".")
    for section in sections:
        document = document.setdefault(section, {})
    document[last] = value


def finish(
    outcome: Outcome, as_json: bool, baselines: Sequence[str] = (), protection: Protection | None = None
) -> None:
    """Say what a session found, run the baselines beside it, and leave with its exit code."""
    from loop.baselines.compare import compare, comparison_table
    from loop.report.page import report_at_end

    if not as_json:
        say(outcome)
    wanted = baselines if not outcome.interrupted else ()
    compared = compare(outcome.run, wanted, progress_console(), protection) if wanted else []
    if as_json:
        more = {"compared": [one.to_json() for one in compared]} if compared else {}
        typer.echo(json.dumps({**outcome.to_json(), **more}))
    elif compared:
        output_console().print(comparison_table(compared))
    if outcome.interrupted:
        tell(f"stopped after step {outcome.steps}; go on with: quantummind resume {outcome.run.path}", err=True)
        raise typer.Exit(130)
    tell(f"a page:   {report_at_end(outcome.run)}", err=True)


def finish_sweep(
    outcomes: Sequence[Outcome], as_json: bool, baselines: Sequence[str], protection: Protection | None = None
) -> None:
    """Say what every run of a sweep found, with the baselines beside each, and leave with the exit code of the last."""
    from loop.baselines.compare import compare, comparison_table
    from loop.sweep import sweep_table

    if as_json:
        typer.echo(json.dumps([outcome.to_json() for outcome in outcomes]))
    else:
        output_console().print(sweep_table(outcomes))
    for outcome in outcomes if baselines and not outcomes[-1].interrupted else ():
        console = progress_console() if as_json else output_console()
        console.print(comparison_table(compare(outcome.run, baselines, progress_console(), protection)))
    if outcomes[-1].interrupted:
        tell(f"stopped; go on with: quantummind resume {outcomes[-1].run.path.parent}", err=True)
        raise typer.Exit(130)


def say(outcome: Outcome) -> None:
    """The best circuits of a session and what to do with them."""
    from loop.sketch import sketch
    from loop.tables import circuit_table

    console = output_console()
    console.print(circuit_table((one.name, one.score) for one in outcome.best))
    if outcome.best:
        console.print(sketch(max(outcome.best[0].circuits.items())[1], console.width), highlight=False, markup=False)
    for one in outcome.best:
        tell(f"exported: {one.folder}")
    if outcome.best:
        tell(f"check it: quantummind verify {outcome.best[0].folder}")
    tell(f"the run:  quantummind show {outcome.run.path}")

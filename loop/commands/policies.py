"""Commands about models: sft, validate."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from loop.commands.options import Json, Sets, parse_sizes
from loop.commands.stages import stages

app = typer.Typer()

Workers = Annotated[int | None, typer.Option(min=0, help="judging processes; by default one a core")]


@app.command()
def sft(
    config: Annotated[Path, typer.Argument(help="a YAML of configs/sft/")],
    set_: Sets = None,
    to: Annotated[Path | None, typer.Option(help="build directory; by default builds/NAME")] = None,
    go_on: Annotated[
        bool, typer.Option("--resume", help="continue from the last checkpoint in the build directory")
    ] = False,
) -> None:
    """Fine-tune a policy.   quantummind sft configs/sft/embedded-cpu.yaml"""
    from models.quiet import quiet_libraries

    quiet_libraries()
    from sft.train import run_sft

    typer.echo(run_sft(config, set_ or [], to or Path("builds") / config.stem, resume=go_on))


@app.command()
def validate(
    model: Annotated[str, typer.Argument(help="a profile, a build, or the path of a model")] = "embedded",
    problem: Annotated[
        list[str] | None, typer.Option(help="prompts about these instead of the standard hundred; repeatable")
    ] = None,
    sizes: Annotated[
        str | None, typer.Option(metavar="4,6", help="numbers of qubits instead of the standard hundred's")
    ] = None,
    own_limits: Annotated[bool, typer.Option(help="only prompts within the problems' own limits")] = False,
    samples: Annotated[
        int | None, typer.Option(min=1, help="answers a prompt; by default 4, and 16 with prompts of your own")
    ] = None,
    distinct: Annotated[int, typer.Option(min=0, help="answers to one prompt, to count the different circuits")] = 200,
    temperature: Annotated[float, typer.Option(min=0, help="of sampling")] = 1.0,
    seed: Annotated[int, typer.Option(min=0)] = 0,
    context: Annotated[
        bool, typer.Option(help="also measure whether it improves on circuits that prompts show")
    ] = False,
    workers: Workers = None,
    as_json: Json = False,
) -> None:
    """How much of what a policy writes is valid, trainable and new.   quantummind validate embedded"""
    from models.quiet import quiet_libraries

    quiet_libraries()
    from sft.validate import CONTEXT_SAMPLES, Plan
    from sft.validate import validate as measure
    from sft.validation.suite import Restriction, grid, standard_suite

    if problem or sizes or own_limits:
        restrictions = (Restriction(),) if own_limits else (Restriction(), Restriction(("ry", "cx")))
        chosen = parse_sizes(sizes, None) or [4, 6, 8]
        cases = grid(problem or ("tfim", "xy", "heisenberg"), chosen, restrictions)
    else:
        cases = standard_suite()
    plan = Plan(
        cases=cases,
        samples=samples or (4 if cases == standard_suite() else 16),
        distinct=distinct,
        context=CONTEXT_SAMPLES if context else 0,
        temperature=temperature,
        seed=seed,
    )
    with stages() as progress:
        report = measure(model, plan, workers=workers, progress=progress)
    typer.echo(json.dumps(report.to_json()) if as_json else report.to_text())
    if report.missed:
        raise typer.Exit(1)

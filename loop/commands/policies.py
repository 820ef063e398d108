"""Commands about models: sft, validate, compare."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from loop.commands.options import Json, Preset, Sets, parse_sizes, progress_console
from loop.commands.stages import stages

app = typer.Typer()

Workers = Annotated[int | None, typer.Option(min=0, help="judging processes; by default one a core")]


@app.command()
def sft(
    config: Annotated[Path, typer.Argument(help="a YAML of configs/sft/")],
    set_: Sets = None,
    preset: Preset = None,
    to: Annotated[
        Path | None, typer.Option(help="build directory; by default the next version of the config under builds/")
    ] = None,
    go_on: Annotated[
        bool, typer.Option("--resume", help="continue from the last checkpoint of --to, or of the last version")
    ] = False,
) -> None:
    """Fine-tune a policy.   quantummind sft configs/sft/embedded-cpu.yaml"""
    from models.quiet import quiet_libraries

    quiet_libraries()
    from loop.interrupt import Interrupt, Stopped
    from sft.builds import next_build, unfinished_build
    from sft.train import StoppedEarly, run_sft

    build = to or (unfinished_build(config.stem) if go_on else next_build(config.stem))
    console = progress_console()
    overrides = [*(set_ or []), *([f"preset={preset}"] if preset else [])]
    try:
        with Interrupt(lambda line: console.print(line, highlight=False)) as interrupt:
            run_sft(config, overrides, build, go_on, console=console, stop=lambda: interrupt.requested)
    except StoppedEarly as end:
        raise Stopped(f"{end}; go on with: quantummind sft {build}/config.yaml --to {build} --resume") from None
    typer.echo(build)


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

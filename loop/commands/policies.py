"""Commands about models: sft, validate, compare."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from loop.commands.options import (
    Json,
    Preset,
    Sets,
    complete_profile,
    output_console,
    parse_sizes,
    progress_console,
)
from loop.commands.stages import stages

app = typer.Typer()

Model = Annotated[
    str, typer.Argument(help="a profile, a build, or the path of a model", autocompletion=complete_profile)
]
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
    model: Model = "embedded",
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
    concepts: Annotated[
        Path | None, typer.Option(help="ask this suite of questions instead; a YAML of configs/concepts/")
    ] = None,
    embedder: Annotated[
        Path | None, typer.Option(help="sentence-transformers model for --concepts; else by word overlap")
    ] = None,
    workers: Workers = None,
    as_json: Json = False,
) -> None:
    """How much of what a policy writes is valid, trainable and new.   quantummind validate embedded"""
    from models.quiet import quiet_libraries

    quiet_libraries()
    if concepts is not None:
        from sft.concepts import validate_concepts

        answers = validate_concepts(model, concepts, embedder=embedder)
        _report(answers.to_json(), answers.to_text(), as_json, bool(answers.missed))
        return
    from sft.validate import CONTEXT_SAMPLES, Plan
    from sft.validate import validate as measure
    from sft.validation.suite import Restriction, grid, standard_suite

    cases = standard_suite()
    if problem or sizes or own_limits:
        restrictions = (Restriction(),) if own_limits else (Restriction(), Restriction(("ry", "cx")))
        chosen = parse_sizes(sizes, None) or [4, 6, 8]
        cases = grid(problem or ("tfim", "xy", "heisenberg"), chosen, restrictions)
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
    _report(report.to_json(), report.to_text(), as_json, bool(report.missed))


def _report(document: dict[str, Any], text: str, as_json: bool, missed: bool) -> None:
    """Print a report; exit code 1 when a target was missed."""
    typer.echo(json.dumps(document) if as_json else text)
    if missed:
        raise typer.Exit(1)


@app.command()
def compare(
    base: Annotated[str, typer.Argument(help="a profile, a build or a path; random: MODEL's architecture, untrained")],
    model: Model = "embedded",
    samples: Annotated[int, typer.Option(min=1, help="answers to each of the hundred prompts")] = 2,
    distinct: Annotated[int, typer.Option(min=0, help="answers to one prompt, to count the different circuits")] = 100,
    temperature: Annotated[float, typer.Option(min=0, help="of sampling")] = 1.0,
    seed: Annotated[int, typer.Option(min=0)] = 0,
    context: Annotated[
        bool, typer.Option(help="also measure whether they improve on the circuits they are shown")
    ] = False,
    workers: Workers = None,
    as_json: Json = False,
) -> None:
    """Two policies on the same prompts, with a significance test.   quantummind compare random embedded"""
    from models.quiet import quiet_libraries

    quiet_libraries()
    from sft.compare import compare as measure
    from sft.validate import CONTEXT_SAMPLES, Plan

    plan = Plan(
        samples=samples,
        distinct=distinct,
        context=CONTEXT_SAMPLES if context else 0,
        temperature=temperature,
        seed=seed,
    )
    with stages() as progress:
        found = measure(base, model, plan, workers=workers, progress=progress)
    if as_json:
        typer.echo(json.dumps(found.to_json()))
        return
    output_console().print(found.to_table())
    typer.echo(found.summary())

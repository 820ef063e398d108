"""Commands about models: sft, validate, compare."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from loop.commands.options import (
    Json,
    Preset,
    Sets,
    complete_profile,
    output_console,
    parse_sizes,
    progress_console,
    tell,
)
from loop.commands.stages import stages

if TYPE_CHECKING:
    from sft.validate import Plan

app = typer.Typer()

Model = Annotated[
    str, typer.Argument(help="a profile, a build, or the path of a model", autocompletion=complete_profile)
]
Problems = Annotated[
    list[str] | None, typer.Option("--problem", help="prompts about these, not the standard hundred; repeatable")
]
PromptSizes = Annotated[
    str | None, typer.Option("--sizes", metavar="4,6", help="numbers of qubits, not those of the standard hundred")
]
OwnLimits = Annotated[bool, typer.Option("--own-limits", help="only prompts within the problems' own limits")]
Samples = Annotated[
    int | None, typer.Option(min=1, help="answers a prompt; by default 4, and 16 with prompts of your own")
]
Distinct = Annotated[int, typer.Option(min=0, help="answers to one prompt, to count the different circuits")]
Temperature = Annotated[float, typer.Option(min=0, help="of sampling")]
Seed = Annotated[int, typer.Option(min=0)]
Context = Annotated[bool, typer.Option("--context", help="also: do they improve on the circuits they are shown?")]
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
    if go_on and to is None:  # stopped before the first checkpoint, a version begins again
        go_on = any(build.glob("checkpoint-*"))
    console = progress_console()
    overrides = [*(set_ or []), *([f"preset={preset}"] if preset else [])]
    try:
        with Interrupt(lambda line: console.print(line, highlight=False)) as interrupt:
            run_sft(config, overrides, build, go_on, console=console, stop=lambda: interrupt.requested)
    except StoppedEarly as end:
        raise Stopped(f"{end}; go on with: quantummind sft {build}/config.yaml --to {build} --resume") from None
    except KeyboardInterrupt:
        resume = " --resume" if any(build.glob("checkpoint-*")) else ""
        line = f"stopped at once; go on with: quantummind sft {build}/config.yaml --to {build}{resume}"
        raise Stopped(line if (build / "config.yaml").exists() else "stopped before anything was written") from None
    tell(build)


@app.command()
def validate(
    model: Model = "embedded",
    problem: Problems = None,
    sizes: PromptSizes = None,
    own_limits: OwnLimits = False,
    samples: Samples = None,
    distinct: Distinct = 200,
    temperature: Temperature = 1.0,
    seed: Seed = 0,
    context: Context = False,
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
        _report(answers.to_json(), answers.to_text(), as_json, answers.missed)
        return
    from sft.validate import validate as measure

    plan = _plan(problem, sizes, own_limits, samples, distinct, temperature, seed, context)
    with stages() as progress:
        report = measure(model, plan, workers=workers, progress=progress)
    _report(report.to_json(), report.to_text(), as_json, bool(report.missed))


@app.command()
def compare(
    base: Annotated[str, typer.Argument(help="a profile, a build or a path; random: MODEL's architecture, untrained")],
    model: Model = "embedded",
    problem: Problems = None,
    sizes: PromptSizes = None,
    own_limits: OwnLimits = False,
    samples: Samples = None,
    distinct: Distinct = 200,
    temperature: Temperature = 1.0,
    seed: Seed = 0,
    context: Context = False,
    workers: Workers = None,
    as_json: Json = False,
) -> None:
    """Two policies on the same prompts, with a significance test.   quantummind compare random embedded"""
    from models.quiet import quiet_libraries

    quiet_libraries()
    from sft.compare import compare as measure

    plan = _plan(problem, sizes, own_limits, samples, distinct, temperature, seed, context)
    with stages() as progress:
        found = measure(base, model, plan, workers=workers, progress=progress)
    if as_json:
        typer.echo(json.dumps(found.to_json()))
        return
    output_console().print(found.to_table())
    tell(found.summary())


def _plan(
    problems: list[str] | None,
    sizes: str | None,
    own_limits: bool,
    samples: int | None,
    distinct: int,
    temperature: float,
    seed: int,
    context: bool,
) -> Plan:
    """The standard hundred, or the grid of whatever was named: with and without a restriction to ry and cx."""
    from sft.validate import CONTEXT_SAMPLES, Plan
    from sft.validation.suite import Restriction, grid, standard_suite

    answers = CONTEXT_SAMPLES if context else 0
    if not (problems or sizes or own_limits):
        return Plan(standard_suite(), samples or 4, distinct, answers, temperature, seed)
    restrictions = (Restriction(),) if own_limits else (Restriction(), Restriction(("ry", "cx")))
    cases = grid(problems or ("tfim", "xy", "heisenberg"), parse_sizes(sizes, None) or [4, 6, 8], restrictions)
    return Plan(cases, samples or 16, distinct, answers, temperature, seed)


def _report(document: dict[str, Any], text: str, as_json: bool, missed: bool) -> None:
    """Print a report; exit code 1 when a target was missed."""
    tell(json.dumps(document) if as_json else text)
    if missed:
        raise typer.Exit(1)

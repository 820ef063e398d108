"""Commands about models: sft, validate."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from loop.commands.options import Json, Sets, parse_sizes

app = typer.Typer()


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
    model: Annotated[str, typer.Argument(help="a profile, or the path of a model or build")] = "embedded",
    problem: Annotated[list[str] | None, typer.Option(help="by default tfim, xy and heisenberg")] = None,
    sizes: Annotated[str, typer.Option(metavar="4,6", help="numbers of qubits that prompts ask for")] = "4,6,8",
    own_limits: Annotated[bool, typer.Option(help="leave out the prompts that allow ry and cx only")] = False,
    samples: Annotated[int, typer.Option(min=1, help="answers a prompt")] = 16,
    temperature: Annotated[float, typer.Option(min=0, help="of sampling")] = 1.0,
    seed: Annotated[int, typer.Option(min=0)] = 0,
    as_json: Json = False,
) -> None:
    """How much of what a policy writes is valid, distinct and new.   quantummind validate embedded"""
    from models.quiet import quiet_libraries

    quiet_libraries()
    from sft.validate import GATE_LIMITS
    from sft.validate import validate as measure

    report = measure(
        model,
        problems=problem or ("tfim", "xy", "heisenberg"),
        sizes=parse_sizes(sizes, None) or (),
        gate_limits=(None,) if own_limits else GATE_LIMITS,
        samples=samples,
        temperature=temperature,
        seed=seed,
    )
    typer.echo(json.dumps(report.to_json()) if as_json else report.to_text())

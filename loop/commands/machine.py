"""Commands about what is there: problems, doctor."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from loop.commands.options import Json, Preset, Sets, complete_problem, complete_profile, output_console, tell
from quantum.errors import RequestError

app = typer.Typer()


@app.command()
def problems(
    name: Annotated[str | None, typer.Argument(help="one problem in detail", autocompletion=complete_problem)] = None,
    set_: Sets = None,
    as_json: Json = False,
) -> None:
    """What can be named as PROBLEM.   quantummind problems tfim"""
    from loop.config import load_run_config, problem_of
    from loop.show import describe_problem, outline, problem_table
    from quantum.problem import list_problems

    if name is None:
        rows = list_problems()
        if as_json:
            typer.echo(json.dumps(rows))
        else:
            output_console().print(problem_table(rows))
        return
    described = describe_problem(problem_of(load_run_config(None, set_ or ()).model_copy(update={"problem": name})))
    tell(json.dumps(described) if as_json else outline(described))


@app.command()
def doctor(
    config: Annotated[Path | None, typer.Option(help="take the sandbox settings from this YAML")] = None,
    set_: Sets = None,
    model: Annotated[
        str | None,
        typer.Option(help="also estimate the memory that this model needs", autocompletion=complete_profile),
    ] = None,
    preset: Preset = None,
    as_json: Json = False,
) -> None:
    """Versions, known conflicts, GPU, memory, and the sandbox's layers proved by live tests.   quantummind doctor"""
    from loop.config import load_run_config
    from loop.doctor import examine, report
    from loop.doctor_model import examine_model, report_model

    if preset and not model:
        raise RequestError("--preset goes with --model: quantummind doctor --model qwen2.5-coder-7b --preset 24gb")
    needs = examine_model(model, preset) if model else None
    findings = examine(load_run_config(config, set_ or ()).sandbox)
    if as_json:
        typer.echo(json.dumps({**findings, "model": needs}))
    else:
        console = output_console()
        console.print(report(findings))
        if needs:
            console.print("", report_model(needs), sep="\n")
    if not findings["ok"]:
        raise typer.Exit(1)

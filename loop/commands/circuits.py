"""Commands about circuits: score, show, export, verify."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from loop.commands.options import (
    Ceilings,
    Json,
    Qubits,
    RunArgument,
    Sets,
    Sizes,
    Unsafe,
    complete_problem,
    output_console,
    parse_sizes,
    progress_console,
    protection_of,
    show_progress,
    tell,
)
from quantum.errors import RequestError

app = typer.Typer()

EXIT_CODES = {"holds": 0, "cannot be checked": 3, "does not hold": 1}
"""Of `verify`, in the order of what counts most among several circuits."""


@app.command()
def export(
    run: RunArgument,
    top: Annotated[int, typer.Option(min=1, help="how many circuits")] = 1,
    to: Annotated[Path | None, typer.Option(help="target folder; by default exports/RUN")] = None,
    format_: Annotated[str, typer.Option("--format", help="which of py,qasm3,qpy,json,svg")] = "py,qasm3,qpy,json,svg",
    transpile: Annotated[
        str | None,
        typer.Option(metavar="BASIS[:COUPLING]", help="for a device too, such as cx,rz,sx,x:line (ring, grid, a file)"),
    ] = None,
    unsafe_no_sandbox: Unsafe = False,
    ceiling: Ceilings = None,
    as_json: Json = False,
) -> None:
    """Write the best circuits of a run as folders that stand alone.   quantummind export runs/RUN --top 3"""
    from loop.config import problem_of
    from loop.confirm import confirm, export_best
    from loop.export import parse_formats
    from loop.routing import check_device, parse_device
    from loop.run import Run
    from loop.tables import device_table

    formats = parse_formats(format_)
    opened = Run.open(run)
    config = opened.config(protection_of(unsafe_no_sandbox, ceiling))
    problem = problem_of(config)
    device = parse_device(transpile) if transpile else None
    if device and not {"qasm3", "qpy"} & set(formats):
        raise RequestError("--transpile: a circuit on a device is written as qasm3 or qpy; add one of them to --format")
    if device:
        check_device(device, problem.sizes)
    with progress_console().status("confirming the best circuits with fresh starts"):
        confirmed = confirm(opened, config, problem, top)
    if not confirmed:
        raise RequestError(f"{run} has no valid circuit yet; look on with: quantummind show {run}")
    for one in export_best(opened, confirmed, to or Path("exports") / opened.path.name, formats, device):
        tell(json.dumps(one.to_json()) if as_json else one.folder)
        if one.transpiled and not as_json:
            output_console().print(device_table(one.transpiled))


@app.command()
def show(
    run: Annotated[Path | None, typer.Argument(help="a run directory; by default the latest under runs/")] = None,
    top: Annotated[int, typer.Option(min=1, help="how many circuits")] = 5,
    watch: Annotated[bool, typer.Option("--watch", help="draw it again until the run ends or Ctrl-C")] = False,
    as_json: Json = False,
) -> None:
    """A live or finished run: best circuits, curves, what failed and why.   quantummind show"""
    from loop.run import Run
    from loop.show import latest_run, picture, summarise

    opened = Run.open(run or latest_run())
    if watch and as_json:
        raise RequestError("give --watch or --json, not both")
    if watch:
        from loop.watch import watch as follow

        follow(opened, top, output_console())
        return
    summary, best = summarise(opened, top)
    if as_json:
        typer.echo(json.dumps(summary))
    else:
        console = output_console()
        console.print(picture(summary, best, console.width))


@app.command()
def score(
    files: Annotated[list[Path], typer.Argument(help="files with a create_ansatz function, or folders of them")],
    problem: Annotated[
        str,
        typer.Option(help="what to score them on; see: quantummind problems", autocompletion=complete_problem),
    ],
    sizes: Sizes = None,
    qubits: Qubits = None,
    workers: Annotated[int | None, typer.Option(min=0, help="processes; by default one a core")] = None,
    config: Annotated[Path | None, typer.Option(help="take reward, vqe and sandbox settings from this YAML")] = None,
    set_: Sets = None,
    unsafe_no_sandbox: Unsafe = False,
    ceiling: Ceilings = None,
    as_json: Json = False,
) -> None:
    """The reward of any create_ansatz file.   quantummind score my_ansatz.py --problem tfim"""
    from loop.config import load_run_config, problem_of, score_settings
    from loop.discover import warn
    from loop.score_files import collect, score_files
    from loop.tables import circuit_table

    asked = load_run_config(config, set_ or (), protection_of(unsafe_no_sandbox, ceiling))
    named = {"problem": problem, "sizes": parse_sizes(sizes, qubits), "held_out": None}
    chosen = problem_of(asked.model_copy(update=named))
    found = collect(files)
    warn(chosen, progress_console())
    rows = []
    for path, result in show_progress(score_files(found, chosen, score_settings(asked), workers), len(found)):
        if as_json:
            typer.echo(json.dumps({"file": str(path), **result.to_json()}))
        rows.append((str(path), result))
    if not as_json:
        output_console().print(circuit_table(sorted(rows, key=lambda row: -(row[1].reward or -2))))
    if any(result.outcome != "ok" for _, result in rows):
        raise typer.Exit(1)


@app.command()
def verify(
    path: Annotated[Path, typer.Argument(help="an exported circuit, or a folder of them")],
    minutes: Annotated[
        float, typer.Option(min=0, help="the most work, as predicted, that a certificate may ask for")
    ] = 10,
    ceiling: Ceilings = None,
    as_json: Json = False,
) -> None:
    """Derive every figure of an exported circuit again.   quantummind verify runs/RUN/best

    Exit code 0: all holds; 1: something does not; 3: nothing is wrong, but some of it cannot be checked here.
    """
    from loop.tables import check_table, stated_table
    from loop.verify import Verifier, find_exports

    folders = find_exports(path)
    outcomes = set()
    with Verifier(protection_of(False, ceiling), minutes) as verifier:
        for folder, found in verifier.verify_all(folders):
            outcomes.add(found.outcome)
            if as_json:
                typer.echo(json.dumps({"path": str(folder), **found.to_json()}))
                continue
            if found.outcome != "holds" or len(folders) == 1:
                output_console().print(check_table(found.checks))
                output_console().print(stated_table(found.document))
            tell(f"{folder}: {found.sentence}")
    raise typer.Exit(EXIT_CODES[max(outcomes, key=list(EXIT_CODES).index)])

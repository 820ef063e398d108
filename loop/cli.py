"""The command `quantummind`. Every command imports what it needs when it runs, so `--help` answers at once.

Exit codes: 0 done; 1 the thing asked for did not hold; 2 the request was wrong (one line on stderr); 130 stopped by
Ctrl-C after saving.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from quantum.errors import InfrastructureError, RequestError

if TYPE_CHECKING:
    from rich.console import Console

    from loop.discover import Outcome

USAGE_ERROR: type[Exception] = typer.BadParameter.__mro__[1]
"""click's UsageError, in whichever module typer keeps it."""

app = typer.Typer(
    name="quantummind",
    help="Discover quantum circuits: a code model writes ansaetze, VQE scores them, GRPO trains the model.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Sets = Annotated[list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="override one key of the config")]
Sizes = Annotated[str | None, typer.Option("--sizes", metavar="4,6", help="numbers of qubits scored together")]
Qubits = Annotated[int | None, typer.Option("--qubits", min=1, help="short for --sizes N")]
Json = Annotated[bool, typer.Option("--json", help="JSON on stdout and nothing else there")]
Unsafe = Annotated[
    bool, typer.Option("--unsafe-no-sandbox", help="run candidates with no protection; marks every result")
]
RunArgument = Annotated[Path, typer.Argument(help="a run directory", show_default=False)]


@app.command()
def discover(
    problem: Annotated[str | None, typer.Argument(help="what to find a circuit for; see: quantummind problems")] = None,
    config: Annotated[Path | None, typer.Option(help="a YAML of configs/, or the config.yaml of a run")] = None,
    set_: Sets = None,
    run: Annotated[Path | None, typer.Option(help="a new directory; by default one under runs/")] = None,
    steps: Annotated[int | None, typer.Option(min=1, help="GRPO steps")] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="every random stream of the run follows from it")] = None,
    sizes: Sizes = None,
    qubits: Qubits = None,
    unsafe_no_sandbox: Unsafe = False,
) -> None:
    """Discover a circuit.   quantummind discover tfim --qubits 4 --steps 40"""
    from loop.config import RunConfig, default_config_path
    from loop.discover import discover as start
    from models.config import parse_config, read_yaml, with_overrides

    source = config or default_config_path()
    document = with_overrides(read_yaml(source), set_ or ())
    chosen: dict[str, object] = {
        "run.steps": steps,
        "run.seed": seed,
        "sizes": parse_sizes(sizes, qubits),
        "problem": problem,
    }
    if unsafe_no_sandbox:
        chosen["sandbox.unsafe_no_sandbox"] = True
    for key, value in chosen.items():
        if value is not None:
            put(document, key, value)
    finish(start(parse_config(RunConfig, document, str(source)), run, progress_console()))


@app.command()
def resume(
    run: RunArgument,
    steps: Annotated[int | None, typer.Option(min=1, help="extend the run by this many steps")] = None,
    checkpoint: Annotated[int | None, typer.Option(min=0, help="fork a new run from this checkpoint")] = None,
    to: Annotated[Path | None, typer.Option(help="where a fork goes")] = None,
) -> None:
    """Go on where a run stopped or was killed.   quantummind resume runs/RUN --steps 20"""
    from loop.discover import resume as go_on

    finish(go_on(run, steps, checkpoint, to, progress_console()))


@app.command()
def export(
    run: RunArgument,
    top: Annotated[int, typer.Option(min=1, help="how many circuits")] = 1,
    to: Annotated[Path | None, typer.Option(help="target folder; by default exports/RUN")] = None,
    format_: Annotated[str, typer.Option("--format", help="which of py,qasm3,qpy,json,svg")] = "py,qasm3,qpy,json,svg",
) -> None:
    """Write the best circuits of a run as folders that stand alone.   quantummind export runs/RUN --top 3"""
    from loop.config import problem_of
    from loop.confirm import confirm, export_best
    from loop.export import parse_formats
    from loop.run import Run

    formats = parse_formats(format_)
    opened = Run.open(run)
    config = opened.config()
    problem = problem_of(config)
    confirmed = confirm(opened, config, problem, top)
    if not confirmed:
        raise RequestError(f"{run} has no valid circuit yet; look on with: quantummind show {run}")
    for one in export_best(opened, problem, confirmed, to or Path("exports") / opened.path.name, formats):
        typer.echo(one.folder)


@app.command()
def show(
    run: Annotated[Path | None, typer.Argument(help="a run directory; by default the latest under runs/")] = None,
    top: Annotated[int, typer.Option(min=1, help="how many circuits")] = 5,
    as_json: Json = False,
) -> None:
    """A live or finished run: best circuits, curves, what failed and why.   quantummind show"""
    from loop.run import Run
    from loop.show import latest_run, picture, summarise

    summary, best = summarise(Run.open(run or latest_run()), top)
    if as_json:
        typer.echo(json.dumps(summary))
    else:
        output_console().print(picture(summary, best))


@app.command()
def score(
    files: Annotated[list[Path], typer.Argument(help="files with a create_ansatz function, or folders of them")],
    problem: Annotated[str, typer.Option(help="what to score them on; see: quantummind problems")],
    sizes: Sizes = None,
    qubits: Qubits = None,
    workers: Annotated[int | None, typer.Option(min=0, help="processes; by default one a core")] = None,
    config: Annotated[Path | None, typer.Option(help="take reward, vqe and sandbox settings from this YAML")] = None,
    set_: Sets = None,
    unsafe_no_sandbox: Unsafe = False,
    as_json: Json = False,
) -> None:
    """The reward of any create_ansatz file.   quantummind score my_ansatz.py --problem tfim"""
    from loop.config import load_run_config, score_settings
    from loop.score_files import collect, score_files
    from loop.tables import circuit_table
    from quantum.problem import resolve_problem

    overrides = [*(set_ or ()), *(["sandbox.unsafe_no_sandbox=true"] if unsafe_no_sandbox else [])]
    settings = score_settings(load_run_config(config, overrides))
    target = resolve_problem(problem, parse_sizes(sizes, qubits))
    rows = []
    found = collect(files)
    for path, result in show_progress(score_files(found, target, settings, workers), len(found)):
        if as_json:
            typer.echo(json.dumps({"file": str(path), **result.to_json()}))
        rows.append((str(path), result))
    if not as_json:
        output_console().print(circuit_table(sorted(rows, key=lambda row: -(row[1].reward or -2))))


@app.command()
def verify(
    path: Annotated[Path, typer.Argument(help="an exported circuit, or a folder of them")], as_json: Json = False
) -> None:
    """Derive every figure of an exported circuit again.   quantummind verify runs/RUN/best"""
    from loop.tables import check_table
    from loop.verify import find_exports, verify_export

    folders = find_exports(path)
    failed = False
    for folder in folders:
        checks = verify_export(folder)
        wrong = list(dict.fromkeys(check.figure for check in checks if not check.ok))
        failed |= bool(wrong)
        if as_json:
            rows = [vars(check) for check in checks]
            typer.echo(json.dumps({"path": str(folder), "ok": not wrong, "failed": wrong, "checks": rows}))
            continue
        if wrong or len(folders) == 1:
            output_console().print(check_table(checks))
        typer.echo(f"{folder}: " + (f"no: {', '.join(wrong)}" if wrong else f"yes, all {len(checks)} figures hold"))
    if failed:
        raise typer.Exit(1)


@app.command()
def problems(
    name: Annotated[str | None, typer.Argument(help="one problem in detail")] = None, as_json: Json = False
) -> None:
    """What can be named as PROBLEM.   quantummind problems tfim"""
    from loop.show import describe_problem, outline, problem_table
    from quantum.problem import list_problems, resolve_problem

    if name is None:
        rows = list_problems()
        if as_json:
            typer.echo(json.dumps(rows))
        else:
            output_console().print(problem_table(rows))
        return
    described = describe_problem(resolve_problem(name))
    typer.echo(json.dumps(described) if as_json else outline(described))


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


@app.command()
def doctor(
    config: Annotated[Path | None, typer.Option(help="take the sandbox settings from this YAML")] = None,
    set_: Sets = None,
    as_json: Json = False,
) -> None:
    """Versions, known conflicts, GPU, and the sandbox's layers proved by live tests.   quantummind doctor"""
    from loop.config import load_run_config
    from loop.doctor import examine, report

    findings = examine(load_run_config(config, set_ or ()).sandbox)
    if as_json:
        typer.echo(json.dumps(findings))
    else:
        output_console().print(report(findings))
    if not findings["ok"]:
        raise typer.Exit(1)


def parse_sizes(sizes: str | None, qubits: int | None) -> list[int] | None:
    """`4,6` as [4, 6]; raises RequestError for what are no positive integers, or when both ways are used."""
    if sizes is None:
        return None if qubits is None else [qubits]
    if qubits is not None:
        raise RequestError("give --sizes or --qubits, not both")
    try:
        numbers = [int(part) for part in sizes.split(",")]
    except ValueError:
        numbers = [0]
    if min(numbers) < 1:
        raise RequestError(f"--sizes {sizes!r} is not a list of positive integers such as 4,6")
    return numbers


def put(document: dict[str, Any], key: str, value: object) -> None:
    """Set a dotted key in a nested mapping."""
    *sections, last = key.split(".")
    for section in sections:
        document = document.setdefault(section, {})
    document[last] = value


def output_console() -> Console:
    from rich.console import Console

    return Console() if sys.stdout.isatty() else Console(width=160, no_color=True)


def progress_console() -> Console:
    from rich.console import Console

    return Console(stderr=True)


def show_progress(results: Any, total: int) -> Any:
    """Pass results on, with a progress bar on stderr when that is a terminal and there is something to wait for."""
    from rich.progress import track

    if total < 2 or not sys.stderr.isatty():
        return results
    return track(results, "scoring", total=total, console=progress_console())


def finish(outcome: Outcome) -> None:
    """Say what a session found, and leave with its exit code."""
    from loop.tables import circuit_table

    console = output_console()
    console.print(circuit_table((str(k), one.score) for k, one in enumerate(outcome.best, 1)))
    for one in outcome.best:
        typer.echo(f"exported: {one.folder}")
    if outcome.best:
        typer.echo(f"check it: quantummind verify {outcome.best[0].folder}")
    typer.echo(f"the run:  quantummind show {outcome.run.path}")
    if outcome.interrupted:
        typer.echo(f"stopped after step {outcome.steps}; go on with: quantummind resume {outcome.run.path}", err=True)
        raise typer.Exit(130)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command and exit; what a user can get wrong is one line on stderr and exit code 2."""
    try:
        code = app(args=arguments, standalone_mode=False, prog_name="quantummind")
    except RequestError as error:
        code = complain(str(error))
    except InfrastructureError as error:
        code = complain(f"scoring is broken, nothing is lost: {error}", 1)
    except USAGE_ERROR as error:
        code = complain(_usage_line(error))
    except (typer.Abort, KeyboardInterrupt):
        code = 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    sys.exit(code or 0)


def complain(line: str, code: int = 2) -> int:
    print(f"quantummind: {line}", file=sys.stderr)
    return code


def _usage_line(error: Any) -> str:
    line = " ".join(error.format_message().split())
    return f"{line} (see: {error.ctx.command_path if error.ctx else 'quantummind'} --help)"


if __name__ == "__main__":
    main()

"""Several problems, one run each, in one folder; resumed as a whole.

    sweep.yaml   the config with its list of problems; `quantummind discover --config THIS` repeats the sweep
    tfim/ xy/    a run directory a problem

The runs follow one another, and each has a policy of its own. Not covered: one policy trained on several problems.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from loop.config import RunConfig, dump_config, load_run_config, problem_of
from loop.discover import Outcome, discover, resume
from loop.run import Run, safe_name, write_text
from quantum.errors import RequestError
from rewards.order import target_met
from rewards.sandbox import Protection

NAME = "sweep.yaml"


def is_sweep(path: Path) -> bool:
    return (path / NAME).is_file()


def start_sweep(config: RunConfig, problems: Sequence[str], path: Path | None, console: Console) -> list[Outcome]:
    """A run for each of `problems`; a RequestError about any of them leaves nothing behind."""
    doubled = sorted({problem for problem in problems if list(problems).count(problem) > 1})
    if doubled:
        raise RequestError(f"{doubled[0]} is named twice; one run a problem")
    config = config.model_copy(update={"problem": None, "problems": tuple(problems)})
    for one in _configs(config):
        problem_of(one)
    path = path or Path("runs") / f"sweep--{datetime.datetime.now():%Y%m%d-%H%M%S}"
    Run.check_free(path)
    path.mkdir(parents=True, exist_ok=True)
    write_text(path / NAME, dump_config(config))
    return list(_run_all(config, path, None, console))


def resume_sweep(
    path: Path, more_steps: int | None, console: Console, protection: Protection | None = None
) -> list[Outcome]:
    """Go on with every run of the sweep that is not finished; `more_steps` extends them all."""
    return list(_run_all(load_run_config(path / NAME, (), protection), path, more_steps, console))


def _run_all(config: RunConfig, path: Path, more_steps: int | None, console: Console) -> Iterator[Outcome]:
    """The outcomes one by one; a run that Ctrl-C ended is the last."""
    configs = list(_configs(config))
    for number, one in enumerate(configs, 1):
        console.print(f"problem {number} of {len(configs)}: {one.problem}", highlight=False, soft_wrap=True)
        place = path / safe_name(str(one.problem))
        if (place / "environment.json").is_file():
            outcome = resume(place, more_steps, None, None, console, config.protection)
        else:
            outcome = discover(one, place, console)
        yield outcome
        if outcome.interrupted:
            return


def _configs(config: RunConfig) -> Iterator[RunConfig]:
    for problem in config.problems or ():
        yield config.model_copy(update={"problem": problem, "problems": None})


def sweep_table(outcomes: Sequence[Outcome]) -> Table:
    """One line a problem: where its run stands and its best circuit."""
    table = Table(box=None, pad_edge=False)
    for name in ("problem", "steps", "target", "rel. error", "2q gates", "params", "run"):
        table.add_column(name, justify="right" if name not in ("problem", "run", "target") else "left", no_wrap=True)
    for outcome in outcomes:
        table.add_row(outcome.problem.name, str(outcome.steps), *_figures(outcome), str(outcome.run.path))
    return table


def _figures(outcome: Outcome) -> tuple[str, ...]:
    if not outcome.best:
        return "nothing valid", "", "", ""
    best = outcome.best[0]
    size = best.score.sizes[-1]
    met = "met" if target_met(best.score, outcome.problem) else "not met"
    error = "" if size.relative_error is None else f"{size.relative_error:.1e}"
    return met, error, str(size.two_qubit_gates), str(size.parameters)

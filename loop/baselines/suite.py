"""A benchmark suite: problems with what is published for them, as the YAML files of configs/suite/ state it."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from pydantic import Field

from models.config import Strict, load_config
from quantum.errors import RequestError, did_you_mean
from quantum.problem import Problem, resolve_problem


class Row(Strict):
    """A result to compare with. Every gate from |0...0> is counted; what a source does not say is None."""

    method: str
    error: float | None = Field(None, description="absolute, in the Hamiltonian's unit")
    two_qubit_gates: int | None = None
    depth: int | None = None
    parameters: int | None = None
    source: str
    trivial: bool = Field(False, description="a product state or one pair excitation does as well")
    note: str = ""


class SuiteProblem(Strict):
    """One problem of a suite."""

    name: str
    problem: str = Field(description="what PROBLEM says; a path is relative to the suite's file")
    sizes: tuple[int, ...] | None = None
    held_out: tuple[int, ...] | None = Field(None, description="by default the problem's own")
    exact_energy: tuple[float, ...] = Field((), description="of every size; a check that the instance is the published")
    goal: int | None = Field(None, description="two-qubit gates at the target that would be worth reporting")
    published: tuple[Row, ...] = ()
    in_house: tuple[Row, ...] = ()


class Suite(Strict):
    """Problems of one kind and the budget to compare methods under."""

    name: str
    about: str
    evaluations: int = Field(ge=1, description="evaluated circuits a run")
    problems: tuple[SuiteProblem, ...]


def suite_names() -> list[str]:
    folder = Path(str(resources.files("configs") / "suite"))
    return sorted(path.stem for path in folder.glob("*.yaml"))


def load_suite(name: str) -> Suite:
    """A suite by its name or path, its problems' paths made absolute; raises RequestError."""
    path = Path(name) if name.endswith(".yaml") else Path(str(resources.files("configs") / "suite" / f"{name}.yaml"))
    if not path.is_file():
        raise RequestError(f"no suite {name!r}{did_you_mean(name, suite_names())}")
    suite = load_config(Suite, path, ())
    problems = tuple(one.model_copy(update={"problem": _spec(one.problem, path.parent)}) for one in suite.problems)
    return suite.model_copy(update={"problems": problems})


def resolve(one: SuiteProblem) -> Problem:
    return resolve_problem(one.problem, one.sizes)


def _spec(problem: str, folder: Path) -> str:
    return str((folder / problem).resolve()) if problem.endswith((".yaml", ".json")) else problem

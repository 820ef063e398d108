"""Problem YAMLs and problem documents: every key checked by pydantic, one line for what is wrong.

Keys of a problem YAML (all but one of `family` and `hamiltonian` may be left out):

    name: my-ising                  # shown in tables; default: the family's or the Hamiltonian's
    family: tfim                    # a family and its parameters ...
    parameters: {field: 0.5, boundary: periodic}
    hamiltonian: molecule.json      # ... or a Hamiltonian JSON, its path relative to the YAML
    sizes: [4, 6]                   # scored
    heldout_sizes: [8]              # never scored
    target: {kind: relative, value: 1.0e-3}       # or absolute, in the Hamiltonian's unit; also fidelity, below_gap
    limits: {max_depth: 60, max_gates: 200, max_parameters: 24, gates: [ry, rz, cx], allow_frozen_angles: false}
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Strict, ValidationError

from quantum.errors import RequestError, did_you_mean
from quantum.hamiltonian_file import hamiltonian_from_document
from quantum.hamiltonians import find_family, load_hamiltonian
from quantum.problem import Problem, Target, family_problem, single_problem
from quantum.reading import Bounds, parse_yaml, read_text

FILE = Bounds(1 << 20, "a problem file")


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


Number = Annotated[float, Strict(False)]  # YAML 1.1 reads 1e-3 as text


class TargetModel(_Model):
    """Fields of `Target` that replace those of the usual one (see `Target.changed`)."""

    kind: Literal["relative", "absolute"] | None = None
    value: Number | None = None
    fidelity: Number | None = None
    below_gap: bool | None = None


class StoredTarget(_Model):
    """A whole `Target`."""

    kind: Literal["relative", "absolute"]
    value: Number
    fidelity: Number | None = None
    below_gap: bool = False


class LimitsModel(_Model):
    """Fields of `Limits` that replace the default ones, at every size."""

    max_depth: int | None = None
    max_gates: int | None = None
    max_parameters: int | None = None
    gates: list[str] | None = None
    allow_frozen_angles: bool | None = None

    def overrides(self) -> tuple[tuple[str, Any], ...]:
        given = self.model_dump(exclude_none=True)
        return tuple((key, tuple(value) if isinstance(value, list) else value) for key, value in given.items())


class ProblemFile(_Model):
    name: str | None = None
    family: str | None = None
    parameters: dict[str, Any] = {}
    hamiltonian: str | None = None
    sizes: list[int] | None = None
    heldout_sizes: list[int] | None = None
    target: TargetModel = TargetModel()
    limits: LimitsModel = LimitsModel()


class ProblemDocument(_Model):
    name: str
    family: str | None
    parameters: dict[str, Any]
    sizes: list[int]
    heldout_sizes: list[int]
    target: StoredTarget
    limit_overrides: LimitsModel
    limits: dict[str, Any]
    hamiltonians: dict[str, Any]


def read_problem(path: Path, sizes: Sequence[int] | None) -> Problem:
    """The problem of a YAML file; `sizes` replace the file's. Raises `RequestError`."""
    text = read_text(path, FILE)
    if not text.strip():
        raise RequestError(f"{path}: is empty")
    content = parse_yaml(text, str(path), FILE)
    if not isinstance(content, dict):
        raise RequestError(f"{path}: must be a table of keys such as family: tfim")
    file = _validated(ProblemFile, content, str(path))
    if (file.family is None) == (file.hamiltonian is None):
        raise RequestError(f"{path}: needs either `family` or `hamiltonian`")
    chosen = sizes if sizes is not None else file.sizes
    overrides = file.limits.overrides()
    try:
        problem = _of_file(file, path.parent, chosen, overrides)
        return replace(problem, target=problem.target.changed(**file.target.model_dump()))
    except RequestError as error:
        raise RequestError(f"{path}: {error}") from None


def _of_file(
    file: ProblemFile, folder: Path, sizes: Sequence[int] | None, overrides: tuple[tuple[str, Any], ...]
) -> Problem:
    if file.family is not None:
        return family_problem(
            file.family, file.parameters, sizes, file.heldout_sizes, limit_overrides=overrides, name=file.name
        )
    if file.parameters or file.heldout_sizes:
        raise RequestError("`parameters` and `heldout_sizes` belong to a family; a Hamiltonian file has neither")
    hamiltonian = load_hamiltonian(folder / str(file.hamiltonian))
    return single_problem(hamiltonian, sizes, limit_overrides=overrides, name=file.name)


def problem_from_document(document: object) -> Problem:
    """See `Problem.from_document`."""
    where = "problem document"
    if not isinstance(document, dict):
        raise RequestError(f"{where}: must be a JSON object")
    stated = _validated(ProblemDocument, document, where)
    hamiltonians = {
        n: hamiltonian_from_document(content, f"{where}: hamiltonians.{n}", stated.name)
        for n, content in stated.hamiltonians.items()
    }
    values = find_family(stated.family).resolve(stated.parameters) if stated.family is not None else {}
    problem = Problem(
        name=stated.name,
        sizes=tuple(stated.sizes),
        heldout_sizes=tuple(stated.heldout_sizes),
        target=Target(**stated.target.model_dump()),
        family=stated.family,
        parameters=tuple(values.items()),
        instances=tuple(hamiltonians.values()) if stated.family is None else (),
        limit_overrides=stated.limit_overrides.overrides(),
    )
    made = problem.to_document()
    if {n: h.digest for n, h in hamiltonians.items()} != {
        n: problem.hamiltonian(int(n)).digest for n in made["limits"]
    }:
        raise RequestError(f"{where}: hamiltonians are not those of {problem.name} with these parameters and sizes")
    if stated.limits != made["limits"]:
        raise RequestError(f"{where}: limits are not those of this version with these overrides")
    return problem


_M = TypeVar("_M", bound=BaseModel)


def _validated(model: type[_M], content: dict[Any, Any], where: str) -> _M:
    """`content` as `model`, or the first thing that is wrong with it in one line."""
    try:
        return model.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        path = ".".join(map(str, first["loc"]))
        if first["type"] != "extra_forbidden":
            raise RequestError(f"{where}: {path}: {first['msg'].lower()}") from None
        known: Any = model
        for key in first["loc"][:-1]:
            known = {"target": StoredTarget, "limits": LimitsModel, "limit_overrides": LimitsModel}[str(key)]
        suggestion = did_you_mean(str(first["loc"][-1]), known.model_fields)
        raise RequestError(f"{where}: unknown key {path!r}{suggestion}") from None

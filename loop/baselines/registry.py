"""The methods by name: a module in `methods/` is a method, nothing else to register.

    TITLE: str                                             one line for a person
    search(problem: Problem, seed: int) -> Search          a search that makes gate lists or programs; raises
                                                           RequestError where the method has nothing to say about
                                                           the problem
    PROGRAMS = True                                        where every proposal is one program for all sizes, which
                                                           is pruned with the last of the budget
or, for a policy that writes code and is not trained,
    frozen(config: RunConfig) -> RunConfig                 the discovery run that it is

The module best_of_n is the method best-of-n.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Protocol

from loop.attempt import Attempt
from loop.baselines import methods
from loop.baselines.source import source
from quantum.circuit import Circuit
from quantum.errors import RequestError, did_you_mean
from quantum.language.tree import Program
from quantum.language.write import write
from quantum.problem import Problem

BATCH = 16
"""Candidates that a sweep hands over together: enough for a machine's cores."""


@dataclass(frozen=True)
class Proposal:
    """A candidate: one circuit for each of `built_sizes`, how it came about, the attempts that it is made of, and the
    program whose circuits they are, where there is one."""

    circuits: tuple[Circuit, ...]
    origin: str
    parents: tuple[str, ...] = ()
    program: Program | None = None

    @property
    def code(self) -> str:
        """The `create_ansatz` that makes these circuits: the program's, for every size; or a table by size."""
        return source(self.circuits) if self.program is None else write(self.program)


class Search(Protocol):
    """A search over gate lists or programs; what it proposes follows from its seed and from what it was told alone."""

    def propose(self, most: int) -> list[Proposal]:
        """The next candidates, at most `most`; none when the method has nothing left."""

    def tell(self, attempts: Sequence[Attempt]) -> None:
        """The scores of the last proposals, in their order."""

    def adopt(self, attempts: Sequence[Attempt]) -> None:
        """Candidates that others made, such as pruned versions of its own."""

    def cost(self) -> Mapping[str, int]:
        """What the method measured beside the evaluations, by name."""


class Sweep:
    """A search that does not listen: candidates from an iterator."""

    def __init__(self, proposals: Iterator[Proposal]) -> None:
        self._proposals = proposals

    def propose(self, most: int) -> list[Proposal]:
        return [proposal for proposal, _ in zip(self._proposals, range(min(most, BATCH)), strict=False)]

    def tell(self, attempts: Sequence[Attempt]) -> None:
        pass

    def adopt(self, attempts: Sequence[Attempt]) -> None:
        pass

    def cost(self) -> Mapping[str, int]:
        return {}


@cache
def method_names() -> tuple[str, ...]:
    return tuple(sorted(module.name.replace("_", "-") for module in pkgutil.iter_modules(methods.__path__)))


def find_method(name: str) -> ModuleType:
    """The module of a method; raises RequestError for a name that is none."""
    if name not in method_names():
        raise RequestError(f"unknown baseline {name!r}{did_you_mean(name, method_names())}")
    return importlib.import_module(f"{methods.__name__}.{name.replace('-', '_')}")


def titles() -> dict[str, str]:
    return {name: find_method(name).TITLE for name in method_names()}


def built_sizes(problem: Problem) -> tuple[int, ...]:
    """The sizes that a candidate has circuits for: the scored ones and, where these are several, the held-out ones."""
    return problem.sizes + problem.heldout_sizes if len(problem.sizes) > 1 else problem.sizes


def one_size(problem: Problem, method: str) -> int:
    """The problem's only size; raises RequestError when there are several."""
    if len(problem.sizes) > 1:
        sizes = ",".join(map(str, problem.sizes))
        raise RequestError(f"{method} searches one gate list, so one size at a time; not --sizes {sizes}")
    return problem.sizes[0]

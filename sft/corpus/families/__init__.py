"""One ansatz family a file: a module here with `WEIGHT` and `draw` is part of the corpus, nothing else to register.

WEIGHT: float                                          its share of the plain rows, relative to the others
draw(random: Random, gates: frozenset[str]) -> Ansatz | None      an ansatz of these gates; None where it has none
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from random import Random
from typing import Protocol, cast

from sft.corpus.ansatz import Ansatz


class Family(Protocol):
    """What a family's module provides."""

    WEIGHT: float

    def draw(self, random: Random, gates: frozenset[str]) -> Ansatz | None: ...


@cache
def families() -> dict[str, Family]:
    """Every family by its module's name, in alphabetical order."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return {name: cast(Family, importlib.import_module(f"{__name__}.{name}")) for name in names}


def draw(random: Random, gates: frozenset[str]) -> tuple[str, Ansatz]:
    """A family by weight and an ansatz of it that uses no gate outside `gates`; the name comes with it."""
    every = families()
    weights = [family.WEIGHT for family in every.values()]
    while True:
        name = random.choices(list(every), weights)[0]
        ansatz = every[name].draw(random, gates)
        if ansatz is not None:
            return name, ansatz

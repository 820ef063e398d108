"""Excitations as gates of the language: each is a few gates of the table, so its cost is what those cost.

    givens(t; p, q)          |01> and |10> turned into each other by t, with 2 cx
    single(t; p, m, q)       the same for p and q, with the sign of the fermion that may sit between them on m: 4
    pair(t; p, q, r, s)      |1100> and |0011> turned into each other where p, q and r, s are filled pairwise: 6

givens is exp(-i t (XY - YX) / 2): XY and YX commute and are taken to XI and -IZ by cx between quarter turns. Written
with controlled rotations it costs four (Arrazola et al., Quantum 6, 742 (2022)); a pair in which both orbitals are
always filled together is one qubit, which two cx bring it to and two bring it back from (Elfving et al., PRA 103,
032605 (2021)).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Part:
    """A gate on sites of the excitation; `factor` times its angle where it turns."""

    gate: str
    sites: tuple[int, ...]
    factor: int = 0


def _givens(p: int, q: int) -> tuple[Part, ...]:
    there = (Part("sx", (p,)), Part("h", (q,)), Part("s", (q,)))
    back = (Part("sdg", (q,)), Part("h", (q,)), Part("sxdg", (p,)))
    turns = (Part("rx", (p,), 1), Part("rz", (q,), -1))
    return (*there, Part("cx", (p, q)), *turns, Part("cx", (p, q)), *back)


def _between(outer: tuple[Part, ...], inner: tuple[Part, ...]) -> tuple[Part, ...]:
    """For an outer part that undoes itself."""
    return (*outer, *inner, *reversed(outer))


@dataclass(frozen=True, slots=True)
class Excitation:
    """What it does, for the helper's docstring, on how many sites, and its gates."""

    title: str
    num_sites: int
    parts: tuple[Part, ...]

    @property
    def gates(self) -> frozenset[str]:
        return frozenset(part.gate for part in self.parts)


EXCITATIONS: Final[Mapping[str, Excitation]] = {
    "givens": Excitation("Turns |01> and |10> into each other", 2, _givens(0, 1)),
    "single": Excitation("Moves a fermion past another", 3, _between((Part("cz", (1, 2)),), _givens(0, 2))),
    "pair": Excitation(
        "Moves a pair",
        4,
        _between((Part("cx", (0, 1)), Part("cx", (2, 3))), _givens(0, 2)),
    ),
}

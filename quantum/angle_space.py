"""The affine space of angles phi = A theta + b in its reduced form: which combinations are free, and how.

Rows are taken in order. The first row that holds a combination independent of all before it becomes a new parameter,
with coefficient 1 and offset 0 there (its pivot); every other row is written in these parameters. That is the reduced
column echelon form of A with the offsets shifted to zero at the pivots: it depends on the affine space alone, so 2 t,
-t, t / 3, t + pi / 8 and t0 + t1 (where they always come together) are one and the same.

Coefficients that cancel to less than 1e-12 of what was added are zero: what is left is rounding. A coefficient that is
small by itself is never dropped.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from quantum.circuit import Angle

CANCELLED: Final = 1e-12
"""Coefficients that add up to less than this fraction of what was added are zero."""


@dataclass(frozen=True)
class AngleSpace:
    """`rows` in the new parameters, one for every row given; `pivots[k]` the row that is parameter k; `origin` gives
    each old parameter in the new ones (those without effect are 0)."""

    rows: tuple[Angle, ...]
    pivots: tuple[int, ...]
    origin: tuple[Angle, ...]


def combined(parts: Iterable[tuple[float, Angle]]) -> Angle:
    """sum of factor * angle, with cancellations made exact."""
    terms: dict[int, float] = {}
    scale: dict[int, float] = {}
    constant = size = 0.0
    for factor, angle in parts:
        constant += factor * angle.constant
        size += abs(factor * angle.constant)
        for index, a in angle.terms:
            terms[index] = terms.get(index, 0.0) + factor * a
            scale[index] = scale.get(index, 0.0) + abs(factor * a)
    kept = sorted((index, a) for index, a in terms.items() if abs(a) > CANCELLED * scale[index])
    return Angle(tuple(kept), constant if abs(constant) > CANCELLED * size else 0.0)


def composed(angle: Angle, inner: Mapping[int, Angle] | Sequence[Angle]) -> Angle:
    """`angle` with every parameter replaced by its own affine form."""
    if len(angle.terms) == 1 and not angle.constant:  # most are, and nothing can cancel
        (index, a), *_ = angle.terms
        constant = a * inner[index].constant
        return Angle(tuple((i, a * b) for i, b in inner[index].terms), constant or 0.0)
    return combined(((1.0, Angle((), angle.constant)), *((a, inner[index]) for index, a in angle.terms)))


def reduced(rows: Sequence[Angle], num_parameters: int) -> AngleSpace:
    """The reduced form of `rows`, whose parameters are numbered below `num_parameters`."""
    new: dict[int, Angle] = {}  # old parameters that are solved for; in them index >= num_parameters is a new one
    pivots: list[int] = []
    written: list[Angle] = []
    for at, row in enumerate(rows):
        angle = _substituted(row, new, num_parameters)
        old = [(index, a) for index, a in angle.terms if index < num_parameters]
        if old:
            solved, a = max(old, key=lambda term: abs(term[1]))
            fresh = Angle(((num_parameters + len(pivots), 1.0),))
            if len(angle.terms) == 1:
                new[solved] = Angle(((num_parameters + len(pivots), 1 / a),), -1 / a * angle.constant or 0.0)
            else:
                others = Angle(tuple(term for term in angle.terms if term[0] != solved), angle.constant)
                new[solved] = combined(((1 / a, fresh), (-1 / a, others)))
            pivots.append(at)
            angle = fresh
        written.append(angle)
    origin = (_substituted(Angle(((index, 1.0),)), new, num_parameters) for index in range(num_parameters))
    return AngleSpace(
        rows=tuple(_renumbered(angle, num_parameters) for angle in written),
        pivots=tuple(pivots),
        origin=tuple(_renumbered(angle, num_parameters) for angle in origin),
    )


def _substituted(angle: Angle, new: dict[int, Angle], num_parameters: int) -> Angle:
    while any(index in new for index, _ in angle.terms):
        if len(angle.terms) == 1:
            angle = composed(angle, new)
            continue
        kept = Angle(tuple(term for term in angle.terms if term[0] not in new), angle.constant)
        angle = combined(((1.0, kept), *((a, new[index]) for index, a in angle.terms if index in new)))
    return angle


def _renumbered(angle: Angle, num_parameters: int) -> Angle:
    """In the new parameters alone: old ones that are left are free, and taken to be 0."""
    return Angle(tuple((i - num_parameters, a) for i, a in angle.terms if i >= num_parameters), angle.constant)

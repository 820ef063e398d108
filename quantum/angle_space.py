"""The affine space of angles phi = A theta + b in its reduced form: which combinations are free, and how.

Rows are taken in order. The first row that holds a combination independent of all before it becomes a new parameter,
with coefficient 1 and offset 0 there (its pivot); every other row is written in these parameters. That is the reduced
column echelon form of A with the offsets shifted to zero at the pivots: it depends on the affine space alone, so 2 t,
-t, t / 3, t + pi / 8 and t0 + t1 (where they always come together) are one and the same.

Coefficients that cancel to less than 1e-12 of what was added are zero: what is left is rounding. A coefficient that is
small by itself is never dropped.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from quantum.circuit import Angle

CANCELLED: Final = 1e-12
"""Coefficients that add up to less than this fraction of what was added are zero."""


GRID: Final = 5040
"""Fractions with denominators up to 10, and eighths of pi in quarter turns, are whole multiples of 1 / GRID."""
ROUNDING: Final = 1e-12


def nearest(value: float) -> float:
    """`value` for comparison: the multiple of 1 / GRID within 1e-12 of it (relative), else its first 13 digits.

    Two values that are one so differ by 1e-12 of themselves at most: an angle a t by 1e-9 where |a t| is 1000.
    """
    steps = value * GRID
    return round(steps) / GRID if abs(steps - round(steps)) <= ROUNDING * abs(steps) else float(f"{value:.13g}")


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


def scaled(factor: float, angle: Angle) -> Angle:
    return Angle(tuple([(index, factor * a) for index, a in angle.terms]), factor * angle.constant)


def reduced(rows: Sequence[Angle], num_parameters: int) -> AngleSpace:
    """The reduced form of `rows`, whose parameters are numbered below `num_parameters`."""
    new: dict[int, Angle] = {}  # old parameters that are solved for; in them index >= num_parameters is a new one
    pivots: list[int] = []
    written: list[Angle] = []
    for at, row in enumerate(rows):
        angle = _substituted(row, new)
        old = [(index, a) for index, a in angle.terms if index < num_parameters]
        if old:
            solved, a = max(old, key=_size)
            fresh = num_parameters + len(pivots)
            rest = [(index, -b / a) for index, b in angle.terms if index != solved]
            new[solved] = Angle((*rest, (fresh, 1 / a)), -angle.constant / a)
            pivots.append(at)
            angle = Angle(((fresh, 1.0),))
        written.append(angle)
    origin = [_substituted(Angle(((index, 1.0),)), new) for index in range(num_parameters)]
    return AngleSpace(
        rows=tuple([_renumbered(angle, num_parameters) for angle in written]),
        pivots=tuple(pivots),
        origin=tuple([_renumbered(angle, num_parameters) for angle in origin]),
    )


def substituted(angle: Angle, values: Sequence[Angle]) -> Angle:
    """The angle with every parameter k replaced by `values[k]`."""
    if len(angle.terms) == 1 and not angle.constant:
        [(index, a)] = angle.terms
        return scaled(a, values[index])
    return combined(((1.0, Angle((), angle.constant)), *((a, values[index]) for index, a in angle.terms)))


def _size(term: tuple[int, float]) -> float:
    return abs(term[1])


def _substituted(angle: Angle, new: dict[int, Angle]) -> Angle:
    """The angle without any parameter that is solved for."""
    known = [term for term in angle.terms if term[0] in new]
    while known:
        if len(angle.terms) == 1 and not angle.constant:
            angle = scaled(known[0][1], new[known[0][0]])
        else:
            kept = Angle(tuple([term for term in angle.terms if term[0] not in new]), angle.constant)
            angle = combined([(1.0, kept), *[(a, new[index]) for index, a in known]])
        known = [term for term in angle.terms if term[0] in new]
    return angle


def _renumbered(angle: Angle, num_parameters: int) -> Angle:
    """In the new parameters alone: old ones that are left are free, and taken to be 0."""
    return Angle(tuple([(i - num_parameters, a) for i, a in angle.terms if i >= num_parameters]), angle.constant)

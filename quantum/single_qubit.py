"""Runs of one-qubit gates as functions of their angles: when one is the identity, and how many rotations it takes.

A run is R_k(phi_k) ... R_1(phi_1) followed by one of the 24 Clifford operators. Whole quarter turns go into that
operator, through which every later rotation is pulled; rotations about one axis in a row then add up as functions of
the parameters. The run is the identity when nothing is left of it: for all values of its parameters, or never by this
account. No value of a parameter is looked at.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from quantum.angle_space import combined
from quantum.circuit import Angle
from quantum.clifford_frame import CliffordFrame, quarter_turns_of

AXES: Final = "XYZ"
_Turns = tuple[tuple[str, int], ...]


def _clifford_group() -> tuple[list[_Turns], list[dict[tuple[str, int], int]], list[dict[str, tuple[str, int]]]]:
    """Every Clifford operator by its fewest quarter turns, what one more makes of it, and its images C^dag P C."""
    letters = {(1, 0): "X", (1, 1): "Y", (0, 1): "Z"}
    number: dict[tuple[object, ...], int] = {}
    shortest: list[_Turns] = []
    images: list[dict[str, tuple[str, int]]] = []

    def numbered(turns: _Turns) -> int:
        frame = CliffordFrame(1)
        for axis, quarters in turns:
            frame.turn(axis, (0,), quarters)
        key = (frame.x[0], frame.z[0])
        if key not in number:
            number[key] = len(shortest)
            shortest.append(turns)
            found = {axis: frame.image(axis, (0,)) for axis in AXES}
            images.append({axis: (letters[x, z], -1 if (k - (x & z)) & 2 else 1) for axis, (x, z, k) in found.items()})
        return number[key]

    numbered(())
    after: list[dict[tuple[str, int], int]] = []
    while len(after) < len(shortest):  # breadth first: shorter ones come first
        turns = shortest[len(after)]
        after.append({(axis, q): numbered((*turns, (axis, q))) if q else len(after) for axis in AXES for q in range(4)})
    return shortest, after, images


_SHORTEST, _AFTER, _IMAGES = _clifford_group()
IDENTITY: Final = 0


def _absorbed(first: str, second: str) -> frozenset[int]:
    """Clifford operators that R_second(b) R_first(a) takes up: the product with one of them is again two rotations."""
    third = next(axis for axis in AXES if axis not in (first, second))
    found = set()
    for a in range(4):
        turned = _AFTER[IDENTITY][first, a]
        found |= {_AFTER[turned][third if a & 1 else second, b] for b in range(4)}
    return frozenset(found)


_ABOUT: Final = {axis: frozenset(_AFTER[IDENTITY][axis, q] for q in range(4)) for axis in AXES}
_ABSORBED: Final = {(a, b): _absorbed(a, b) for a in AXES for b in AXES if a != b}


@dataclass(slots=True)
class Run:
    """`rotations` (axis, angle) in time order, neighbours about different axes, then Clifford operator `clifford`."""

    rotations: list[tuple[str, Angle]] = field(default_factory=list)
    clifford: int = IDENTITY

    def rotate(self, axis: str, angle: Angle) -> None:
        """Appends exp(-i angle P / 2)."""
        if not angle.terms and (turns := quarter_turns_of(angle.constant)) is not None:
            self.clifford = _AFTER[self.clifford][axis, turns & 3]
            return
        axis, sign = _IMAGES[self.clifford][axis]
        if sign < 0:
            angle = combined(((-1.0, angle),))
        if self.rotations and self.rotations[-1][0] == axis:
            angle = combined(((1.0, self.rotations.pop()[1]), (1.0, angle)))
            if not angle.terms and (turns := quarter_turns_of(angle.constant)) is not None:
                self._turn_first(axis, turns & 3)
                return
        self.rotations.append((axis, angle))

    def _turn_first(self, axis: str, turns: int) -> None:
        """The Clifford operator C becomes C exp(-i turns pi P / 4)."""
        after = self.clifford
        self.clifford = _AFTER[IDENTITY][axis, turns]
        for each, quarters in _SHORTEST[after]:
            self.clifford = _AFTER[self.clifford][each, quarters]

    def append(self, other: Run) -> None:
        for axis, angle in other.rotations:
            self.rotate(axis, angle)
        for axis, quarters in _SHORTEST[other.clifford]:
            self.clifford = _AFTER[self.clifford][axis, quarters]

    @property
    def is_identity(self) -> bool:
        return not self.rotations and self.clifford == IDENTITY

    @property
    def length(self) -> int:
        """How many rotations about X, Y and Z the run takes, at most three; exact for constants."""
        axes = [axis for axis, _ in self.rotations]
        if not axes:
            return len(_SHORTEST[self.clifford])
        if len(axes) > 1 and not any(angle.terms for _, angle in self.rotations):
            return _euler_length(self.rotations, self.clifford)
        if len(axes) == 1:
            return 1 if self.clifford in _ABOUT[axes[0]] else 2
        return 2 if len(axes) == 2 and self.clifford in _ABSORBED[axes[0], axes[1]] else 3


_PAULI: Final = {"X": np.array([[0, 1], [1, 0]]), "Y": np.array([[0, -1j], [1j, 0]]), "Z": np.diag([1, -1])}


def _euler_length(rotations: Sequence[tuple[str, Angle]], clifford: int) -> int:
    """The fewest rotations for a product of constants, from its matrix: R with |R_ab| = 1 turns a into b."""
    turns = [(axis, quarters * math.pi / 2) for axis, quarters in _SHORTEST[clifford]]
    matrix = np.eye(2, dtype=complex)
    for axis, angle in [*((axis, angle.constant) for axis, angle in rotations), *turns]:
        matrix = (math.cos(angle / 2) * np.eye(2) - 1j * math.sin(angle / 2) * _PAULI[axis]) @ matrix
    turned = [[abs(np.trace(_PAULI[a] @ matrix @ _PAULI[b] @ matrix.conj().T).real / 2) for b in AXES] for a in AXES]
    weights = [abs(np.trace(_PAULI[axis] @ matrix)) for axis in AXES]
    if sum(weight > 1e-9 for weight in weights) < 2:
        return sum(weight > 1e-9 for weight in weights)
    # R_Q(b) R_P(a) takes P to an axis across Q: the entry <Q| R |P> of its rotation matrix vanishes.
    return 2 if any(turned[q][p] < 1e-9 for q in range(3) for p in range(3) if p != q) else 3

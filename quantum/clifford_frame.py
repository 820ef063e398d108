"""Gates as Pauli rotations, and Clifford circuits as maps of Paulis.

Every gate of the closed table is a product of rotations exp(-i phi P / 2) up to a global phase (`GATE_STEPS`). A
rotation by a multiple of pi/2 is Clifford: it maps Paulis to Paulis, and `CliffordFrame` follows where a whole circuit
of such rotations takes them (the Heisenberg picture, Gottesman, quant-ph/9807006).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from typing import Final, NamedTuple

QUARTER_TURN: Final = math.pi / 2
CLIFFORD_TOLERANCE: Final = 1e-13
"""A constant angle this close (in radians, relative above 1) to a multiple of pi/2 is taken for that multiple."""


class Step(NamedTuple):
    """One rotation of a gate: Paulis on the gate's qubits in order, and factor * (its angle number `angle`, or 1)."""

    paulis: str
    factor: float
    angle: int | None = None


def _controlled(pauli: str, factor: float, angle: int | None = None) -> tuple[Step, ...]:
    return Step("I" + pauli, factor, angle), Step("Z" + pauli, -factor, angle)


def _quarter_turns(*turns: tuple[str, int]) -> tuple[Step, ...]:
    return tuple(Step(paulis, count * QUARTER_TURN) for paulis, count in turns)


GATE_STEPS: Final[dict[str, tuple[Step, ...]]] = {
    "x": _quarter_turns(("X", 2)),
    "y": _quarter_turns(("Y", 2)),
    "z": _quarter_turns(("Z", 2)),
    "h": _quarter_turns(("Y", 1), ("X", 2)),
    "s": _quarter_turns(("Z", 1)),
    "sdg": _quarter_turns(("Z", -1)),
    "t": (Step("Z", math.pi / 4),),
    "tdg": (Step("Z", -math.pi / 4),),
    "sx": _quarter_turns(("X", 1)),
    "sxdg": _quarter_turns(("X", -1)),
    "rx": (Step("X", 1.0, 0),),
    "ry": (Step("Y", 1.0, 0),),
    "rz": (Step("Z", 1.0, 0),),
    "p": (Step("Z", 1.0, 0),),
    "u": (Step("Z", 1.0, 2), Step("Y", 1.0, 0), Step("Z", 1.0, 1)),
    "cx": (Step("ZI", QUARTER_TURN), *_controlled("X", QUARTER_TURN)),
    "cy": (Step("ZI", QUARTER_TURN), *_controlled("Y", QUARTER_TURN)),
    "cz": (Step("ZI", QUARTER_TURN), *_controlled("Z", QUARTER_TURN)),
    "swap": _quarter_turns(("XX", 1), ("YY", 1), ("ZZ", 1)),
    "iswap": _quarter_turns(("XX", -1), ("YY", -1)),
    "crx": _controlled("X", 0.5, 0),
    "cry": _controlled("Y", 0.5, 0),
    "crz": _controlled("Z", 0.5, 0),
    "cp": (Step("ZI", 0.5, 0), *_controlled("Z", 0.5, 0)),
    "rxx": (Step("XX", 1.0, 0),),
    "ryy": (Step("YY", 1.0, 0),),
    "rzz": (Step("ZZ", 1.0, 0),),
    "rzx": (Step("ZX", 1.0, 0),),
}
"""Every gate of the closed table as rotations in time order, equal to the gate up to a global phase."""

Pauli = tuple[int, int, int]
"""(x, z, k): the operator i^k X^x Z^z, bit q of a mask being qubit q; Hermitian when k + |x & z| is even."""


def product(a: Pauli, b: Pauli) -> Pauli:
    return a[0] ^ b[0], a[1] ^ b[1], (a[2] + b[2] + 2 * (a[1] & b[0]).bit_count()) & 3


def anticommute(a: Pauli, b: Pauli) -> bool:
    return bool(((a[0] & b[1]).bit_count() + (a[1] & b[0]).bit_count()) & 1)


def turned(pauli: Pauli, by: Pauli, quarter_turns: int) -> Pauli:
    """G P G^dag for G = exp(-i quarter_turns (pi/4) Q): a P that anticommutes with Q becomes P (i Q)^quarter_turns."""
    if not anticommute(pauli, by):
        return pauli
    x, z, k = product(pauli, by) if quarter_turns & 1 else pauli
    return x, z, (k + quarter_turns) & 3


class CliffordFrame:
    """The map Q -> C^dag Q C of the Clifford circuit C met so far, kept as the images of every X_q and Z_q."""

    def __init__(self, num_qubits: int) -> None:
        self.x: list[Pauli] = [(1 << q, 0, 0) for q in range(num_qubits)]
        self.z: list[Pauli] = [(0, 1 << q, 0) for q in range(num_qubits)]

    def image(self, paulis: str, qubits: Sequence[int]) -> Pauli:
        """C^dag P C for the string `paulis` on `qubits`."""
        image: Pauli = (0, 0, paulis.count("Y") & 3)  # Y = i X Z
        for pauli, q in zip(paulis, qubits, strict=True):
            if pauli in "XY":
                image = product(image, self.x[q])
            if pauli in "ZY":
                image = product(image, self.z[q])
        return image

    def image_of(self, pauli: Pauli) -> Pauli:
        """C^dag P C."""
        x, z, k = pauli
        image: Pauli = (0, 0, k)
        for bits, images in ((x, self.x), (z, self.z)):
            while bits:
                image = product(image, images[(bits & -bits).bit_length() - 1])
                bits &= bits - 1
        return image

    def turn(self, paulis: str, qubits: Sequence[int], quarter_turns: int) -> None:
        """Appends G = exp(-i quarter_turns (pi/4) P)."""
        self.turn_by(self.image(paulis, qubits), qubits, quarter_turns)

    def turn_about(self, pauli: Pauli, quarter_turns: int) -> None:
        """`turn` for a Pauli on any qubits."""
        bits = pauli[0] | pauli[1]
        self.turn_by(self.image_of(pauli), [q for q in range(len(self.x)) if bits >> q & 1], quarter_turns)

    def turn_before(self, pauli: Pauli, quarter_turns: int) -> None:
        """C becomes C G: every image turns by G^dag."""
        for images in (self.x, self.z):
            images[:] = [turned(image, pauli, -quarter_turns) for image in images]

    def turn_by(self, image: Pauli, qubits: Sequence[int], quarter_turns: int) -> None:
        """`turn` about the Pauli on `qubits` whose image is `image`."""
        for images in (self.x, self.z):
            for q in qubits:
                images[q] = turned(images[q], image, -quarter_turns)

    def apply(self, name: str, qubits: Sequence[int], *, inverse: bool = False) -> None:
        """Appends the Clifford gate called `name`, or its inverse, by its table of images."""
        x_images, z_images = _clifford_images(name, inverse)
        new_x = [self._expand(image, qubits) for image in x_images]
        new_z = [self._expand(image, qubits) for image in z_images]
        for q, x, z in zip(qubits, new_x, new_z, strict=True):
            self.x[q], self.z[q] = x, z

    def _expand(self, local: Pauli, qubits: Sequence[int]) -> Pauli:
        image: Pauli = (0, 0, local[2])
        for position, q in enumerate(qubits):
            if local[0] >> position & 1:
                image = product(image, self.x[q])
        for position, q in enumerate(qubits):
            if local[1] >> position & 1:
                image = product(image, self.z[q])
        return image


@cache
def _clifford_images(name: str, inverse: bool) -> tuple[tuple[Pauli, ...], tuple[Pauli, ...]]:
    num_qubits = len(GATE_STEPS[name][0].paulis)
    frame = CliffordFrame(num_qubits)
    for step in reversed(GATE_STEPS[name]) if inverse else GATE_STEPS[name]:
        quarters = round(step.factor / QUARTER_TURN)
        frame.turn(step.paulis, range(num_qubits), -quarters if inverse else quarters)
    return tuple(frame.x), tuple(frame.z)


def quarter_turns_of(angle: float) -> int | None:
    """The number of quarter turns that `angle` is, up to rounding; None when it is no multiple of pi/2."""
    turns = round(angle / QUARTER_TURN)
    return turns if abs(angle - turns * QUARTER_TURN) <= CLIFFORD_TOLERANCE * max(1.0, abs(angle)) else None


CLIFFORD_GATES: Final = frozenset(
    name
    for name, steps in GATE_STEPS.items()
    if all(step.angle is None and quarter_turns_of(step.factor) is not None for step in steps)
)

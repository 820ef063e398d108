"""The normal form of a parametrised circuit, and the hash by which equal circuits are one.

Every gate is a product of Pauli rotations exp(-i phi P / 2) (`GATE_STEPS`), and those by multiples of pi/2 are
Clifford. Pulling each Clifford part to the end through the rotations after it leaves, up to a global phase,

    U(theta) = C . R_m(phi_m) ... R_1(phi_1),      R_j = exp(-i phi_j P_j / 2),   phi_j = sum_k a_jk theta_k + c_j

with C a Clifford operator (known by its images of X_q and Z_q) and c_j in (-pi/4, pi/4]. Rotations are placed in Foata
layers: each as early as the rotations that it does not commute with allow. Two rotations about one Pauli that can meet
then share a layer and are added; within a layer the Paulis differ, so sorting them is an order without ties. Hence
cancelling pairs, merged rotations, commuting reorderings, Clifford identities (cx rz cx = rzz, h cz h = cx, swap = cx
three times), s = rz(pi/2) = p(pi/2) and the order of symmetric gates' qubits need no rule of their own.

Parameters are numbered by where and with which coefficient they occur, never by their names. Equal hashes mean equal
unitaries as functions of the parameters, up to a global phase and to angles within 1e-9; not equal gate lists: counts
belong to a circuit, energies to its hash.

Not known to the normal form: Euler-angle identities (rz ry rz = rx rz rx), relations among constant angles that are no
multiple of pi/4, reparametrisations (theta -> -theta is known to `ansatz_hash` alone), relabelled qubits, and the
initial state |0...0> (rz on it does nothing, and still counts).
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

from quantum.circuit import Angle, Circuit, Gate
from quantum.clifford_frame import GATE_STEPS

QUARTER_TURN: Final = math.pi / 2
TOLERANCE: Final = 1e-10
"""Below this a constant (in quarter turns) or a coefficient (relative above 1) is rounding error."""

Terms = tuple[tuple[int, float], ...]


class Pauli(NamedTuple):
    """i^phase X^x Z^z, with bit q of `x` and `z` for qubit q."""

    x: int
    z: int
    phase: int

    def times(self, other: Pauli) -> Pauli:
        crossed = (self.z & other.x).bit_count()  # Z^z X^x = (-1)^(z.x) X^x Z^z
        return Pauli(self.x ^ other.x, self.z ^ other.z, (self.phase + other.phase + 2 * crossed) & 3)


class Rotation(NamedTuple):
    """exp(-i phi P / 2) with P the Pauli string of bits `x`, `z` and sign +1, phi = terms . theta + turns * pi / 2."""

    x: int
    z: int
    terms: Terms
    turns: float


@dataclass(frozen=True)
class NormalForm:
    """`rotations` in time order, then the Clifford C as (C^dag X_0 C, C^dag Z_0 C, C^dag X_1 C, ...)."""

    num_qubits: int
    rotations: tuple[Rotation, ...]
    clifford: tuple[Pauli, ...]


@dataclass(frozen=True)
class Canonical:
    """`circuit` is the circuit as written, its parameters renumbered: k was `parameter_order[k]`.

    A parameter without effect on the unitary is absent from both. `hash` is 32 hex characters of sha256 over the normal
    form; `ansatz_hash` is the same after each parameter is rescaled to have coefficient 1 where it first occurs, so
    that rzz(2 t), rzz(-t) and rzz(t) make one ansatz.
    """

    circuit: Circuit
    hash: str
    ansatz_hash: str
    parameter_order: tuple[int, ...]


def canonical(circuit: Circuit) -> Canonical:
    """The canonical numbering and hashes of a circuit. Time grows with gates times rotations: 0.3 ms for 40 gates."""
    form = normal_form(circuit)
    occurrences = _occurrences(form)
    order = tuple(sorted(occurrences, key=occurrences.__getitem__))
    signatures = [occurrences[index] for index in order]
    scale_free = sorted(tuple((at, _rounded(a / first[0][1])) for at, a in first) for first in signatures)
    return Canonical(_renumbered(circuit, order), _digest(form, signatures), _digest(form, scale_free), order)


def canonical_hash(circuit: Circuit) -> str:
    """`canonical(circuit).hash`."""
    return canonical(circuit).hash


@lru_cache(maxsize=256)
def normal_form(circuit: Circuit) -> NormalForm:
    """The rotations in Foata order, equal ones merged, and the Clifford operator that follows them."""
    clifford = _Clifford(circuit.num_qubits)
    layers: list[_Layer] = []
    for gate in circuit.gates:
        for step in GATE_STEPS[gate.name]:
            terms, radians = _angle(gate, step.factor, step.angle)
            image = clifford.image(step.paulis, gate.qubits)
            if (image.phase - (image.x & image.z).bit_count()) & 3:  # the image is -P: turn about P the other way
                terms, radians = tuple((index, -a) for index, a in terms), -radians
            quarters = _place(layers, Rotation(image.x, image.z, terms, radians / QUARTER_TURN))
            clifford.turn(step.paulis, gate.qubits, image, quarters)
    rotations = (Rotation(*bits, *layer[bits]) for layer in layers for bits in sorted(layer))
    return NormalForm(circuit.num_qubits, tuple(rotations), clifford.images())


_Layer = dict[tuple[int, int], tuple[Terms, float]]


def _place(layers: list[_Layer], rotation: Rotation) -> int:
    """Puts a rotation at the end of the product, merged and in its layer; returns the quarter turns split off.

    Everything above the layer commutes with the rotation. So the quarter turns may go to the end of the product as they
    are, and when the merged rotation is the identity its removal moves nothing else (no layer above an empty one).
    """
    x, z, terms, turns = rotation
    if not terms and abs(turns - round(turns)) <= TOLERANCE:
        return round(turns) & 3  # a Clifford gate: nothing to place
    level = len(layers)
    while level and not any(((x & b) ^ (z & a)).bit_count() & 1 for a, b in layers[level - 1]):
        level -= 1
    layer = layers[level] if level < len(layers) else {}
    if (x, z) in layer:
        known_terms, known_turns = layer.pop((x, z))
        terms, turns = _sum(known_terms, terms), known_turns + turns
    quarters = math.ceil(turns - 0.5 - TOLERANCE)
    turns -= quarters
    if terms or abs(turns) > TOLERANCE:
        layer[x, z] = terms, turns
        if level == len(layers):
            layers.append(layer)
    return quarters & 3


class _Clifford:
    """A Clifford operator C that grows by quarter turns, as the images C^dag X_q C and C^dag Z_q C."""

    def __init__(self, num_qubits: int) -> None:
        self.x = [Pauli(1 << q, 0, 0) for q in range(num_qubits)]
        self.z = [Pauli(0, 1 << q, 0) for q in range(num_qubits)]

    def image(self, paulis: str, qubits: Sequence[int]) -> Pauli:
        """C^dag P C for P = the letters of `paulis` on `qubits`."""
        product = Pauli(0, 0, 0)
        for letter, q in zip(paulis, qubits, strict=True):
            if letter == "Y":
                product = product.times(Pauli(0, 0, 1))  # Y = i X Z
            if letter in "XY":
                product = product.times(self.x[q])
            if letter in "YZ":
                product = product.times(self.z[q])
        return product

    def turn(self, paulis: str, qubits: Sequence[int], image: Pauli, quarters: int) -> None:
        """C becomes exp(-i quarters pi P / 4) C, signs of `image` taken as +: Q that anticommutes with P -> i P Q."""
        if not quarters:
            return
        x, z, _ = image
        factor = Pauli(x, z, ((x & z).bit_count() + quarters) & 3) if quarters != 2 else Pauli(0, 0, 2)
        for letter, q in zip(paulis, qubits, strict=True):
            if letter in "YZ":
                self.x[q] = factor.times(self.x[q])
            if letter in "XY":
                self.z[q] = factor.times(self.z[q])

    def images(self) -> tuple[Pauli, ...]:
        return tuple(row for pair in zip(self.x, self.z, strict=True) for row in pair)


def _angle(gate: Gate, factor: float, slot: int | None) -> tuple[Terms, float]:
    if slot is None:
        return (), factor
    angle = gate.angles[slot]
    return tuple((index, a * factor) for index, a in angle.terms), angle.constant * factor


def _sum(left: Terms, right: Terms) -> Terms:
    total = dict(left)
    for index, a in right:
        before = total.pop(index, 0.0)
        if abs(before + a) > TOLERANCE * max(abs(before), abs(a), 1.0):
            total[index] = before + a
    return tuple(sorted(total.items()))


def _occurrences(form: NormalForm) -> dict[int, tuple[tuple[int, float], ...]]:
    """For every parameter, (number of the rotation, coefficient) wherever it occurs; equals are interchangeable."""
    places: dict[int, list[tuple[int, float]]] = {}
    for at, rotation in enumerate(form.rotations):
        for index, a in rotation.terms:
            places.setdefault(index, []).append((at, _rounded(a)))
    return {index: tuple(entries) for index, entries in places.items()}


def _rounded(coefficient: float) -> float:
    return float(f"{coefficient:.10g}")


def _digest(form: NormalForm, signatures: Sequence[object]) -> str:
    rotations = [(x, z, round(turns, 9) + 0.0) for x, z, _, turns in form.rotations]
    text = repr((rotations, signatures, [tuple(row) for row in form.clifford]))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _renumbered(circuit: Circuit, order: Sequence[int]) -> Circuit:
    number = {index: k for k, index in enumerate(order)}

    def angles(gate: Gate) -> Iterator[Angle]:
        for angle in gate.angles:
            terms = sorted((number[index], a) for index, a in angle.terms if index in number)
            yield Angle(tuple(terms), angle.constant)

    gates = tuple(Gate(gate.name, gate.qubits, tuple(angles(gate))) for gate in circuit.gates)
    return Circuit(circuit.num_qubits, len(order), gates)

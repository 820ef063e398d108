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
unitaries as functions of the parameters, up to a global phase and to coefficients within 1e-12 of themselves; not equal
gate lists: counts belong to a circuit. What depends on states alone goes by `quantum.state_form`.

Not known to the normal form: Euler-angle identities (rz ry rz = rx rz rx), relations among constant angles that are no
multiple of pi/4, reparametrisations (theta -> -theta is known to `ansatz_hash` alone), relabelled qubits, and the
initial state |0...0> (rz on it does nothing, and is still a rotation here).
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

from quantum.angle_space import CANCELLED, nearest
from quantum.circuit import Angle, Circuit, Gate
from quantum.clifford_frame import GATE_STEPS, QUARTER_TURN, CliffordFrame, Pauli

TOLERANCE: Final = 1e-10
"""Below this a constant (in quarter turns) is rounding error."""

Terms = tuple[tuple[int, float], ...]


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
    scale_free = sorted(tuple((at, nearest(a / first[0][1])) for at, a in first) for first in signatures)
    return Canonical(_renumbered(circuit, order), _digest(form, signatures), _digest(form, scale_free), order)


def canonical_hash(circuit: Circuit) -> str:
    """`canonical(circuit).hash`."""
    return canonical(circuit).hash


@lru_cache(maxsize=256)
def normal_form(circuit: Circuit) -> NormalForm:
    """The rotations in Foata order, equal ones merged, and the Clifford operator that follows them."""
    clifford = CliffordFrame(circuit.num_qubits)
    layers: list[_Layer] = []
    for gate in circuit.gates:
        for step in GATE_STEPS[gate.name]:
            terms, radians = _angle(gate, step.factor, step.angle)
            image = clifford.image(step.paulis, gate.qubits)
            x, z, phase = image
            if (phase - (x & z).bit_count()) & 3:  # the image is -P: turn about P the other way
                terms, radians = tuple((index, -a) for index, a in terms), -radians
                image = x, z, phase ^ 2
            quarters = _place(layers, Rotation(x, z, terms, radians / QUARTER_TURN))
            if quarters:
                clifford.turn_by(image, gate.qubits, quarters)
    rotations = (Rotation(*bits, *layer[bits]) for layer in layers for bits in sorted(layer))
    images = tuple(row for pair in zip(clifford.x, clifford.z, strict=True) for row in pair)
    return NormalForm(circuit.num_qubits, tuple(rotations), images)


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


def _angle(gate: Gate, factor: float, slot: int | None) -> tuple[Terms, float]:
    if slot is None:
        return (), factor
    angle = gate.angles[slot]
    return tuple((index, a * factor) for index, a in angle.terms), angle.constant * factor


def _sum(left: Terms, right: Terms) -> Terms:
    total = dict(left)
    for index, a in right:
        before = total.pop(index, 0.0)
        if abs(before + a) > CANCELLED * max(abs(before), abs(a)):
            total[index] = before + a
    return tuple(sorted(total.items()))


def _occurrences(form: NormalForm) -> dict[int, tuple[tuple[int, float], ...]]:
    """For every parameter, (number of the rotation, coefficient) wherever it occurs; equals are interchangeable."""
    places: dict[int, list[tuple[int, float]]] = {}
    for at, rotation in enumerate(form.rotations):
        for index, a in rotation.terms:
            places.setdefault(index, []).append((at, nearest(a)))
    return {index: tuple(entries) for index, entries in places.items()}


def _digest(form: NormalForm, signatures: Sequence[object]) -> str:
    rotations = [(x, z, round(turns, 12) + 0.0) for x, z, _, turns in form.rotations]
    text = repr((rotations, signatures, list(form.clifford)))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _renumbered(circuit: Circuit, order: Sequence[int]) -> Circuit:
    number = {index: k for k, index in enumerate(order)}

    def angles(gate: Gate) -> Iterator[Angle]:
        for angle in gate.angles:
            terms = sorted((number[index], a) for index, a in angle.terms if index in number)
            yield Angle(tuple(terms), angle.constant)

    gates = tuple(Gate(gate.name, gate.qubits, tuple(angles(gate))) for gate in circuit.gates)
    return Circuit(circuit.num_qubits, len(order), gates)

"""Circuits as Pauli rotations in Foata layers on a stabiliser state.

Every Clifford gate is pushed in front of the rotations, where it turns |0...0> into the stabiliser state |S>:

    U(theta) |0...0>  =  R_m(phi_m) ... R_1(phi_1) |S>,      R_j = exp(-i phi_j P_j / 2)

Rotations are placed in layers, each as early as those that it does not commute with allow; equal ones meet there and
are added. On |S> more is the same: a rotation about a Pauli that stabilises |S> and commutes with all layers before is
a phase, and another Pauli may be multiplied by the stabilisers that commute with all layers up to its own.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from quantum.angle_space import combined
from quantum.circuit import Angle, Circuit
from quantum.clifford_frame import CLIFFORD_GATES, GATE_STEPS, QUARTER_TURN, CliffordFrame, Pauli, quarter_turns_of
from quantum.stabilizers import Coset, StabilizerState, commuting_with

WHOLE: Final = 1e-10
"""An offset this close to a number of quarter turns is that number."""

_Layer = dict[tuple[int, int], Angle]


@dataclass(frozen=True, slots=True)
class PauliRotation:
    """exp(-i phi P / 2) with P the string of bits `x`, `z` sign +1; the constant of `angle` is in quarter turns."""

    x: int
    z: int
    angle: Angle


class Arranged(NamedTuple):
    """Foata layers, sorted by Pauli, on the stabiliser state of canonical `generators`."""

    layers: list[list[PauliRotation]]
    generators: list[Pauli]


def pushed(circuit: Circuit) -> tuple[list[PauliRotation], list[Pauli]]:
    """The circuit's rotations with every Clifford gate pushed in front, and the generators of the state that they meet.

    Read from the last gate to the first: the frame holds the inverse of all Clifford gates met so far.
    """
    frame = CliffordFrame(circuit.num_qubits)
    rotations: list[PauliRotation] = []
    for gate in reversed(circuit.gates):
        if gate.name in CLIFFORD_GATES:
            frame.apply(gate.name, gate.qubits, inverse=True)
            continue
        for step in reversed(GATE_STEPS[gate.name]):
            angle, factor = (_ONE, step.factor) if step.angle is None else (gate.angles[step.angle], step.factor)
            turns = None if angle.terms else quarter_turns_of(factor * angle.constant)
            if turns is not None:
                frame.turn(step.paulis, gate.qubits, -turns)
            else:
                terms = tuple((index, factor * a) for index, a in angle.terms)
                constant = factor * angle.constant / QUARTER_TURN
                rotations.append(_rotation(frame.image(step.paulis, gate.qubits), Angle(terms, constant)))
    return rotations[::-1], frame.z


_ONE: Final = Angle((), 1.0)


def _rotation(pauli: Pauli, angle: Angle) -> PauliRotation:
    """A rotation about a Pauli of either sign; the angle takes the sign over."""
    x, z, k = pauli
    if (k - (x & z).bit_count()) & 2:
        angle = Angle(tuple((index, -a) for index, a in angle.terms), -angle.constant)
    return PauliRotation(x, z, angle)


def _signed(x: int, z: int) -> Pauli:
    """The Pauli string of these bits, with sign +1."""
    return x, z, (x & z).bit_count() & 3


def arranged(rotations: Iterable[PauliRotation], generators: Sequence[Pauli]) -> Arranged:
    """Rotations in time order, in Foata layers.

    Each is placed as early as those that it does not commute with allow, and added to its equal there. Quarter turns
    are taken to the end of the product, through all that follows, and from there in front of everything.
    """
    num_qubits = len(generators)
    layers: list[_Layer] = []
    split = CliffordFrame(num_qubits)  # the quarter turns met so far, E, as P -> E^dag P E
    back = CliffordFrame(num_qubits)  # and as P -> E P E^dag
    still = True
    for rotation in rotations:
        if not still:
            rotation = _rotation(split.image_of(_signed(rotation.x, rotation.z)), rotation.angle)
        quarters = _placed(layers, rotation)
        if quarters:
            still = False
            split.turn_before(_signed(rotation.x, rotation.z), quarters)
            back.turn_about(_signed(rotation.x, rotation.z), -quarters)
    if not still:
        generators = [back.image_of(pauli) for pauli in generators]
        layers = [_layer_moved(layer, back) for layer in layers]
    ordered = [[PauliRotation(*bits, layer[bits]) for bits in sorted(layer)] for layer in layers]
    return Arranged(ordered, StabilizerState(num_qubits, generators).generators)


def _placed(layers: list[_Layer], rotation: PauliRotation) -> int:
    """Puts a rotation in its layer; returns the quarter turns split off.

    Everything above the layer commutes with the rotation, so the quarter turns may go to the end of the product, and a
    merged rotation that is the identity leaves without moving another.
    """
    bits, angle = (rotation.x, rotation.z), rotation.angle
    if not angle.terms and _is_whole(angle.constant):
        return round(angle.constant) & 3
    level = len(layers)
    while level and not any(((bits[0] & z) ^ (bits[1] & x)).bit_count() & 1 for x, z in layers[level - 1]):
        level -= 1
    layer = layers[level] if level < len(layers) else {}
    if bits in layer:
        angle = combined(((1.0, layer.pop(bits)), (1.0, angle)))
    quarters = 0
    if not angle.terms:
        quarters, angle = split_quarters(angle)
    if angle.terms or angle.constant:
        layer[bits] = angle
        if level == len(layers):
            layers.append(layer)
    return quarters & 3


def _layer_moved(layer: _Layer, frame: CliffordFrame) -> _Layer:
    moved = (_rotation(frame.image_of(_signed(*bits)), angle) for bits, angle in layer.items())
    return {(rotation.x, rotation.z): rotation.angle for rotation in moved}


def _is_whole(turns: float) -> bool:
    return abs(turns - round(turns)) <= WHOLE


def split_quarters(angle: Angle) -> tuple[int, Angle]:
    """Whole quarter turns, and the angle less these: its offset is in (-1/2, 1/2]."""
    quarters = math.ceil(angle.constant - 0.5 - WHOLE)
    rest = angle.constant - quarters
    return quarters, Angle(angle.terms, 0.0 if abs(rest) <= WHOLE else rest)


def without_phases(found: Arranged) -> Arranged:
    """Less the rotations that are a phase on the state: about a stabiliser that commutes with all layers before."""
    while True:
        group = list(found.generators)
        moving: list[PauliRotation] = []
        for layer in found.layers:
            phases = Coset(group) if group else None
            kept = [r for r in layer if phases is None or not phases.contains(_signed(r.x, r.z))]
            group = commuting_with(group, (_signed(r.x, r.z) for r in kept))
            moving += kept
        if len(moving) == sum(map(len, found.layers)):
            return found
        found = arranged(moving, found.generators)  # what stood behind a phase may have moved


def about_chosen_paulis(found: Arranged) -> list[list[PauliRotation]]:
    """Each Pauli by the chosen one of its coset: modulo the stabilisers that commute with all layers up to its own."""
    group = list(found.generators)
    chosen: list[list[PauliRotation]] = []
    for layer in found.layers:
        group = commuting_with(group, (_signed(r.x, r.z) for r in layer))
        coset = Coset(group) if group else None
        chosen.append([_rotation(coset.representative(_signed(r.x, r.z)), r.angle) for r in layer] if coset else layer)
    return chosen

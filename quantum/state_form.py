"""The state form of a circuit: what it can prepare from |0...0>, whatever its spelling.

The normal form (`quantum.canonical`) is that of a unitary. Of the set of states {U(theta) |0...0>} more is unique:

    U(theta) |0...0>  =  R_m(phi_m) ... R_1(phi_1) |S>,      R_j = exp(-i phi_j P_j / 2),   phi = A t + b

with every Clifford pushed in front of the rotations, where it turns |0...0> into the stabiliser state |S>, given by its
canonical generators; so Clifford gates that leave |0...0> alone leave no trace. Rotations stand in Foata layers. Then

- a rotation about a Pauli that stabilises |S> and commutes with all layers before is a phase, and dropped; another
  Pauli is taken modulo the stabilisers that commute with all layers up to its own (crx with its control on |0> is
  nothing);
- the angles are an affine space, and written in its reduced form (`quantum.angle_space`): the first rotation that moves
  freely is a parameter, with coefficient 1 and offset 0. So 2 t, -t, t / 3, t + pi / 8 and t0 + t1 are one;
- whole quarter turns of the offsets that are left are Clifford, and pushed in front in their turn.

These steps change each other's input and are repeated until nothing changes, `MAX_ROUNDS` times at most. Each is exact,
so equal hashes mean equal sets of states whatever the rounds; the reverse is not claimed (Euler-angle identities and a
Clifford gate that a free angle could absorb are not known).

Coefficients and offsets (in quarter turns) are rounded, relative to themselves, by 1e-12: to whole multiples of 1/5040
where they are one, else to 13 digits. The rounded form is what is compiled, so equal hashes run the same program to the
bit; it differs from the circuit by angles below 1e-12 sum |a t|, which `quantum.vqe` bounds by Aer's word.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from quantum.angle_space import combined, composed, reduced
from quantum.circuit import Angle, Circuit
from quantum.clifford_frame import (
    CLIFFORD_GATES,
    GATE_STEPS,
    QUARTER_TURN,
    CliffordFrame,
    Pauli,
    anticommute,
    product,
    quarter_turns_of,
)
from quantum.stabilizers import Coset, StabilizerState, commuting_with

MAX_ROUNDS: Final = 8
GRID: Final = 5040
"""Fractions with denominators up to 10, and eighths of pi, are whole multiples of 1 / GRID."""
ROUNDING: Final = 1e-12
WHOLE: Final = 1e-10
"""An offset this close to a number of quarter turns is that number."""

_Layer = dict[tuple[int, int], Angle]
_Turn = tuple[Pauli, int]
"""exp(-i quarters pi P / 4)."""


@dataclass(frozen=True, slots=True)
class PauliRotation:
    """exp(-i phi P / 2) with P the string of bits `x`, `z` sign +1; the constant of `angle` is in quarter turns."""

    x: int
    z: int
    angle: Angle


@dataclass(frozen=True)
class StateForm:
    """`rotations` in time order on the stabiliser state of `generators`, in `num_parameters` reduced parameters.

    `origin[k]` is the circuit's own parameter k as an affine function of the reduced ones (radians): at `theta(t)` the
    circuit prepares, up to a global phase, what the form prepares at t, up to the relabelling of the qubits that the
    form may have come through. `reduction[j]` is the way back: reduced parameter j in the circuit's own. `hash` is 32
    hex characters of sha256 over all the rest.
    """

    num_qubits: int
    num_parameters: int
    generators: tuple[Pauli, ...]
    rotations: tuple[PauliRotation, ...]
    origin: tuple[Angle, ...]
    reduction: tuple[Angle, ...]
    hash: str

    def theta(self, values: Sequence[float]) -> tuple[float, ...]:
        """The circuit's own parameters at the reduced parameters `values`; those without effect are 0."""
        return tuple(angle.at(values) for angle in self.origin)

    def reduced(self, theta: Sequence[float]) -> tuple[float, ...]:
        """The reduced parameters at which the form prepares what the circuit prepares at `theta`."""
        return tuple(angle.at(theta) for angle in self.reduction)

    @property
    def spans(self) -> tuple[tuple[float, float], ...]:
        """The smallest and largest |coefficient| of every reduced parameter: drawn over 2 pi / smallest, it turns every
        rotation that it drives all the way round."""
        found: list[list[float]] = [[] for _ in range(self.num_parameters)]
        for rotation in self.rotations:
            for index, a in rotation.angle.terms:
                found[index].append(abs(a))
        return tuple((min(sizes), max(sizes)) for sizes in found)


@lru_cache(maxsize=256)
def state_form(circuit: Circuit, relabellings: tuple[tuple[int, ...], ...] = ()) -> StateForm:
    """The state form; with `relabellings` (q becomes relabelling[q]; the identity need not be named) that of least hash
    over them, so that circuits which differ by one of them have one form."""
    rotations, generators = _pushed(circuit)
    forms = [_form(circuit, rotations, generators)]
    for relabelling in relabellings:
        moved = [PauliRotation(*_relabelled(r.x, r.z, relabelling), r.angle) for r in rotations]
        forms.append(_form(circuit, moved, [(*_relabelled(x, z, relabelling), k) for x, z, k in generators]))
    return min(forms, key=lambda form: form.hash)


def _relabelled(x: int, z: int, relabelling: Sequence[int]) -> tuple[int, int]:
    moved_x = moved_z = 0
    for q, new in enumerate(relabelling):
        moved_x |= (x >> q & 1) << new
        moved_z |= (z >> q & 1) << new
    return moved_x, moved_z


def _pushed(circuit: Circuit) -> tuple[list[PauliRotation], list[Pauli]]:
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


def _turned(pauli: Pauli, turn: _Turn) -> Pauli:
    """G P G^dag for G = exp(-i quarters pi Q / 4): P that anticommutes with Q becomes P (iQ)^quarters."""
    by, quarters = turn
    if not anticommute(pauli, by):
        return pauli
    x, z, k = product(pauli, by) if quarters & 1 else pauli
    return x, z, (k + (0, 1, 2, 3)[quarters & 3]) & 3


def _form(circuit: Circuit, rotations: Sequence[PauliRotation], generators: Sequence[Pauli]) -> StateForm:
    # Both with their constants in quarter turns, like offsets.
    origin = reduction = tuple(Angle(((index, 1.0),)) for index in range(circuit.num_parameters))
    num_parameters = circuit.num_parameters
    for _ in range(MAX_ROUNDS):
        placed, generators = _at_rest(rotations, generators, circuit.num_qubits)
        space = reduced([rotation.angle for rotation in placed], num_parameters)
        origin = tuple(composed(angle, space.origin) for angle in origin)
        reduction = tuple(composed(placed[pivot].angle, reduction) for pivot in space.pivots)
        num_parameters = len(space.pivots)
        rotations = [
            part for r, angle in zip(placed, space.rows, strict=True) for part in _split(PauliRotation(r.x, r.z, angle))
        ]
        if len(rotations) == len(placed):
            break
    rotations = tuple(PauliRotation(r.x, r.z, _rounded(r.angle)) for r in rotations)
    return StateForm(
        num_qubits=circuit.num_qubits,
        num_parameters=num_parameters,
        generators=tuple(generators),
        rotations=rotations,
        origin=tuple(Angle(angle.terms, angle.constant * QUARTER_TURN) for angle in origin),
        reduction=tuple(Angle(angle.terms, angle.constant * QUARTER_TURN) for angle in reduction),
        hash=_digest(circuit.num_qubits, generators, rotations),
    )


def _at_rest(
    rotations: Sequence[PauliRotation], generators: Sequence[Pauli], num_qubits: int
) -> tuple[list[PauliRotation], list[Pauli]]:
    """The rotations in layers on their state, without phases; taken up again while that moves them."""
    for _ in range(MAX_ROUNDS):
        layers, generators = _layered(rotations, generators, num_qubits)
        lighter = _on_the_state(layers, generators)
        rotations = [rotation for layer in lighter for rotation in layer]
        if lighter == layers:
            break
    return list(rotations), list(generators)


def _layered(
    rotations: Iterable[PauliRotation], generators: Iterable[Pauli], num_qubits: int
) -> tuple[list[list[PauliRotation]], list[Pauli]]:
    """Foata layers, sorted by Pauli, of rotations in time order, and the canonical generators of their state.

    Each rotation is placed as early as those that it does not commute with allow, and added to its equal there. Quarter
    turns are taken to the end of the product, through all that follows, and from there in front of everything.
    """
    layers: list[_Layer] = []
    turns: list[_Turn] = []
    for rotation in rotations:
        pauli = _signed(rotation.x, rotation.z)
        for by, quarters in turns:
            pauli = _turned(pauli, (by, -quarters))
        moved = _rotation(pauli, rotation.angle) if turns else rotation
        quarters = _placed(layers, moved)
        if quarters:
            turns.append((_signed(moved.x, moved.z), quarters))
    for turn in reversed(turns):
        generators = [_turned(pauli, turn) for pauli in generators]
        layers = [_layer_turned(layer, turn) for layer in layers]
    ordered = [[PauliRotation(*bits, layer[bits]) for bits in sorted(layer)] for layer in layers]
    return ordered, StabilizerState(num_qubits, generators).generators


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
        quarters, angle = _quarters(angle)
    if angle.terms or angle.constant:
        layer[bits] = angle
        if level == len(layers):
            layers.append(layer)
    return quarters & 3


def _layer_turned(layer: _Layer, turn: _Turn) -> _Layer:
    moved = (_rotation(_turned(_signed(*bits), turn), angle) for bits, angle in layer.items())
    return {(rotation.x, rotation.z): rotation.angle for rotation in moved}


def _is_whole(turns: float) -> bool:
    return abs(turns - round(turns)) <= WHOLE


def _quarters(angle: Angle) -> tuple[int, Angle]:
    """Whole quarter turns, and the angle less these: its offset is in (-1/2, 1/2]."""
    quarters = math.ceil(angle.constant - 0.5 - WHOLE)
    rest = angle.constant - quarters
    return quarters, Angle(angle.terms, 0.0 if abs(rest) <= WHOLE else rest)


def _split(rotation: PauliRotation) -> Iterator[PauliRotation]:
    """The rotation with less than half a quarter turn of offset, and what is left as a Clifford rotation."""
    quarters, angle = _quarters(rotation.angle)
    if angle.terms or angle.constant:
        yield PauliRotation(rotation.x, rotation.z, angle)
    if quarters & 3:
        yield PauliRotation(rotation.x, rotation.z, Angle((), quarters))


def _on_the_state(layers: Sequence[list[PauliRotation]], generators: Sequence[Pauli]) -> list[list[PauliRotation]]:
    """Without rotations that are a phase on the state; where there are none, about the chosen Pauli of each coset.

    Not both at once: a phase may stand in the way of others, which are then not yet in their layers.
    """
    group: list[Pauli] = list(generators)  # the stabilisers that commute with all layers before
    moving: list[list[PauliRotation]] = []
    chosen: list[list[PauliRotation]] = []
    for at, layer in enumerate(layers):
        if not group:
            moving += layers[at:]
            chosen += layers[at:]
            break
        phases = Coset(group)
        moving.append([rotation for rotation in layer if not phases.contains(_signed(rotation.x, rotation.z))])
        smaller = commuting_with(group, (_signed(rotation.x, rotation.z) for rotation in moving[-1]))
        coset = phases if len(smaller) == len(group) else Coset(smaller)
        group = smaller
        chosen.append([_rotation(coset.representative(_signed(r.x, r.z)), r.angle) for r in moving[-1]])
    return chosen if sum(map(len, moving)) == sum(map(len, layers)) else moving


def _rounded(angle: Angle) -> Angle:
    terms = tuple((index, _nearest(a)) for index, a in angle.terms)
    return Angle(terms, _nearest(angle.constant))


def _nearest(value: float) -> float:
    if value in (0.0, 1.0, -1.0):  # most are
        return float(value)
    steps = value * GRID
    return round(steps) / GRID if abs(steps - round(steps)) <= ROUNDING * abs(steps) else float(f"{value:.13g}")


def _digest(num_qubits: int, generators: Sequence[Pauli], rotations: Sequence[PauliRotation]) -> str:
    rows = [(r.x, r.z, r.angle.terms, r.angle.constant) for r in rotations]
    return hashlib.sha256(repr((num_qubits, list(generators), rows)).encode()).hexdigest()[:32]

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

Coefficients and offsets (in quarter turns) are rounded by 1e-12 of themselves at most (`quantum.angle_space.nearest`).
The rounded form is what is compiled, so equal hashes run the same program to the bit; it differs from the circuit by
angles below 1e-12 |a t|, which `quantum.vqe` bounds by Aer's word on the circuit itself.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

from quantum.angle_space import combined, nearest, reduced, substituted
from quantum.circuit import Angle, Circuit
from quantum.clifford_frame import (
    CLIFFORD_GATES,
    GATE_STEPS,
    QUARTER_TURN,
    CliffordFrame,
    Pauli,
    quarter_turns_of,
)
from quantum.stabilizers import Coset, StabilizerState, commuting_with

MAX_ROUNDS: Final = 8
WHOLE: Final = 1e-10
"""An offset this close to a number of quarter turns is that number."""

_Layer = dict[tuple[int, int], Angle]


@dataclass(frozen=True, slots=True)
class PauliRotation:
    """exp(-i phi P / 2) with P the string of bits `x`, `z` sign +1; the constant of `angle` is in quarter turns."""

    x: int
    z: int
    angle: Angle


class _Arranged(NamedTuple):
    """Foata layers, sorted by Pauli, on the stabiliser state of canonical `generators`."""

    layers: list[list[PauliRotation]]
    generators: list[Pauli]


@dataclass(frozen=True)
class StateForm:
    """`rotations` in time order on the stabiliser state of `generators`, in `num_parameters` reduced parameters.

    `origin[k]` is the circuit's own parameter k as an affine function of the reduced ones (radians): at `theta(t)` the
    circuit prepares, up to a global phase, what the form prepares at t, up to the relabelling of the qubits that the
    form may have come through. `hash` is 32 hex characters of sha256 over all the rest.
    """

    num_qubits: int
    num_parameters: int
    generators: tuple[Pauli, ...]
    rotations: tuple[PauliRotation, ...]
    origin: tuple[Angle, ...]
    hash: str

    def theta(self, values: Sequence[float]) -> tuple[float, ...]:
        """The circuit's own parameters at the reduced parameters `values`; those without effect are 0."""
        return tuple(angle.at(values) for angle in self.origin)

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
    """The state form; with `relabellings` (qubit q becomes relabelling[q]; the identity need not be named) the least of
    those that they give, so that circuits which differ by one of them have one form."""
    found = _without_phases(_arranged(*_pushed(circuit)))
    forms = [_form(circuit, one) for one in (_least(found, relabellings) if relabellings else [found])]
    return min(forms, key=lambda form: form.hash)


def _least(found: _Arranged, relabellings: Iterable[tuple[int, ...]]) -> list[_Arranged]:
    """Of the relabelled arrangements those with the least Paulis, read layer by layer; each different one once."""
    num_qubits = len(found.generators)
    maps = [tuple(range(num_qubits)), *relabellings]
    states = {
        each: StabilizerState(num_qubits, [(*_relabelled(x, z, each), k) for x, z, k in found.generators]).generators
        for each in maps
    }
    maps = [each for each in maps if states[each] == min(states.values())]
    moved: dict[tuple[int, ...], list[list[PauliRotation]]] = {each: [] for each in maps}
    for layer in found.layers:
        for each in maps:
            rotations = (PauliRotation(*_relabelled(r.x, r.z, each), r.angle) for r in layer)
            moved[each].append(sorted(rotations, key=_bits))
        if len(maps) > 1:
            keys = {each: [_bits(rotation) for rotation in moved[each][-1]] for each in maps}
            maps = [each for each in maps if keys[each] == min(keys.values())]
    different: list[_Arranged] = []
    for each in maps:
        arranged = _Arranged(moved[each], states[each])
        if arranged not in different:
            different.append(arranged)
    return different


def _bits(rotation: PauliRotation) -> tuple[int, int]:
    return rotation.x, rotation.z


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


def _form(circuit: Circuit, found: _Arranged) -> StateForm:
    num_parameters = circuit.num_parameters
    origin: tuple[Angle, ...] = ()  # the circuit's own parameters in the reduced ones, in quarter turns like offsets
    rotations: list[PauliRotation] = []
    for rounds_left in reversed(range(MAX_ROUNDS)):
        chosen = _about_chosen_paulis(found)
        rotations = [rotation for layer in chosen for rotation in layer]
        if chosen != found.layers and rounds_left:
            found = _without_phases(_arranged(rotations, found.generators))
            continue
        space = reduced([rotation.angle for rotation in rotations], num_parameters)
        origin = tuple(substituted(angle, space.origin) for angle in origin) or space.origin
        num_parameters = len(space.pivots)
        placed = zip(rotations, space.rows, strict=True)
        whole = [part for r, angle in placed for part in _split(PauliRotation(r.x, r.z, angle))]
        if len(whole) == len(rotations) or not rounds_left:
            rotations = whole
            break
        found = _without_phases(_arranged(whole, found.generators))
    rounded = tuple(PauliRotation(r.x, r.z, _rounded(r.angle)) for r in rotations)
    return StateForm(
        num_qubits=circuit.num_qubits,
        num_parameters=num_parameters,
        generators=tuple(found.generators),
        rotations=rounded,
        origin=tuple(Angle(angle.terms, angle.constant * QUARTER_TURN) for angle in origin),
        hash=_digest(circuit.num_qubits, found.generators, rounded),
    )


def _arranged(rotations: Iterable[PauliRotation], generators: Sequence[Pauli]) -> _Arranged:
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
    return _Arranged(ordered, StabilizerState(num_qubits, generators).generators)


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


def _layer_moved(layer: _Layer, frame: CliffordFrame) -> _Layer:
    moved = (_rotation(frame.image_of(_signed(*bits)), angle) for bits, angle in layer.items())
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


def _without_phases(found: _Arranged) -> _Arranged:
    """Less the rotations that are a phase on the state: about a stabiliser that commutes with all layers before."""
    group = list(found.generators)
    moving: list[PauliRotation] = []
    for layer in found.layers:
        phases = Coset(group) if group else None
        kept = [r for r in layer if phases is None or not phases.contains(_signed(r.x, r.z))]
        group = commuting_with(group, (_signed(r.x, r.z) for r in kept))
        moving += kept
    if len(moving) == sum(map(len, found.layers)):
        return found
    return _without_phases(_arranged(moving, found.generators))  # what stood behind a phase may have moved


def _about_chosen_paulis(found: _Arranged) -> list[list[PauliRotation]]:
    """Each Pauli by the chosen one of its coset: modulo the stabilisers that commute with all layers up to its own."""
    group = list(found.generators)
    chosen: list[list[PauliRotation]] = []
    for layer in found.layers:
        group = commuting_with(group, (_signed(r.x, r.z) for r in layer))
        coset = Coset(group) if group else None
        chosen.append([_rotation(coset.representative(_signed(r.x, r.z)), r.angle) for r in layer] if coset else layer)
    return chosen


def _rounded(angle: Angle) -> Angle:
    terms = tuple((index, nearest(a)) for index, a in angle.terms)
    return Angle(terms, nearest(angle.constant))


def _digest(num_qubits: int, generators: Sequence[Pauli], rotations: Sequence[PauliRotation]) -> str:
    rows = [(r.x, r.z, r.angle.terms, r.angle.constant) for r in rotations]
    return hashlib.sha256(repr((num_qubits, list(generators), rows)).encode()).hexdigest()[:32]

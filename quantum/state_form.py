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
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from quantum.angle_space import nearest, reduced, substituted
from quantum.circuit import Angle, Circuit
from quantum.clifford_frame import QUARTER_TURN, Pauli
from quantum.foata import Arranged, PauliRotation, about_chosen_paulis, arranged, pushed, split_quarters, without_phases
from quantum.stabilizers import StabilizerState

MAX_ROUNDS: Final = 8


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
    """The state form; with `relabellings` (qubit q becomes relabelling[q]; the identity need not be named) the least of
    those that they give, so that circuits which differ by one of them have one form."""
    found = _arrangement(circuit)
    forms = [_form(circuit, one) for one in (_least(found, relabellings) if relabellings else [found])]
    return min(forms, key=lambda form: form.hash)


def independent_parameters(circuit: Circuit) -> int:
    """How many independent combinations of the parameters its merged rotations turn by, phases left out."""
    angles = [rotation.angle for layer in _arrangement(circuit).layers for rotation in layer]
    return len(reduced(angles, circuit.num_parameters).pivots)


@lru_cache(maxsize=16)
def _arrangement(circuit: Circuit) -> Arranged:
    return without_phases(arranged(*pushed(circuit)))


def _least(found: Arranged, relabellings: Iterable[tuple[int, ...]]) -> list[Arranged]:
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
    different: list[Arranged] = []
    for each in maps:
        one = Arranged(moved[each], states[each])
        if one not in different:
            different.append(one)
    return different


def _bits(rotation: PauliRotation) -> tuple[int, int]:
    return rotation.x, rotation.z


def _relabelled(x: int, z: int, relabelling: Sequence[int]) -> tuple[int, int]:
    moved_x = moved_z = 0
    for q, new in enumerate(relabelling):
        moved_x |= (x >> q & 1) << new
        moved_z |= (z >> q & 1) << new
    return moved_x, moved_z


def _form(circuit: Circuit, found: Arranged) -> StateForm:
    num_parameters = circuit.num_parameters
    # The circuit's own parameters in the reduced ones and back, with constants in quarter turns like offsets.
    origin = reduction = tuple(Angle(((index, 1.0),)) for index in range(num_parameters))
    rotations: list[PauliRotation] = []
    for rounds_left in reversed(range(MAX_ROUNDS)):
        chosen = about_chosen_paulis(found)
        rotations = [rotation for layer in chosen for rotation in layer]
        if chosen != found.layers and rounds_left:
            found = without_phases(arranged(rotations, found.generators))
            continue
        space = reduced([rotation.angle for rotation in rotations], num_parameters)
        origin = tuple(substituted(angle, space.origin) for angle in origin)
        reduction = tuple(substituted(rotations[pivot].angle, reduction) for pivot in space.pivots)
        num_parameters = len(space.pivots)
        placed = zip(rotations, space.rows, strict=True)
        whole = [part for r, angle in placed for part in _split(PauliRotation(r.x, r.z, angle))]
        if len(whole) == len(rotations) or not rounds_left:
            rotations = whole
            break
        found = without_phases(arranged(whole, found.generators))
    rounded = tuple(PauliRotation(r.x, r.z, _rounded(r.angle)) for r in rotations)
    return StateForm(
        num_qubits=circuit.num_qubits,
        num_parameters=num_parameters,
        generators=tuple(found.generators),
        rotations=rounded,
        origin=tuple(Angle(angle.terms, angle.constant * QUARTER_TURN) for angle in origin),
        reduction=tuple(Angle(angle.terms, angle.constant * QUARTER_TURN) for angle in reduction),
        hash=_digest(circuit.num_qubits, found.generators, rounded),
    )


def _split(rotation: PauliRotation) -> Iterator[PauliRotation]:
    """The rotation with less than half a quarter turn of offset, and what is left as a Clifford rotation."""
    quarters, angle = split_quarters(rotation.angle)
    if angle.terms or angle.constant:
        yield PauliRotation(rotation.x, rotation.z, angle)
    if quarters & 3:
        yield PauliRotation(rotation.x, rotation.z, Angle((), quarters))


def _rounded(angle: Angle) -> Angle:
    terms = tuple((index, nearest(a)) for index, a in angle.terms)
    return Angle(terms, nearest(angle.constant))


def _digest(num_qubits: int, generators: Sequence[Pauli], rotations: Sequence[PauliRotation]) -> str:
    rows = [(r.x, r.z, r.angle.terms, r.angle.constant) for r in rotations]
    return hashlib.sha256(repr((num_qubits, list(generators), rows)).encode()).hexdigest()[:32]

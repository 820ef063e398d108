"""A circuit and an observable as a program of Pauli rotations: what the fast engine runs.

Every gate of the closed table is a product of rotations exp(-i phi P / 2). Rotations by multiples of pi/2 are Clifford
gates; they are never applied to a state but pushed through everything that follows, into the observable:

    C_K R_K ... C_1 R_1 C_0 |0>   =   C . R'_K ... R'_1 |0>,      <H> = <0| R'^dag (C^dag H C) R' |0>

Three exact reductions follow. Equal rotations with only commuting ones between them are merged. The state never leaves
the span (over GF(2)) of the rotations' x masks, so basis states are renumbered in the order in which the masks open
that span: rotation k touches the first 2**support[k] amplitudes only, a circuit that keeps a Z2 symmetry is simulated
in its sector, and terms of H that leave the span vanish. A rotation that is a pure phase on its support is dropped.

Angles are affine in the parameters, phi = A theta + b, so shared and scaled parameters need no rule of their own.
Not covered: measurement, noise, the global phase (it has no effect on an energy).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

import numpy as np

from quantum.circuit import Angle, Circuit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from quantum.hamiltonians import Hamiltonian

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


def _product(a: Pauli, b: Pauli) -> Pauli:
    return a[0] ^ b[0], a[1] ^ b[1], (a[2] + b[2] + 2 * (a[1] & b[0]).bit_count()) & 3


def _anticommute(a: Pauli, b: Pauli) -> bool:
    return bool(((a[0] & b[1]).bit_count() + (a[1] & b[0]).bit_count()) & 1)


class _Frame:
    """The map Q -> C^dag Q C of the Clifford circuit C met so far, kept as the images of every X_q and Z_q."""

    def __init__(self, num_qubits: int) -> None:
        self.x: list[Pauli] = [(1 << q, 0, 0) for q in range(num_qubits)]
        self.z: list[Pauli] = [(0, 1 << q, 0) for q in range(num_qubits)]

    def image(self, paulis: str, qubits: Sequence[int]) -> Pauli:
        image: Pauli = (0, 0, paulis.count("Y") & 3)  # Y = i X Z
        for pauli, q in zip(paulis, qubits, strict=True):
            if pauli in "XY":
                image = _product(image, self.x[q])
            if pauli in "ZY":
                image = _product(image, self.z[q])
        return image

    def turn(self, paulis: str, qubits: Sequence[int], quarter_turns: int) -> None:
        """Appends G = exp(-i quarter_turns (pi/4) P): an image Q that anticommutes with P's becomes Q (-iP)^turns."""
        pauli = self.image(paulis, qubits)
        for images in (self.x, self.z):
            for q in qubits:
                if not _anticommute(images[q], pauli):
                    continue
                x, z, k = _product(images[q], pauli) if quarter_turns & 1 else images[q]
                images[q] = x, z, (k + (0, 3, 2, 1)[quarter_turns & 3]) & 3

    def apply(self, name: str, qubits: Sequence[int]) -> None:
        """Appends the Clifford gate called `name` by its table of images."""
        x_images, z_images = _clifford_images(name)
        new_x = [self._expand(image, qubits) for image in x_images]
        new_z = [self._expand(image, qubits) for image in z_images]
        for q, x, z in zip(qubits, new_x, new_z, strict=True):
            self.x[q], self.z[q] = x, z

    def _expand(self, local: Pauli, qubits: Sequence[int]) -> Pauli:
        image: Pauli = (0, 0, local[2])
        for position, q in enumerate(qubits):
            if local[0] >> position & 1:
                image = _product(image, self.x[q])
        for position, q in enumerate(qubits):
            if local[1] >> position & 1:
                image = _product(image, self.z[q])
        return image


@cache
def _clifford_images(name: str) -> tuple[tuple[Pauli, ...], tuple[Pauli, ...]]:
    num_qubits = len(GATE_STEPS[name][0].paulis)
    frame = _Frame(num_qubits)
    for step in GATE_STEPS[name]:
        frame.turn(step.paulis, range(num_qubits), round(step.factor / QUARTER_TURN))
    return tuple(frame.x), tuple(frame.z)


def _quarter_turns_of(angle: float) -> int | None:
    turns = round(angle / QUARTER_TURN)
    return turns if abs(angle - turns * QUARTER_TURN) <= CLIFFORD_TOLERANCE * max(1.0, abs(angle)) else None


_CLIFFORD_GATES: Final = frozenset(
    name
    for name, steps in GATE_STEPS.items()
    if all(step.angle is None and _quarter_turns_of(step.factor) is not None for step in steps)
)


@dataclass(slots=True)
class _Rotation:
    """exp(-i phi P / 2), P = i^(|x & z| mod 2) X^x Z^z, phi = terms + constant; acts on 2**support amplitudes."""

    x: int
    z: int
    terms: dict[int, float]
    constant: float
    support: int = 0

    def add(self, angle: Angle, factor: float) -> None:
        self.constant += factor * angle.constant
        for index, coefficient in angle.terms:
            total = self.terms.get(index, 0.0) + factor * coefficient
            if total == 0.0:
                self.terms.pop(index, None)
            else:
                self.terms[index] = total

    def is_identity(self) -> bool:
        turns = None if self.terms else _quarter_turns_of(self.constant)
        return turns is not None and turns % 4 == 0


def _rotations(circuit: Circuit) -> tuple[list[_Rotation], _Frame]:
    """The circuit's rotations with every Clifford pushed behind them, equal ones merged, and what was pushed."""
    frame = _Frame(circuit.num_qubits)
    rotations: list[_Rotation] = []
    for gate in circuit.gates:
        if gate.name in _CLIFFORD_GATES:
            frame.apply(gate.name, gate.qubits)
            continue
        for step in GATE_STEPS[gate.name]:
            angle, factor = (_ONE, step.factor) if step.angle is None else (gate.angles[step.angle], step.factor)
            turns = None if angle.terms else _quarter_turns_of(factor * angle.constant)
            if turns is not None:
                frame.turn(step.paulis, gate.qubits, turns)
                continue
            x, z, k = frame.image(step.paulis, gate.qubits)
            # i^k is i^(|x & z| mod 2) up to a sign, which the angle takes over.
            _emit(rotations, x, z, angle, -factor if k & 2 else factor)
    return [rotation for rotation in rotations if not rotation.is_identity()], frame


_ONE: Final = Angle((), 1.0)


def _emit(rotations: list[_Rotation], x: int, z: int, angle: Angle, factor: float) -> None:
    for earlier in reversed(rotations):
        if earlier.x == x and earlier.z == z:
            earlier.add(angle, factor)
            return
        if ((earlier.x & z).bit_count() + (earlier.z & x).bit_count()) & 1:
            break
    rotation = _Rotation(x, z, {}, 0.0)
    rotation.add(angle, factor)
    rotations.append(rotation)


Masks = TypeVar("Masks", int, "NDArray[np.int64]")


class _Span:
    """The span of the x masks over GF(2); coordinates follow the order in which independent masks were met."""

    def __init__(self) -> None:
        self.masks: list[int] = []
        self._reduced: list[tuple[int, int]] = []  # (mask with a leading bit of its own, its coordinates)

    def open(self, mask: int) -> int:
        """The coordinates of `mask`, which becomes the next direction when it lies outside the span."""
        remainder, coordinates = self.reduce(mask)
        if remainder:
            direction = 1 << len(self.masks)
            self.masks.append(mask)
            self._reduced.append((remainder, coordinates ^ direction))
            return direction
        return coordinates

    def signs(self, z: int) -> int:
        """The z mask in the span's coordinates: bit i is the parity of z on direction i."""
        return sum(((z & mask).bit_count() & 1) << i for i, mask in enumerate(self.masks))

    def reduce(self, mask: Masks) -> tuple[Masks, Masks]:
        """What of `mask` lies outside the span (0 when nothing does), and the coordinates of the rest."""
        coordinates = mask ^ mask
        for reduced, combination in self._reduced:
            on = mask >> (reduced.bit_length() - 1) & 1
            mask = mask ^ on * reduced
            coordinates = coordinates ^ on * combination
        return mask, coordinates


@dataclass(frozen=True, eq=False)
class PauliProgram:
    """prod_k exp(-i phi_k P_k / 2) |0> on 2**rank amplitudes, phi = A theta + b, with the observable in the same frame.

    P_k = i^y X^x Z^z with y = |x & z| mod 2, and `rotations[k]` = (x, z, support). A is stored by rows: rotation k's
    coefficients are `coefficients[starts[k]:starts[k + 1]]` of the parameters `columns[...]`; b is `constants`.
    The observable is sum_g D_g X^(group_x[g]): (H psi)[j] = sum_g f_g table[j, g] psi[j ^ group_x[g]], with f_g = 1 for
    the first `real_groups` groups and i for the others.
    """

    num_qubits: int
    num_parameters: int
    rank: int
    rotations: NDArray[np.int64]
    starts: NDArray[np.int64]
    columns: NDArray[np.int64]
    coefficients: NDArray[np.float64]
    constants: NDArray[np.float64]
    group_x: NDArray[np.int64]
    real_groups: int
    table: NDArray[np.float64]

    @property
    def num_rotations(self) -> int:
        return len(self.constants)

    @property
    def generator_norms(self) -> NDArray[np.float64]:
        """w_j = sqrt(sum_k A_kj^2), shape (P,): the scale of each parameter's gradient; 0 when it drives nothing."""
        squares = np.bincount(self.columns, weights=self.coefficients**2, minlength=self.num_parameters)
        return np.sqrt(squares)


def compile_program(circuit: Circuit, hamiltonian: Hamiltonian) -> PauliProgram:
    """The normal form of <0|U(theta)^dag H U(theta)|0>. Raises ValueError when the numbers of qubits differ.

    The last program is kept: a score asks for the same one several times in a row.
    """
    for last_circuit, last_hamiltonian, program in _last:
        if last_circuit is circuit and last_hamiltonian is hamiltonian:
            return program
    program = _compile(circuit, hamiltonian)
    _last[:] = [(circuit, hamiltonian, program)]
    return program


_last: Final[list[tuple[Circuit, Hamiltonian, PauliProgram]]] = []


def _compile(circuit: Circuit, hamiltonian: Hamiltonian) -> PauliProgram:
    if circuit.num_qubits != hamiltonian.num_qubits:
        raise ValueError(f"a circuit on {circuit.num_qubits} qubits for a Hamiltonian on {hamiltonian.num_qubits}")
    rotations, frame = _rotations(circuit)
    span = _Span()
    live = []
    for rotation in rotations:
        rotation.x = span.open(rotation.x)
        rotation.z = span.signs(rotation.z)
        rotation.support = len(span.masks)
        if rotation.x or rotation.z:
            live.append(rotation)
    terms = [sorted(rotation.terms.items()) for rotation in live]
    group_x, real_groups, table = _observable(hamiltonian, frame, span)
    return PauliProgram(
        num_qubits=circuit.num_qubits,
        num_parameters=circuit.num_parameters,
        rank=len(span.masks),
        rotations=_integers((r.x, r.z, r.support) for r in live).reshape(-1, 3),
        starts=np.cumsum([0, *(len(row) for row in terms)], dtype=np.int64),
        columns=_integers(index for row in terms for index, _ in row),
        coefficients=np.array([coefficient for row in terms for _, coefficient in row], dtype=np.float64),
        constants=np.array([r.constant for r in live], dtype=np.float64),
        group_x=group_x,
        real_groups=real_groups,
        table=table,
    )


def _integers(values: Iterable[int] | Iterable[tuple[int, ...]]) -> NDArray[np.int64]:
    return np.array(list(values), dtype=np.int64)


@lru_cache(maxsize=32)
def _pauli_arrays(hamiltonian: Hamiltonian) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """X and Z masks of the terms and their coefficients, each of shape (T,)."""
    x = _integers(_mask(label, "XY") for label, _ in hamiltonian.terms)
    z = _integers(_mask(label, "ZY") for label, _ in hamiltonian.terms)
    return x, z, np.array([coefficient for _, coefficient in hamiltonian.terms], dtype=np.float64)


def _mask(label: str, characters: str) -> int:
    return sum(1 << q for q, pauli in enumerate(reversed(label)) if pauli in characters)


def _observable(
    hamiltonian: Hamiltonian, frame: _Frame, span: _Span
) -> tuple[NDArray[np.int64], int, NDArray[np.float64]]:
    """C^dag H C in the span's coordinates, as `PauliProgram` describes it: group_x, real_groups, table."""
    labels_x, labels_z, coefficients = _pauli_arrays(hamiltonian)
    x, z = np.zeros_like(labels_x), np.zeros_like(labels_z)
    k = np.bitwise_count(labels_x & labels_z).astype(np.int64)  # one factor i for every Y
    for labels, images in ((labels_x, frame.x), (labels_z, frame.z)):
        for q, image in enumerate(images):
            on = labels >> q & 1
            k += on * (image[2] + 2 * np.bitwise_count(z & image[0]))
            x ^= on * image[0]
            z ^= on * image[1]
    y = np.bitwise_count(x & z) & 1
    signed = coefficients * (1 - (k - y & 2))
    outside, x = span.reduce(x)
    kept = outside == 0
    signs = np.zeros_like(z)
    for direction, mask in enumerate(span.masks):
        signs |= (np.bitwise_count(z & mask).astype(np.int64) & 1) << direction
    keys, groups = np.unique((y.astype(np.int64) << len(span.masks) | x)[kept], return_inverse=True)
    real_groups = int(np.searchsorted(keys, 1 << len(span.masks)))
    table = np.zeros((1 << len(span.masks), len(keys)))
    np.add.at(table, (signs[kept], groups), signed[kept])
    for direction in range(len(span.masks)):  # Walsh-Hadamard: sum_z c_z (-1)^(z.j) at every j
        halves = table.reshape(len(table) >> direction + 1, 2, 1 << direction, len(keys))
        halves[:, 0], halves[:, 1] = halves[:, 0] + halves[:, 1], halves[:, 0] - halves[:, 1]
    table[:, real_groups:] *= -1.0  # (-1)^(z.(j ^ x)), and z.x is odd there
    return keys & ((1 << len(span.masks)) - 1), real_groups, table

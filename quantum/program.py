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

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final, TypeVar

import numpy as np

from quantum.circuit import Angle, Circuit
from quantum.clifford_frame import CLIFFORD_GATES, GATE_STEPS, QUARTER_TURN, CliffordFrame, quarter_turns_of
from quantum.stabilizers import StabilizerState
from quantum.state_form import StateForm

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from quantum.hamiltonians import Hamiltonian

SLOWEST: Final = 1e-3
"""Multipliers below this fraction of the parameter's largest do not lengthen its period."""
CANCELLED: Final = 1e-12
"""Multipliers that add up to less than this fraction of the last one are zero: what is left is rounding."""


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
            before, more = self.terms.get(index, 0.0), factor * coefficient
            if abs(before + more) <= CANCELLED * abs(more):
                self.terms.pop(index, None)
            else:
                self.terms[index] = before + more

    def is_identity(self) -> bool:
        turns = None if self.terms else quarter_turns_of(self.constant)
        return turns is not None and turns % 4 == 0


def _rotations(source: Circuit | StateForm) -> tuple[list[_Rotation], CliffordFrame]:
    """The rotations with every Clifford pushed behind them, equal ones merged, and what was pushed."""
    rotations, frame = _of_form(source) if isinstance(source, StateForm) else _of_circuit(source)
    return [rotation for rotation in rotations if not rotation.is_identity()], frame


def _of_form(form: StateForm) -> tuple[list[_Rotation], CliffordFrame]:
    """The form's stabiliser state is a Clifford operator on |0...0>, which is pushed behind."""
    state = StabilizerState(form.num_qubits, form.generators)
    rotations: list[_Rotation] = []
    for rotation in form.rotations:
        x, z, k = state.pulled_back((rotation.x, rotation.z, (rotation.x & rotation.z).bit_count() & 3))
        angle = Angle(rotation.angle.terms, rotation.angle.constant * QUARTER_TURN)
        _emit(rotations, x, z, angle, -1.0 if k & 2 else 1.0)
    return rotations, state.frame()


def _of_circuit(circuit: Circuit) -> tuple[list[_Rotation], CliffordFrame]:
    frame = CliffordFrame(circuit.num_qubits)
    rotations: list[_Rotation] = []
    for gate in circuit.gates:
        if gate.name in CLIFFORD_GATES:
            frame.apply(gate.name, gate.qubits)
            continue
        for step in GATE_STEPS[gate.name]:
            angle, factor = (_ONE, step.factor) if step.angle is None else (gate.angles[step.angle], step.factor)
            turns = None if angle.terms else quarter_turns_of(factor * angle.constant)
            if turns is not None:
                frame.turn(step.paulis, gate.qubits, turns)
                continue
            x, z, k = frame.image(step.paulis, gate.qubits)
            # i^k is i^(|x & z| mod 2) up to a sign, which the angle takes over.
            _emit(rotations, x, z, angle, -factor if k & 2 else factor)
    return rotations, frame


_ONE: Final = Angle((), 1.0)


def _emit(rotations: list[_Rotation], x: int, z: int, angle: Angle, factor: float) -> None:
    """Adds a rotation to an equal one that it commutes back to, else at the end. One that is not diagonal then moves in
    front of the diagonal ones that it commutes with: the engine applies diagonal rotations in a row as one."""
    position = len(rotations)
    for index in range(len(rotations) - 1, -1, -1):
        earlier = rotations[index]
        if earlier.x == x and earlier.z == z:
            earlier.add(angle, factor)
            return
        if ((earlier.x & z).bit_count() + (earlier.z & x).bit_count()) & 1:
            break
        if x and not earlier.x and position == index + 1:
            position = index
    rotation = _Rotation(x, z, {}, 0.0)
    rotation.add(angle, factor)
    rotations.insert(position, rotation)


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

    @property
    def periods(self) -> NDArray[np.float64]:
        """2 pi / min_k |A_kj|, shape (P,): over it parameter j turns every rotation that it drives all the way round,
        whatever its scale; 2 pi when it drives nothing."""
        sizes = np.abs(self.coefficients)
        largest, smallest = np.zeros(self.num_parameters), np.full(self.num_parameters, np.inf)
        np.maximum.at(largest, self.columns, sizes)
        np.minimum.at(smallest, self.columns, sizes)
        multipliers: NDArray[np.float64] = np.where(largest > 0.0, np.maximum(smallest, SLOWEST * largest), 1.0)
        return 2.0 * np.pi / multipliers


def compile_program(source: Circuit | StateForm, hamiltonian: Hamiltonian) -> PauliProgram:
    """<0|U(theta)^dag H U(theta)|0> as a program, in the parameters of the circuit or in the reduced ones of its form.

    Raises ValueError when the numbers of qubits differ. The last program is kept: a score asks for the same one several
    times in a row.
    """
    for last_source, last_hamiltonian, program in _last:
        if last_source is source and last_hamiltonian is hamiltonian:
            return program
    program = _compile(source, hamiltonian)
    _last[:] = [(source, hamiltonian, program)]
    return program


_last: Final[list[tuple[Circuit | StateForm, Hamiltonian, PauliProgram]]] = []


def _compile(source: Circuit | StateForm, hamiltonian: Hamiltonian) -> PauliProgram:
    if source.num_qubits != hamiltonian.num_qubits:
        raise ValueError(f"a circuit on {source.num_qubits} qubits for a Hamiltonian on {hamiltonian.num_qubits}")
    rotations, frame = _rotations(source)
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
        num_qubits=source.num_qubits,
        num_parameters=source.num_parameters,
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
    hamiltonian: Hamiltonian, frame: CliffordFrame, span: _Span
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

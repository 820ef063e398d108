"""The slow engine that the fast one is checked against: gate matrices, one gate at a time, plain numpy.

Nothing here is shared with `program` or `statevector`: no Pauli rotations, no Clifford frame, no masks. Each gate is
its textbook matrix, each angle's derivative is the derivative of that matrix, and H acts Pauli character by character.
Made to be obviously right; a thousand times slower than the engine.
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from quantum.circuit import Circuit, Gate

if TYPE_CHECKING:
    from quantum.hamiltonians import Hamiltonian

Matrix = NDArray[np.complex128]


def _matrix(*rows: Sequence[complex]) -> Matrix:
    return np.array(rows, dtype=np.complex128)


def _diagonal(*entries: complex) -> Matrix:
    return np.diag(np.array(entries, dtype=np.complex128))


def _pair(first: Matrix, second: Matrix) -> Matrix:
    return np.kron(first, second).astype(np.complex128)


I2: Final = _diagonal(1, 1)
X: Final = _matrix((0, 1), (1, 0))
Y: Final = _matrix((0, -1j), (1j, 0))
Z: Final = _diagonal(1, -1)
PAULIS: Final = {"I": I2, "X": X, "Y": Y, "Z": Z}
_SX: Final = 0.5 * _matrix((1 + 1j, 1 - 1j), (1 - 1j, 1 + 1j))


def _controlled(target: Matrix) -> Matrix:
    """The control is the first qubit: index = 2 * control + target."""
    matrix = np.eye(4, dtype=complex)
    matrix[2:, 2:] = target
    return matrix


FIXED: Final[dict[str, Matrix]] = {
    "x": X,
    "y": Y,
    "z": Z,
    "h": (X + Z) / math.sqrt(2),
    "s": _diagonal(1, 1j),
    "sdg": _diagonal(1, -1j),
    "t": _diagonal(1, cmath.exp(0.25j * math.pi)),
    "tdg": _diagonal(1, cmath.exp(-0.25j * math.pi)),
    "sx": _SX,
    "sxdg": _SX.conj().T,
    "cx": _controlled(X),
    "cy": _controlled(Y),
    "cz": _controlled(Z),
    "swap": _matrix((1, 0, 0, 0), (0, 0, 1, 0), (0, 1, 0, 0), (0, 0, 0, 1)),
    "iswap": _matrix((1, 0, 0, 0), (0, 0, 1j, 0), (0, 1j, 0, 0), (0, 0, 0, 1)),
}
_GENERATORS: Final[dict[str, Matrix]] = {
    "rx": X,
    "ry": Y,
    "rz": Z,
    "rxx": _pair(X, X),
    "ryy": _pair(Y, Y),
    "rzz": _pair(Z, Z),
    "rzx": _pair(Z, X),
}


def _rotation(generator: Matrix, angle: float) -> Matrix:
    return math.cos(angle / 2) * np.eye(len(generator)) - 1j * math.sin(angle / 2) * generator


def gate_matrix(name: str, angles: Sequence[float]) -> Matrix:
    """The gate's matrix, its first qubit the most significant bit of the index."""
    if name in FIXED:
        return FIXED[name]
    if name in _GENERATORS:
        return _rotation(_GENERATORS[name], angles[0])
    if name in ("crx", "cry", "crz"):
        return _controlled(_rotation(PAULIS[name[-1].upper()], angles[0]))
    phase = cmath.exp(1j * angles[0])
    if name == "p":
        return _diagonal(1, phase)
    if name == "cp":
        return _diagonal(1, 1, 1, phase)
    assert name == "u", name
    theta, phi, lam = angles
    c, s = math.cos(theta / 2), math.sin(theta / 2)
    return _matrix((c, -cmath.exp(1j * lam) * s), (cmath.exp(1j * phi) * s, cmath.exp(1j * (phi + lam)) * c))


def gate_derivative(name: str, angles: Sequence[float], which: int) -> Matrix:
    """The derivative of `gate_matrix` by angle number `which`."""
    if name in _GENERATORS:
        return -0.5j * _GENERATORS[name] @ gate_matrix(name, angles)
    if name in ("crx", "cry", "crz"):
        generator = PAULIS[name[-1].upper()]
        matrix = np.zeros((4, 4), dtype=complex)
        matrix[2:, 2:] = -0.5j * generator @ _rotation(generator, angles[0])
        return matrix
    if name == "p":
        return _diagonal(0, 1j * cmath.exp(1j * angles[0]))
    if name == "cp":
        return _diagonal(0, 0, 0, 1j * cmath.exp(1j * angles[0]))
    assert name == "u", name
    theta, phi, lam = angles
    c, s = math.cos(theta / 2), math.sin(theta / 2)
    e_phi, e_lam, e_sum = cmath.exp(1j * phi), cmath.exp(1j * lam), cmath.exp(1j * (phi + lam))
    by_angle = (
        [[-s / 2, -e_lam * c / 2], [e_phi * c / 2, -e_sum * s / 2]],
        [[0, 0], [1j * e_phi * s, 1j * e_sum * c]],
        [[0, -1j * e_lam * s], [0, 1j * e_sum * c]],
    )
    return np.array(by_angle[which], dtype=complex)


def apply_matrix(state: Matrix, matrix: Matrix, qubits: Sequence[int]) -> Matrix:
    """`matrix` on `qubits` of a state of shape (2**n,) indexed with qubit 0 as the least significant bit."""
    n = len(state).bit_length() - 1
    axes = [n - 1 - q for q in qubits]  # axis 0 of the tensor is the highest qubit
    tensor = np.moveaxis(state.reshape((2,) * n), axes, range(len(axes)))
    shape = tensor.shape
    tensor = (matrix @ tensor.reshape(len(matrix), -1)).reshape(shape)
    return np.moveaxis(tensor, range(len(axes)), axes).reshape(-1)


def apply_hamiltonian(state: Matrix, hamiltonian: Hamiltonian) -> Matrix:
    total = np.zeros_like(state)
    for label, coefficient in hamiltonian.terms:
        term = state
        for q, pauli in enumerate(reversed(label)):
            if pauli != "I":
                term = apply_matrix(term, PAULIS[pauli], [q])
        total = total + coefficient * term
    return total


def _angles(gate: Gate, theta: Sequence[float]) -> list[float]:
    return [angle.at(theta) for angle in gate.angles]


def statevector(circuit: Circuit, theta: Sequence[float]) -> Matrix:
    """U(theta)|0>, shape (2**n,), qubit 0 the least significant bit of the index, global phase as in Qiskit."""
    return _states(circuit, theta)[-1]


def _states(circuit: Circuit, theta: Sequence[float]) -> list[Matrix]:
    state = np.zeros(1 << circuit.num_qubits, dtype=complex)
    state[0] = 1.0
    states = [state]
    for gate in circuit.gates:
        state = apply_matrix(state, gate_matrix(gate.name, _angles(gate, theta)), gate.qubits)
        states.append(state)
    return states


def energy(circuit: Circuit, theta: Sequence[float], hamiltonian: Hamiltonian) -> float:
    """<psi(theta)|H|psi(theta)> in the Hamiltonian's unit."""
    state = statevector(circuit, theta)
    return float(np.vdot(state, apply_hamiltonian(state, hamiltonian)).real)


def energy_and_gradient(
    circuit: Circuit, theta: Sequence[float], hamiltonian: Hamiltonian
) -> tuple[float, NDArray[np.float64]]:
    """The energy and dE/dtheta, shape (P,): each gate's derivative matrix between the stored state and the dual."""
    states = _states(circuit, theta)
    dual = apply_hamiltonian(states[-1], hamiltonian)
    value = float(np.vdot(states[-1], dual).real)
    gradient = np.zeros(circuit.num_parameters)
    for gate, before in zip(reversed(circuit.gates), reversed(states[:-1]), strict=True):
        angles = _angles(gate, theta)
        for which, angle in enumerate(gate.angles):
            if angle.terms:
                moved = apply_matrix(before, gate_derivative(gate.name, angles, which), gate.qubits)
                slope = 2.0 * np.vdot(dual, moved).real
                for index, coefficient in angle.terms:
                    gradient[index] += coefficient * slope
        dual = apply_matrix(dual, gate_matrix(gate.name, angles).conj().T, gate.qubits)
    return value, gradient

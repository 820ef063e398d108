"""The state of a bound circuit in the computational basis, which the fast engine never makes.

Every gate is a few rotations exp(-i phi P / 2) (`quantum.clifford_frame.GATE_STEPS`), applied one after the other; the
global phase is left out. One point at a time: a candidate needs it once, for its fidelity.
"""

# The kernel is typed by numba, not by annotations.
# mypy: disable-error-code="no-untyped-def, no-untyped-call, untyped-decorator, no-any-return"
from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

from quantum.circuit import Circuit
from quantum.clifford_frame import GATE_STEPS
from quantum.kernel_sources import KERNEL_SOURCES, entry_point, kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray


def statevector(circuit: Circuit, theta: Sequence[float]) -> NDArray[np.complex128]:
    """U(theta)|0> up to a phase, of shape (2^n,), bit q of an index on qubit q."""
    masks: list[int] = []
    halves: list[float] = []
    for gate in circuit.gates:
        for mask, factor, angle in _steps(gate.name, gate.qubits):
            masks += mask
            halves.append(0.5 * factor * (1.0 if angle is None else gate.angles[angle].at(theta)))
    state = np.zeros(1 << circuit.num_qubits, dtype=np.complex128)
    state[0] = 1.0
    if masks:
        turns = np.array(halves)
        _rotate_all(np.array(masks, dtype=np.int64).reshape(-1, 3), np.cos(turns), np.sin(turns), state)
    return state


@lru_cache(maxsize=4096)
def _steps(name: str, qubits: tuple[int, ...]) -> tuple[tuple[tuple[int, int, int], float, int | None], ...]:
    """((x, z, number of Y) of a gate's rotations, their factors, and which angle they turn by)."""
    found = []
    for step in GATE_STEPS[name]:
        pairs = list(zip(step.paulis, qubits, strict=True))
        x = sum(1 << q for pauli, q in pairs if pauli in "XY")
        z = sum(1 << q for pauli, q in pairs if pauli in "ZY")
        found.append(((x, z, step.paulis.count("Y")), step.factor, step.angle))
    return tuple(found)


@kernel
def _sign(bits):
    """(-1)^popcount."""
    for shift in (16, 8, 4, 2, 1):
        bits ^= bits >> shift
    return 1.0 - 2.0 * (bits & 1)


def _kernel(sources: str) -> Callable[..., None]:
    @entry_point
    def rotate_all(masks, cosines, sines, state):
        """state <- prod_k (cos - i sin P_k) state, P = i^y X^x Z^z: P|b> = i^y (-1)^(b.z) |b ^ x>."""
        sources  # noqa: B018  part of the cache's key
        for k in range(len(masks)):
            x, z, y = masks[k]
            c = cosines[k]
            weight = -1j * sines[k]
            for _ in range(y):
                weight *= 1j
            if x == 0:
                for a in range(len(state)):
                    state[a] *= c + weight * _sign(a & z)
                continue
            lowest, back = x & -x, weight * _sign(x & z)
            for block in range(0, len(state), 2 * lowest):
                for a in range(block, block + lowest):
                    b, sign = a ^ x, _sign(a & z)
                    first, second = state[a], state[b]
                    state[a] = c * first + sign * back * second
                    state[b] = c * second + sign * weight * first

    return rotate_all


_rotate_all: Final = _kernel(KERNEL_SOURCES)

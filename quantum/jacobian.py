"""Which parameters move the state, whatever the observable: the derivative of the statevector.

Works on the normal form: the Clifford operator at its end changes neither a norm nor an overlap, so it is left out. A
parameter is live when the part of d|psi>/d theta_k orthogonal to |psi> (its row of the quantum geometric tensor) does
not vanish at generic parameters; the rank of that tensor's real part (a quarter of the quantum Fisher information)
counts the independent directions. Both are generic properties: a random point decides with probability one.

Not covered: which parameters move a given energy (a symmetry may hide more), and ranks above `MAX_QUBITS` qubits.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from quantum.canonical import NormalForm, canonical, normal_form
from quantum.circuit import Circuit
from quantum.clifford_frame import QUARTER_TURN

MAX_QUBITS: Final = 12
"""Above this the derivative of every parameter costs more than it tells; only whether the state moves is tested."""
LIVE: Final = 1e-6
"""Least norm of a live parameter's derivative, per unit of its generator's norm."""

ComplexArray = NDArray[np.complex128]
FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Directions:
    """`moves`: some parameter changes the state; how many do and in how many directions (None above 12 qubits)."""

    moves: bool
    live_parameters: int | None
    rank: int | None


def directions(circuit: Circuit, seed: int = 0) -> Directions:
    """Live parameters and Jacobian rank of the circuit's state at random parameters, seeded."""
    form, order = normal_form(circuit), canonical(circuit).parameter_order
    generator = np.random.default_rng(seed)
    theta = generator.uniform(0, 2 * np.pi, len(order))
    states = _states(form, order, theta, derivatives=circuit.num_qubits <= MAX_QUBITS)
    if circuit.num_qubits > MAX_QUBITS:
        elsewhere = _states(form, order, generator.uniform(0, 2 * np.pi, len(order)), derivatives=False)
        return Directions(bool(abs(np.vdot(states[0], elsewhere[0])) < 1 - 1e-9), None, None)
    gram = _gram(states)
    live = int(np.count_nonzero(np.diagonal(gram) > LIVE**2))
    return Directions(live > 0, live, int(np.count_nonzero(np.linalg.eigvalsh(gram) > LIVE**2)))


def _states(form: NormalForm, order: Sequence[int], theta: FloatArray, derivatives: bool) -> ComplexArray:
    """Row 0 is R_m ... R_1 |0...0>; row 1 + k its derivative by theta_k over the generator's norm, sqrt(sum_j a_jk^2).

    Parameters are in the order of first use, so the rows that are not yet zero are always the first ones.
    """
    row = {index: 1 + k for k, index in enumerate(order)}
    norms = np.zeros(1 + len(order))
    for rotation in form.rotations:
        for index, a in rotation.terms:
            norms[row[index]] += a * a
    scale = 1 / np.sqrt(np.maximum(norms, np.finfo(float).tiny))
    basis = np.arange(1 << form.num_qubits)
    x = np.array([rotation.x for rotation in form.rotations], dtype=np.int64)[:, None]
    z = np.array([rotation.z for rotation in form.rotations], dtype=np.int64)[:, None]
    sources = basis ^ x  # P|b> lands on b ^ x, with sign (-1)^(b.z) and i for each Y
    phases = -1j * 1j ** np.bitwise_count(x & z) * (1.0 - 2.0 * (np.bitwise_count(sources & z) & 1))
    states = np.zeros((1 + len(order) if derivatives else 1, len(basis)), dtype=complex)
    states[0, 0] = 1
    active = 1
    for rotation, source, phase in zip(form.rotations, sources, phases, strict=True):
        half = (rotation.turns * QUARTER_TURN + sum(a * theta[row[k] - 1] for k, a in rotation.terms)) / 2
        turned = states[:active].take(source, axis=1)
        turned *= math.sin(half) * phase  # -i sin P on every row
        states[:active] *= math.cos(half)
        states[:active] += turned
        if derivatives and rotation.terms:
            slope = 0.5 * phase * states[0, source]  # (-i P / 2) R |psi>
            for index, a in rotation.terms:
                states[row[index]] += a * scale[row[index]] * slope
                active = max(active, row[index] + 1)
    return states


def _gram(states: ComplexArray) -> FloatArray:
    """Re <d_j psi | (1 - |psi><psi|) | d_k psi>, shape (parameters, parameters)."""
    state, rows = states[0], states[1:]
    rows = rows - np.outer(rows @ state.conj(), state)
    stacked = np.hstack((rows.real, rows.imag))
    return stacked @ stacked.T

"""Which parameters move the state, whatever the observable: the derivative of the statevector.

Works on the normal form: the Clifford operator at its end changes neither a norm nor an overlap, so it is left out. A
parameter is live when the part of d|psi>/d theta_k orthogonal to |psi> (its row of the quantum geometric tensor) does
not vanish at generic parameters; the rank of that tensor's real part (a quarter of the quantum Fisher information)
counts the independent directions. Both are generic properties: one random point decides with probability one, and a
second is drawn only when some parameter looked dead at the first.

Not covered: which parameters move a given energy (a symmetry may hide more), and ranks above `MAX_QUBITS` qubits.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from quantum.canonical import QUARTER_TURN, NormalForm, canonical, normal_form
from quantum.circuit import Circuit

MAX_QUBITS: Final = 12
"""Above this the derivative of every parameter costs more than it tells; only whether the state moves is tested."""
LIVE: Final = 1e-6
"""Least norm of a live parameter's derivative, per unit of its generator's norm."""
_POINTS: Final = 2

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
    points = np.random.default_rng(seed).uniform(0, 2 * np.pi, (_POINTS, len(order)))
    if circuit.num_qubits > MAX_QUBITS:
        first, second = (_states(form, order, theta, derivatives=False)[0] for theta in points)
        return Directions(bool(abs(np.vdot(first, second)) < 1 - 1e-9), None, None)
    live, rank = np.zeros(len(order), dtype=bool), 0
    for theta in points:
        gram = _gram(_states(form, order, theta, derivatives=True))
        live |= np.diagonal(gram) > LIVE**2
        rank = max(rank, int(np.count_nonzero(np.linalg.eigvalsh(gram) > LIVE**2)))
        if live.all():
            break
    return Directions(bool(live.any()), int(live.sum()), rank)


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
    states = np.zeros((1 + len(order) if derivatives else 1, len(basis)), dtype=complex)
    states[0, 0] = 1
    active = 1
    for x, z, terms, turns in form.rotations:
        half = (turns * QUARTER_TURN + sum(a * theta[row[index] - 1] for index, a in terms)) / 2
        signs = 1.0 - 2.0 * (np.bitwise_count((basis ^ x) & z) & 1)  # P|b> lands on b ^ x
        phases = -1j * 1j ** (x & z).bit_count() * signs
        turned = states[:active, basis ^ x] if x else states[:active].copy()
        turned *= phases  # -i P on every row
        slope = 0.5 * (math.cos(half) * turned[0] - math.sin(half) * states[0])  # (-i P / 2) R |psi>
        turned *= math.sin(half)
        states[:active] *= math.cos(half)
        states[:active] += turned
        if derivatives:
            for index, a in terms:
                states[row[index]] += a * scale[row[index]] * slope
                active = max(active, row[index] + 1)
    return states


def _gram(states: ComplexArray) -> FloatArray:
    """Re <d_j psi | (1 - |psi><psi|) | d_k psi>, shape (parameters, parameters)."""
    state, rows = states[0], states[1:]
    rows = rows - np.outer(rows @ state.conj(), state)
    stacked = np.hstack((rows.real, rows.imag))
    return stacked @ stacked.T

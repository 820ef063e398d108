"""Ground levels of spin chains that are quadratic in Majorana fermions, at hundreds of sites.

Covers every Hamiltonian of nearest-neighbour A_i A_(i+1), B_i B_(i+1) and single-site S_i with free coefficients, for
any assignment {A, B, S} = {X, Y, Z}, open or closed to a ring: the Ising chain in a transverse field, the XY chain in
a field, XXZ at zero anisotropy, all of them disordered. The sites must stand in the order of the qubits.
Does not cover A_i B_(i+1) terms, longer ranges, or fields along A or B (they are not quadratic).

Source: Lieb, Schultz and Mattis, Ann. Phys. 16, 407 (1961); Pfeuty, Ann. Phys. 57, 79 (1970). With A B = i S and
a_j = (prod_{k<j} S_k) A_j, b_j = (prod_{k<j} S_k) B_j, the chain is H = constant + i sum_jk M_jk a_j b_k with

    S_j: M_jj -= coefficient    A_j A_(j+1): M_(j+1)j += coefficient    B_j B_(j+1): M_j(j+1) += coefficient

so that the singular values s_k of M are the single-particle energies: E = constant + sum_k (+-) s_k, all signs on an
open chain. On a ring the bond (n - 1, 0) carries -p, p = +-1 the value of P = prod_j S_j, and in each of the two
sectors only the half of the signs with that parity is physical; all minus signs have parity sign(det M).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quantum.hamiltonians import Hamiltonian

_PARTNERS = {"Z": ("X", "Y"), "X": ("Y", "Z"), "Y": ("Z", "X")}  # S -> (A, B) with A B = i S


@dataclass(frozen=True, slots=True)
class Level:
    """The lowest level: energy, number of states, and the energy of the next level above (None: there is none)."""

    energy: float
    degeneracy: int
    next_energy: float | None
    ring: bool


@dataclass(frozen=True, slots=True)
class _Chain:
    constant: float
    bulk: NDArray[np.float64]
    closing: NDArray[np.float64]


def ground_level(hamiltonian: Hamiltonian, tolerance: float) -> Level | None:
    """The ground level of a free-fermion chain, or None when `hamiltonian` is not one. Levels closer than `tolerance`
    count as one."""
    chain = _as_chain(hamiltonian)
    if chain is None:
        return None
    ring = bool(chain.closing.any())
    levels: list[tuple[float, int]] = []
    for parity in (1, -1) if ring else (0,):
        matrix = chain.bulk - parity * chain.closing
        energies = np.sort(np.linalg.svd(matrix, compute_uv=False))
        sign = int(np.linalg.slogdet(matrix)[0])
        base = chain.constant - float(energies.sum())
        levels += [(base + 2.0 * up, count) for up, count in _excitations(energies, parity * sign, tolerance)]
    lowest = min(energy for energy, _ in levels)
    degeneracy = sum(count for energy, count in levels if energy - lowest <= tolerance)
    above = [energy for energy, _ in levels if energy - lowest > tolerance]
    return Level(lowest, degeneracy, min(above, default=None), ring)


def _excitations(energies: NDArray[np.float64], wanted: int, tolerance: float) -> list[tuple[float, int]]:
    """The two lowest levels of sum_(k in S) energies_k, as (value, number of sets S), with |S| even (`wanted` 1), odd
    (-1) or any (0: open chain, or a zero mode is present and makes both parities alike)."""
    n = energies.size
    zeros = int(np.count_nonzero(energies <= tolerance))
    if zeros or wanted == 0:
        count = 2**zeros if wanted == 0 else 2 ** (zeros - 1)
        return [(0.0, count)] + ([(float(energies[zeros]), 1)] if zeros < n else [])
    if wanted == 1:
        return [(0.0, 1)] + ([(float(energies[0] + energies[1]), 1)] if n > 1 else [])
    lowest = float(energies[0])
    copies = int(np.count_nonzero(energies - lowest <= tolerance))
    above = ([float(energies[copies])] if copies < n else []) + ([float(energies[:3].sum())] if n > 2 else [])
    return [(lowest, copies), *((value, 1) for value in above)]


def _as_chain(hamiltonian: Hamiltonian) -> _Chain | None:
    """M split into the open chain and the closing bond, or None when a term does not fit."""
    n, constant = hamiltonian.num_qubits, 0.0
    placed: list[tuple[tuple[int, ...], str, float]] = []
    for label, coefficient in hamiltonian.terms:
        sites = tuple(n - 1 - k for k, letter in enumerate(label) if letter != "I")[::-1]
        letters = {label[n - 1 - site] for site in sites}
        if not sites:
            constant += coefficient
        elif len(sites) > 2 or len(letters) > 1 or (len(sites) == 2 and sites[1] - sites[0] not in (1, n - 1)):
            return None
        else:
            placed.append((sites, letters.pop(), coefficient))
    field_axes = {letter for sites, letter, _ in placed if len(sites) == 1}
    bond_axes = {letter for sites, letter, _ in placed if len(sites) == 2}
    if len(field_axes) > 1 or len(bond_axes) == 3 or field_axes & bond_axes:
        return None
    axis = min(field_axes or set("XYZ") - bond_axes)
    bulk, closing = np.zeros((n, n)), np.zeros((n, n))
    for sites, letter, coefficient in placed:
        i, j = sites[0], sites[-1]
        if i == j:
            bulk[i, i] -= coefficient
            continue
        wraps = j - i > 1
        left, right = (j, i) if wraps else (i, j)
        row, column = (right, left) if letter == _PARTNERS[axis][0] else (left, right)
        (closing if wraps else bulk)[row, column] += coefficient
    return _Chain(constant, bulk, closing)

"""A sum of Pauli strings as what it does to vectors, without Qiskit: one diagonal for every pattern of bit flips.

With x and z the masks of a string's X (or Y) and Z (or Y) letters, P = i^#Y X^x Z^z, so H v at basis state b is
sum_x d_x[b] v[b ^ x] with d_x[b] = sum_z c_(x,z) (-i)^#Y (-1)^popcount(b & z): a Walsh-Hadamard transform over z.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quantum.hamiltonians import Hamiltonian

Array = NDArray[Any]
"""Of float64 where H is real, else of complex128."""
_TO_X, _TO_Z = str.maketrans("IXYZ", "0110"), str.maketrans("IXYZ", "0011")


class PauliMatrix:
    """H on 2^n amplitudes; basis state b has bit q of b on qubit q. Real whenever every string has an even #Y."""

    @staticmethod
    def bytes_needed(hamiltonian: Hamiltonian) -> int:
        """Memory of the diagonals, before any is made."""
        masks = {label.translate(_TO_X) for label, _ in hamiltonian.terms}
        return len(masks) << (hamiltonian.num_qubits + (3 if _is_real(hamiltonian) else 4))

    def __init__(self, hamiltonian: Hamiltonian) -> None:
        self.num_qubits = hamiltonian.num_qubits
        self.dimension = 1 << self.num_qubits
        self.dtype: type = np.float64 if _is_real(hamiltonian) else np.complex128
        groups: dict[int, list[tuple[int, complex]]] = defaultdict(list)
        for label, coefficient in hamiltonian.terms:
            phase = (1, -1j, -1, 1j)[label.count("Y") % 4]
            groups[int(label.translate(_TO_X), 2)].append((int(label.translate(_TO_Z), 2), coefficient * phase))
        self._diagonals = {x: self._diagonal(entries) for x, entries in groups.items()}

    def apply(self, vector: Array) -> Array:
        """H v for v of shape (2^n,)."""
        result = np.zeros(self.dimension, dtype=np.result_type(self.dtype, vector.dtype))
        for x, diagonal in self._diagonals.items():
            result += diagonal * self._flipped(vector, x)
        return result

    def dense(self) -> Array:
        """The matrix, of shape (2^n, 2^n)."""
        matrix: Array = np.zeros((self.dimension, self.dimension), dtype=self.dtype)
        rows = np.arange(self.dimension)
        for x, diagonal in self._diagonals.items():
            matrix[rows, rows ^ x] += diagonal
        return matrix

    @property
    def is_diagonal(self) -> bool:
        return set(self._diagonals) <= {0}

    def basis_energies(self) -> NDArray[np.float64]:
        """<b|H|b> for every basis state b, of shape (2^n,)."""
        return np.real(self._diagonals.get(0, np.zeros(self.dimension)))

    def _diagonal(self, entries: list[tuple[int, complex]]) -> Array:
        values: Array = np.zeros(self.dimension, dtype=self.dtype)
        for z, coefficient in entries:
            values[z] += coefficient if self.dtype is np.complex128 else coefficient.real
        for qubit in range(self.num_qubits):
            pairs = values.reshape(-1, 2, 1 << qubit)
            values = np.stack((pairs[:, 0] + pairs[:, 1], pairs[:, 0] - pairs[:, 1]), axis=1)
        return values.reshape(-1)

    def _flipped(self, vector: Array, x: int) -> Array:
        """v[b ^ x] for all b: runs of equal bits of x become one axis, reversed where the bits are 1."""
        bits = f"{x:0{self.num_qubits}b}"
        starts = [0, *(k for k in range(1, self.num_qubits) if bits[k] != bits[k - 1]), self.num_qubits]
        shape = [1 << (end - start) for start, end in pairwise(starts)]
        axes = tuple(axis for axis, start in enumerate(starts[:-1]) if bits[start] == "1")
        flipped: Array = np.flip(vector.reshape(shape), axes)
        return flipped.reshape(-1)


def _is_real(hamiltonian: Hamiltonian) -> bool:
    return all(label.count("Y") % 2 == 0 for label, _ in hamiltonian.terms)

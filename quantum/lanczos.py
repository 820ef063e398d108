"""The lowest eigenpairs of a sum of Pauli strings, one after the other, on up to 20 qubits.

Each state found is lifted out of the way before the next: plain Lanczos can miss copies of a degenerate level. Start
vectors are seeded, so equal machines give equal bits.
"""

from __future__ import annotations

import numpy as np

from quantum.errors import RequestError
from quantum.hamiltonians import Hamiltonian
from quantum.pauli_matrix import Array, PauliMatrix


def lowest_states(
    matrix: PauliMatrix, hamiltonian: Hamiltonian, most: int, tolerance: float, start: Array | None = None
) -> tuple[list[float], list[Array]]:
    """Energies and states from the lowest up, until one lies more than `tolerance` above the first (it is the last) or
    there are `most`. With a `start` inside a symmetry sector, those of the sector. Raises `RequestError` where Lanczos
    does not converge."""
    from scipy.sparse.linalg import ArpackNoConvergence, LinearOperator, eigsh

    lift = 2.0 * hamiltonian.one_norm
    states: list[Array] = []
    energies: list[float] = []

    def lifted(vector: Array) -> Array:
        result = matrix.apply(vector)
        for state in states:
            result += lift * np.vdot(state, vector) * state
        return result

    operator = LinearOperator((matrix.dimension,) * 2, matvec=lifted, dtype=matrix.dtype)
    while len(energies) < most and (not energies or energies[-1] - energies[0] <= tolerance):
        try:
            values, vectors = eigsh(operator, k=1, which="SA", v0=random_start(matrix) if start is None else start)
        except ArpackNoConvergence:
            raise RequestError(f"{hamiltonian.name}: Lanczos did not converge on {matrix.num_qubits} qubits") from None
        energies.append(float(values[0]))
        states.append(vectors[:, 0])
    return energies, states


def random_start(matrix: PauliMatrix) -> Array:
    vector: Array = np.random.default_rng(0).standard_normal(matrix.dimension).astype(matrix.dtype)
    return vector


def sector_starts(matrix: PauliMatrix, hamiltonian: Hamiltonian) -> list[Array]:
    """A start for each parity of P = L...L, L the first of Z, X, Y for which P commutes with every term; one start
    where there is none. Two levels of a nearly broken symmetry lie close together: within a sector Lanczos does not
    have to tell them apart."""
    start = random_start(matrix)
    for letter in "ZXY":
        others = str.maketrans("", "", f"I{letter}")
        if all(len(label.translate(others)) % 2 == 0 for label, _ in hamiltonian.terms):
            turned = PauliMatrix(Hamiltonian("parity", matrix.num_qubits, ((letter * matrix.num_qubits, 1.0),)))
            image = turned.apply(start)
            return [start + image, start - image]
    return [start]

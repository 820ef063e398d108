"""Stabiliser states by their canonical generators, and the frame in which such a state is |0...0>.

A stabiliser state |S> is the one state with g |S> = |S> for n commuting signed Paulis g. Their reduced row echelon form
(x bits before z bits) is unique, so two lists of generators stand for one state exactly when the reduced ones are equal
(Aaronson and Gottesman, quant-ph/0406196). In that form generator a has a pivot qubit of its own, and Z (for a pivot in
x) or X (for one in z) on that qubit anticommutes with generator a alone: a Clifford C with C |0> = |S> follows at once,

    C Z_a C^dag = g_a,      C X_a C^dag = Z or X on qubit a.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from quantum.clifford_frame import CliffordFrame, Pauli, anticommute, product


class StabilizerState:
    """`generators[q]` is the canonical generator with its pivot on qubit q; `in_x` the mask of pivots in x."""

    def __init__(self, num_qubits: int, generators: Iterable[Pauli]) -> None:
        rows = list(generators)
        self.in_x = 0
        self.generators: list[Pauli] = [(0, 0, 0)] * num_qubits
        pivots = [q for q in range(num_qubits) if _eliminate(rows, self.generators, q, part=0)]
        self.in_x = sum(1 << q for q in pivots)
        for q in range(num_qubits):
            if not self.in_x >> q & 1:
                _eliminate(rows, self.generators, q, part=1)

    def pulled_back(self, pauli: Pauli) -> Pauli:
        """C^dag P C."""
        x = sum(anticommute(pauli, generator) << q for q, generator in enumerate(self.generators))
        z = pauli[0] & self.in_x | pauli[1] & ~self.in_x
        image: Pauli = (x & ~self.in_x, x & self.in_x, 0)  # the product of X or Z on the pivot qubits
        for q, generator in enumerate(self.generators):
            if z >> q & 1:
                image = product(image, generator)
        return x, z, (pauli[2] - image[2]) & 3

    def frame(self) -> CliffordFrame:
        """The map Q -> C^dag Q C."""
        frame = CliffordFrame(len(self.generators))
        frame.x, frame.z = [list(map(self.pulled_back, images)) for images in (frame.x, frame.z)]
        return frame


def _eliminate(rows: list[Pauli], done: list[Pauli], q: int, part: int) -> bool:
    """Takes a row with bit q in `part` (0: x, 1: z) out of `rows` as the generator of q; no other row keeps the bit."""
    found = next((k for k, row in enumerate(rows) if row[part] >> q & 1), None)
    if found is None:
        return False
    pivot = rows.pop(found)
    for some in (rows, done):
        for k, row in enumerate(some):
            if row[part] >> q & 1:
                some[k] = product(row, pivot)
    done[q] = pivot
    return True


def commuting_with(group: Sequence[Pauli], paulis: Iterable[Pauli]) -> list[Pauli]:
    """Generators of the part of an abelian group of Paulis that commutes with all of `paulis`."""
    kept = list(group)
    for pauli in paulis:
        against = [k for k, member in enumerate(kept) if anticommute(member, pauli)]
        if against:
            first = kept[against[0]]
            for k in against[1:]:
                kept[k] = product(kept[k], first)
            del kept[against[0]]
    return kept


class Coset:
    """Paulis modulo an abelian group that commutes with them: one representative each, with its sign."""

    def __init__(self, group: Iterable[Pauli]) -> None:
        self._basis: list[tuple[tuple[int, int], Pauli]] = []  # (leading bit of x, of z), echelon in x, then in z
        for member in group:
            rest = self._reduced(member)
            if rest[0] or rest[1]:
                lead = _leading(rest)
                self._basis = [(at, product(b, rest) if _has(b, lead) else b) for at, b in self._basis]
                self._basis.append((lead, rest))

    def _reduced(self, pauli: Pauli) -> Pauli:
        for lead, member in self._basis:
            if _has(pauli, lead):
                pauli = product(pauli, member)
        return pauli

    def contains(self, pauli: Pauli) -> bool:
        """Whether the Pauli or its negative is in the group."""
        rest = self._reduced(pauli)
        return not (rest[0] or rest[1])

    def representative(self, pauli: Pauli) -> Pauli:
        """The echelon form of the coset's label, then lighter by single members while that gets lighter."""
        pauli = self._reduced(pauli)
        for _, member in self._sorted():
            other = product(pauli, member)
            if (other[0] | other[1]).bit_count() < (pauli[0] | pauli[1]).bit_count():
                pauli = other
        return pauli

    def _sorted(self) -> list[tuple[tuple[int, int], Pauli]]:
        return sorted(self._basis)


def _leading(pauli: Pauli) -> tuple[int, int]:
    return (1 << pauli[0].bit_length() - 1, 0) if pauli[0] else (0, 1 << pauli[1].bit_length() - 1)


def _has(pauli: Pauli, lead: tuple[int, int]) -> bool:
    return bool(pauli[0] & lead[0] | pauli[1] & lead[1])

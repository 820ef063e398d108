"""One pair excitation over a Hartree-Fock state: cos(theta/2) |occupied pair> + sin(theta/2) |virtual pair>.

    ry(theta) on one of the four spin orbitals, a tree of three cx that copies it to the others, x where they are to
    differ and on the other occupied ones: one parameter, three cx. It reaches chemical accuracy on several molecules of
    the literature, which makes it the row to beat.

Occupations and pairs are those of blocked (all alpha, then all beta) and interleaved spin orbitals, filled from the
first orbital or, as in files of the other bit order, from the last.
Not covered: several excitations in a row, the exact eight-rotation UCC factor, mappings other than Jordan-Wigner.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import product
from typing import Final

from quantum.ansatze.family import Draft, Family
from quantum.circuit import Circuit

Edges = tuple[tuple[int, int], ...]


def _trees() -> Iterator[tuple[int, Edges]]:
    """The 64 rooted trees on four places, as a root and edges from it outwards."""
    for root in range(4):
        others = [place for place in range(4) if place != root]
        for parents in product(range(4), repeat=3):
            edges: list[tuple[int, int]] = []
            reached = {root}
            for _ in others:
                new = [(p, c) for p, c in zip(parents, others, strict=True) if p in reached and c not in reached]
                edges += new
                reached |= {child for _, child in new}
            if len(reached) == 4:
                yield root, tuple(edges)


TREES: Final = tuple(_trees())


def families(num_qubits: int) -> Iterator[Family]:
    """Every excitation of one alpha-beta pair, for every filling, as each of the trees."""
    for occupied, quartet in dict.fromkeys(_excitations(num_qubits)):
        name = "pair_excitation({},{} -> {},{})".format(*quartet)
        for root, edges in TREES:
            yield Family(name, partial(_build, num_qubits, occupied, quartet, root, edges), fixed=True)


def _excitations(num_qubits: int) -> Iterator[tuple[tuple[int, ...], tuple[int, int, int, int]]]:
    orbitals = num_qubits // 2
    if num_qubits % 2:
        return
    blocked = [(p, p + orbitals) for p in range(orbitals)]
    interleaved = [(2 * p, 2 * p + 1) for p in range(orbitals)]
    for pairs in (blocked, interleaved, blocked[::-1], interleaved[::-1]):
        for filled in range(1, orbitals):
            occupied = tuple(sorted(q for pair in pairs[:filled] for q in pair))
            for source, target in product(pairs[:filled], pairs[filled:]):
                yield occupied, (*source, *target)


def _build(
    num_qubits: int, occupied: tuple[int, ...], quartet: tuple[int, int, int, int], root: int, edges: Edges, reps: int
) -> Circuit:
    draft = Draft(num_qubits)
    for q in occupied:
        if q not in quartet or q == quartet[root]:
            draft.fixed("x", q)
    draft.rotate("ry", (quartet[root],), draft.parameter())
    for parent, child in edges:
        draft.fixed("cx", quartet[parent], quartet[child])
    for q in quartet[2:] if root < 2 else quartet[:2]:
        draft.fixed("x", q)
    return draft.circuit()

"""Hamiltonian variational circuits: rotations by the Hamiltonian's own terms, group after group, `reps` times.

    U(theta) = prod_r prod_g prod_{P in g} exp(-i theta_{r,key(P)} c_P P / 2)        on |0>, |+>, Neel or singlets

Groups commute inside: by kind (ZZ, X, ...) or by bond colour (even and odd bonds of a chain, each with XX, YY and ZZ).
A kind's terms share an angle, or a colour's, or both; `multi_angle` gives every term its own. For a diagonal
Hamiltonian the mixer sum X is added, which is QAOA. Only one- and two-qubit terms of equal letters are covered: a
Hamiltonian with any other (a molecule) has no entry here.

Wecker, Hastings, Troyer, PRA 92, 042303 (2015); Farhi, Goldstone, Gutmann, arXiv:1411.4028; Wiersema et al., PRX
Quantum 1, 020319 (2020).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import permutations, product
from typing import TYPE_CHECKING, Final

from quantum.ansatze.family import Draft, Family
from quantum.circuit import Circuit

if TYPE_CHECKING:
    from quantum.hamiltonians import Hamiltonian

_ALL_ORDERS: Final = 4
"""Up to this many groups every order is tried; above it, the order of first appearance and its reverse."""


@dataclass(frozen=True)
class _Term:
    kind: str
    qubits: tuple[int, ...]
    coefficient: float
    colour: int


Key = Callable[[_Term], object]


def families(hamiltonian: Hamiltonian) -> Iterator[Family]:
    """Orders of the groups, ways to share angles, initial states, with the couplings as coefficients or without."""
    terms = _terms(hamiltonian)
    if not terms:
        return
    diagonal = all(set(term.kind) == {"Z"} for term in terms)
    name = "qaoa" if diagonal else "hva"
    if diagonal:
        terms = [*terms, *(_Term("X", (q,), 1.0, 0) for q in range(hamiltonian.num_qubits))]
    for weighted, state in product((True, False), _initial_states(hamiltonian.num_qubits)):
        for label, groups, key in _schedules(terms):
            make = partial(_build, hamiltonian.num_qubits, state, groups, key, weighted)
            yield Family(f"{label}{name}(reps={{reps}})", make)


def _terms(hamiltonian: Hamiltonian) -> list[_Term] | None:
    found: list[_Term] = []
    taken: dict[int, set[int]] = {}
    for label, coefficient in sorted(hamiltonian.terms, key=lambda term: _support(term[0])):
        qubits = _support(label)
        kind = "".join(label[-1 - q] for q in qubits)
        if not qubits:
            continue
        if len(qubits) > 2 or len(set(kind)) > 1:
            return None
        colour = 0
        if len(qubits) == 2:
            bond = next((term.colour for term in found if term.qubits == qubits), None)
            colour = _free_colour(taken, qubits) if bond is None else bond
        found.append(_Term(kind, qubits, coefficient, colour))
    return found


def _support(label: str) -> tuple[int, ...]:
    return tuple(q for q, letter in enumerate(reversed(label)) if letter != "I")


def _free_colour(taken: dict[int, set[int]], bond: tuple[int, ...]) -> int:
    """The least colour that neither qubit has yet: even and odd bonds on a chain or an even ring."""
    used = set().union(*(taken.setdefault(q, set()) for q in bond))
    colour = next(c for c in range(len(used) + 1) if c not in used)
    for q in bond:
        taken[q].add(colour)
    return colour


def _schedules(terms: list[_Term]) -> Iterator[tuple[str, list[list[_Term]], Key]]:
    """(prefix of the name, groups in order, which terms share an angle)."""
    by_kind = _grouped(terms, lambda term: term.kind)
    by_colour = _grouped(terms, lambda term: term.colour if len(term.qubits) == 2 else term.kind)
    for groups in _orders(by_kind):
        yield "", groups, lambda term: term.kind
        yield "", groups, lambda term: (term.kind, term.colour)
    for groups in _orders(by_colour):
        yield "", groups, lambda term: term.colour if len(term.qubits) == 2 else term.kind
        yield "", groups, lambda term: term.kind
        yield "", groups, lambda term: "plane" if term.kind in ("XX", "YY") else term.kind
        yield "", groups, lambda term: (term.kind, term.colour)
        yield "", groups, lambda term: ("plane" if term.kind in ("XX", "YY") else term.kind, term.colour)
    for groups in (*_orders(by_kind), *_orders(by_colour)):
        yield "multi_angle_", groups, lambda term: (term.kind, term.qubits)


def _grouped(terms: list[_Term], key: Key) -> list[list[_Term]]:
    groups: dict[object, list[_Term]] = {}
    for term in terms:
        groups.setdefault(key(term), []).append(term)
    return list(groups.values())


def _orders(groups: list[list[_Term]]) -> list[list[list[_Term]]]:
    if len(groups) <= _ALL_ORDERS:
        return [list(order) for order in permutations(groups)]
    return [groups, groups[::-1]]


def _initial_states(num_qubits: int) -> Iterator[Callable[[Draft], None]]:
    def plus(draft: Draft) -> None:
        for q in range(num_qubits):
            draft.fixed("h", q)

    def plus_by_rotation(draft: Draft) -> None:
        for q in range(num_qubits):
            draft.turn("ry", q, math.pi / 2)

    def neel(first: int, draft: Draft) -> None:
        for q in range(first, num_qubits, 2):
            draft.fixed("x", q)

    def singlets(control: int, draft: Draft) -> None:
        for q in range(0, num_qubits - 1, 2):
            a, b = (q, q + 1) if control == 0 else (q + 1, q)
            draft.fixed("x", a)
            draft.fixed("x", b)
            draft.fixed("h", a)
            draft.fixed("cx", a, b)

    yield lambda draft: None
    yield plus
    yield plus_by_rotation
    for which in (0, 1):
        yield partial(neel, which)
        yield partial(singlets, which)


def _build(
    num_qubits: int,
    initial_state: Callable[[Draft], None],
    groups: list[list[_Term]],
    key: Key,
    weighted: bool,
    reps: int,
) -> Circuit:
    draft = Draft(num_qubits)
    initial_state(draft)
    for _ in range(reps):
        angles: dict[object, int] = {}
        for term in (term for group in groups for term in group):
            shared = key(term)
            if shared not in angles:
                angles[shared] = draft.parameter()
            draft.rotate(f"r{term.kind.lower()}", term.qubits, angles[shared], term.coefficient if weighted else 1.0)
    return draft.circuit()

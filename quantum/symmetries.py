"""Symmetries read off the Pauli terms themselves, never off a model's name.

Looks for: a real matrix, the global parities, conserved sums of one Pauli letter (all qubits; for Z also each half and
each residue mod 2, where the two spins of a fermion mapping stand), translation by one site, reflection.
Does not look for: other Pauli symmetries, permutations beyond these two, non-abelian structure beyond SU(2).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

_COMMUTATOR = {("X", "Y"): ("Z", 1), ("Y", "Z"): ("X", 1), ("Z", "X"): ("Y", 1)}
_COMMUTATOR |= {(b, a): (c, -sign) for (a, b), (c, sign) in _COMMUTATOR.items()}


def symmetries(num_qubits: int, terms: Sequence[tuple[str, float]]) -> tuple[str, ...]:
    """One phrase a symmetry, strongest first; a symmetry that another one implies is left out."""
    n, found = num_qubits, []
    axes = [axis for axis in "XYZ" if _conserves(terms, axis, range(n))]
    if all(set(label) <= {"I", "Z"} for label, _ in terms):
        return ("diagonal: every Z_i is conserved, the ground state is a basis state",)
    if len(axes) == 3:
        found.append("SU(2): total spin is conserved")
    else:
        found += [f"U(1): the sum of {axis}_i over all qubits is conserved" for axis in axes]
    if "Z" in axes:
        found += _conserved_parts(n, terms)
    parities = [axis for axis in "XYZ" if all(_differing(label, axis) % 2 == 0 for label, _ in terms)]
    unsaid = [axis for axis in parities if axis not in axes]
    if len(parities) == 3:
        unsaid = unsaid[:-1]  # the product of the other two
    found += [f"Z2: the parity prod {axis}_i is conserved" for axis in unsaid]
    if n > 2 and _maps_to_itself(terms, lambda label: label[1:] + label[0]):
        found.append("translation by one site")
    if n > 1 and _maps_to_itself(terms, lambda label: label[::-1]):
        found.append("reflection i -> n - 1 - i")
    if all(label.count("Y") % 2 == 0 for label, _ in terms):
        found.append("real matrix: the ground state can be chosen with real amplitudes")
    return tuple(found)


def relabellings(num_qubits: int, terms: Sequence[tuple[str, float]]) -> tuple[tuple[int, ...], ...]:
    """The shifts and reflections of the qubits in a ring (q becomes relabelling[q]) that map the terms to themselves,
    the identity left out. The reflection of an open chain is one of them."""
    n = num_qubits
    ring = [tuple((start + step * q) % n for q in range(n)) for step in (1, -1) for start in range(n)]
    others = dict.fromkeys(each for each in ring if each != tuple(range(n)))
    table = {label[::-1]: coefficient for label, coefficient in terms}  # character q is qubit q
    scale = sum(abs(coefficient) for coefficient in table.values())

    def keeps(relabelling: tuple[int, ...]) -> bool:
        came_from = sorted(range(n), key=relabelling.__getitem__)
        return all(
            abs(table.get("".join(label[q] for q in came_from), 0.0) - coefficient) <= 1e-12 * scale
            for label, coefficient in table.items()
        )

    return tuple(filter(keeps, others))


def _conserved_parts(n: int, terms: Sequence[tuple[str, float]]) -> list[str]:
    """Conserved sums of Z over half of the qubits; the other half is then conserved as well."""
    parts = {
        "even qubits and over odd qubits": range(0, n, 2),
        f"qubits 0..{n // 2 - 1} and over the rest": range(n // 2),
    }
    if n < 4 or n % 2:
        return []
    return [
        f"U(1) x U(1): the sums of Z_i over {words}" for words, part in parts.items() if _conserves(terms, "Z", part)
    ]


def _conserves(terms: Iterable[tuple[str, float]], axis: str, qubits: Iterable[int]) -> bool:
    """Whether [H, sum over `qubits` of the Pauli `axis`] = 0, by cancelling the commutator's terms exactly."""
    chosen = set(qubits)
    commutator: dict[str, float] = defaultdict(float)
    scale = 0.0
    for label, coefficient in terms:
        scale += abs(coefficient)
        for position, letter in enumerate(label):
            if letter not in ("I", axis) and len(label) - 1 - position in chosen:
                other, sign = _COMMUTATOR[letter, axis]
                commutator[label[:position] + other + label[position + 1 :]] += sign * coefficient
    return all(abs(value) <= 1e-12 * scale for value in commutator.values())


def _differing(label: str, axis: str) -> int:
    return sum(letter not in ("I", axis) for letter in label)


def _maps_to_itself(terms: Sequence[tuple[str, float]], permute: Callable[[str], str]) -> bool:
    table = dict(terms)
    scale = sum(abs(coefficient) for coefficient in table.values())
    return all(abs(table.get(permute(label), 0.0) - value) <= 1e-12 * scale for label, value in table.items())

"""The one-dimensional Fermi-Hubbard model in its particle-hole symmetric form, by Jordan-Wigner.

The symmetric form puts the global ground state of Fock space at half filling, so no particle-number penalty is needed.
"""

from __future__ import annotations

from collections.abc import Iterator

from quantum.families.base import Family, Parameter, Term, Values, pauli
from quantum.families.chain import BOUNDARY, bonds, is_periodic


def _terms(n: int, values: Values) -> Iterator[Term]:
    """Qubit i is (site i, spin up), qubit L + i is (site i, spin down): neighbours of one spin need no Z string.

    c_i^ c_j + h.c. = (X_i Z...Z X_j + Y_i Z...Z Y_j) / 2 with Z between i and j; n - 1/2 = -Z / 2.
    """
    num_sites = n // 2
    for first in (0, num_sites):
        for bond in bonds(num_sites, values):
            i, j = sorted(bond)
            string = {first + site: "Z" for site in range(i + 1, j)}
            for letter in "XY":
                yield pauli(n, {first + i: letter, **string, first + j: letter}), -float(values["hopping"]) / 2
    for site in range(num_sites):
        yield pauli(n, {site: "Z", num_sites + site: "Z"}), float(values["interaction"]) / 4


def _describe(n: int, values: Values) -> str:
    shape = "a periodic ring" if is_periodic(values) else "an open chain"
    return (
        f"Fermi-Hubbard model on {shape} of {n // 2} sites, particle-hole symmetric, Jordan-Wigner (qubits 0.."
        f"{n // 2 - 1} spin up, {n // 2}..{n - 1} spin down): H = -t sum_<i,j>,s (c_is^ c_js + h.c.)"
        f" + U sum_i (n_iu - 1/2)(n_id - 1/2) with t = {float(values['hopping']):g} and"
        f" U = {float(values['interaction']):g}"
    )


def _size_error(num_qubits: int, values: Values) -> str | None:
    if num_qubits % 2 or num_qubits < 4:
        return "even and at least 4 (two per site)"
    return "at least 6 on a periodic ring" if is_periodic(values) and num_qubits < 6 else None


HUBBARD = Family(
    name="hubbard",
    title="Fermi-Hubbard chain (2 qubits per site)",
    formula="H = -t sum_<i,j>,s (c_is^ c_js + h.c.) + U sum_i (n_iu - 1/2)(n_id - 1/2)",
    unit="t",
    parameters=(
        Parameter("hopping", 1.0, "t, the hopping amplitude", ("t",)),
        Parameter("interaction", 4.0, "U, the on-site repulsion", ("U",)),
        BOUNDARY,
    ),
    terms=_terms,
    describe=_describe,
    size_error=_size_error,
)

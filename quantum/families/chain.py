"""What the spin chains share: boundary, seeded disorder, the two sums over bonds and sites."""

from __future__ import annotations

from collections.abc import Iterator

from quantum.families.base import Parameter, Term, Values, pauli
from quantum.seeds import seed_for

BOUNDARY = Parameter("boundary", "open", "of the chain", choices=("open", "periodic"))
DISORDER = Parameter(
    "disorder",
    0.0,
    "every coupling and field is multiplied by 1 + disorder * u, u uniform in [-1, 1]",
    (),
    (),
    0.0,
    1.0,
)
SEED = Parameter("seed", 0, "names the disorder realisation", minimum=0)
SHARED_PARAMETERS = (BOUNDARY, DISORDER, SEED)


def is_periodic(values: Values) -> bool:
    return values["boundary"] == "periodic"


def bonds(num_sites: int, values: Values) -> list[tuple[int, int]]:
    """Nearest neighbours (i, i + 1), and (n - 1, 0) on a ring."""
    pairs = [(site, site + 1) for site in range(num_sites - 1)]
    return [*pairs, (num_sites - 1, 0)] if is_periodic(values) else pairs


def bond_terms(num_sites: int, letter: str, coupling: float, values: Values, tag: str = "bond") -> Iterator[Term]:
    """coupling * sum over bonds of P_i P_j for the Pauli `letter`; letters with one `tag` share their disorder."""
    for k, (i, j) in enumerate(bonds(num_sites, values)):
        yield pauli(num_sites, {i: letter, j: letter}), coupling * _disorder(values, tag, k)


def site_terms(num_sites: int, letter: str, field: float, values: Values) -> Iterator[Term]:
    """field * sum over sites of the Pauli `letter`."""
    for site in range(num_sites):
        yield pauli(num_sites, {site: letter}), field * _disorder(values, "site", site)


def chain_words(num_sites: int, values: Values) -> str:
    """'an open chain of 4 sites' and the disorder, for descriptions."""
    shape = "a periodic ring" if is_periodic(values) else "an open chain"
    words = f"{shape} of {num_sites} sites"
    if float(values["disorder"]) > 0:
        words += (
            f", every coupling and field multiplied by its own 1 + {float(values['disorder']):g} u with u uniform in"
            f" [-1, 1] (seed {values['seed']})"
        )
    return words


def chain_size_error(num_qubits: int, values: Values) -> str | None:
    return "at least 3 on a periodic ring" if is_periodic(values) and num_qubits < 3 else None


def _disorder(values: Values, tag: str, index: int) -> float:
    """1 + disorder * u with u from sha256: the same number on every machine and with every numpy."""
    width = float(values["disorder"])
    if width == 0.0:
        return 1.0
    return 1.0 + width * (2.0 * seed_for(int(values["seed"]), "disorder", tag, index) / 2**63 - 1.0)

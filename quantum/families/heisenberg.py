"""The Heisenberg chain and its XXZ deformation, antiferromagnetic for a positive coupling."""

from __future__ import annotations

from collections.abc import Iterator

from quantum.families.base import Family, Parameter, Reference, Term, Values
from quantum.families.chain import (
    SHARED_PARAMETERS,
    bond_terms,
    chain_size_error,
    chain_words,
    is_periodic,
    site_terms,
)


def _terms(n: int, values: Values) -> Iterator[Term]:
    coupling = float(values["coupling"])
    yield from bond_terms(n, "X", coupling, values)
    yield from bond_terms(n, "Y", coupling, values)
    yield from bond_terms(n, "Z", coupling * float(values.get("anisotropy", 1.0)), values)
    yield from site_terms(n, "Z", float(values["field"]), values)


def _describe(n: int, values: Values) -> str:
    coupling, field = float(values["coupling"]), float(values["field"])
    name, delta, numbers = "Heisenberg", "", f"J = {coupling:g}"
    if "anisotropy" in values:
        name, delta, numbers = "XXZ", "D ", f"{numbers}, D = {float(values['anisotropy']):g}"
    formula = f"H = J sum_<i,i+1> [X_i X_(i+1) + Y_i Y_(i+1) + {delta}Z_i Z_(i+1)]"
    if field:
        formula, numbers = f"{formula} + h sum_i Z_i", f"{numbers}, h = {field:g}"
    return f"{name} model on {chain_words(n, values)}: {formula} with {numbers}"


def _reference(n: int, values: Values) -> Reference:
    """HVA from singlet pairs with p = n/2 - 1 layers (open; 11, 33, 67 two-qubit gates at n = 4, 6, 8, computed) or n/2
    (ring). One layer: exp(-i t (XX + YY + ZZ)) on even, then odd bonds, 3 two-qubit gates and depth 7 each."""
    layers, bonds = (max(1, n // 2), n) if is_periodic(values) else (max(1, n // 2 - 1), n - 1)
    source = f"HVA from singlet pairs, {layers} layers"
    return Reference(n // 2 + 3 * bonds * layers, 3 + 14 * layers, 2 * layers, source)


_COUPLING = Parameter("coupling", 1.0, "J, the exchange coupling (positive: antiferromagnetic)", ("J",))
_FIELD = Parameter("field", 0.0, "h, the field along Z", ("h",))

HEISENBERG = Family(
    name="heisenberg",
    title="Heisenberg chain",
    formula="H = J sum_<i,i+1> [X_i X_(i+1) + Y_i Y_(i+1) + Z_i Z_(i+1)] + h sum_i Z_i, with h = 0 by default",
    unit="J",
    parameters=(_COUPLING, _FIELD, *SHARED_PARAMETERS),
    terms=_terms,
    describe=_describe,
    size_error=chain_size_error,
    reference=_reference,
)

XXZ = Family(
    name="xxz",
    title="XXZ chain",
    formula="H = J sum_<i,i+1> [X_i X_(i+1) + Y_i Y_(i+1) + D Z_i Z_(i+1)] + h sum_i Z_i, with h = 0 by default",
    unit="J",
    parameters=(
        _COUPLING,
        Parameter("anisotropy", 0.5, "D, the ZZ coupling in units of J (1: Heisenberg)", ("delta", "Delta", "D")),
        _FIELD,
        *SHARED_PARAMETERS,
    ),
    terms=_terms,
    describe=_describe,
    size_error=chain_size_error,
    reference=_reference,
)

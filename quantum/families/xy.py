"""The XY chain, isotropic (XX model) by default."""

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
    coupling, anisotropy = float(values["coupling"]), float(values["anisotropy"])
    yield from bond_terms(n, "X", -coupling * (1 + anisotropy), values)
    yield from bond_terms(n, "Y", -coupling * (1 - anisotropy), values)
    yield from site_terms(n, "Z", -float(values["field"]), values)


def _describe(n: int, values: Values) -> str:
    coupling, anisotropy, field = (float(values[name]) for name in ("coupling", "anisotropy", "field"))
    bond = "X_i X_(i+1) + Y_i Y_(i+1)"
    if anisotropy:
        bond = "(1 + g) X_i X_(i+1) + (1 - g) Y_i Y_(i+1)"
    formula = f"H = -J sum_<i,i+1> [{bond}]" + (" - h sum_i Z_i" if field else "")
    numbers = (
        f"J = {coupling:g}" + (f", g = {anisotropy:g}" if anisotropy else "") + (f", h = {field:g}" if field else "")
    )
    return f"XY model on {chain_words(n, values)}: {formula} with {numbers}"


def _reference(n: int, values: Values) -> Reference:
    """HVA from pair states with p = n/2 - 1 layers (open; 8, 23, 46 two-qubit gates at n = 4, 6, 8, computed) or n/2
    (ring). One layer: exp(-i t (XX + YY)) on even, then odd bonds, 2 two-qubit gates and depth 6 each."""
    layers, bonds = (max(1, n // 2), n) if is_periodic(values) else (max(1, n // 2 - 1), n - 1)
    return Reference(n // 2 + 2 * bonds * layers, 3 + 12 * layers, 2 * layers, f"HVA from pair states, {layers} layers")


XY = Family(
    name="xy",
    title="XY chain",
    formula="H = -J sum_<i,i+1> [(1 + g) X_i X_(i+1) + (1 - g) Y_i Y_(i+1)] - h sum_i Z_i, with g = h = 0 by default",
    unit="J",
    parameters=(
        Parameter("coupling", 1.0, "J, the XX + YY coupling", ("J",)),
        Parameter("anisotropy", 0.0, "g, the difference of XX and YY (1: Ising)", ("gamma", "g")),
        Parameter("field", 0.0, "h, the field along Z", ("h",)),
        *SHARED_PARAMETERS,
    ),
    terms=_terms,
    describe=_describe,
    size_error=chain_size_error,
    reference=_reference,
)

"""The transverse-field Ising chain."""

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
    yield from bond_terms(n, "Z", -float(values["coupling"]), values)
    yield from site_terms(n, "X", -float(values["field"]), values)


def _describe(n: int, values: Values) -> str:
    return (
        f"Transverse-field Ising model on {chain_words(n, values)}: H = -J sum_<i,i+1> Z_i Z_(i+1) - h sum_i X_i"
        f" with J = {float(values['coupling']):g} and h = {float(values['field']):g}"
    )


def _reference(n: int, values: Values) -> Reference:
    """HVA at h = J. Ring: exact with n/2 layers (Ho and Hsieh 2019); open chain: first p with relative error 1e-3,
    computed for n = 4, 6, 8, 10 (p = 3, 5, 6, 8) and continued as round(0.8 n). A layer: RZZ on bonds, RX on sites."""
    if is_periodic(values):
        layers, bonds, layer_depth = (n + 1) // 2, n, 7 if n % 2 == 0 else 10
    else:
        layers, bonds, layer_depth = max(1, round(0.8 * n)), n - 1, 7
    return Reference(2 * bonds * layers, 2 + layer_depth * layers, 2 * layers, f"HVA, {layers} layers")


TFIM = Family(
    name="tfim",
    title="transverse-field Ising chain",
    formula="H = -J sum_<i,i+1> Z_i Z_(i+1) - h sum_i X_i",
    unit="J",
    parameters=(
        Parameter("coupling", 1.0, "J, the ZZ coupling (positive: ferromagnetic)", ("J",)),
        Parameter("field", 1.0, "h, the transverse field (critical at h = J)", ("h", "g")),
        *SHARED_PARAMETERS,
    ),
    terms=_terms,
    describe=_describe,
    size_error=chain_size_error,
    reference=_reference,
)

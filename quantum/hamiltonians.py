"""Hamiltonians as real sums of Pauli strings: named families, JSON files, Qiskit operators.

Conventions: labels are Qiskit's (the leftmost character acts on the highest qubit, the rightmost on qubit 0); X, Y, Z
are Pauli matrices, not spin-1/2 operators; energies are in `Hamiltonian.unit`. Constants such as the nuclear repulsion
are the coefficient of the identity, so energies are total energies.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from quantum.errors import RequestError, did_you_mean
from quantum.families import FAMILIES
from quantum.families.base import Family, Value
from quantum.symmetries import relabellings, symmetries
from quantum.units import ASSUMED

if TYPE_CHECKING:
    from qiskit.quantum_info import SparsePauliOp

__all__ = [
    "FAMILIES",
    "Family",
    "Hamiltonian",
    "Value",
    "build_hamiltonian",
    "find_family",
    "hamiltonian_from_operator",
    "load_hamiltonian",
]

MAX_TERMS = 100_000
LARGEST_COEFFICIENT = 1e9


@dataclass(frozen=True)
class Hamiltonian:
    """H = sum_k c_k P_k with real c_k on `num_qubits` qubits; labels are all different, at least one is no identity.

    `description` is a sentence for a prompt, `parameters` what the family was given, `symmetries` phrases found from
    the terms themselves, `unit_stated` whether somebody said the unit. Raises `RequestError` where the terms break
    these rules.
    """

    name: str
    num_qubits: int
    terms: tuple[tuple[str, float], ...]
    description: str = ""
    parameters: tuple[tuple[str, Value], ...] = ()
    symmetries: tuple[str, ...] = ()
    unit: str = ASSUMED
    unit_stated: bool = True

    def __post_init__(self) -> None:
        check_terms(self.num_qubits, self.terms, self.name)

    @cached_property
    def operator(self) -> SparsePauliOp:
        from qiskit.quantum_info import SparsePauliOp

        return SparsePauliOp.from_list(list(self.terms))

    @cached_property
    def identity(self) -> float:
        """The coefficient of the identity: the mean energy of all states."""
        return sum(coefficient for label, coefficient in self.terms if not label.strip("I"))

    @cached_property
    def traceless(self) -> Hamiltonian:
        """H without the identity. Everything but an energy is computed from it: a constant changes no other figure."""
        if not self.identity:
            return self
        return replace(self, terms=tuple(term for term in self.terms if term[0].strip("I")))

    @cached_property
    def one_norm(self) -> float:
        """sum over P != I of |c_P|: the scale of rounding in an energy of the traceless part."""
        return sum(abs(coefficient) for label, coefficient in self.terms if label.strip("I"))

    @cached_property
    def variance_weight(self) -> float:
        """sum over P != I of c_P^2 = Tr(H_0^2) / 2^n for the traceless part H_0: the scale of gradient variances."""
        return sum(coefficient**2 for label, coefficient in self.terms if label.strip("I"))

    @cached_property
    def digest(self) -> str:
        """32 hex characters of sha256 over the physics alone: the number of qubits and the terms in any order."""
        lines = sorted(f"{label} {coefficient!r}" for label, coefficient in self.terms)
        return hashlib.sha256("\n".join((str(self.num_qubits), *lines)).encode()).hexdigest()[:32]

    @cached_property
    def relabellings(self) -> tuple[tuple[int, ...], ...]:
        """The shifts and reflections of the qubits, as in a ring, that leave H as it is; without the identity."""
        return relabellings(self.num_qubits, self.terms)

    def to_document(self) -> dict[str, Any]:
        """The JSON that `load_hamiltonian` reads."""
        return {
            "name": self.name,
            "num_qubits": self.num_qubits,
            **({"units": self.unit} if self.unit_stated else {}),
            "description": self.description,
            "pauli_terms": [list(term) for term in self.terms],
        }

    def __getstate__(self) -> dict[str, Any]:
        return {field.name: getattr(self, field.name) for field in fields(self)}  # no cached operator in a pickle


def build_hamiltonian(family: str, num_qubits: int, **parameters: Value) -> Hamiltonian:
    """The member of `family` (a key of `FAMILIES`) on `num_qubits` qubits, of any size that the family allows (spin
    chains: hundreds). Parameters that are not given have the family's defaults. Raises `RequestError`."""
    found = find_family(family)
    return _build(found.name, num_qubits, tuple(found.resolve(parameters).items()))


def find_family(name: str) -> Family:
    if name not in FAMILIES:
        raise RequestError(f"unknown Hamiltonian family {name!r}{did_you_mean(name, FAMILIES)}")
    return FAMILIES[name]


@lru_cache(maxsize=256)
def _build(name: str, num_qubits: int, parameters: tuple[tuple[str, Value], ...]) -> Hamiltonian:
    family, values = FAMILIES[name], dict(parameters)
    family.check_size(num_qubits, values)
    terms = tuple((label, float(c)) for label, c in family.terms(num_qubits, values) if c != 0)
    return Hamiltonian(
        name="_".join(
            (f"{name}_{num_qubits}q", *(f"{key}={value}" for key, value in family.non_default(values).items()))
        ),
        num_qubits=num_qubits,
        terms=terms,
        description=family.describe(num_qubits, values),
        parameters=parameters,
        symmetries=symmetries(num_qubits, terms),
        unit=family.unit,
    )


def hamiltonian_from_operator(operator: SparsePauliOp, name: str = "operator") -> Hamiltonian:
    """A Hamiltonian from a Qiskit operator; equal labels are added up. Raises `RequestError` where the operator is not
    Hermitian (a coefficient with an imaginary part above 1e-12 of the largest) or has free parameters."""
    from qiskit.quantum_info import SparsePauliOp

    if not isinstance(operator, SparsePauliOp):
        raise RequestError(f"{name}: expected a SparsePauliOp, not {type(operator).__name__}")
    simple = operator.simplify()
    if simple.coeffs.dtype == object:
        raise RequestError(f"{name}: the operator has free parameters; bind them first")
    scale = max(abs(complex(c)) for c in simple.coeffs)
    terms = []
    for label, coefficient in simple.to_list():
        if abs(coefficient.imag) > 1e-12 * scale:
            raise RequestError(f"{name}: not Hermitian: the coefficient of {label} is {coefficient}, and must be real")
        terms.append((str(label), float(coefficient.real)))
    return from_terms(name, simple.num_qubits, tuple(terms))


def from_terms(
    name: str, num_qubits: int, terms: tuple[tuple[str, float], ...], description: str = "", unit: str | None = None
) -> Hamiltonian:
    """A Hamiltonian of no family: its symmetries are found, its description (where none is given) is the formula. A
    unit that is None is `ASSUMED`, and `Problem.warning` says so."""
    check_terms(num_qubits, terms, name)
    return Hamiltonian(
        name,
        num_qubits,
        terms,
        description or _formula(name, num_qubits, terms),
        symmetries=symmetries(num_qubits, terms),
        unit=unit or ASSUMED,
        unit_stated=unit is not None,
    )


def load_hamiltonian(path: str | Path) -> Hamiltonian:
    """A Hamiltonian from a JSON file with at least `num_qubits` and `pauli_terms` ([[label, coefficient], ...]).

    Optional: `name`, `description`, `units`, `exact_ground_energy`, which is compared with the energy computed here,
    and the keys of `quantum.hamiltonian_file.ABOUT`. Raises `RequestError` on anything that is off, at most 20 qubits.
    """
    from quantum.hamiltonian_file import read_hamiltonian

    return read_hamiltonian(Path(path))


def check_terms(num_qubits: int, terms: tuple[tuple[str, float], ...], where: str) -> None:
    """Raises `RequestError`, its line opened by `where`, at the first term that breaks the rules of `Hamiltonian`."""
    if type(num_qubits) is not int or num_qubits < 1:
        raise RequestError(f"{where}: the number of qubits must be a positive whole number, not {num_qubits!r}")
    if len(terms) > MAX_TERMS:
        raise RequestError(f"{where}: {len(terms)} terms; the limit is {MAX_TERMS}")
    seen: dict[str, float] = {}
    for k, (label, coefficient) in enumerate(terms):
        at = f"{where}: term {k}: {label[:40]!r}"
        if len(label) != num_qubits:
            raise RequestError(f"{at} has {len(label)} letters for {num_qubits} qubits")
        if set(label) - set("IXYZ"):
            raise RequestError(f"{at} has letters other than I, X, Y, Z")
        if not abs(coefficient) <= LARGEST_COEFFICIENT:
            raise RequestError(f"{at} needs a finite coefficient of at most {LARGEST_COEFFICIENT:g}, not {coefficient}")
        if label in seen:
            raise RequestError(f"{at} is given twice ({seen[label]:g} and {coefficient:g}); add them up")
        seen[label] = coefficient
    if not any(coefficient and label.strip("I") for label, coefficient in terms):
        raise RequestError(f"{where}: no term other than the identity: every state has the same energy")


def _formula(name: str, num_qubits: int, terms: tuple[tuple[str, float], ...], shown: int = 12) -> str:
    ranked = sorted((term for term in terms if term[0].strip("I")), key=lambda term: -abs(term[1]))
    sums = " ".join(f"{coefficient:+.4g} {label}" for label, coefficient in ranked[:shown])
    rest = f" and {len(ranked) - shown} smaller terms" if len(ranked) > shown else ""
    constant = ", plus a constant" if len(ranked) < len(terms) else ""
    size = f"{len(terms)} Pauli terms on {num_qubits} qubits (rightmost letter: qubit 0)"
    return f"{name}, {size}: H = {sums}{rest}{constant}"

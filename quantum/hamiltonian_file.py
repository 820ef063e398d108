"""Reading a Hamiltonian JSON that anyone may have written: every field checked, one line for what is wrong."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from quantum.circuit import MAX_QUBITS
from quantum.errors import RequestError, did_you_mean
from quantum.exact import exact_energy
from quantum.hamiltonians import Hamiltonian, check_terms, from_terms
from quantum.reading import Bounds, parse_json, read_text
from quantum.units import read_unit

FILE = Bounds(16 << 20, "a Hamiltonian file")
MAX_TEXT = 2_000
STORED_ENERGY_TOLERANCE = 1e-6
ABOUT = (
    *("source", "notes", "num_terms", "label_convention", "geometry", "geometry_unit", "basis", "mapping"),
    *("active_electrons", "active_orbitals", "casci_energy", "energy_shift_included_in_identity"),
    *("first_excited_energy", "ground_degeneracy_seen", "source_ground_energy", "sum_nonidentity_coeff_sq"),
    *("best_computational_basis_state", "best_computational_basis_state_error", "best_product_state_error"),
)
"""Keys that say where a Hamiltonian comes from; of these only label_convention is looked at."""
KEYS = ("num_qubits", "pauli_terms", "name", "description", "units", "exact_ground_energy", *ABOUT)
_EXAMPLE = '{"num_qubits": 2, "pauli_terms": [["ZZ", -1.0], ["IX", -0.5]]}'


def read_hamiltonian(path: Path) -> Hamiltonian:
    """See `quantum.hamiltonians.load_hamiltonian`."""
    text = read_text(path, FILE)
    if not text.strip():
        raise RequestError(f"{path}: is empty; {FILE.what} looks like {_EXAMPLE}")
    return hamiltonian_from_document(parse_json(text, str(path), FILE), str(path), path.stem)


def hamiltonian_from_document(document: object, where: str, default_name: str) -> Hamiltonian:
    """A Hamiltonian from the JSON object of a file; `where` opens every error line."""
    if not isinstance(document, dict):
        raise RequestError(f"{where}: must be a JSON object such as {_EXAMPLE}")
    for key in ("num_qubits", "pauli_terms"):
        if key not in document:
            near = did_you_mean(key, map(str, document)) if document else ""
            hint = near if "did you mean" in near else f"; a Hamiltonian file looks like {_EXAMPLE}"
            raise RequestError(f"{where}: the key {key!r} is missing{hint}")
    for key in document:
        if key not in KEYS:
            near = did_you_mean(str(key)[:40], KEYS)
            hint = near if "did you mean" in near else "; what has no key of its own goes into 'notes'"
            raise RequestError(f"{where}: unknown key {str(key)[:40]!r}{hint}")
    convention = str(document.get("label_convention", "Qiskit"))
    if "qiskit" not in convention.lower():
        raise RequestError(
            f"{where}: label_convention must be Qiskit's (rightmost letter: qubit 0), not {convention[:40]!r}"
        )
    num_qubits = _num_qubits(document["num_qubits"], where)
    terms = _terms(document["pauli_terms"], where)
    check_terms(num_qubits, terms, where)
    unit = read_unit(_text(document, "units", where, ""), where) if "units" in document else None
    hamiltonian = from_terms(
        _text(document, "name", where, default_name),
        num_qubits,
        terms,
        _text(document, "description", where, ""),
        unit,
    )
    _check_stored_energy(document.get("exact_ground_energy"), hamiltonian, where)
    return hamiltonian


def _text(document: dict[str, Any], key: str, where: str, default: str) -> str:
    """A printable line: it reaches prompts and tables."""
    value = document.get(key, default)
    if not isinstance(value, str) or len(value) > MAX_TEXT or (value and not value.isprintable()):
        raise RequestError(f"{where}: {key} must be one printable line of at most {MAX_TEXT} characters")
    return value


def _num_qubits(value: object, where: str) -> int:
    if type(value) is not int or value < 1:
        raise RequestError(f"{where}: num_qubits must be a whole number from 1 to {MAX_QUBITS}, not {str(value)[:40]}")
    if value > MAX_QUBITS:
        raise RequestError(f"{where}: {value} qubits; circuits are scored up to {MAX_QUBITS} qubits")
    return value


def _terms(rows: object, where: str) -> tuple[tuple[str, float], ...]:
    if not isinstance(rows, list) or not rows:
        raise RequestError(f'{where}: pauli_terms must be a list of [label, coefficient] such as [["ZZ", -1.0]]')
    return tuple(_term(row, f"{where}: pauli_terms[{k}]") for k, row in enumerate(rows))


def _term(row: object, where: str) -> tuple[str, float]:
    if not isinstance(row, list) or len(row) != 2 or not isinstance(row[0], str):
        raise RequestError(f'{where} must be [label, coefficient] such as ["ZZ", -1.0], not {str(row)[:60]}')
    label, coefficient = row
    if type(coefficient) not in (int, float):
        raise RequestError(
            f"{where}: the coefficient of {label[:40]} must be one real number (a Hermitian operator has real Pauli"
            f" coefficients), not {str(coefficient)[:40]}"
        )
    try:
        return label, float(coefficient)
    except OverflowError:
        raise RequestError(f"{where}: the coefficient of {label[:40]} is too large for a float") from None


def _check_stored_energy(stored: object, hamiltonian: Hamiltonian, where: str) -> None:
    if stored is None:
        return
    if type(stored) not in (int, float) or not math.isfinite(stored):  # type: ignore[arg-type]
        raise RequestError(f"{where}: exact_ground_energy must be a finite number, not {str(stored)[:40]}")
    exact = exact_energy(hamiltonian)
    if abs(exact.energy - float(stored)) > STORED_ENERGY_TOLERANCE:  # type: ignore[arg-type]
        raise RequestError(
            f"{where}: the stored exact_ground_energy {stored!r} does not belong to these terms, whose ground energy is"
            f" {exact.energy!r} ({exact.method})"
        )

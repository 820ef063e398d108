"""Molecules, shipped as JSON in quantum/data (made by make_molecules.py): geometry, active space and mapping in each.

Nothing is computed here: PySCF is needed to make a new instance, not to use one. A new instance is an entry of
make_molecules.py, its JSON, and a row of a table below.

Unit trap: the published BeH2 and H2O instances have their coordinates in bohr though the papers print angstrom
(`length_unit=bohr`, the default); the same numbers read as angstrom are another molecule (`length_unit=angstrom`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources
from typing import Any

from quantum.errors import RequestError
from quantum.families.base import Family, Parameter, Reference, Term, Value, Values

Files = Mapping[tuple[Value, ...], str]

_TENSOR_RL = "TensorRL-QAS (NeurIPS 2025), Tables 1 and 13, warm start included"
_PUBLISHED = {
    "beh2_6q_sto3g_cas4o3_bohr_jw": Reference(20, 34, 105, _TENSOR_RL),
    "h2o_8q_sto3g_cas4o4_bohr_jw": Reference(30, 33, 133, _TENSOR_RL),
    "h2o_10q_631g_cas4o5_bohr_jw": Reference(42, 44, 182, _TENSOR_RL),
}
"""The published circuits at chemical accuracy with the fewest two-qubit gates, every gate from |0...0> counted."""


@lru_cache(maxsize=32)
def _document(file: str) -> dict[str, Any]:
    text = (resources.files("quantum") / "data" / f"{file}.json").read_text("utf-8")
    document: dict[str, Any] = json.loads(text)
    return document


def _num_qubits(file: str) -> int:
    """The second part of every file name is its number of qubits: h2_4q_..."""
    return int(file.split("_")[1].removesuffix("q"))


def _molecule(name: str, title: str, parameters: tuple[Parameter, ...], files: Files) -> Family:
    """A family with one file, and so one number of qubits, for each setting of its parameters."""

    def file_of(values: Values) -> str:
        key = tuple(values[parameter.name] for parameter in parameters)
        if key not in files:
            settings = ", ".join(f"{parameter.name}={value}" for parameter, value in zip(parameters, key, strict=True))
            raise RequestError(f"{name}: {settings} is not shipped; `quantummind problems {name}` lists what is")
        return files[key]

    def terms(num_qubits: int, values: Values) -> list[Term]:
        return [(label, coefficient) for label, coefficient in _document(file_of(values))["pauli_terms"]]

    def describe(num_qubits: int, values: Values) -> str:
        return str(_document(file_of(values))["description"])

    def size_error(num_qubits: int, values: Values) -> str | None:
        own = _num_qubits(file_of(values))
        if num_qubits == own:
            return None
        others = [
            ",".join(f"{p.name}={value}" for p, value in zip(parameters, key, strict=True) if value != values[p.name])
            for key, file in files.items()
            if _num_qubits(file) == num_qubits
        ]
        return f"{own} here" + (f" ({num_qubits} with {name}:{min(others, key=len)})" if others else "")

    def default_sizes(values: Values) -> tuple[tuple[int, ...], tuple[int, ...]]:
        return (_num_qubits(file_of(values)),), ()

    def reference(num_qubits: int, values: Values) -> Reference:
        return _PUBLISHED.get(file_of(values), Reference.by_rule(num_qubits))

    sizes = "/".join(str(n) for n in sorted({_num_qubits(file) for file in files.values()}))
    return Family(
        name=name,
        title=f"{title} ({sizes} qubits)",
        formula="H = sum_k c_k P_k, from PySCF integrals of the active orbitals",
        unit="hartree",
        parameters=parameters,
        terms=terms,
        describe=describe,
        size_error=size_error,
        default_sizes=default_sizes,
        reference=reference,
    )


def _bond_length(default: float, *choices: float) -> Parameter:
    return Parameter("bond_length", default, "in angstrom", ("r", "R"), choices)


_LENGTH_UNIT = Parameter("length_unit", "bohr", "unit of the coordinates", choices=("bohr", "angstrom"))

MOLECULES = (
    _molecule(
        "h2",
        "hydrogen molecule, STO-3G, Jordan-Wigner",
        (_bond_length(0.7414, 0.70, 0.735, 0.7414, 2.63),),
        {
            (0.70,): "h2_4q_sto3g_r0.70_jw",
            (0.735,): "h2_4q_sto3g_r0.735_jw",
            (0.7414,): "h2_4q_sto3g_r0.7414_jw",
            (2.63,): "h2_4q_sto3g_r2.63_jw",
        },
    ),
    _molecule(
        "lih",
        "lithium hydride, STO-3G, 2 electrons in 3 orbitals",
        (
            _bond_length(2.2, 1.2, 2.2, 3.4),
            Parameter("mapping", "parity", "parity makes 4 qubits, jw 6", choices=("parity", "jw")),
        ),
        {
            **{(r, "parity"): f"lih_4q_sto3g_r{r}_parity" for r in (1.2, 2.2, 3.4)},
            **{(r, "jw"): f"lih_6q_sto3g_r{r}_jw" for r in (1.2, 2.2, 3.4)},
        },
    ),
    _molecule(
        "beh2",
        "beryllium hydride, STO-3G, 4 electrons in 3 orbitals",
        (_LENGTH_UNIT,),
        {(unit,): f"beh2_6q_sto3g_cas4o3_{unit}_jw" for unit in ("bohr", "angstrom")},
    ),
    _molecule(
        "h2o",
        "water, 4 electrons in 4 (STO-3G) or 5 (6-31G) orbitals",
        (Parameter("basis", "sto-3g", "6-31g is shipped in bohr alone", choices=("sto-3g", "6-31g")), _LENGTH_UNIT),
        {
            ("sto-3g", "bohr"): "h2o_8q_sto3g_cas4o4_bohr_jw",
            ("sto-3g", "angstrom"): "h2o_8q_sto3g_cas4o4_angstrom_jw",
            ("6-31g", "bohr"): "h2o_10q_631g_cas4o5_bohr_jw",
        },
    ),
    _molecule("h4", "hydrogen chain of 4 atoms 1 angstrom apart, STO-3G", (), {(): "h4_8q_sto3g_chain_r1.0_jw"}),
)

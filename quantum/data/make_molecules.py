"""Makes the molecular Hamiltonians of this folder: PySCF integrals, then Jordan-Wigner or parity mapping.

    python -m quantum.data.make_molecules            write every JSON       (needs the extra `chem`: PySCF)
    python -m quantum.data.make_molecules --check    compare with the shipped ones, exit 1 where they differ by 1e-8

Restricted Hartree-Fock, then the second-quantised Hamiltonian of the active orbitals in the field of the frozen core
(CASCI). Spin orbital 0 is the leftmost character of a label (the highest qubit), as in the published data that these
files reproduce. The ground energy of each result must equal PySCF's own CASCI energy to 1e-8 hartree.

Unit trap: BeH2 and H2O of the TensorRL-QAS and CRLQAS benchmarks are published "in angstrom", but their data are
reproduced only with the same numbers read as bohr (the quantum-chemistry default of their generator).
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from quantum.exact import exact_energy
from quantum.hamiltonians import from_terms

HERE = Path(__file__).parent
ENERGY_TOLERANCE = 1e-8
SMALLEST_COEFFICIENT = 1e-12

Mapping = Literal["jw_interleaved", "jw_blocks", "parity_reduced"]
Masks = dict[tuple[int, int], float]
"""A real operator sum_(x,z) c X^x Z^z with bit masks x, z; products of such strings need no complex phase."""


@dataclass(frozen=True)
class Molecule:
    """What defines one instance; `active` are the molecular orbitals kept (from 0, by energy), those below them that
    hold electrons are frozen. `flipped` reverses signs of active orbitals, which no energy depends on, so that the
    coefficients equal the published ones and not only their moduli. `digits`: exponents of the basis as PySCF ships
    them (8 digits) or as the Basis Set Exchange does (10); the difference is 1e-8 hartree in H2O."""

    file: str
    formula: str
    atoms: str
    unit: Literal["angstrom", "bohr"]
    basis: str
    electrons: int
    active: tuple[int, ...]
    mapping: Mapping = "jw_interleaved"
    flipped: tuple[int, ...] = ()
    digits: Literal["pyscf", "bse"] = "pyscf"


_H2O = "H -0.021 -0.002 0; O 0.835 0.452 0; H 1.477 -0.273 0"
_BEH2 = "H 0 0 -1.33; Be 0 0 0; H 0 0 1.33"
_H4 = "H 0 0 0; H 0 0 1; H 0 0 2; H 0 0 3"


def _h2(length: str) -> Molecule:
    return Molecule(f"h2_4q_sto3g_r{length}_jw", "H2", f"H 0 0 0; H 0 0 {length}", "angstrom", "sto-3g", 2, (0, 1))


def _lih(length: str, size: str, mapping: Mapping) -> Molecule:
    """Li 1s frozen, the two pi orbitals left out."""
    flipped = (2,) if length == "2.2" else ()
    file, atoms = f"lih_{size}_sto3g_r{length}_{mapping.split('_')[0]}", f"Li 0 0 0; H 0 0 {length}"
    return Molecule(file, "LiH", atoms, "angstrom", "sto-3g", 2, (1, 2, 5), mapping, flipped)


MOLECULES = (
    *(_h2(length) for length in ("0.70", "0.735", "0.7414", "2.63")),
    *(_lih(length, "4q", "parity_reduced") for length in ("1.2", "2.2", "3.4")),
    *(_lih(length, "6q", "jw_blocks") for length in ("1.2", "2.2", "3.4")),
    Molecule("beh2_6q_sto3g_cas4o3_bohr_jw", "BeH2", _BEH2, "bohr", "sto-3g", 4, (1, 2, 3), digits="bse"),
    Molecule("beh2_6q_sto3g_cas4o3_angstrom_jw", "BeH2", _BEH2, "angstrom", "sto-3g", 4, (1, 2, 3)),
    Molecule("h2o_8q_sto3g_cas4o4_bohr_jw", "H2O", _H2O, "bohr", "sto-3g", 4, (3, 4, 5, 6), digits="bse"),
    Molecule("h2o_8q_sto3g_cas4o4_angstrom_jw", "H2O", _H2O, "angstrom", "sto-3g", 4, (3, 4, 5, 6)),
    Molecule("h2o_10q_631g_cas4o5_bohr_jw", "H2O", _H2O, "bohr", "6-31g", 4, (3, 4, 5, 6, 7), flipped=(3,)),
    Molecule("h4_8q_sto3g_chain_r1.0_jw", "H4", _H4, "angstrom", "sto-3g", 4, (0, 1, 2, 3)),
)


def integrals(molecule: Molecule) -> tuple[float, NDArray[np.float64], NDArray[np.float64], float]:
    """(constant, one-body h_pq, two-body (pq|rs) in chemists' order, CASCI energy) over the active orbitals."""
    from pyscf import ao2mo, gto, mcscf, scf  # type: ignore[import-not-found]

    basis: Any = molecule.basis
    if molecule.digits == "bse":
        from basis_set_exchange import get_basis  # type: ignore[import-not-found]

        elements = {atom.split()[0] for atom in molecule.atoms.split(";")}
        tables = {e: get_basis(basis, elements=[e], fmt="nwchem", header=False) for e in elements}
        basis = {element: gto.basis.parse(table) for element, table in tables.items()}
    mole = gto.M(atom=molecule.atoms, unit=molecule.unit, basis=basis, verbose=0)
    field = scf.RHF(mole)
    field.conv_tol = 1e-13
    field.kernel()
    casci = mcscf.CASCI(field, len(molecule.active), molecule.electrons)
    orbitals = casci.sort_mo([orbital + 1 for orbital in molecule.active])
    core = (mole.nelectron - molecule.electrons) // 2
    active = orbitals[:, core : core + len(molecule.active)]
    large = np.abs(active) > 0.9 * np.abs(active).max(axis=0)  # the first of them is positive, ties or not
    signs = np.sign(active[large.argmax(axis=0), np.arange(active.shape[1])])
    signs[list(molecule.flipped)] *= -1
    orbitals[:, core : core + len(molecule.active)] = active * signs
    one_body, constant = casci.get_h1eff(orbitals)
    two_body = ao2mo.restore(1, casci.get_h2eff(orbitals), len(molecule.active))
    return float(constant), one_body, two_body, float(casci.kernel(orbitals)[0])


def jordan_wigner(constant: float, one_body: NDArray[Any], two_body: NDArray[Any], *, interleaved: bool) -> Masks:
    """H = constant + sum h_pq a_ps^ a_qs + 1/2 sum (pq|rs) a_ps^ a_rt^ a_st a_qs over spins s, t.

    Spin orbital k is bit k. a_k = Z_0 ... Z_(k-1) (X_k - X_k Z_k) / 2, its adjoint has the other sign.
    """
    size = one_body.shape[0]

    def index(orbital: int, spin: int) -> int:
        return 2 * orbital + spin if interleaved else orbital + spin * size

    def ladder(k: int, sign: float) -> Masks:
        return {(1 << k, (1 << k) - 1): 0.5, (1 << k, (2 << k) - 1): sign * 0.5}

    create = [ladder(k, 1.0) for k in range(2 * size)]
    destroy = [ladder(k, -1.0) for k in range(2 * size)]
    total: Masks = defaultdict(float, {(0, 0): constant})
    for p, q in np.argwhere(np.abs(one_body) > SMALLEST_COEFFICIENT):
        for s in (0, 1):
            _add(total, float(one_body[p, q]), create[index(p, s)], destroy[index(q, s)])
    for p, q, r, s in np.argwhere(np.abs(two_body) > SMALLEST_COEFFICIENT):
        for a, b in ((0, 0), (0, 1), (1, 0), (1, 1)):
            if (p, a) != (r, b) and (q, a) != (s, b):
                factors = (create[index(p, a)], create[index(r, b)], destroy[index(s, b)], destroy[index(q, a)])
                _add(total, 0.5 * float(two_body[p, q, r, s]), *factors)
    return total


def parity_reduced(operator: Masks, num_qubits: int, electrons: int) -> Masks:
    """From Jordan-Wigner in blocks of spin to the parity mapping without the two qubits whose Z is conserved.

    Bit k becomes n_0 + ... + n_k mod 2 by the Clifford CX(0,1), CX(1,2), ...; bits n/2 - 1 and n - 1 then hold the
    parities of the spin-up and of all electrons (equal numbers of both spins). Source: Bravyi et al., arXiv:1701.08213.
    """
    half = num_qubits // 2
    reduced: Masks = defaultdict(float)
    for (x, z), coefficient in operator.items():
        for k in range(num_qubits - 1):
            x ^= (x >> k & 1) << (k + 1)
            z ^= (z >> (k + 1) & 1) << k
        sign = (-1.0) ** ((z >> (half - 1) & 1) * (electrons // 2) + (z >> (num_qubits - 1) & 1) * electrons)
        if x >> (half - 1) & 1 or x >> (num_qubits - 1) & 1:
            raise ValueError("a term changes the number of electrons of one spin")
        reduced[_without(x, half), _without(z, half)] += sign * coefficient
    return reduced


def pauli_terms(operator: Masks, num_qubits: int) -> list[tuple[str, float]]:
    """(label, coefficient), sorted by label; bit 0 is the leftmost character. X^x Z^z = (-i)^#Y P with #Y even."""
    terms = []
    for (x, z), coefficient in operator.items():
        label = "".join("IXZY"[(x >> k & 1) + 2 * (z >> k & 1)] for k in range(num_qubits))
        if abs(coefficient) > SMALLEST_COEFFICIENT:
            terms.append((label, float(coefficient * (1, 0, -1, 0)[label.count("Y") % 4])))
    return sorted(terms)


def document(molecule: Molecule) -> dict[str, Any]:
    """The JSON of one instance; raises ArithmeticError where its ground energy is not PySCF's CASCI energy."""
    constant, one_body, two_body, casci_energy = integrals(molecule)
    operator = jordan_wigner(constant, one_body, two_body, interleaved=molecule.mapping == "jw_interleaved")
    num_qubits = 2 * len(molecule.active)
    if molecule.mapping == "parity_reduced":
        operator, num_qubits = parity_reduced(operator, num_qubits, molecule.electrons), num_qubits - 2
    terms = pauli_terms(operator, num_qubits)
    energy = exact_energy(from_terms(molecule.file, num_qubits, tuple(terms))).energy
    if abs(energy - casci_energy) > ENERGY_TOLERANCE:
        raise ArithmeticError(f"{molecule.file}: ground energy {energy}, CASCI {casci_energy}")
    return {
        "name": molecule.file,
        "num_qubits": num_qubits,
        "units": "hartree",
        "description": _describe(molecule, num_qubits),
        "geometry": molecule.atoms,
        "geometry_unit": molecule.unit,
        "basis": molecule.basis,
        "active_electrons": molecule.electrons,
        "active_orbitals": list(molecule.active),
        "mapping": molecule.mapping,
        "label_convention": "Qiskit: leftmost character acts on the highest qubit, which holds spin orbital 0",
        "exact_ground_energy": energy,
        "casci_energy": casci_energy,
        "pauli_terms": [list(term) for term in terms],
    }


def _describe(molecule: Molecule, num_qubits: int) -> str:
    mapping = {
        "jw_interleaved": "Jordan-Wigner, spin orbitals alternating up and down",
        "jw_blocks": "Jordan-Wigner, all spin-up orbitals, then all spin-down",
        "parity_reduced": "parity mapping with two-qubit reduction",
    }[molecule.mapping]
    return (
        f"{molecule.formula} molecule, atoms at [{molecule.atoms}] {molecule.unit}, {molecule.basis.upper()} basis,"
        f" {molecule.electrons} electrons in {len(molecule.active)} orbitals, {mapping}, orbital 0 on qubit"
        f" {num_qubits - 1}"
    )


def _add(total: Masks, scale: float, *factors: Masks) -> None:
    """total += scale * product of the factors; X^a Z^b X^c Z^d = (-1)^|b & c| X^(a^c) Z^(b^d)."""
    product: Masks = {(0, 0): scale}
    for factor in factors:
        grown: Masks = defaultdict(float)
        for (a, b), left in product.items():
            for (c, d), right in factor.items():
                grown[a ^ c, b ^ d] += left * right * (-1.0) ** (b & c).bit_count()
        product = grown
    for key, value in product.items():
        total[key] += value


def _without(mask: int, half: int) -> int:
    """The mask with bits half - 1 and 2 half - 1 taken out."""
    low = mask & ((1 << (half - 1)) - 1)
    return low | (mask >> half & ((1 << (half - 1)) - 1)) << (half - 1)


def _differences(made: dict[str, Any], shipped: dict[str, Any]) -> float:
    ours, theirs = dict(made["pauli_terms"]), dict(shipped["pauli_terms"])
    return max(abs(float(ours.get(label, 0.0) - theirs.get(label, 0.0))) for label in ours | theirs)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare with the shipped files, write nothing")
    check, worst = parser.parse_args().check, 0.0
    for molecule in MOLECULES:
        made, path = document(molecule), HERE / f"{molecule.file}.json"
        if check:
            difference = _differences(made, json.loads(path.read_text("utf-8")))
            worst = max(worst, difference)
            print(f"{molecule.file}: largest difference of a coefficient {difference:.1e}")
        else:
            rows = ",\n".join(f"    {json.dumps(row)}" for row in made.pop("pauli_terms"))
            head = json.dumps(made, indent=2)[:-2]
            path.write_text(f'{head},\n  "pauli_terms": [\n{rows}\n  ]\n}}\n', "utf-8")
            print(f"{molecule.file}: {made['num_qubits']} qubits, E = {made['exact_ground_energy']:.12f} hartree")
    return int(worst > 1e-8)


if __name__ == "__main__":
    sys.exit(main())

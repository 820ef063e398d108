"""Shipped molecules against the published instances, CASCI energies and (where PySCF is) the script that made them."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
import pytest

from quantum.data import make_molecules
from quantum.exact import exact_energy, trivial_energies
from quantum.families.molecules import MOLECULES
from quantum.hamiltonians import Hamiltonian, build_hamiltonian, load_hamiltonian
from tests.quantum import shared_data

FILES = sorted(
    path.name.removesuffix(".json")
    for path in (resources.files("quantum") / "data").iterdir()
    if path.suffix == ".json"
)
DEFAULTS = {family.name: family.default_sizes(family.resolve({}))[0][0] for family in MOLECULES}

CASCI = {
    "h2_4q_sto3g_r0.70_jw": -1.136189454,
    "h2_4q_sto3g_r0.735_jw": -1.137306036,
    "h2_4q_sto3g_r0.7414_jw": -1.137270175,
    "h2_4q_sto3g_r2.63_jw": -0.934990142,
    "lih_4q_sto3g_r1.2_parity": -7.850698378,
    "lih_4q_sto3g_r2.2_parity": -7.844879093,
    "lih_4q_sto3g_r3.4_parity": -7.789088898,
    "lih_6q_sto3g_r1.2_jw": -7.850698378,
    "lih_6q_sto3g_r2.2_jw": -7.844879093,
    "lih_6q_sto3g_r3.4_jw": -7.789088898,
    "beh2_6q_sto3g_cas4o3_bohr_jw": -14.861589183,
    "beh2_6q_sto3g_cas4o3_angstrom_jw": -15.563137017,
    "h2o_8q_sto3g_cas4o4_bohr_jw": -73.294106759,
    "h2o_8q_sto3g_cas4o4_angstrom_jw": -74.972335581,
    "h2o_10q_631g_cas4o5_bohr_jw": -74.568075299,
    "h4_8q_sto3g_chain_r1.0_jw": -2.166387449,
}
"""Hartree; computed elsewhere."""


def shipped(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((resources.files("quantum") / "data" / f"{name}.json").read_text("utf-8"))
    return content


@cache
def load(name: str) -> Hamiltonian:
    return load_hamiltonian(str(resources.files("quantum") / "data" / f"{name}.json"))


def test_every_file_is_reached_by_one_setting_and_every_setting_by_a_file() -> None:
    assert set(FILES) == set(CASCI) == {molecule.file for molecule in make_molecules.MOLECULES}
    reached = [build_hamiltonian("h2", 4, bond_length=r).digest for r in (0.70, 0.735, 0.7414, 2.63)] + [
        build_hamiltonian("lih", n, bond_length=r, mapping=m).digest
        for r in (1.2, 2.2, 3.4)
        for n, m in ((4, "parity"), (6, "jw"))
    ]
    reached += [build_hamiltonian("beh2", 6, length_unit=unit).digest for unit in ("bohr", "angstrom")]
    reached += [build_hamiltonian("h2o", 8, length_unit=unit).digest for unit in ("bohr", "angstrom")]
    reached += [build_hamiltonian("h2o", 10, basis="6-31g").digest, build_hamiltonian("h4", 8).digest]
    loaded = [load(name).digest for name in FILES]
    assert sorted(reached) == sorted(loaded)


@pytest.mark.parametrize("name", FILES)
def test_ground_energy_is_casci(name: str) -> None:
    stored = shipped(name)
    hamiltonian = load(name)
    energy = exact_energy(hamiltonian).energy
    assert energy == pytest.approx(CASCI[name], abs=1e-8)
    assert energy == pytest.approx(stored["casci_energy"], abs=1e-8)
    assert hamiltonian.unit == "hartree"
    assert all(word in hamiltonian.description for word in (stored["geometry"], stored["geometry_unit"], "electrons"))


@pytest.mark.parametrize("name", FILES)
def test_coefficients_and_energy_are_those_of_the_published_instance(name: str) -> None:
    published = shared_data.read(name)
    ours = dict(shipped(name)["pauli_terms"])
    theirs = dict(published["pauli_terms"])
    assert exact_energy(load(name)).energy == pytest.approx(published["exact_ground_energy"], abs=1e-8)
    assert max(abs(ours.get(label, 0.0) - theirs.get(label, 0.0)) for label in ours | theirs) < 1e-7


@pytest.mark.parametrize("name", DEFAULTS)
def test_the_best_basis_state_is_hartree_fock_and_correlation_is_missing(name: str) -> None:
    hamiltonian = build_hamiltonian(name, DEFAULTS[name])
    correlation = trivial_energies(hamiltonian).basis_state - exact_energy(hamiltonian).energy
    assert correlation == pytest.approx(
        {"h2": 2.06e-2, "lih": 3.69e-2, "beh2": 5.92e-3, "h2o": 2.63e-3, "h4": 6.78e-2}[name], rel=3e-3
    )


def test_mappings_of_one_molecule_share_the_levels_of_its_sector() -> None:
    """Two electrons, one of each spin: the parity mapping keeps that sector, Jordan-Wigner has all."""
    reduced = np.linalg.eigvalsh(build_hamiltonian("lih", 4).operator.to_matrix())
    full = np.linalg.eigvalsh(build_hamiltonian("lih", 6, mapping="jw").operator.to_matrix())
    assert reduced[0] == pytest.approx(full[0], abs=1e-10)
    distances = np.abs(reduced[:9, None] - full[None, :]).min(axis=1)
    assert distances[:5].max() < 1e-10


def test_jordan_wigner_against_the_fermionic_matrix() -> None:
    """Two spatial orbitals, generic integrals: ladder operators as matrices on occupation numbers."""
    rng = np.random.default_rng(0)
    one = rng.normal(size=(2, 2))
    one += one.T
    two = rng.normal(size=(2, 2, 2, 2))
    two = sum(two.transpose(p) for p in ((0, 1, 2, 3), (1, 0, 2, 3), (0, 1, 3, 2), (1, 0, 3, 2)))
    two = two + two.transpose(2, 3, 0, 1)
    for interleaved in (True, False):
        operator = make_molecules.jordan_wigner(0.5, one, two, interleaved=interleaved)
        matrix = _matrix(make_molecules.pauli_terms(operator, 4))

        def ladder(orbital: int, spin: int, interleaved: bool = interleaved) -> Any:
            k = 2 * orbital + spin if interleaved else orbital + 2 * spin
            factors = [np.diag([1, -1])] * k + [np.array([[0, 1], [0, 0]])] + [np.eye(2)] * (3 - k)
            return np.kron(np.kron(factors[0], factors[1]), np.kron(factors[2], factors[3]))

        expected = 0.5 * np.eye(16)
        for p, q in np.ndindex(2, 2):
            for s in (0, 1):
                expected = expected + one[p, q] * ladder(p, s).T @ ladder(q, s)
        for p, q, r, t in np.ndindex(2, 2, 2, 2):
            for a, b in np.ndindex(2, 2):
                chain = ladder(p, a).T @ ladder(r, b).T @ ladder(t, b) @ ladder(q, a)
                expected = expected + 0.5 * two[p, q, r, t] * chain
        assert np.allclose(matrix, expected, atol=1e-12)


def _matrix(terms: list[tuple[str, float]]) -> Any:
    from qiskit.quantum_info import SparsePauliOp

    return SparsePauliOp.from_list(terms).to_matrix()


@pytest.mark.parametrize("name", ["h2_4q_sto3g_r0.735_jw", "lih_4q_sto3g_r2.2_parity"])
def test_the_script_makes_the_shipped_file(name: str) -> None:
    pytest.importorskip("pyscf", reason="the extra `chem` is not installed")
    molecule = next(molecule for molecule in make_molecules.MOLECULES if molecule.file == name)
    made = dict(make_molecules.document(molecule)["pauli_terms"])
    stored = dict(shipped(name)["pauli_terms"])
    assert max(abs(made.get(label, 0.0) - stored.get(label, 0.0)) for label in made | stored) < 1e-8

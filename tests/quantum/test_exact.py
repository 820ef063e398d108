"""Exact energies against Kronecker products, textbook formulas and numeric tables."""

from __future__ import annotations

import math
from functools import reduce
from itertools import permutations, product
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse.linalg import eigsh

from quantum.errors import RequestError
from quantum.exact import exact_energy, trivial_energies
from quantum.families.base import pauli
from quantum.hamiltonians import Hamiltonian, build_hamiltonian, load_hamiltonian
from quantum.pauli_matrix import PauliMatrix
from tests.quantum import shared_data

PAULIS = {
    "I": np.eye(2),
    "X": np.array([[0, 1], [1, 0]]),
    "Y": np.array([[0, -1j], [1j, 0]]),
    "Z": np.diag([1, -1]),
}


def kronecker(hamiltonian: Hamiltonian) -> NDArray[np.complex128]:
    """The matrix from its definition, independent of the code under test."""
    return sum(c * reduce(np.kron, [PAULIS[letter] for letter in label]) for label, c in hamiltonian.terms)


def levels(hamiltonian: Hamiltonian) -> tuple[float, float | None, int]:
    """Ground energy, gap to the next level and degeneracy, from the whole spectrum."""
    spectrum = np.linalg.eigvalsh(kronecker(hamiltonian))
    degeneracy = int(np.sum(spectrum - spectrum[0] < 1e-9))
    return spectrum[0], spectrum[degeneracy] - spectrum[0] if degeneracy < len(spectrum) else None, degeneracy


def random_hamiltonian(rng: np.random.Generator, num_qubits: int, num_terms: int, letters: str) -> Hamiltonian:
    labels = {"".join(rng.choice(list(letters), num_qubits)) for _ in range(num_terms)} - {"I" * num_qubits}
    return Hamiltonian("random", num_qubits, tuple((label, float(rng.normal())) for label in sorted(labels)))


CHAINS = [
    *(("tfim", {"field": field}) for field in (0.3, 0.5, 1.0, 2.0, -1.0)),
    ("tfim", {"coupling": -1.3, "field": 0.7}),
    ("tfim", {"field": 0.8, "disorder": 0.9, "seed": 4}),
    ("xy", {}),
    ("xy", {"coupling": -1.0}),
    ("xy", {"anisotropy": 0.4, "field": 0.6}),
    ("xy", {"anisotropy": -1.0, "field": 0.5}),
    ("xy", {"field": 0.3, "disorder": 0.5, "seed": 1}),
    ("xxz", {"anisotropy": 0.0, "field": 0.2}),
]


class TestFreeFermions:
    @pytest.mark.parametrize("boundary", ["open", "periodic"])
    @pytest.mark.parametrize(("family", "parameters"), CHAINS)
    def test_energy_gap_and_degeneracy_equal_the_spectrum(
        self, family: str, parameters: dict[str, float], boundary: str
    ) -> None:
        for n in range(2 if boundary == "open" else 3, 9):
            hamiltonian = build_hamiltonian(family, n, boundary=boundary, **parameters)
            exact = exact_energy(hamiltonian)
            energy, gap, degeneracy = levels(hamiltonian)
            assert exact.method.startswith("free fermions")
            assert exact.energy == pytest.approx(energy, rel=1e-12)
            assert exact.degeneracy == degeneracy
            assert exact.gap == pytest.approx(gap, abs=1e-11)

    @pytest.mark.parametrize("boundary", ["open", "periodic"])
    @pytest.mark.parametrize("n", [9, 10, 11, 12])
    def test_energy_equals_sparse_diagonalisation(self, n: int, boundary: str) -> None:
        for family, field in (("tfim", 0.5), ("tfim", 1.0), ("tfim", 2.0), ("xy", 0.0), ("xy", 0.7)):
            hamiltonian = build_hamiltonian(family, n, boundary=boundary, field=field)
            lowest = eigsh(hamiltonian.operator.to_matrix(sparse=True).real, k=1, which="SA", tol=1e-14)[0][0]
            assert exact_energy(hamiltonian).energy == pytest.approx(lowest, rel=1e-12)

    @pytest.mark.parametrize("letters", list(permutations("XYZ")))
    @pytest.mark.parametrize("boundary", ["open", "periodic"])
    def test_every_assignment_of_letters_is_recognised(self, letters: tuple[str, ...], boundary: str) -> None:
        chain = build_hamiltonian("xy", 6, anisotropy=0.3, field=0.7, disorder=0.8, seed=2, boundary=boundary)
        table = str.maketrans("XYZ", "".join(letters))
        turned = Hamiltonian("turned", 6, tuple((label.translate(table), c) for label, c in chain.terms))
        exact = exact_energy(turned)
        assert exact.method.startswith("free fermions")
        assert exact.energy == pytest.approx(levels(turned)[0], rel=1e-12)

    def test_random_rings_with_any_sign_of_every_coupling(self) -> None:
        rng = np.random.default_rng(7)
        for n in (3, 4, 5, 6):
            for _ in range(10):
                kinds = [("X", 2), ("Y", 2), ("Z", 1)]
                terms = [("I" * n, 0.7)]
                for site, (letter, width) in product(range(n), kinds):
                    chars = ["I"] * n
                    chars[site] = letter
                    chars[(site + width - 1) % n] = letter
                    terms.append(("".join(chars), float(rng.normal())))
                hamiltonian = Hamiltonian("ring", n, tuple(terms))
                energy, gap, _ = levels(hamiltonian)
                assert exact_energy(hamiltonian).energy == pytest.approx(energy, abs=1e-12 * hamiltonian.one_norm)
                assert exact_energy(hamiltonian).gap == pytest.approx(gap, abs=1e-11)

    @pytest.mark.parametrize(
        "terms",
        [
            (("IXX", 1.0), ("XIX", 1.0)),  # a ring with a bond missing
            (("IIXX", 1.0), ("IIIX", 0.3)),  # field along the bond's own axis
            (("IIXX", 1.0), ("IIYY", 1.0), ("IIZZ", 1.0)),
            (("IIXY", 1.0),),
            (("IXXX", 1.0),),
            (("XIXI", 1.0),),
        ],
    )
    def test_what_only_resembles_a_chain_is_right_as_well(self, terms: tuple[tuple[str, float], ...]) -> None:
        hamiltonian = Hamiltonian("other", len(terms[0][0]), terms)
        assert exact_energy(hamiltonian).energy == pytest.approx(levels(hamiltonian)[0], abs=1e-12)

    @pytest.mark.parametrize("n", [2, 5, 50, 300])
    def test_textbook_formulas(self, n: int) -> None:
        def energy(family: str, **parameters: float | str) -> float:
            return exact_energy(build_hamiltonian(family, n, **parameters)).energy

        assert energy("tfim") == pytest.approx(1 - 1 / math.sin(math.pi / (2 * (2 * n + 1))), rel=1e-12)
        cosines = sum(abs(math.cos(math.pi * k / (n + 1))) for k in range(1, n + 1))
        assert energy("xy") == pytest.approx(-2 * cosines, rel=1e-12)
        if n < 3:
            return
        assert energy("tfim", boundary="periodic") == pytest.approx(-2 / math.sin(math.pi / (2 * n)), rel=1e-12)
        momenta = [(2 * m + 1) * math.pi / n for m in range(n)]
        ising = -sum(math.sqrt(1 + 0.25 - math.cos(k)) for k in momenta)
        assert energy("tfim", field=0.5, boundary="periodic") == pytest.approx(ising, rel=1e-12)
        filled = min(
            sum(sorted(-4 * math.cos(2 * math.pi * (m + (0.5 if count % 2 == 0 else 0)) / n) for m in range(n))[:count])
            for count in range(n + 1)
        )
        assert energy("xy", boundary="periodic") == pytest.approx(filled, rel=1e-12)


TABLE = """
tfim:h=0.5          -3.427034089 -4.469490344 -5.522029571 -6.579920439 -7.640592554 -8.702687767 -9.765503958
tfim                -4.758770483 -6.026674183 -7.296229811 -8.566772234 -9.837951447 -11.109565585 -12.381490000
tfim:h=2            -8.376798637 -10.503877298 -12.630964276 -14.758052744 -16.885141493 -19.012230299 -21.139319116
tfim:h=0.5,periodic -4.271558410 -5.325343067 -6.384694564 -7.446379650 -8.509082235 -9.572239786 -10.635604409
tfim:periodic       -5.226251860 -6.472135955 -7.727406610 -8.987918415 -10.251661791 -11.517540966 -12.784906443
tfim:h=2,periodic   -8.543116820 -10.650686134 -12.769389127 -14.892759300 -17.018164470 -19.144479572 -21.271208819
xy                  -4.472135955 -5.464101615 -6.987918415 -8.054678984 -9.517540966 -10.627503029 -12.053348367
xy:periodic         -5.656854249 -6.472135955 -8.000000000 -8.987918415 -10.452503719 -11.517540966 -12.944271910
heisenberg          -6.464101615 -7.711545013 -9.974308536 -11.344958723 -13.499730395 -14.945286826 -17.032140829
heisenberg:periodic -8.000000000 -7.472135955 -11.211102551 -11.420717027 -14.604373636 -15.189199136 -18.061785418
"""
"""Ground energies at n = 4 to 10, J = 1, computed by sparse diagonalisation elsewhere."""


@pytest.mark.parametrize("row", TABLE.strip().splitlines())
def test_numeric_table(row: str) -> None:
    name, *energies = row.split()
    family, _, settings = name.partition(":")
    parameters: dict[str, float | str] = {}
    for setting in filter(None, settings.split(",")):
        parameters |= {"boundary": "periodic"} if setting == "periodic" else {"field": float(setting.split("=")[1])}
    for n, energy in enumerate(energies, start=4):
        assert exact_energy(build_hamiltonian(family, n, **parameters)).energy == pytest.approx(
            float(energy), abs=6e-10
        )


class TestDiagonalisation:
    def test_matrix_and_product_equal_qiskit_with_y_terms(self) -> None:
        rng = np.random.default_rng(0)
        for n, letters in product((1, 2, 3, 5), ("IXYZ", "IXZ", "IZ")):
            hamiltonian = random_hamiltonian(rng, n, 12, letters)
            matrix, reference = PauliMatrix(hamiltonian), hamiltonian.operator.to_matrix()
            vector = rng.normal(size=2**n) + 1j * rng.normal(size=2**n)
            assert np.allclose(matrix.dense(), reference, atol=1e-13)
            assert np.allclose(matrix.apply(vector), reference @ vector, atol=1e-13)
            assert np.allclose(matrix.basis_energies(), reference.diagonal().real, atol=1e-13)

    @pytest.mark.parametrize(
        ("n", "boundary", "energy", "gap", "degeneracy"),
        [
            (11, "open", -18.528373209, None, 2),
            (12, "open", -20.568362531, 1.123771, 1),
            (12, "periodic", -21.549563670, 1.423390, 1),
        ],
    )
    def test_lanczos_says_energy_gap_degeneracy_and_residual(
        self, n: int, boundary: str, energy: float, gap: float | None, degeneracy: int
    ) -> None:
        exact = exact_energy(build_hamiltonian("heisenberg", n, boundary=boundary))
        assert exact.method == "Lanczos"
        assert exact.energy == pytest.approx(energy, abs=6e-10)
        assert exact.degeneracy == degeneracy
        assert gap is None or exact.gap == pytest.approx(gap, abs=6e-7)
        assert exact.residual is not None
        assert exact.residual < 1e-9

    def test_lanczos_on_a_complex_matrix(self) -> None:
        rng = np.random.default_rng(3)
        labels = [pauli(11, {i: a, i + 1: b}) for i in range(10) for a, b in ("XY", "ZX", "ZZ")]
        hamiltonian = Hamiltonian("complex", 11, tuple((label, float(rng.normal())) for label in labels))
        lowest = eigsh(hamiltonian.operator.to_matrix(sparse=True), k=1, which="SA")[0][0]
        exact = exact_energy(hamiltonian)
        assert exact.method == "Lanczos"
        assert exact.energy == pytest.approx(lowest, abs=1e-10)

    def test_a_diagonal_hamiltonian_is_enumerated(self) -> None:
        exact = exact_energy(build_hamiltonian("maxcut", 10, graph="petersen"))
        assert (exact.method, exact.energy, exact.gap, exact.degeneracy) == ("enumeration", -12.0, 1.0, 10)

    def test_hubbard_closed_forms(self) -> None:
        for repulsion in (0.0, 1.0, 4.0, 8.0):
            exact = exact_energy(build_hamiltonian("hubbard", 4, interaction=repulsion))
            assert exact.energy == pytest.approx(-math.sqrt(repulsion**2 + 16) / 2, abs=1e-12)
        for boundary, closing in (("open", 0.0), ("periodic", 1.0)):
            free = exact_energy(build_hamiltonian("hubbard", 8, interaction=0.0, boundary=boundary)).energy
            hopping = np.diag(np.ones(3), 1) + closing * np.diag(np.ones(1), -3)
            orbitals = np.linalg.eigvalsh(-(hopping + hopping.T))
            assert free == pytest.approx(2 * orbitals[orbitals < 0].sum(), abs=1e-12)

    def test_too_many_qubits_without_a_closed_form_are_refused(self) -> None:
        with pytest.raises(RequestError, match=r"no closed form for 40 qubits, and diagonalisation reaches 20"):
            exact_energy(build_hamiltonian("heisenberg", 40))
        rng = np.random.default_rng(0)
        with pytest.raises(RequestError, match=r"needs \d+ GiB, the limit is 4 GiB"):
            exact_energy(random_hamiltonian(rng, 20, 2000, "IXYZ"))


class TestTrivialEnergies:
    @pytest.mark.parametrize("path", shared_data.FILES, ids=lambda path: getattr(path, "stem", None))
    def test_published_instances(self, path: Path) -> None:
        stored = shared_data.read(path.stem)
        hamiltonian = load_hamiltonian(path)
        exact, trivial = exact_energy(hamiltonian).energy, trivial_energies(hamiltonian)
        assert trivial.basis_state - exact == pytest.approx(stored["best_computational_basis_state_error"], abs=1e-9)
        assert trivial.product_state - exact == pytest.approx(stored["best_product_state_error"], abs=1e-6)

    def test_product_state_equals_minimisation_over_all_angles(self) -> None:
        rng = np.random.default_rng(5)
        for n in (2, 3):
            hamiltonian = random_hamiltonian(rng, n, 14, "IXYZ")
            matrix = kronecker(hamiltonian)

            def energy(angles: NDArray[np.float64], matrix: NDArray[np.complex128] = matrix) -> float:
                qubits = angles.reshape(-1, 2)
                state = reduce(np.kron, [[np.cos(a / 2), np.exp(1j * b) * np.sin(a / 2)] for a, b in qubits])
                return float((state.conj() @ matrix @ state).real)

            best = min(minimize(energy, rng.uniform(0, 6, 2 * n)).fun for _ in range(30))
            assert trivial_energies(hamiltonian).product_state == pytest.approx(best, abs=1e-6)

    def test_basis_state_is_the_smallest_diagonal_element(self) -> None:
        hamiltonian = random_hamiltonian(np.random.default_rng(6), 6, 60, "IXYZ")
        assert trivial_energies(hamiltonian).basis_state == pytest.approx(kronecker(hamiltonian).diagonal().real.min())

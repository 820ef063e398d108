"""Every method proposes circuits that the verifier lets through, and finds what theory says that it must."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from random import Random

import numpy as np
import pytest
from scipy.linalg import expm

from loop.attempt import Attempt
from loop.baselines.methods import adapt
from loop.baselines.registry import find_method, method_names, titles
from quantum import reference
from quantum.canonical import canonical_hash
from quantum.errors import RequestError
from quantum.exact import exact_energy, trivial_energies
from quantum.problem import resolve_problem
from rewards.sandbox import Sandbox
from rewards.score import Scorer
from tests.loop.baselines.spending import QUICK, errors, first, spend

PAULI = {"I": np.eye(2), "X": reference.X, "Y": reference.Y, "Z": reference.Z}
SEARCHES = [name for name in method_names() if hasattr(find_method(name), "search")]
SIZE_ONE = {"product": 2}


class Scorers:
    """A scorer a problem, all on one sandbox that is never used: gate lists need none."""

    def __init__(self, stack: ExitStack) -> None:
        self.sandbox = stack.enter_context(Sandbox())
        self.known: dict[tuple[str, int | None], Scorer] = {}

    def __call__(self, problem: str, qubits: int | None = None) -> Scorer:
        if (problem, qubits) not in self.known:
            resolved = resolve_problem(problem, qubits and [qubits])
            self.known[problem, qubits] = Scorer(resolved, QUICK, self.sandbox)
        return self.known[problem, qubits]


@pytest.fixture(scope="module")
def scorers() -> Iterator[Scorers]:
    with ExitStack() as stack:
        yield Scorers(stack)


@pytest.mark.parametrize("method", SEARCHES)
def test_proposals_are_valid_circuits_and_the_budget_is_kept(method: str, scorers: Scorers) -> None:
    made = spend(scorers("tfim", 4), method, 12)
    outcomes = Counter(attempt.score.reason or "ok" for _, attempt in made)
    assert outcomes["ok"] == SIZE_ONE.get(method, 12)
    assert set(outcomes) <= {"ok", "too_many_gates", "too_deep", "dead_parameters"}
    assert all(proposal.origin for proposal, _ in made)


@pytest.mark.parametrize("method", ["random", "evolution", "hea"])
def test_a_seed_says_what_is_proposed(method: str) -> None:
    problem = resolve_problem("tfim", [3])
    again = first(problem, method, seed=1)
    assert [one.circuits for one in first(problem, method, seed=1)] == [one.circuits for one in again]
    assert [one.circuits for one in first(problem, method, seed=2)] != [one.circuits for one in again]


@pytest.mark.parametrize(("problem", "qubits"), [("heisenberg", 2), ("tfim", 3), ("xy", 3)])
def test_adapt_reaches_the_exact_energy(problem: str, qubits: int, scorers: Scorers) -> None:
    assert min(errors(spend(scorers(problem, qubits), "adapt", 12))) < 1e-8


def test_adapt_reaches_chemical_accuracy_on_hydrogen_with_one_evolution(scorers: Scorers) -> None:
    proposal, attempt = spend(scorers("h2"), "adapt", 1)[0]
    assert attempt.score.sizes[0].error < 1e-9
    assert proposal.circuits[0].num_parameters == 1


def test_adapt_optimises_from_the_last_optimum(scorers: Scorers) -> None:
    """So the energy never rises while one ansatz grows, however few starts the scorer has."""
    search = adapt.search(resolve_problem("tfim", [4]), seed=0)
    energies = []
    for _ in range(6):
        (proposal,) = search.propose(1)
        energies.append(search._growth.energy)
        assert proposal.circuits[0].num_parameters == len(energies)
        score = scorers("tfim", 4).score_circuits(proposal.circuits)
        search.tell([Attempt("s00001-000", 1, "", (), "", score, 0.0)])
    assert energies == sorted(energies, reverse=True)


def test_adapt_counts_every_gradient_that_it_looks_at(scorers: Scorers) -> None:
    search = adapt.search(resolve_problem("xy", [2]), seed=0)
    before = search.cost()
    search.propose(1)
    after = search.cost()
    assert after["gradient_screenings"] == before["gradient_screenings"] + 1
    # Y on each qubit, and XY, YX, YZ, ZY
    assert after["screened_gradients"] == before["screened_gradients"] + 6


@pytest.mark.parametrize("operator", [((1, "Y"),), ((0, "X"), (2, "Y")), ((0, "Y"), (1, "Z"), (2, "X"))])
def test_an_evolution_is_the_exponential_of_its_string(operator: adapt.Evolved) -> None:
    letters = dict(operator)
    matrix = np.eye(1)
    for q in (2, 1, 0):
        matrix = np.kron(matrix, PAULI[letters.get(q, "I")])
    circuit = adapt.grown(3, 0b101, [operator])
    state = np.zeros(8)
    state[0b101] = 1.0
    expected = expm(-0.35j * matrix) @ state
    assert abs(np.vdot(reference.statevector(circuit, [0.7]), expected)) == pytest.approx(1.0, abs=1e-12)
    two_qubit = [gate for gate in circuit.gates if len(gate.qubits) == 2]
    assert len(two_qubit) == 2 * (len(operator) - 1)


def test_the_pool_s_gradients_are_the_slopes_of_the_energy() -> None:
    problem = resolve_problem("heisenberg", [3])
    hamiltonian = problem.hamiltonian(3)
    search = adapt.Adapt(problem, Random(0))
    growth = adapt._Growth(0b001, adapt.pool(3, 3), [((0, "X"), (1, "Y"))], (0.4,))
    found = search._gradients(growth)
    for k in (0, 4, 9, len(growth.pool) - 1):
        circuit = adapt.grown(3, growth.bits, [*growth.evolved, growth.pool[k]])
        up, down = (reference.energy(circuit, (0.4, h), hamiltonian) for h in (1e-5, -1e-5))
        assert found[k] == pytest.approx((up - down) / 2e-5, abs=1e-7)


def test_hva_is_exact_on_a_ring_with_half_as_many_layers_as_sites(scorers: Scorers) -> None:
    """Ho and Hsieh 2019."""
    made = spend(scorers("tfim:boundary=periodic", 4), "hva", 12)
    exact = [attempt.score for _, attempt in made if attempt.score.sizes[0].error < 1e-9]
    assert (16, 4) in [(score.sizes[0].two_qubit_gates, score.sizes[0].parameters) for score in exact]


def test_hva_costs_what_is_published(scorers: Scorers) -> None:
    """One layer from singlets is exact on four sites; a bond of the Heisenberg chain costs three cx, a singlet one."""
    made = spend(scorers("heisenberg", 4), "hva", 24)
    exact = [attempt.score for _, attempt in made if attempt.score.sizes[0].error < 1e-9]
    best = min(exact, key=lambda score: score.sizes[0].two_qubit_gates)
    assert (best.sizes[0].two_qubit_gates, best.known_as) == (11, "hva(reps=1)")


def test_hva_grows_with_the_size_over_several(tmp_path: Path) -> None:
    path = tmp_path / "growing.yaml"
    path.write_text("family: tfim\nsizes: [4, 6]\nheldout_sizes: [8]\n")
    names = {one.origin: one.circuits for one in first(resolve_problem(str(path)), "hva", 0)}
    assert [circuit.num_qubits for circuit in names["hva(reps=n/2)"]] == [4, 6, 8]
    assert [circuit.num_parameters for circuit in names["hva(reps=n/2)"]] == [4, 6, 8]


def test_hva_says_where_it_has_nothing_to_say() -> None:
    with pytest.raises(RequestError, match="adapt"):
        find_method("hva").search(resolve_problem("h2"), 0)


def test_the_product_state_is_the_stored_one(scorers: Scorers) -> None:
    scorer = scorers("xy", 3)
    hamiltonian = scorer.problem.hamiltonian(3)
    stored = trivial_energies(hamiltonian).product_state - exact_energy(hamiltonian).energy
    made = spend(scorer, "product", 5)
    assert min(errors(made)) == pytest.approx(stored, abs=1e-6)
    assert all(attempt.score.sizes[0].two_qubit_gates == 0 for _, attempt in made)


def test_one_pair_excitation_solves_hydrogen(scorers: Scorers) -> None:
    made = spend(scorers("h2"), "pair-excitation", 8)
    best = min((attempt.score.sizes[0] for _, attempt in made), key=lambda size: size.error)
    assert best.error < 1e-9
    assert (best.two_qubit_gates, best.parameters) == (3, 1)


def test_one_pair_excitation_is_the_hand_written_circuit_of_beryllium_hydride(scorers: Scorers) -> None:
    """Three cx and one parameter reach 5.8e-5 hartree; this file's lowest determinant has the last orbitals filled."""
    made = spend(scorers("beh2"), "pair-excitation", 40)
    best = min((attempt.score.sizes[0] for _, attempt in made), key=lambda size: size.error)
    assert best.error == pytest.approx(5.8e-5, abs=1e-6)
    assert (best.two_qubit_gates, best.parameters) == (3, 1)


def test_evolution_improves_and_repeats_nothing(scorers: Scorers) -> None:
    made = spend(scorers("tfim", 3), "evolution", 120)
    found = errors(made)
    assert min(found[24:]) < 0.5 * min(found[:24])
    hashes = [canonical_hash(proposal.circuits[0]) for proposal, _ in made]
    assert len(set(hashes)) == len(hashes)
    ids = {attempt.id for _, attempt in made}
    assert all(set(proposal.parents) <= ids for proposal, _ in made)
    assert {"founder", "mutation", "crossover"} == {proposal.origin for proposal, _ in made}


@pytest.mark.parametrize("method", ["evolution", "random", "adapt", "pair-excitation"])
def test_gate_lists_are_searched_at_one_size(method: str) -> None:
    with pytest.raises(RequestError, match="one size"):
        find_method(method).search(resolve_problem("tfim", [4, 6]), 0)


def test_gates_that_the_problem_forbids_are_not_proposed(tmp_path) -> None:
    path = tmp_path / "narrow.yaml"
    path.write_text("family: tfim\nsizes: [3]\nlimits: {gates: [ry, cx]}\n")
    for method in ("random", "evolution"):
        gates = {gate.name for one in first(resolve_problem(str(path)), method, 0) for gate in one.circuits[0].gates}
        assert gates == {"ry", "cx"}


def test_every_method_has_a_title_and_a_wrong_name_is_answered() -> None:
    assert all(re.match(r"\S.*\S$", title) for title in titles().values())
    with pytest.raises(RequestError, match="evolution"):
        find_method("evolutoin")

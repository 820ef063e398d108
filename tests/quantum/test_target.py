"""What counts as found: lowered to half the gap, with a fidelity, or as asked; the same wherever energies begin."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pytest

from quantum.errors import RequestError
from quantum.hamiltonians import Hamiltonian, build_hamiltonian, from_terms, load_hamiltonian
from quantum.problem import Problem, Target, resolve_problem, single_problem
from quantum.target import usual_target
from tests.quantum.shared_data import FOLDER

SHIPPED = [
    *("tfim", "tfim:field=0.2", "tfim:boundary=periodic", "xy", "heisenberg", "maxcut", "hubbard"),
    *(f"h2:r={r}" for r in (0.70, 0.735, 0.7414, 2.63)),
    *(f"lih:r={r}" for r in (1.2, 2.2, 3.4)),
    *("beh2", "h2o", "beh2:length_unit=angstrom", "configs/problems/asymmetric-3q.json"),
]
LEVELS = Target("relative", 1e-3, below_gap=True)


class Found(NamedTuple):
    num_qubits: int
    error: float
    fidelity: float | None = None


def hamiltonians() -> list[Hamiltonian]:
    named = [resolve_problem(spec) for spec in SHIPPED]
    files = [path for path in sorted(FOLDER.glob("*.json")) if int(path.stem.split("_")[1][:-1]) <= 8]
    return [*(p.hamiltonian(p.sizes[0]) for p in named), *map(load_hamiltonian, files)]


def moved(hamiltonian: Hamiltonian, by: float) -> Hamiltonian:
    identity = "I" * hamiltonian.num_qubits
    terms = {**dict(hamiltonian.terms), identity: hamiltonian.identity + by}
    return replace(hamiltonian, terms=tuple(terms.items()))


class TestShift:
    @pytest.mark.parametrize("hamiltonian", hamiltonians(), ids=lambda h: h.name)
    def test_a_constant_changes_no_figure_but_the_energies(self, hamiltonian: Hamiltonian) -> None:
        here, there = single_problem(hamiltonian), single_problem(moved(hamiltonian, 1000.0))
        n = hamiltonian.num_qubits
        assert there.goal(n) == here.goal(n)
        assert there.level(n) == here.level(n)
        assert there.product_error(n) == here.product_error(n)
        assert there.relative_error(n, 1e-3) == here.relative_error(n, 1e-3)
        assert there.warnings() == here.warnings()
        assert there.hamiltonian(n).one_norm == here.hamiltonian(n).one_norm
        assert there.hamiltonian(n).traceless == here.hamiltonian(n).traceless

    def test_of_the_order_of_a_large_identity(self) -> None:
        terms = (("III", 1e8), ("ZZI", -1.0), ("IZZ", -1.0), ("IIX", -1e-3))
        problem = single_problem(from_terms("far", 3, terms))
        assert problem.level(3).gap == pytest.approx(2.0, rel=1e-6)
        assert problem.relative_error(3, 2e-3) == pytest.approx(1e-3, rel=1e-6)


class TestGoal:
    def test_below_half_the_gap_it_is_as_asked(self) -> None:
        goal = LEVELS.goal(4.0, 1.0)
        assert (goal.error, goal.fidelity, goal.inside_gap) == (4e-3, None, True)

    @pytest.mark.parametrize("gap", [8e-3, 7.9e-3, 1e-5])
    def test_else_it_is_lowered_and_a_fidelity_is_asked_for(self, gap: float) -> None:
        goal = LEVELS.goal(4.0, gap)
        assert (goal.error, goal.fidelity, goal.inside_gap) == (gap / 2, 0.9, False)

    def test_a_fidelity_is_asked_for_where_the_error_does_not_vouch_for_it(self) -> None:
        assert LEVELS.goal(4.0, 0.0401).fidelity is None
        assert LEVELS.goal(4.0, 0.0399).fidelity == 0.9
        assert LEVELS.goal(4.0, 0.0399).error == 4e-3

    def test_where_the_gap_is_unknown_the_fidelity_decides(self) -> None:
        goal = LEVELS.goal(4.0, None)
        assert (goal.error, goal.fidelity, goal.inside_gap) == (4e-3, 0.9, False)
        assert goal.excess(0.0, None) == pytest.approx(10.0)

    def test_one_that_is_asked_for_stands(self) -> None:
        asked = Target("absolute", 0.5, fidelity=0.99)
        assert (asked.goal(4.0, 0.1).error, asked.goal(4.0, 0.1).fidelity) == (0.5, 0.99)
        assert Target("absolute", 0.5).goal(4.0, 0.1).fidelity is None

    def test_excess_is_the_larger_of_two_ratios(self) -> None:
        goal = Target("absolute", 1e-3, fidelity=0.9).goal(4.0, 1.0)
        assert goal.excess(1e-3, 0.95) == pytest.approx(1.0)
        assert goal.excess(5e-4, 0.9) == pytest.approx(1.0)
        assert goal.excess(5e-4, 0.5) == pytest.approx(5.0)
        assert goal.excess(2e-2, 0.5) == pytest.approx(20.0)
        assert goal.excess(-1e-15, 1.0) <= 0.0

    def test_levels_of_a_degenerate_ground_state_are_one(self) -> None:
        assert resolve_problem("heisenberg", [5]).goal(5).inside_gap
        assert resolve_problem("tfim:field=0", [4]).goal(4).gap == pytest.approx(2.0)

    def test_a_problem_asks_every_size(self) -> None:
        problem = resolve_problem("tfim:field=0.2", [3, 4])
        good = Found(3, problem.threshold(3) / 2, 0.97), Found(4, problem.threshold(4) / 2, 0.96)
        assert problem.met(good)
        assert not problem.met((good[0], good[1]._replace(fidelity=0.5)))
        assert not problem.met((good[0], good[1]._replace(fidelity=None)))
        assert problem.excess(good[1]._replace(error=problem.threshold(4) * 3)) == pytest.approx(3.0)


class TestChanged:
    def test_what_is_given_replaces(self) -> None:
        usual = usual_target("J")
        assert usual.changed() == usual
        assert usual.changed(value=0.5) == Target("relative", 0.5)
        assert usual.changed(kind="absolute", value=0.5, below_gap=True) == Target("absolute", 0.5, below_gap=True)
        assert usual.changed(fidelity=0.99) == replace(usual, fidelity=0.99)
        assert usual.changed(below_gap=False) == Target("relative", 1e-3)

    def test_twice_is_once(self) -> None:
        for change in ({"value": 1e-4}, {"fidelity": 0.99}, {"below_gap": False}, {"value": 1.0, "below_gap": True}):
            once = usual_target("J").changed(**change)  # type: ignore[arg-type]
            assert once.changed(**change) == once  # type: ignore[arg-type]

    def test_a_kind_alone_says_nothing(self) -> None:
        with pytest.raises(RequestError, match="kind absolute needs a value too"):
            usual_target("J").changed(kind="absolute")

    @pytest.mark.parametrize("fidelity", [0.0, 1.0, -1.0, float("nan")])
    def test_a_fidelity_lies_between(self, fidelity: float) -> None:
        with pytest.raises(RequestError, match="fidelity must lie between 0 and 1"):
            Target("relative", 1e-3, fidelity)

    def test_a_problem_file_takes_each_key(self, tmp_path: Path) -> None:
        path = tmp_path / "p.yaml"
        path.write_text("family: tfim\nparameters: {field: 0.2}\ntarget: {fidelity: 99e-2}\n", "utf-8")
        problem = resolve_problem(str(path))
        assert problem.target == Target("relative", 1e-3, 0.99, below_gap=True)
        assert Problem.from_document(json.loads(json.dumps(problem.to_document()))) == problem
        path.write_text("family: tfim\ntarget: {fidelty: 0.9}\n", "utf-8")
        with pytest.raises(RequestError, match=r"unknown key 'target.fidelty'; did you mean 'fidelity'"):
            resolve_problem(str(path))

    def test_a_document_without_the_newer_keys_is_taken_as_asked(self) -> None:
        document = resolve_problem("tfim:field=0.2").to_document()
        document["target"] = {"kind": "relative", "value": 1e-3}
        assert Problem.from_document(document).target == Target("relative", 1e-3)


class TestWarning:
    def test_a_lowered_target_says_so(self) -> None:
        (line,) = resolve_problem("tfim:field=0.2").warnings()
        assert "the target of 0.0031 J is not below half the gap (0.0015 J)" in line
        assert "lowered to 0.0015 J with a fidelity of at least 0.9" in line

    def test_one_that_is_asked_for_says_what_it_may_mean(self) -> None:
        problem = resolve_problem("tfim:field=0.2")
        (line,) = replace(problem, target=Target("relative", 1e-3)).warnings()
        assert "taken as asked, so that meeting it need not mean the ground state" in line
        (line,) = replace(problem, target=Target("relative", 1e-3, 0.95)).warnings()
        assert "taken as asked with a fidelity of at least 0.95" in line

    def test_a_product_state_inside_the_target(self) -> None:
        assert "a product state has an error of 0 w, inside the target" in resolve_problem("maxcut").warnings()[0]

    def test_units_that_nobody_stated(self, tmp_path: Path) -> None:
        path = tmp_path / "h.json"
        path.write_text('{"num_qubits": 2, "pauli_terms": [["ZZ", 1], ["IX", 0.8], ["XI", 0.9]]}', "utf-8")
        problem = resolve_problem(str(path))
        (line,) = problem.warnings()
        assert "its file states no units: J assumed" in line
        again = Problem.from_document(json.loads(json.dumps(problem.to_document())))
        assert again.warnings() == [line]

    def test_nothing_to_say(self) -> None:
        for spec in ("tfim", "xy", "heisenberg", "h2", "beh2", "h2o"):
            assert resolve_problem(spec).warnings() == []


def test_goals_are_not_part_of_a_problem() -> None:
    problem = resolve_problem("tfim")
    fresh = dataclasses.replace(problem)
    problem.threshold(4)
    assert problem == fresh
    assert build_hamiltonian("tfim", 4) == problem.hamiltonian(4)

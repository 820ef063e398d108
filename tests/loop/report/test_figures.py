"""What the report computes from attempts: fronts, curves, family trees, and the rows it compares with."""

from __future__ import annotations

import itertools

import pytest

from loop.report.attempts import Row, choose, distinct, front, improvements, thin
from loop.report.lineage import MOST, family_tree
from loop.report.references import product_state, published
from loop.report.words import formula
from quantum.hamiltonians import FAMILIES
from quantum.problem import resolve_problem


def row(name: str, error: float | None = None, gates: int = 1, *, parents: tuple[str, ...] = (), same: str = "") -> Row:
    ratio = None if error is None else error / 1e-3
    reason = "exception" if error is None else None
    circuit = None if error is None else same or name
    rank = None if error is None else (0.0, error)
    return Row(name, 1, parents, reason, circuit, 0.0, error, ratio, rank, gates, 3, 2, 100)


def test_nothing_on_the_front_is_beaten():
    rows = [row("a", 0.1, 3), row("b", 0.2, 3), row("c", 0.1, 5), row("d", 0.01, 7), row("e"), row("f", 0.5, 0)]
    assert [r.id for r in front(rows)] == ["f", "a", "d"]


def test_the_curve_counts_circuits_scored_and_falls():
    rows = [row("a", 0.1), row("x"), row("b", 0.2), row("c", 0.05)]
    assert [(count, r.id) for count, r in improvements(rows)] == [(1, "a"), (3, "c")]


def test_equal_circuits_are_one_point_the_cheapest():
    assert [r.id for r in distinct([row("a", 0.1, 5, same="h"), row("b", 0.1, 4, same="h"), row("c", 0.1)])] == [
        "b",
        "c",
    ]


def test_what_must_stay_stays_and_the_rest_is_even():
    rows = [row(f"{k:03d}") for k in range(100)]
    chosen = choose(rows, {"050"}, 2100)
    assert "050" in chosen
    assert len(chosen) == 21
    places = sorted(int(name) for name in chosen - {"050"})
    assert max(b - a for a, b in itertools.pairwise(places)) <= 6
    assert choose(rows, {"050"}, 0) == {"050"}
    assert len(choose(rows, (), 10**6)) == 100
    assert thin(range(1000), 5) == [0, 250, 500, 749, 999]


def test_a_family_tree_goes_back_to_the_roots():
    rows = [row("a"), row("b", parents=("a",)), row("c", parents=("a", "b", "gone")), row("d")]
    tree = family_tree(rows, "c")
    assert [r.id for r in tree.rows] == ["a", "b", "c"]
    assert sorted(tree.edges) == [("a", "b"), ("a", "c"), ("b", "c")]
    assert tree.unknown == ["gone"]
    assert not tree.cut
    chain = [row("0"), *(row(str(k), parents=(str(k - 1),)) for k in range(1, 2 * MOST))]
    long = family_tree(chain, str(2 * MOST - 1))
    assert long.cut
    assert len(long.rows) == MOST


def test_known_rows_are_shown_for_the_very_hamiltonian():
    names = {one.name for one in published(resolve_problem("beh2"))}
    assert any("TensorRL" in name for name in names)
    assert published(resolve_problem("beh2:length_unit=angstrom")) == []
    assert published(resolve_problem("tfim:field=0.7", [4])) == []
    assert published(resolve_problem("tfim", [4, 6])) == []


def test_a_row_no_better_than_a_product_state_is_trivial():
    water = {one.name: one for one in published(resolve_problem("h2o"))}
    assert water["SA-QAS"].trivial
    assert not water["StructureRL"].trivial


def test_errors_are_in_the_measure_of_the_target():
    chain = resolve_problem("tfim", [4])
    assert product_state(chain).error == pytest.approx(0.0746203, abs=1e-6)
    hva = next(one for one in published(chain) if one.two_qubit_gates == 18)
    assert hva.error == pytest.approx(1.56e-4 / 4.758770483)


def test_formulas_have_no_plain_subscripts_left():
    for family in FAMILIES.values():
        assert "_" not in formula(family.formula)
        assert "sum" not in formula(family.formula)

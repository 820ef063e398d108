"""The suites are of the published instances, and what they state is in itself consistent."""

from __future__ import annotations

import pytest

from loop.baselines.suite import SuiteProblem, load_suite, resolve, suite_names
from quantum.errors import RequestError
from quantum.exact import exact_energy

ALL = [pytest.param(one, id=f"{name}: {one.name}") for name in suite_names() for one in load_suite(name).problems]


@pytest.mark.parametrize("one", ALL)
def test_a_problem_is_the_published_instance(one: SuiteProblem) -> None:
    """Its exact energy is the one computed elsewhere from the authors' data, or the closed form."""
    problem = resolve(one)
    found = [exact_energy(problem.hamiltonian(n)).energy for n in problem.sizes]
    assert found == pytest.approx(list(one.exact_energy), abs=1e-8)


@pytest.mark.parametrize("one", ALL)
def test_a_goal_is_no_worse_than_what_is_known(one: SuiteProblem) -> None:
    problem = resolve(one)
    if one.goal is None:
        return
    inside = [row for row in (*one.published, *one.in_house) if row.error is not None]
    known = [
        row.two_qubit_gates
        for row in inside
        if row.two_qubit_gates and row.error <= problem.threshold(problem.sizes[0])
    ]
    assert not known or one.goal <= min(known)


def test_the_generalisation_suite_reports_sizes_that_no_run_scores() -> None:
    for one in load_suite("generalisation").problems:
        problem = resolve(one)
        assert (problem.sizes, problem.heldout_sizes) == ((4, 6), (8, 10))


def test_a_wrong_suite_is_answered() -> None:
    with pytest.raises(RequestError, match="tier-a"):
        load_suite("tier-aa")

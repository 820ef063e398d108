from __future__ import annotations

import pytest

from loop.config import RunSection, StopSection
from loop.stop import describe, why_stop, without
from quantum.problem import resolve_problem
from tests.loop.helpers import EXACT, valid

TFIM = resolve_problem("tfim")
INSIDE = valid("a", 1.0, step=3, error=0.5e-3 * abs(EXACT), two_qubit_gates=6)
OUTSIDE = valid("b", 0.5, step=3, error=0.1)
NO_RULE = RunSection()


def stop(**rules: object) -> RunSection:
    return RunSection(stop=StopSection(**rules))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("section", "best", "expected"),
    [
        (NO_RULE, INSIDE, None),
        (stop(target_met=True), INSIDE, "target_met"),
        (stop(target_met=True), OUTSIDE, None),
        (stop(target_met=True), None, None),
        (stop(target_met=True, two_qubit_gates=6), INSIDE, "target_met"),
        (stop(target_met=True, two_qubit_gates=5), INSIDE, None),
        (stop(patience=7), OUTSIDE, "patience"),
        (stop(patience=8), OUTSIDE, None),
        (stop(patience=10), None, "patience"),
        (RunSection(evaluations=100), None, "evaluations"),
        (RunSection(evaluations=101), None, None),
    ],
)
def test_each_rule_ends_the_run_at_its_own_moment(section, best, expected):
    assert why_stop(section, TFIM, best, step=10, evaluations=100) == expected


@pytest.mark.parametrize("section", [stop(target_met=True), stop(patience=2), RunSection(evaluations=5)])
def test_a_rule_says_what_it_is_and_can_be_switched_off(section):
    rule = why_stop(section, TFIM, INSIDE, 10, 100)
    assert rule is not None
    assert describe(rule, section)
    assert without(rule, section) == NO_RULE

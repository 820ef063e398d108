"""Comparison: an untrained model loses to the trained one, a model does not differ from itself."""

from __future__ import annotations

import json

import pytest

from loop.cli import main
from quantum.errors import RequestError
from sft.compare import Comparison, compare
from sft.domains import Judgement
from sft.validate import Plan
from sft.validation.domain import DomainReport
from sft.validation.judge import Answer
from sft.validation.report import ValidationReport
from sft.validation.shares import holm
from sft.validation.suite import Restriction, grid

GOOD = Answer(None, True, True, {"qubits": True}, "c", "f" * 64, "polynomial")
BAD = Answer("syntax_error")


def report(name: str, answers: list[Answer]) -> ValidationReport:
    return ValidationReport(name, 1.0, 0, {"p": answers}, frozenset())


def test_holm_adjusts_for_the_number_of_tests() -> None:
    # Holm 1979: the smallest times m, the next times m - 1, never below the one before.
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.9, 0.8]) == [1.0, 1.0]
    assert holm([]) == []


def test_what_improved_is_named_with_its_verdict() -> None:
    found = Comparison(report("a", [BAD] * 10 + [GOOD] * 10), report("b", [GOOD] * 20))
    rows = {row.name: row for row in found.rows}
    assert rows["valid"].difference.value == 0.5
    assert rows["valid"].verdict == "better"
    assert rows["valid"].difference.test == "McNemar"
    assert rows["plateau_free"].verdict == "no difference shown"
    assert rows["plateau_free"].difference.test == "Fisher"
    assert "better in syntax (+50 points)" in found.summary()
    assert found.to_table().row_count == 6
    back = Comparison(found.model, found.base)
    assert {row.name for row in back.rows if row.verdict == "worse"} == {"syntax", "runs", "valid"}


def test_builds_of_another_domain_are_compared_by_its_rules() -> None:
    good, bad = (Judgement(None, hash="a" * 32), True), (Judgement("syntax_error"), False)
    reports = [
        DomainReport(name, "fastformula", 1.0, 8, (one,) * 8, None, None) for name, one in (("a", bad), ("b", good))
    ]
    rows = {row.name: row for row in Comparison(*reports).rows}
    assert {name: (row.verdict, row.difference.test) for name, row in rows.items()} == {
        "valid": ("better", "McNemar"),
        "agrees": ("better", "McNemar"),
    }


def test_a_model_does_not_differ_from_itself_and_the_seed_decides_what_it_writes() -> None:
    plan = Plan(grid(["tfim"], [4], [Restriction()]), samples=3, distinct=0)
    found = compare("embedded", "embedded", plan, device="cpu", workers=0)
    assert found.base.answers == found.model.answers
    assert {row.p for row in found.rows} == {1.0}
    assert found.summary().endswith("no difference shown")


def test_the_command_shows_that_training_helped(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = "compare random embedded --problem tfim --sizes 4 --own-limits --samples 8 --distinct 0 --workers 0"
    with pytest.raises(SystemExit) as leaving:
        main([*arguments.split(), "--json"])
    assert not leaving.value.code
    document = json.loads(capsys.readouterr().out)
    rows = {row["name"]: row for row in document["rows"]}
    assert rows["syntax"]["verdict"] == "better"
    assert rows["syntax"]["base"]["hits"] == 0


def test_an_unknown_model_is_one_line() -> None:
    with pytest.raises(RequestError, match="did you mean 'embedded'"):
        compare("random", "embeded")

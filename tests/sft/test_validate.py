"""Validation of the packaged model for real: a report that adds up, targets that are held, a command that says so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from loop.cli import main
from quantum.errors import RequestError
from sft.builds import find_build
from sft.validate import Plan, validate
from sft.validation.judge import Answer
from sft.validation.report import ValidationReport
from sft.validation.suite import Restriction, grid


def test_a_report_adds_up_and_is_json() -> None:
    cases = grid(("tfim", "h2"), (4,), (Restriction(), Restriction(("ry", "cx"))))
    report = validate("embedded", Plan(cases, samples=8, distinct=8, seed=2), device="cpu", workers=0)
    shares = report.shares
    assert len(report.answers) == 4
    assert shares["valid"].total == 4 * 8
    assert shares["syntax"].hits >= shares["runs"].hits >= shares["valid"].hits
    assert sum(report.failures.values()) == shares["valid"].total - shares["valid"].hits
    assert shares["valid"].value >= 0.6
    assert shares["gates"].total <= 16, "only half the prompts name gates"
    assert shares["plateau_free"].total < shares["novel"].total, "h2 has one size, so no verdict"
    assert report.distinct is not None
    assert 1 <= report.distinct.circuits <= report.distinct.valid <= 8
    document = json.loads(json.dumps(report.to_json()))
    assert document["shares"]["valid"]["hits"] == shares["valid"].hits
    assert document["shares"]["syntax"]["target"] == 0.95
    assert "valid" in report.to_text()


def test_novel_is_what_the_training_data_does_not_hold_and_targets_are_exceeded_or_missed() -> None:
    known = frozenset({"a" * 16})
    seen = Answer(None, True, True, {}, "c1", "a" * 64, "polynomial")
    new = Answer(None, True, True, {}, "c2", "b" * 64, "plateau_like")
    report = ValidationReport("m", 1.0, 0, {"p": [seen] * 8 + [new] * 2}, known)
    assert report.shares["novel"].hits == 2
    assert report.shares["plateau_free"].hits == 8
    assert report.missed == ["novel"], "20 % does not exceed 20 %"
    assert ValidationReport("m", 1.0, 0, {"p": [seen]}, None).missed == []


def test_the_command_fails_when_a_target_is_missed(capsys: pytest.CaptureFixture[str]) -> None:
    """At temperature 4 the model writes no code."""
    arguments = "validate embedded --problem tfim --sizes 4 --own-limits --samples 4 --temperature 4 --distinct 0"
    with pytest.raises(SystemExit) as leaving:
        main([*arguments.split(), "--workers", "0", "--json"])
    assert leaving.value.code == 1
    document = json.loads(capsys.readouterr().out)
    assert "syntax" in document["missed"]
    assert document["failures"]


def test_an_unknown_model_is_one_line() -> None:
    with pytest.raises(RequestError, match="did you mean 'embedded'"):
        validate("embeded")


def test_a_build_keeps_its_report_on_the_standard_suite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    report = ValidationReport("m", 1.0, 0, {"p": [Answer(None, True, True, {}, "c", "f" * 64, "polynomial")]})
    monkeypatch.setattr("sft.validate.load_policy", lambda *_: None)
    monkeypatch.setattr("sft.validate.measure_policy", lambda *_: report)
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "build.json").write_text("{}")
    validate(tmp_path, Plan(grid(("tfim",), (4,), (Restriction(),))))
    assert not (tmp_path / "validation.json").exists()
    validate(tmp_path)
    assert find_build(tmp_path.name, tmp_path.parent).shares["valid"] == 1.0

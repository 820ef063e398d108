"""Validation of a build of another domain: its own held-out prompts, its own rules."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from quantum.errors import RequestError
from sft.domains import get_domain
from sft.validate import no_progress
from sft.validation.domain import domain_of, measure_domain
from sft.validation.perplexity import save_held_out

pytest.importorskip("lark")


class Scripted:
    """Answers what it was given, in the place of a policy."""

    def __init__(self, *answers: str) -> None:
        self.answers = answers

    def generate(self, prompts: Any, **_: Any) -> list[str]:
        return list(self.answers[: len(prompts)])


@pytest.fixture
def build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("sft.validation.domain.perplexity", lambda policy, examples: None)
    (tmp_path / "config.yaml").write_text("domain: fastformula\n")
    rows = [([{"role": "user", "content": f"{k}?"}], f"x = {k}\nRETURN x") for k in range(4)]
    save_held_out(rows, tmp_path / "held_out.jsonl")
    return tmp_path


def test_validity_agreement_and_novelty_by_the_grammar(build: Path) -> None:
    same, other, broken, lost = "x = 0  RETURN x", "y = 7\nRETURN y", "x = = 2", "x = 3"
    with get_domain("fastformula") as domain:
        seen = domain.judge(other).hash
    assert seen is not None
    policy: Any = Scripted(same, other, broken, lost)
    report = measure_domain(policy, "m", build, frozenset({seen[:16]}), 1, 1.0, 0, no_progress)
    shares = {name: (share.hits, share.total) for name, share in report.shares.items()}
    assert shares == {"valid": (2, 4), "agrees": (1, 4), "novel": (1, 2)}
    assert report.failures == {"syntax_error": 1, "no_return": 1}
    assert report.missed == ["valid"]
    assert json.loads(json.dumps(report.to_json()))["domain"] == "fastformula"
    assert "MISSED" in report.to_text()


def test_the_domain_is_that_of_the_builds_config(build: Path, tmp_path: Path) -> None:
    assert domain_of(build) == "fastformula"
    assert domain_of(tmp_path / "elsewhere") == "ansatz"


def test_a_build_that_held_nothing_out_is_one_line(build: Path) -> None:
    (build / "held_out.jsonl").unlink()
    policy: Any = Scripted()
    with pytest.raises(RequestError, match=r"no held_out\.jsonl"):
        measure_domain(policy, "m", build, None, 1, 1.0, 0, no_progress)

"""The concept suite: what counts as covered, a report that says by which method, the shipped questions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from loop.cli import main
from models.config import load_config
from quantum.errors import RequestError
from sft.concepts import WORDS, ConceptSuite, Question, ask, validate_concepts, word_overlap

SHIPPED = Path(__file__).parents[2] / "configs" / "concepts" / "quantum.yaml"


class Scripted:
    """Answers what it was given, in the place of a policy."""

    def __init__(self, *answers: str) -> None:
        self.answers = answers

    def generate(self, prompts: Any, **_: Any) -> list[str]:
        return list(self.answers[: len(prompts)])


def test_words_count_whatever_their_endings_and_within_one_sentence() -> None:
    assert word_overlap("variance of the gradient", ["The gradients have a small variance."]) == 1.0
    assert word_overlap("variance of the gradient", ["The gradient is small.", "So is the variance."]) == 0.5
    assert word_overlap("variance of the gradient", ["Nothing of the kind."]) == 0.0
    assert word_overlap("entangling gates", ["Gates that entangle qubits"]) == 1.0


def test_a_report_names_method_and_missing_concepts() -> None:
    suite = ConceptSuite(
        target=0.6,
        questions=(
            Question(question="What is a plateau?", concepts=("variance of the gradient", "number of qubits")),
            Question(question="And LoRA?", concepts=("low-rank matrices",)),
        ),
    )
    policy: Any = Scripted("The variance of gradients vanishes.", "")
    report = ask(policy, "m", suite, WORDS, word_overlap)
    assert (report.share.hits, report.share.total) == (1, 3)
    assert report.missed
    text = report.to_text()
    assert "word overlap" in text
    assert "missing: number of qubits" in text
    document = json.loads(json.dumps(report.to_json()))
    assert document["method"] == "word overlap"
    assert document["answers"][1]["likeness"] == {"low-rank matrices": 0.0}


def test_another_likeness_can_take_the_place_of_words() -> None:
    suite = ConceptSuite(threshold=0.9, questions=(Question(question="?", concepts=("a", "b")),))
    policy: Any = Scripted("One. Two.")
    report = ask(policy, "m", suite, "of tests", lambda concept, parts: len(parts) / 2 if concept == "a" else 0.0)
    assert report.share.hits == 1


def test_the_command_fails_when_the_target_is_missed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The embedded model writes circuits and nothing else."""
    monkeypatch.setattr("sft.concepts.MAX_NEW_TOKENS", 8)
    with pytest.raises(SystemExit) as leaving:
        main(["validate", "embedded", "--concepts", str(SHIPPED), "--json"])
    assert leaving.value.code == 1
    document = json.loads(capsys.readouterr().out)
    assert document["concepts"]["total"] == sum(
        len(one.concepts) for one in load_config(ConceptSuite, SHIPPED).questions
    )


def test_a_wrong_suite_or_embedder_is_one_line_before_any_model_is_loaded(tmp_path: Path) -> None:
    path = tmp_path / "suite.yaml"
    path.write_text("questions: [{question: why, concept: [a]}]")
    with pytest.raises(RequestError, match=r"unknown key 'questions\.0\.concept'|questions\.0\.concepts"):
        validate_concepts("embedded", path)
    with pytest.raises(RequestError, match="--embedder"):
        validate_concepts("embedded", SHIPPED, embedder=tmp_path / "none")

"""Domains by name: what they take and refuse, and one build of the SFT stage for a domain that is not quantum."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from models.loader import load_policy
from models.profiles import resolve_profile
from quantum.canonical import canonical_hash
from quantum.errors import RequestError
from rewards.sandbox import Sandbox
from sft.data.examples import load_data, load_examples
from sft.domains import DOMAINS, Domain, get_domain
from sft.domains.fastformula.generate import KINDS, SHIPPED, rows
from sft.train import run_sft

ROOT = Path(__file__).parents[3]

ANSATZ = """\
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter
def create_ansatz(n):
    qc = QuantumCircuit({size})
    for q in range({size}):
        qc.ry(Parameter(f"t{{q}}"), q)
    return qc
"""


@pytest.fixture(scope="module")
def fastformula() -> Domain:
    return get_domain("fastformula")


def test_every_domain_answers_by_its_name_and_an_unknown_one_is_one_line() -> None:
    for name in DOMAINS:
        with get_domain(name) as domain:
            assert domain.name == name
            assert domain.validate("") is not None
    with pytest.raises(RequestError, match="unknown domain 'fastformla'; did you mean 'fastformula'"):
        get_domain("fastformla")


def test_an_ansatz_is_valid_when_its_circuit_is() -> None:
    with get_domain("ansatz") as domain, Sandbox() as sandbox:
        any_size = domain.judge(f"Sure:\n```python\n{ANSATZ.format(size='n')}```")
        circuit = sandbox.run(ANSATZ.format(size="n"), 5).circuit
        assert circuit is not None
        assert any_size.hash == canonical_hash(circuit), "the hash of the corpus, so that novelty can be told"
        assert domain.judge(ANSATZ.format(size="4")).ok, "of one size only"
        assert domain.validate("no code") == "no_code"
        assert domain.validate(ANSATZ.format(size="9")) == "wrong_qubits"
        assert domain.validate("def create_ansatz(n):\n    return open('/etc/passwd')") == "forbidden_name"
        assert domain.clean("talk\n```python\n" + ANSATZ + "```\ntalk") == f"```python\n{ANSATZ.strip()}\n```"


@pytest.mark.parametrize(
    "formula",
    [
        "x = 1 RETURN x",
        "default for a is 3.00 default for b is '01-JAN-2020' (date) inputs are a (number), b (date) return a",
        "ALIAS long_name AS n x = n * -2 + (3 / n) RETURN x",
        "IF (a + b) > c AND NOT (d = 'it''s' OR e LIKE 'A%') THEN x = 1 ELSE IF a <> b THEN x = 2 ELSE x = 3 RETURN x",
        "IF rate WAS NOT DEFAULTED THEN ( x = 1 y = 2 ) RETURN x, y",
        "WHILE i < 3 LOOP ( i = i + 1 IF i = 2 THEN EXIT ) RETURN i",
        'returned = GREATEST(ROUND(a, 2), "Database Item") /* a comment, with RETURN */ RETURN returned',
    ],
)
def test_formulas_of_the_covered_subset_are_valid(fastformula: Domain, formula: str) -> None:
    assert fastformula.judge(formula).ok


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("  ", "empty"),
        ("x = 1", "no_return"),
        ("x = RETURN x", "syntax_error"),
        ("x = (a > b) RETURN x", "syntax_error"),
        ("IF x THEN y = 1 RETURN y", "syntax_error"),
        ("RETURN x 'open", "syntax_error"),
        ("x = 1 DEFAULT FOR x IS 2 RETURN x", "syntax_error"),
        ("if = 1 RETURN x", "syntax_error"),
        ("def f(x):\n    return x", "syntax_error"),
        ("x = " + "(" * 5000 + "1" + ")" * 5000 + " RETURN x", "syntax_error"),
    ],
)
def test_other_texts_are_refused_with_a_reason(fastformula: Domain, text: str, reason: str) -> None:
    assert fastformula.validate(text) == reason


def test_formulas_are_the_same_up_to_case_layout_and_comments(fastformula: Domain) -> None:
    one = fastformula.judge("x = a||'Text' RETURN x").hash
    assert fastformula.judge("```\nX =\n A || 'Text' /* joined */\nreturn X\n```").hash == one
    assert fastformula.judge("x = a||'text' RETURN x").hash != one


def test_the_shipped_rows_are_what_the_generator_makes_and_all_are_valid(fastformula: Domain) -> None:
    shipped = load_examples(SHIPPED)
    assert rows(44) == shipped[:44]
    assert {row.source["template"] for row in shipped} == {kind.__name__.strip("_") for kind in KINDS}
    assert [fastformula.judge(row.answer).hash for row in shipped] == [row.hash for row in shipped]
    assert len({row.hash for row in shipped}) == len(shipped) >= 300
    assert SHIPPED.stat().st_size < 150_000


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped config, smaller and four steps long."""
    folder = tmp_path_factory.mktemp("fastformula")
    config = yaml.safe_load((ROOT / "configs" / "sft" / "fastformula-cpu.yaml").read_text())
    config["profile"] = str(ROOT / config["profile"])
    config["scratch"].update(num_hidden_layers=1, hidden_size=32, intermediate_size=32)
    config["training"].update(max_steps=4, warmup_steps=1, per_device_train_batch_size=4, save_steps=4, logging_steps=2)
    (folder / "config.yaml").write_text(yaml.safe_dump(config))
    return run_sft(folder / "config.yaml", [], folder / "build")


def test_the_sft_stage_trains_it_in_its_own_format_with_its_own_tokens(build: Path) -> None:
    record = json.loads((build / "build.json").read_text())
    train, validation = load_data(SHIPPED, 0.1)
    assert (record["train_rows"], record["validation_rows"]) == (len(train), len(validation))
    profile = resolve_profile(build)
    assert profile.prompt_format == "instruction"
    policy = load_policy(profile, "cpu")
    pieces = policy.tokenizer.tokenize("DEFAULT FOR salary IS 0\nRETURN salary")
    assert pieces[0] == "DEFAULT FOR"
    assert "RETURN" in pieces
    assert len(policy.generate([validation[0].prompt], seed=0, max_new_tokens=4)) == 1
    assert len(load_examples(build / "corpus.jsonl")) == len(train) + len(validation)


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("data=nowhere.jsonl", "data: no such file or folder: nowhere.jsonl"),
        ("data=package:sft/domains/fastformula/row.jsonl", "did you mean 'rows.jsonl'"),
        ("data={folder}", "holds no train.jsonl; make one with: quantummind data build"),
        ("data={folder}/bad.jsonl", r"bad.jsonl, line 2: not a training row .*quantummind data prepare"),
        ("domain=formula", "domain: Input should be 'ansatz', 'fastformula' or 'text'"),
    ],
)
def test_data_that_cannot_be_trained_on_stops_before_any_work(override: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "bad.jsonl").write_text('{"prompt": "q", "answer": "a"}\n{"question": "q"}\n')
    with pytest.raises(RequestError, match=message):
        run_sft(ROOT / "configs/sft/embedded-cpu.yaml", [override.format(folder=tmp_path)], tmp_path / "build")
    assert not (tmp_path / "build").exists()

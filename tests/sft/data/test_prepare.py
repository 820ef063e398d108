"""Outside data with 30 % broken rows: each is counted by its reason, none does anything outside the sandbox, none is
lost, and a run that was stopped gives the same folder."""

from __future__ import annotations

import csv
import filecmp
import json
import re
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from loop.cli import main
from quantum.errors import RequestError
from quantum.hamiltonians import FAMILIES
from rewards.sandbox import Sandbox
from sft.corpus.rows import PROBE_QUBITS
from sft.data.columns import choose_columns
from sft.data.examples import load_data
from sft.data.prepare import PrepareSettings, prepare
from sft.data.recognise import NAMES, named_problem
from sft.data.sources import MAX_LINE, read_source

GOOD = """\
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector

def create_ansatz(num_qubits):
    qc = QuantumCircuit(num_qubits)
    t = ParameterVector("t", num_qubits)
    for q in range(num_qubits):
        qc.{rotation}(t[q], q)
    for q in range({start}, num_qubits - 1, {step}):
        qc.{entangler}({pair})
    return qc
"""
HVA = """\
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter

def create_ansatz(n):
    qc = QuantumCircuit(n)
    for q in range(n):
        qc.h(q)
    for r in range(4):
        a, b = Parameter(f"a{r}"), Parameter(f"b{r}")
        for q in range(n - 1):
            qc.rzz(-2 * a, q, q + 1)
        for q in range(n):
            qc.rx(-2 * b, q)
    return qc
"""
HEAD = "import numpy as np\nfrom qiskit import QuantumCircuit\ndef create_ansatz(n):\n    qc = QuantumCircuit(n)\n"


def good_codes() -> list[str]:
    """21 functions that differ as circuits, all of num_qubits parameters."""
    pairs = product(("cx", "cy"), ("q, q + 1", "q + 1, q"))
    entanglers = [*pairs, ("cz", "q, q + 1"), ("iswap", "q, q + 1")]
    choices = product(("ry", "rx"), entanglers, ((0, 1), (0, 2)))
    codes = [
        GOOD.format(rotation=rotation, entangler=gate, pair=pair, start=start, step=step)
        for rotation, (gate, pair), (start, step) in choices
    ]
    return codes[:21]


def broken_rows(outside: Path) -> list[tuple[str, bytes]]:
    """(reason, line): every kind of broken row that acceptance names."""
    secret = outside / "secret"
    secret.write_text("12345")

    def row(answer: str, question: str = "Write an ansatz") -> bytes:
        return json.dumps({"question": question, "answer": answer}).encode()

    hostile = f"    np.savetxt({str(outside / 'escaped')!r}, [1.0])\n    return qc\n"
    return [
        ("duplicate", row("A reply.\n```\n" + good_codes()[0].replace('"t"', '"angle"') + "```")),
        ("syntax_error", row("def create_ansatz(n):\n    return (")),
        ("wrong_columns", b'{"q": "x", "a": "y"}'),
        ("exception", row(HEAD + hostile)),
        ("exception", row(HEAD + f"    np.loadtxt({str(secret)!r})\n    return qc\n")),
        ("forbidden_import", row("import os\ndef create_ansatz(n):\n    while True:\n        os.fork()")),
        ("cpu_timeout", row(HEAD + "    while True:\n        pass")),
        ("too_long", row("x" * 1_000_000)),
        ("not_utf8", b'{"question": "\xff\xfe", "answer": "x"}'),
    ]


@pytest.fixture(scope="module")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("outside")


@pytest.fixture(scope="module")
def source(outside: Path) -> Path:
    """21 good rows, of which two name a problem, among 9 broken ones."""
    lines = []
    for number, code in enumerate(good_codes()):
        question = f"Number {number}: a circuit" + (
            " for the 4-qubit transverse-field Ising chain" if number > 18 else ""
        )
        lines.append(json.dumps({"question": question, "answer": f"Sure:\n```python\n{code}```\nDone."}).encode())
    for place, (_, line) in enumerate(broken_rows(outside)):
        lines.insert(3 * place + 1, line)
    path = outside / "rows.jsonl"
    path.write_bytes(b"\n".join(lines) + b"\n")
    return path


def run(settings: PrepareSettings, folder: Path, stop_after: int | None = None) -> tuple[dict[str, Any], list[int]]:
    """The card, and how far judging was at each report; stopped like by Ctrl-C after so many verdicts."""
    judged: list[int] = []

    def report(what: str, done: int, total: int) -> None:
        if what == "judging":
            judged.append(done)
            if done == stop_after:
                raise KeyboardInterrupt

    return prepare(settings, folder, 1, report, lambda line: None), judged


@pytest.fixture(scope="module")
def prepared(source: Path) -> tuple[Path, dict[str, Any]]:
    folder = source.parent / "processed"
    card, _ = run(PrepareSettings(source=str(source), validation_share=0.2), folder)
    return folder, card


def lines_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_every_broken_row_is_counted_by_its_reason_and_none_is_lost(
    prepared: tuple[Path, dict[str, Any]], source: Path
) -> None:
    folder, card = prepared
    expected = sorted(reason for reason, _ in broken_rows(source.parent))
    dropped = lines_of(folder / "dropped.jsonl")
    assert sorted(row["reason"] for row in dropped) == expected
    assert sum(card["counts"]["dropped_by_reason"].values()) == len(expected) == 9
    assert card["counts"]["rows"] == {"read": 30, "kept": 21, "dropped": 9}
    kept = lines_of(folder / "train.jsonl") + lines_of(folder / "val.jsonl")
    assert sorted([row["source"]["row"] for row in kept] + [row["row"] for row in dropped]) == list(range(1, 31))
    assert all(row["message"] for row in dropped)
    assert max(len(json.dumps(row)) for row in dropped) < 4000, "a megabyte is not copied"


def test_hostile_rows_did_nothing_outside_the_sandbox(prepared: tuple[Path, dict[str, Any]], source: Path) -> None:
    assert not (source.parent / "escaped").exists()
    assert "12345" not in (prepared[0] / "dropped.jsonl").read_text()


def test_kept_rows_are_clean_answers_with_the_hash_of_their_circuit(prepared: tuple[Path, dict[str, Any]]) -> None:
    from quantum.canonical import canonical_hash

    folder, _ = prepared
    train, validation = load_data(folder, 0.0)
    assert len(validation) > 0
    assert not {row.hash for row in train} & {row.hash for row in validation}
    assert len({row.hash for row in train + validation}) == 21
    with Sandbox() as sandbox:
        for row in validation:
            assert row.answer.startswith("```python\n")
            assert row.answer.endswith("\n```")
            assert row.prompt[0]["content"].startswith("Number ")
            circuit = sandbox.run(row.answer.split("\n", 1)[1].removesuffix("```"), PROBE_QUBITS).circuit
            assert circuit is not None
            assert canonical_hash(circuit) == row.hash


def test_rows_whose_prompt_names_a_problem_carry_measured_figures(prepared: tuple[Path, dict[str, Any]]) -> None:
    folder, card = prepared
    assert card["counts"]["scored_on"] == {"tfim": 2}
    train, validation = load_data(folder, 0.0)
    measured = [row.source["measured"] for row in train + validation if "measured" in row.source]
    assert len(measured) == 2
    assert all(one["sizes"][0]["num_qubits"] == 4 and one["sizes"][0]["error"] > 0 for one in measured)


def test_a_stopped_run_goes_on_and_gives_the_same_folder(source: Path, prepared: tuple[Path, dict[str, Any]]) -> None:
    folder = source.parent / "stopped"
    settings = PrepareSettings(source=str(source), validation_share=0.2)
    with pytest.raises(KeyboardInterrupt):
        run(settings, folder, stop_after=20)
    assert not (folder / "card.json").exists()
    _, judged = run(settings, folder)
    assert judged[0] == 21, "what was judged is not judged again"
    names = [path.name for path in prepared[0].iterdir() if not path.name.startswith("cache")]
    same, different, missing = filecmp.cmpfiles(prepared[0], folder, names, shallow=False)
    assert (sorted(same), different, missing) == (sorted(names), [], [])


def test_known_answers_and_held_out_instances_are_not_trained_on(tmp_path: Path) -> None:
    rows = [
        {"prompt": "Any circuit", "code": HVA},
        {"prompt": "Write an ansatz for an 8-qubit Heisenberg chain", "code": good_codes()[0]},
        {"prompt": "Write an ansatz for a 5-qubit Heisenberg chain", "code": good_codes()[1]},
    ]
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    card, _ = run(PrepareSettings(source=str(path), problem="none"), tmp_path / "to")
    assert card["counts"]["dropped_by_reason"] == {"reference_answer": 1, "held_out_instance": 1}
    messages = [row["message"] for row in lines_of(tmp_path / "to" / "dropped.jsonl")]
    assert messages == ["hva(reps=4) answers tfim on 4 qubits", "heisenberg on 8 qubits"]


def test_every_ansatz_of_a_benchmark_hamiltonian_is_found_whatever_its_family() -> None:
    """The short cut by the number of Paulis loses none of the library's."""
    from quantum.ansatze import hva
    from sft.data.decontaminate import _answers, _instances

    for problem, size in _instances():
        if size == 4:
            families = list(hva.families(problem.hamiltonian(size)))
            for family in families[:: len(families) // 6]:
                circuit = family.build(2)
                answers = circuit.num_parameters >= problem.reference_parameters(size)
                assert (_answers(circuit) is not None) or not answers, family.name


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Write an ansatz for the transverse-field Ising chain on 4 qubits", ("tfim", 4)),
        ("tfim\nqubits: 6\ndepth: 20", ("tfim", 6)),
        ("ground state of H2, num_qubits=4", ("h2", 4)),
        ("the XXZ model with n = 4", ("xxz", 4)),
        ("a water molecule on 8 qubits", ("h2o", 8)),
        ("Ising chains of 4 and of 6 sites: 4 sites, 6 sites", None),
        ("Ising and Heisenberg on 4 qubits", None),
        ("rotations in the xy-plane on 4 qubits", None),
        ("tfim coupling=1 field=1 boundary=open\nqubits: 4", ("tfim", 4)),
        ("tfim coupling=1 field=0.5 boundary=open\nqubits: 4", None),
        ("an Ising chain of 4 spins with J = 1 and h = 2.", None),
        ("an Ising ring, 4 qubits", None),
        ("a 4-qubit circuit", None),
        ("an Ising chain", None),
    ],
)
def test_a_problem_is_recognised_by_one_name_and_one_size(text: str, named: tuple[str, int] | None) -> None:
    assert named_problem(text) == named


def test_every_family_has_a_name_to_be_recognised_by() -> None:
    assert set(NAMES) == set(FAMILIES)


def test_another_domain_is_prepared_by_its_own_rules(tmp_path: Path) -> None:
    path = tmp_path / "formulas.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerows([["instruction", "input", "output"], ["Add", "a and b", "x = a + b\nRETURN x"]])
        writer.writerows([["Add", "", "```\nX = A + B /* sum */ RETURN X\n```"], ["Add", "", "x = a +"], ["Add", "x"]])
    card, _ = run(PrepareSettings(source=str(path), domain="fastformula", validation_share=0.0), tmp_path / "to")
    assert card["columns"] == {"prompt": ["instruction", "input"], "code": "output"}
    assert card["counts"]["dropped_by_reason"] == {"duplicate": 1, "syntax_error": 1, "broken_csv": 1}
    row = lines_of(tmp_path / "to" / "train.jsonl")[0]
    assert row["prompt"][0]["content"] == "Add\n\na and b"


@pytest.mark.parametrize(
    ("fields", "given", "expected"),
    [
        ({"question": "", "answer": "", "id": 1}, [], "prompt=question code=answer"),
        ({"Prompt": "", "Code": ""}, [], "prompt=Prompt code=Code"),
        ({"text": "", "canonical_solution": ""}, [], "prompt=text code=canonical_solution"),
        ({"question": "", "answer": "", "body": ""}, ["code=body"], "prompt=question code=body"),
        ({"a": "", "b": ""}, ["prompt=a", "code=b"], "prompt=a code=b"),
    ],
)
def test_columns_are_guessed_by_their_usual_names(fields: dict[str, Any], given: list[str], expected: str) -> None:
    assert str(choose_columns([fields], given)) == expected


@pytest.mark.parametrize(
    "fields",
    [
        {"conversations": [{"from": "human", "value": "Q"}, {"from": "gpt", "value": "A"}]},
        {"messages": [{"role": "user", "content": "Q"}, {"role": "assistant", "content": "A"}]},
        {"prompt": [{"role": "user", "content": "Q"}], "completion": [{"role": "assistant", "content": "A"}]},
        {"prompt": [{"role": "user", "content": "Q"}], "completion": "A"},
    ],
)
def test_chats_are_taken_as_prompt_and_answer(fields: dict[str, Any]) -> None:
    assert choose_columns([fields], []).take(fields) == ([{"role": "user", "content": "Q"}], "A")


@pytest.mark.parametrize(
    "value",
    [None, 3, "text", [], ["a"], [{"role": "user"}], [{"role": "user", "content": "Q"}], [{"from": 1, "value": 2}]],
)
def test_a_chat_that_is_none_is_a_row_with_wrong_columns(value: Any) -> None:
    good = {"messages": [{"role": "user", "content": "Q"}, {"role": "assistant", "content": "A"}]}
    with pytest.raises(ValueError, match="column 'messages'"):
        choose_columns([good], []).take({"messages": value})


@pytest.mark.parametrize(
    ("content", "arguments", "message"),
    [
        (b"", [], r"rows\.jsonl is empty"),
        (b"\n\n", [], r"rows\.jsonl holds no row"),
        (b'{"question": "q", "answer": "a"}\n', ["--column", "code=anser"], "no column 'anser'.*did you mean 'answer'"),
        (b'{"question": "q", "answer": "a"}\n', ["--column", "text=answer"], "write it as prompt=NAME or code=NAME"),
        (
            b'{"x": "q", "y": "a"}\n',
            [],
            r"no column looks like the code; say which: --column code=NAME \(columns: x, y\)",
        ),
        (b'{"question": "q", "answer": "a"}\n', ["--problem", "tfmi"], "unknown problem 'tfmi'.*did you mean 'tfim'"),
        (b'{"question": "q", "answer": "a"}\n', ["--domain", "fastformul"], "did you mean 'fastformula'"),
    ],
)
def test_a_wrong_request_is_one_line(
    content: bytes, arguments: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "rows.jsonl").write_bytes(content)
    with pytest.raises(SystemExit) as caught:
        main(["data", "prepare", str(tmp_path / "rows.jsonl"), "--to", str(tmp_path / "to"), *arguments])
    assert caught.value.code == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert re.search(message, lines[0]), lines[0]
    assert not (tmp_path / "to").exists()


def test_a_folder_of_something_else_is_left_alone(
    tmp_path: Path, prepared: tuple[Path, dict[str, Any]], source: Path
) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(RequestError, match="holds something else"):
        run(PrepareSettings(source=str(source)), tmp_path)
    with pytest.raises(RequestError, match="begun with other settings"):
        run(PrepareSettings(source=str(source), validation_share=0.5), prepared[0])


def test_a_line_longer_than_memory_should_hold_is_skipped(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(b"x" * (2 * MAX_LINE + 5) + b'\n{"question": "q"}\n[1]\n{broken')
    rows = list(read_source(str(path)))
    assert [(row.number, row.reason) for row in rows] == [
        (1, "line_too_long"),
        (2, None),
        (3, "not_an_object"),
        (4, "broken_json"),
    ]
    assert all(len(row.raw) < 5000 for row in rows)


def test_a_saved_dataset_is_read_and_the_hub_without_network_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import datasets

    datasets.Dataset.from_dict({"question": ["a", "b"], "answer": ["x", None]}).save_to_disk(str(tmp_path / "set"))
    rows = list(read_source(str(tmp_path / "set")))
    assert [row.fields for row in rows] == [{"question": "a", "answer": "x"}, {"question": "b", "answer": None}]
    monkeypatch.setattr("sft.data.sources._say_offline", lambda: None)
    monkeypatch.setattr("datasets.config.HF_HUB_OFFLINE", True)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(RequestError, match="no file some/dataset here, and the Hugging Face hub does not give it") as e:
        list(read_source("some/dataset"))
    assert "\n" not in str(e.value)

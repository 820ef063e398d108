"""Every reader of files from outside: whatever they hold, a value or one line, in bounded time and memory."""

from __future__ import annotations

import contextlib
import io
import json
import resource
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loop.console import PlainConsole
from loop.report.overview import brief
from loop.run import Run
from loop.show import picture, summarise
from models.config import load_config
from models.profiles import resolve_profile
from quantum.errors import RequestError
from quantum.problem import Problem, resolve_problem
from quantum.reading import read_json
from sft.concepts import ConceptSuite
from sft.data.columns import choose_columns
from sft.data.documents import DocumentSettings, collect_documents
from sft.data.examples import load_examples
from sft.data.sources import read_source
from tests.fuzz.hostile import as_json, as_yaml, changed, damaged
from tests.loop.report.runs import make_run

MEMORY_BYTES = 1 << 30
SECONDS = 10.0

HAMILTONIAN = {
    "name": "pair",
    "num_qubits": 2,
    "pauli_terms": [["ZZ", -1.0], ["IX", -0.5], ["XI", -0.5]],
    "units": "J",
    "description": "two spins",
    "label_convention": "Qiskit",
    "exact_ground_energy": -1.4142135623730951,
}
PROBLEM = {
    "name": "chain",
    "family": "tfim",
    "parameters": {"field": 0.5, "boundary": "open"},
    "sizes": [2, 3],
    "heldout_sizes": [4],
    "target": {"kind": "relative", "value": 1e-3},
    "limits": {"max_depth": 60, "max_gates": 200, "gates": ["ry", "cx"], "allow_frozen_angles": False},
}
PROFILE = {
    "model_name_or_path": "package:models/embedded",
    "prompt_format": "instruction",
    "stop_strings": ["```"],
    "use_peft": True,
    "lora_target_modules": ["q_proj"],
    "shape": None,
}
ADAPTER = {"base_model_name_or_path": "somewhere/base", "peft_type": "LORA", "r": 8}
CONCEPTS = {"threshold": 0.6, "target": 0.5, "questions": [{"question": "What?", "concepts": ["this", "that"]}]}
ROW = {"prompt": "Write it.", "answer": "def create_ansatz(n): ...", "kind": "outside", "hash": "00ff", "source": {}}
CHAT = {"messages": [{"role": "user", "content": "Write."}, {"from": "gpt", "value": "code"}]}
MARKDOWN = b"""---
title: x
---
# Energies ##

The energy of H2:

$$ E = -1.1 $$

| a | b |
|---|---|

```python
x = 1
```
Setext
======
"""
LATEX = rb"""\documentclass{article}
\begin{document}
\section{Energies\label{a}}
The energy % not this
\begin{equation} E \end{equation}
\begin{thebibliography}{9} \end{document}
"""


@dataclass(frozen=True)
class Reader:
    """A file by its name, valid contents of it, and what reads the folder that it lies in."""

    file: str
    valid: Any
    read: Callable[[Path], object]
    write: Callable[[Any], bytes] = as_json


def as_lines(rows: list[Any]) -> bytes:
    return b"".join(as_json(row) + b"\n" for row in rows)


def as_bytes(data: bytes) -> bytes:
    return data


def look_at(run: Path) -> None:
    """What `show` and the dashboard make of a run."""
    brief("run", Run(run))
    opened = Run.open(run)
    opened.environment()
    summary, best = summarise(opened, 2)
    PlainConsole(file=io.StringIO(), width=100).print(picture(summary, best, 100))


def rows_of(path: Path) -> None:
    fields = [row.fields for row in read_source(str(path)) if row.fields is not None]
    columns = choose_columns(fields, ())
    for one in fields:
        try:
            columns.take(one)
        except ValueError:
            continue


READERS = {
    "hamiltonian": Reader("h.json", HAMILTONIAN, lambda folder: resolve_problem(str(folder / "h.json"))),
    "problem": Reader("p.yaml", PROBLEM, lambda folder: resolve_problem(str(folder / "p.yaml")), as_yaml),
    "document": Reader(
        "d.json",
        resolve_problem("tfim", [2]).to_document(),
        lambda folder: Problem.from_document(read_json(folder / "d.json")),
    ),
    "edges": Reader("e.json", [[0, 1], [1, 2, 0.5]], lambda folder: resolve_problem(f"maxcut:graph={folder}/e.json")),
    "profile": Reader("m.yaml", PROFILE, lambda folder: resolve_profile(folder / "m.yaml").weights, as_yaml),
    "adapter": Reader("adapter_config.json", ADAPTER, resolve_profile),
    "concepts": Reader("c.yaml", CONCEPTS, lambda folder: load_config(ConceptSuite, folder / "c.yaml"), as_yaml),
    "rows": Reader("r.jsonl", [ROW, ROW], lambda folder: load_examples(folder / "r.jsonl"), as_lines),
    "outside rows": Reader("o.jsonl", [CHAT, CHAT], lambda folder: rows_of(folder / "o.jsonl"), as_lines),
    "csv": Reader("o.csv", b'prompt,code\n"a, b",c\nd,"e\nf"\n', lambda folder: rows_of(folder / "o.csv"), as_bytes),
    "markdown": Reader("t.md", MARKDOWN, lambda folder: documents(folder), as_bytes),
    "latex": Reader("t.tex", LATEX, lambda folder: documents(folder), as_bytes),
}


def documents(folder: Path) -> object:
    return collect_documents([folder], DocumentSettings(keywords=("energy",)), folder / "made.jsonl")


@pytest.fixture(scope="module")
def run_readers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Reader]:
    """The files of a run, each changed beside the others."""
    run = make_run(tmp_path_factory.mktemp("fuzz") / "run")
    others = {path.name: path.read_bytes() for path in run.path.iterdir() if path.is_file()}

    def read(folder: Path) -> None:
        for name, content in others.items():
            if not (folder / name).exists():
                (folder / name).write_bytes(content)
        look_at(folder)

    lines = {
        name: [json.loads(line) for line in others[name].splitlines()] for name in ("attempts.jsonl", "metrics.jsonl")
    }
    return {
        "config": Reader("config.yaml", yaml.safe_load(others["config.yaml"]), read, as_yaml),
        "environment": Reader("environment.json", json.loads(others["environment.json"]), read),
        **{name.partition(".")[0]: Reader(name, rows, read, as_lines) for name, rows in lines.items()},
    }


@pytest.fixture(scope="module", autouse=True)
def bounded_memory() -> Iterator[None]:
    """No example may take more than MEMORY_BYTES beyond what this process has mapped by now."""
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    mapped = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (mapped + MEMORY_BYTES, hard))
    yield
    resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def fuzz(reader: Reader, examples: int) -> None:
    valid = reader.write(reader.valid)
    documents = damaged(valid)
    if not isinstance(reader.valid, bytes):
        documents = st.one_of(changed(reader.valid).map(reader.write), documents)

    @settings(
        max_examples=examples,
        derandomize=True,
        deadline=SECONDS * 1000,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(documents)
    def one(content: bytes) -> None:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / reader.file).write_bytes(content)
            with contextlib.suppress(RequestError):
                reader.read(folder)

    one()


def test_what_is_valid_is_read(tmp_path: Path, run_readers: dict[str, Reader]) -> None:
    for number, reader in enumerate((READERS | run_readers).values()):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / reader.file).write_bytes(reader.write(reader.valid))
        reader.read(folder)


@pytest.mark.parametrize("name", [*READERS, "config", "environment", "attempts", "metrics"])
def test_a_few_files_of_each_kind(name: str, run_readers: dict[str, Reader]) -> None:
    fuzz((READERS | run_readers)[name], 12)


@pytest.mark.slow
@pytest.mark.parametrize("name", [*READERS, "config", "environment", "attempts", "metrics"])
def test_many_files_of_each_kind(name: str, run_readers: dict[str, Reader]) -> None:
    fuzz((READERS | run_readers)[name], 400)

"""The ansatz corpus as a data folder: made task by task, so that a build that was stopped goes on where it was.

A data folder of the corpus holds
    settings.yaml     what it is made of; the same settings give the same files, however often the build was stopped
    train.jsonl       the rows (`sft.corpus.rows.Row`) to train on
    val.jsonl         the rows held out: by the hash of their function, and held-out families and sizes
    circuits.json     the hashes of the functions trained on
    card.json         counts, digests, seeds, what was left out; written last; README.md says the same

While it is made, `made.jsonl` has the rows of each finished task, one line a task, in the order of the tasks.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any, Final

from pydantic import Field

from models.config import Strict, parse_config, read_yaml, with_overrides
from quantum.errors import RequestError
from sft.config import SftSettings
from sft.corpus.build import Task, corpus_tasks, distinct, make_rows
from sft.corpus.rows import CIRCUITS_FILE, Row, save_functions, save_rows
from sft.corpus.settings import CorpusSettings
from sft.data.card import claim_folder, describe_file, read_card, tally, write_card
from sft.data.examples import TRAIN, VALIDATION
from sft.dataset import split_corpus

MADE: Final = "made.jsonl"
LICENSE: Final = "Apache-2.0"


class BuildSettings(Strict):
    """One corpus on disk."""

    corpus: CorpusSettings = Field(default=CorpusSettings(), description="what the rows are about, and how many")


def read_build_settings(config: Path | None, overrides: Sequence[str]) -> BuildSettings:
    """The settings of a YAML of configs/data/; of one of configs/sft/, its corpus. Raises `RequestError`."""
    document = with_overrides(read_yaml(config) if config else {}, overrides)
    source = str(config or "--set")
    if set(document) > {"corpus"}:
        return BuildSettings(corpus=parse_config(SftSettings, document, source).corpus)
    return parse_config(BuildSettings, document, source)


Progress = Callable[[int, int], None]
"""Called with (tasks done, tasks in all)."""


def build_data(settings: BuildSettings, folder: Path, workers: int, progress: Progress | None = None) -> Path:
    """Makes the folder, or what is missing of it; one that is finished stays as it is.

    Raises `RequestError` for a folder that holds something else, or was begun with other settings.
    """
    claim_folder(folder, _identity(settings))
    if read_card(folder) is not None:
        return folder
    tasks = corpus_tasks(settings.corpus)
    made = list(_made(folder / MADE, tasks))
    with (folder / MADE).open("a", encoding="utf-8") as file:
        for number, rows in enumerate(_rest(settings, tasks[len(made) :], workers), start=len(made) + 1):
            _append(file, tasks[number - 1], rows)
            made.append(rows)
            if progress is not None:
                progress(number, len(tasks))
    _finish(settings, folder, made)
    return folder


def _identity(settings: BuildSettings) -> dict[str, Any]:
    """The settings, and a digest of the code that makes rows from them: half a corpus of each code is none."""
    source = hashlib.sha256()
    for path in sorted((Path(__file__).parents[1] / "corpus").rglob("*.py")):
        source.update(path.read_bytes())
    return {**settings.model_dump(mode="json"), "corpus_code_sha256": source.hexdigest()}


def _made(path: Path, tasks: Sequence[Task]) -> Iterator[list[Row]]:
    """The rows of the tasks that are done; a line that a killed process left half-written is cut off."""
    if not path.is_file():
        return
    lines = path.read_bytes().split(b"\n")
    whole = lines[:-1]
    with path.open("r+b") as file:
        file.truncate(sum(len(line) + 1 for line in whole))
    for task, line in zip(tasks, whole, strict=False):
        document = json.loads(line)
        if document["task"] != list(task):
            raise RequestError(f"{path} is damaged; delete it and build again")
        yield [Row(**row) for row in document["rows"]]


def _rest(settings: BuildSettings, tasks: list[Task], workers: int) -> Iterator[list[Row]]:
    if tasks:
        yield from make_rows(settings.corpus, tasks, min(workers, len(tasks)))


def _append(file: IO[str], task: Task, rows: Sequence[Row]) -> None:
    file.write(json.dumps({"task": task, "rows": [asdict(row) for row in rows]}) + "\n")
    file.flush()


def _finish(settings: BuildSettings, folder: Path, made: Sequence[Sequence[Row]]) -> None:
    rows = distinct(made)
    train, validation = split_corpus(rows, settings.corpus)
    save_rows(train, folder / TRAIN)
    save_rows(validation, folder / VALIDATION)
    save_functions(train, folder / CIRCUITS_FILE)
    write_card(folder, _card(settings, folder, made, rows))
    (folder / MADE).unlink()


def _card(settings: BuildSettings, folder: Path, made: Sequence[Sequence[Row]], rows: Sequence[Row]) -> dict[str, Any]:
    empty = sum(not batch for batch in made)
    repeats = sum(map(len, made)) - len(rows)
    return {
        "title": "QuantumMind ansatz corpus",
        "about": "Prompts and `create_ansatz` answers. Every answer was run in the sandbox and keeps the limits of its "
        "prompt; figures in prompts were measured by the reward engine.",
        "files": {name: describe_file(folder / name) for name in (TRAIN, VALIDATION)},
        "counts": {
            "kind": tally(row.kind for row in rows),
            "family": tally(row.family for row in rows),
            "problem": tally(row.problem for row in rows),
            "number_of_qubits": tally(row.num_qubits for row in rows),
            "left_out": {
                "rows whose prompt and answer, or whose function too often, were there already": repeats,
                "tasks that gave no row (no improvement found, or too long)": empty,
            },
        },
        "distinct_functions": len({row.hash for row in rows}),
        "longest_answer_characters": max((len(row.code) for row in rows), default=0),
        "seed": settings.corpus.seed,
        "settings": settings.model_dump(mode="json"),
        "license": LICENSE,
        "versions": {name: version(name) for name in ("quantummind", "qiskit", "qiskit-aer", "numpy")},
    }

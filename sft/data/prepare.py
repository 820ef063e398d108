"""Outside data made fit for training: every row is read, judged, and either kept or dropped with its reason.

    read, columns, size, held-out instances, sandbox and verifier, known answers, score, duplicates

The folder then holds `train.jsonl` and `val.jsonl` (split by hash, so that an answer is in one of them only),
`dropped.jsonl` (number, reason, message and row of everything else), `circuits.json`, `card.json` with `README.md`, and
`cache.sqlite`, by which a run that was stopped goes on. kept + dropped = read.

Reasons of `sft.data.sources`, of the domain's `judge`, of `sft.data.decontaminate`, of `Score.reason`, and

    wrong_columns   the row lacks a column, or it holds no text
    too_long        prompt or answer over `MAX_TEXT` characters
    duplicate       an earlier row that was kept has an answer with the same hash
    infrastructure  scoring failed on our side; a rerun tries again

The source is held in memory.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

from pydantic import Field

from models.config import Strict
from quantum.errors import RequestError
from quantum.problem import Problem, resolve_problem
from rewards.record import Score
from sft.corpus.rows import CIRCUITS_FILE
from sft.data.card import claim_folder, describe_file, tally, write_card
from sft.data.columns import Columns, choose_columns
from sft.data.decontaminate import held_out_instance
from sft.data.examples import TRAIN, VALIDATION, Example, save_examples
from sft.data.judging import judge_all, score_all
from sft.data.recognise import named_problem, named_sizes
from sft.data.sources import SHOWN, RawRow, read_source
from sft.dataset import split_rows
from sft.domains import get_domain

DROPPED: Final = "dropped.jsonl"
CACHE: Final = "cache.sqlite"
MAX_TEXT: Final = 60_000
LARGEST_SCORED: Final = 8
"""Larger instances are not scored by recognition: a row should cost a second, not a minute."""

Report = Callable[[str, int, int], None]
"""Called with (what is being done, done, in all)."""


class PrepareSettings(Strict):
    """What the folder is made from; a folder is made from one of these."""

    source: str = Field(description="a .jsonl or .csv file, a folder of the datasets library, or a hub name")
    columns: tuple[str, ...] = Field(default=(), description="prompt=NAME and code=NAME; by default guessed")
    domain: str = Field(default="ansatz", description="by whose rules answers are valid (sft.domains)")
    problem: str = Field(default="auto", description="score on this problem; auto: the one that the prompt names; none")
    validation_share: float = Field(default=0.05, ge=0.0, lt=1.0, description="the share of hashes held out")


@dataclass
class Item:
    """One row on its way; open until it has a reason."""

    raw: RawRow
    prompt: list[dict[str, str]] = field(default_factory=list)
    answer: str = ""
    hash: str = ""
    problem: Problem | None = None
    measured: dict[str, Any] | None = None
    reason: str | None = None
    message: str = ""

    @property
    def open(self) -> bool:
        return self.reason is None

    def drop(self, reason: str, message: str = "") -> None:
        self.reason, self.message = reason, message

    @property
    def question(self) -> str:
        return "\n".join(message["content"] for message in self.prompt)


def prepare(
    settings: PrepareSettings, folder: Path, workers: int, report: Report, say: Callable[[str], None]
) -> dict[str, Any]:
    """Makes the folder and returns its card. Raises `RequestError` before anything is judged."""
    get_domain(settings.domain).close()
    _fixed_problem(settings.problem)
    rows = list(read_source(settings.source))
    if not rows:
        raise RequestError(f"{settings.source} holds no row")
    columns = choose_columns([row.fields for row in rows[:1000] if row.fields], settings.columns)
    claim_folder(folder, settings.model_dump(mode="json"))
    say(f"{len(rows)} rows, columns {columns}{'' if settings.columns else ' (guessed; --column says otherwise)'}")
    items = [_item(row, columns) for row in rows]
    _judge(items, settings, folder, workers, report)
    _score(items, settings, folder, workers, report)
    _drop_duplicates(items)
    return _write(items, settings, columns, folder)


def _item(row: RawRow, columns: Columns) -> Item:
    item = Item(row)
    if row.fields is None:
        item.drop(str(row.reason), row.message)
        return item
    try:
        item.prompt, item.answer = columns.take(row.fields)
    except ValueError as error:
        item.drop("wrong_columns", str(error))
        return item
    longest = max(len(item.question), len(item.answer))
    if longest > MAX_TEXT:
        item.drop("too_long", f"{longest} characters, at most {MAX_TEXT} are taken")
    return item


def _judge(items: Sequence[Item], settings: PrepareSettings, folder: Path, workers: int, report: Report) -> None:
    if settings.domain == "ansatz":
        for item in items:
            if item.open and (named := held_out_instance(f"{item.question}\n{item.answer}")):
                item.drop("held_out_instance", named)
    waiting = [item for item in items if item.open]
    texts = [item.answer for item in waiting]
    verdicts = judge_all(texts, settings.domain, workers, folder / CACHE, lambda *at: report("judging", *at))
    for item in waiting:
        verdict = verdicts[item.answer]
        item.answer, item.hash = verdict.clean, verdict.hash or ""
        if verdict.reason is not None:
            item.drop(verdict.reason, verdict.message)


def _score(items: Sequence[Item], settings: PrepareSettings, folder: Path, workers: int, report: Report) -> None:
    if settings.domain != "ansatz":
        return
    texts: dict[Problem, list[str]] = {}
    for item in items:
        if item.open and (problem := _problem_of(item.question, settings.problem)):
            item.problem = problem
            texts.setdefault(problem, []).append(item.answer)
    distinct = {problem: list(dict.fromkeys(answers)) for problem, answers in texts.items()}
    scores = score_all(distinct, workers, folder / CACHE, lambda *at: report("scoring", *at))
    for item in items:
        if item.problem is not None:
            _heed(item, scores[item.problem.id, item.answer])


def _heed(item: Item, score: Score) -> None:
    assert item.problem is not None
    if score.outcome == "infrastructure":
        item.drop("infrastructure", score.message)
    elif score.outcome != "ok":
        item.drop(str(score.reason), f"{item.problem.name}: {score.message}")
    else:
        figures = ("num_qubits", "error", "two_qubit_gates", "parameters", "depth")
        sizes = [{name: getattr(size, name) for name in figures} for size in score.sizes]
        item.measured = {"problem": item.problem.name, "reward": score.reward, "sizes": sizes}


def _problem_of(question: str, wanted: str) -> Problem | None:
    """The problem to score a row on: the one asked for, or named by the prompt, at the size that the prompt names."""
    if wanted == "none":
        return None
    sizes = named_sizes(question)
    size = next(iter(sizes)) if len(sizes) == 1 else None
    if wanted != "auto":
        return _resolved(wanted, size) or _resolved(wanted, None)
    named = named_problem(question)
    return None if named is None or named[1] > LARGEST_SCORED else _resolved(*named)


@cache
def _resolved(spec: str, size: int | None) -> Problem | None:
    try:
        return resolve_problem(spec, None if size is None else (size,))
    except RequestError:
        return None


def _fixed_problem(wanted: str) -> None:
    if wanted not in ("auto", "none"):
        resolve_problem(wanted)


def _drop_duplicates(items: Sequence[Item]) -> None:
    first: dict[str, int] = {}
    for item in items:
        if item.open and first.setdefault(item.hash, item.raw.number) != item.raw.number:
            item.drop("duplicate", f"the same answer as row {first[item.hash]}")


def _write(items: Sequence[Item], settings: PrepareSettings, columns: Columns, folder: Path) -> dict[str, Any]:
    kept = [_example(item, settings) for item in items if item.open]
    train, validation = split_rows(kept, settings.validation_share)
    save_examples(train, folder / TRAIN)
    save_examples(validation, folder / VALIDATION)
    hashes = sorted({row.hash[:16] for row in train})
    (folder / CIRCUITS_FILE).write_text(json.dumps(hashes) + "\n", encoding="utf-8")
    with (folder / DROPPED).open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(_dropped(item)) + "\n" for item in items if not item.open)
    card = _card(items, settings, columns, folder)
    write_card(folder, card)
    return card


def _example(item: Item, settings: PrepareSettings) -> Example:
    source: dict[str, Any] = {"from": Path(settings.source).name, "row": item.raw.number}
    if item.measured is not None:
        source["measured"] = item.measured
    return Example("outside", item.prompt, item.answer, item.hash, source)


def _dropped(item: Item) -> dict[str, Any]:
    """Long values are cut: the row's number leads to the whole of it."""
    row: Any = item.raw.raw if item.raw.fields is None else {k: _short(v) for k, v in item.raw.fields.items()}
    return {"row": item.raw.number, "reason": item.reason, "message": item.message, "data": row}


def _short(value: Any) -> Any:
    text = value if isinstance(value, str) else json.dumps(value, default=str)
    if len(text) <= SHOWN:
        return value if isinstance(value, str) else json.loads(text)
    return f"{text[:SHOWN]}… ({len(text)} characters)"


def _card(items: Sequence[Item], settings: PrepareSettings, columns: Columns, folder: Path) -> dict[str, Any]:
    path = Path(settings.source)
    reasons = Counter(item.reason for item in items if not item.open)
    return {
        "title": f"Training rows from {path.name}",
        "about": "Rows of outside data whose answers were judged in the sandbox and by the verifier; "
        f"what was left out, and why, is in {DROPPED}.",
        "files": {name: describe_file(folder / name) for name in (TRAIN, VALIDATION, DROPPED)},
        "counts": {
            "rows": {
                "read": len(items),
                "kept": sum(item.open for item in items),
                "dropped": sum(not item.open for item in items),
            },
            "dropped_by_reason": {str(reason): count for reason, count in reasons.most_common()},
            "scored_on": tally(item.measured["problem"] for item in items if item.open and item.measured),
        },
        "columns": {"prompt": list(columns.prompt), "code": columns.code},
        "settings": settings.model_dump(mode="json"),
        "source_sha256": hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else None,
        "license": "that of the source",
    }

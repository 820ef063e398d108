"""The corpus: rows of (prompt, answer), each answer run in the sandbox and checked against the limits of its prompt.

Plain rows ask for an ansatz within limits. Improvement rows show a CONTEXT whose figures were measured by the reward
engine, and answer with a small change of it that the same engine measured to be better. Row k is a function of the
settings and k alone, so the corpus does not depend on how many processes make it; errors are shown with two digits,
which is what may differ between machines.

Not covered: documents, outside data sets, a split by families.
"""

from __future__ import annotations

import hashlib
import json
import multiprocessing
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from itertools import combinations
from pathlib import Path
from random import Random
from typing import Annotated, Literal

from pydantic import Field

from models.config import Strict
from models.prompts import MemoryEntry, Message, Style, build_messages
from quantum.canonical import canonical_hash
from quantum.circuit import GATES, Circuit
from quantum.problem import Limits, Problem
from quantum.seeds import seed_for
from quantum.verifier import verify
from rewards.policy import check_code
from rewards.sandbox import Sandbox
from rewards.score import Scorer
from rewards.settings import ScoreSettings
from sft.corpus.ansatz import Ansatz
from sft.corpus.code import BUNDLES, fence, write
from sft.corpus.families import draw
from sft.corpus.mutate import mutate
from sft.corpus.problems import problem_on

PROBE_QUBITS = 5
"""Two functions count as the same when their circuits of this size are."""

CIRCUITS_FILE = "circuits.json"
"""In a build: the first 16 characters of the hash of every function trained on, as a JSON list."""

GATE_SETS = (
    ("ry", "cx"),
    ("ry", "cz"),
    ("rx", "ry", "rz", "cx"),
    ("rx", "rz", "cz"),
    ("ry", "rz", "cx", "cz"),
    ("h", "x", "rx", "ry", "rz", "cx"),
    ("h", "rx", "rz", "rzz"),
    ("x", "h", "cx", "rx", "ry", "rz", "rxx", "ryy", "rzz"),
    ("x", "ry", "rz", "cx", "cry"),
)
"""The restrictions that prompts name; most prompts allow every gate."""


class CorpusSettings(Strict):
    """What the corpus is made of; equal settings make equal rows."""

    seed: int = 0
    plain_rows: int = Field(default=4000, ge=1)
    lineages: int = Field(default=200, ge=0)
    """Chains of `generations` mutations that are measured; each gives up to `pairs` improvements in two hands."""
    generations: int = Field(default=5, ge=1)
    pairs: int = Field(default=5, ge=1)
    min_gain: float = Field(default=0.01, gt=0.0)
    """An answer is better than its context when its reward is larger by this."""
    sizes: tuple[Annotated[int, Field(ge=2, le=16)], ...] = (2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)
    measured_sizes: tuple[Annotated[int, Field(ge=2, le=8)], ...] = (3, 4, 4, 4, 5, 6)
    any_gates: float = Field(default=0.6, ge=0.0, le=1.0)
    """The share of prompts that allow every gate."""
    style: Style = "compact"
    max_characters: int = Field(default=800, ge=200)
    """Longer answers are left out."""
    validation_share: float = Field(default=0.03, ge=0.0, lt=0.5)

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Row:
    """One example; `hash` is the canonical hash of the answer's circuit on `PROBE_QUBITS` qubits."""

    kind: Literal["plain", "improvement"]
    prompt: list[Message]
    code: str
    family: str
    problem: str
    num_qubits: int
    hash: str

    @property
    def answer(self) -> str:
        return fence(self.code)


@dataclass(frozen=True, slots=True)
class Measured:
    """An ansatz with what the reward engine found; `entry.code` is left to the hand that the row is written in."""

    ansatz: Ansatz
    entry: MemoryEntry
    reward: float


@dataclass(frozen=True, slots=True)
class Subject:
    """What a row is about: drawn first, from the row's own stream of random numbers."""

    random: Random
    problem: Problem
    num_qubits: int
    gates: tuple[str, ...]

    @property
    def limits(self) -> Limits:
        """The problem's own limits with `gates`."""
        return replace(self.problem.limits_for(self.num_qubits), gates=self.gates)

    def tightened(self, depth: int) -> Limits:
        """The same, the maximum depth in half of the rows lowered to something not below `depth`."""
        if self.random.random() < 0.5:
            return self.limits
        return replace(self.limits, max_depth=min(self.limits.max_depth, self.random.randint(depth, 2 * depth + 4)))


class Workshop:
    """Makes rows by number; one a process, because it holds a sandbox."""

    def __init__(self, settings: CorpusSettings) -> None:
        self.settings = settings
        self.sandbox = Sandbox()

    def subject(self, kind: str, number: int) -> Subject:
        """The problem, size and gates of a row, and the random numbers for the rest of it."""
        random = Random(seed_for(self.settings.seed, "corpus", kind, number))
        num_qubits = random.choice(self.settings.sizes if kind == "plain" else self.settings.measured_sizes)
        gates = tuple(GATES) if random.random() < self.settings.any_gates else random.choice(GATE_SETS)
        return Subject(random, problem_on(random, num_qubits), num_qubits, gates)

    def plain(self, number: int) -> list[Row]:
        """One row: a prompt with limits and an ansatz that keeps them."""
        subject = self.subject("plain", number)
        while True:
            family, ansatz = draw(subject.random, frozenset(subject.gates))
            code = write(ansatz, subject.random.choice(BUNDLES))
            if len(code) > self.settings.max_characters:
                continue
            verdict = verify(self._run(code, subject.num_qubits), subject.num_qubits, subject.limits)
            if verdict.ok and verdict.metrics is not None:
                limits = subject.tightened(verdict.metrics.depth)
                return [self._row("plain", subject, limits, family, code)]

    def lineage(self, number: int) -> list[Row]:
        """Improvement rows from one measured chain of mutations, possibly none."""
        subject = self.subject("lineage", number)
        random = subject.random
        scorer = Scorer(subject.problem, ScoreSettings(seed=self.settings.seed), self.sandbox)
        family, ansatz = draw(random, frozenset(subject.gates))
        chain = []
        for _ in range(self.settings.generations + 1):
            measured = self._measure(scorer, ansatz)
            if measured is not None:
                chain.append(measured)
            ansatz = mutate(random, ansatz, frozenset(subject.gates))
        chain.sort(key=lambda one: one.reward)
        pairs = [(a, b) for a, b in combinations(chain, 2) if b.reward - a.reward >= self.settings.min_gain]
        random.shuffle(pairs)
        hands = [(*pair, hand) for pair in pairs[: self.settings.pairs] for hand in random.sample(BUNDLES, 2)]
        rows = (self._improvement(subject, family, worse, better, hand) for worse, better, hand in hands)
        return [row for row in rows if row is not None]

    def _improvement(
        self, subject: Subject, family: str, worse: Measured, better: Measured, hand: Mapping[str, str]
    ) -> Row | None:
        """Context and answer are in one hand: what a policy sees in discovery is its own writing."""
        shown, code = (write(one.ansatz, hand) for one in (worse, better))
        if max(len(shown), len(code)) > self.settings.max_characters:
            return None
        limits = subject.tightened(max(worse.entry.depth, better.entry.depth))
        return self._row("improvement", subject, limits, family, code, [replace(worse.entry, code=shown)])

    def _row(
        self,
        kind: Literal["plain", "improvement"],
        subject: Subject,
        limits: Limits,
        family: str,
        code: str,
        context: Sequence[MemoryEntry] = (),
    ) -> Row:
        problem, num_qubits = subject.problem, subject.num_qubits
        prompt = build_messages(problem, num_qubits, context, self.settings.style, limits)
        function = canonical_hash(self._run(code, PROBE_QUBITS))
        return Row(kind, prompt, code, family, problem.name, num_qubits, function)

    def _measure(self, scorer: Scorer, ansatz: Ansatz) -> Measured | None:
        score = scorer.score(fence(write(ansatz, BUNDLES[0])))
        if score.outcome == "infrastructure":
            raise RuntimeError(f"the reward engine failed: {score.message}")
        if score.outcome != "ok" or score.reward is None or score.circuit_hash is None:
            return None
        size = score.sizes[0]
        error = max(size.error, 0.0)
        figures = MemoryEntry("", error, size.two_qubit_gates, size.parameters, size.depth, score.circuit_hash)
        return Measured(ansatz, figures, score.reward)

    def _run(self, code: str, num_qubits: int) -> Circuit:
        verdict = check_code(code)
        if not verdict.ok:
            raise RuntimeError(f"the corpus wrote code that the policy refuses: {verdict.message}\n{code}")
        result = self.sandbox.run(code, num_qubits)
        if result.circuit is None:
            raise RuntimeError(f"the corpus wrote code that fails in the sandbox: {result.message}\n{code}")
        return result.circuit


def build_corpus(
    settings: CorpusSettings, workers: int = 1, progress: Callable[[int], None] | None = None
) -> list[Row]:
    """Every row, plain rows first; answers may repeat, (prompt, answer) pairs do not."""
    tasks = [("plain", number) for number in range(settings.plain_rows)]
    tasks += [("lineage", number) for number in range(settings.lineages)]
    rows: dict[tuple[str, str], Row] = {}
    for done, batch in enumerate(_in_processes(settings, tasks, workers), start=1):
        for row in batch:
            rows.setdefault((row.prompt[-1]["content"], row.code), row)
        if progress is not None:
            progress(done)
    return list(rows.values())


def save_rows(rows: Iterable[Row], path: Path) -> str:
    """Rows as JSON lines; returns the sha256 of the file."""
    text = "".join(json.dumps(asdict(row)) + "\n" for row in rows)
    path.write_text(text, encoding="utf-8")
    return hashlib.sha256(text.encode()).hexdigest()


def save_functions(rows: Iterable[Row], path: Path) -> None:
    """The functions of `rows` for `CIRCUITS_FILE`."""
    path.write_text(json.dumps(sorted({row.hash[:16] for row in rows})) + "\n", encoding="utf-8")


def load_rows(path: Path) -> list[Row]:
    return [Row(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]


_workshop: Workshop


def _start(settings: CorpusSettings) -> None:
    global _workshop
    _workshop = Workshop(settings)


def _make(task: tuple[str, int]) -> list[Row]:
    kind, number = task
    return _workshop.plain(number) if kind == "plain" else _workshop.lineage(number)


def _in_processes(settings: CorpusSettings, tasks: list[tuple[str, int]], workers: int) -> Iterable[list[Row]]:
    if workers <= 1:
        _start(settings)
        with _workshop.sandbox:
            yield from map(_make, tasks)
        return
    # Not fork: a parent with torch loaded has threads.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, context, initializer=_start, initargs=(settings,)) as pool:
        yield from pool.map(_make, tasks, chunksize=8)

"""Where rows are made: each answer is run in the sandbox and keeps the limits of its prompt.

Plain rows ask for an ansatz within limits. Improvement rows show a CONTEXT whose figures were measured by the reward
engine, and answer with a small change of it that the same engine measured to be better.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import permutations
from random import Random
from typing import Annotated, Final

from pydantic import Field

from models.config import Strict
from models.prompts import MemoryEntry, Message, Style, build_messages
from quantum.canonical import canonical_hash
from quantum.circuit import GATES, Circuit
from quantum.exact import exact_energy
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
from sft.corpus.rows import PROBE_QUBITS, Row

GATE_SETS: Final = (
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
    functions: int = Field(default=4000, ge=1)
    """Ansaetze of the plain rows, each written in two hands."""
    lineages: int = Field(default=200, ge=0)
    """Chains of `generations` mutations that are measured; each gives up to `pairs` improvements in two hands."""
    generations: int = Field(default=5, ge=1)
    pairs: int = Field(default=5, ge=1)
    sizes: tuple[Annotated[int, Field(ge=2, le=16)], ...] = (2, 3, 4, 4, 4, 5, 6, 6, 7, 8, 8, 9, 10, 11, 12)
    measured_sizes: tuple[Annotated[int, Field(ge=2, le=8)], ...] = (3, 4, 4, 4, 5, 6)
    any_gates: float = Field(default=0.6, ge=0.0, le=1.0)
    """The share of prompts that allow every gate."""
    tight_depth: float = Field(default=0.25, ge=0.0, le=1.0)
    """The share of prompts with a maximum depth below the problem's own."""
    style: Style = "compact"
    max_characters: int = Field(default=840, ge=200)
    """Longer answers are left out: they would outgrow the completion, and the memory's share of the prompt."""
    validation_share: float = Field(default=0.03, ge=0.0, lt=0.5)


@dataclass(frozen=True, slots=True)
class Measured:
    """An ansatz with what the reward engine found; `entry.code` is left to the hand that the row is written in."""

    ansatz: Ansatz
    entry: MemoryEntry


@dataclass(frozen=True, slots=True)
class Subject:
    """What a row is about, drawn first, and the random numbers for the rest of it."""

    random: Random
    problem: Problem
    num_qubits: int
    limits: Limits
    settings: CorpusSettings

    @property
    def gates(self) -> frozenset[str]:
        return frozenset(self.limits.gates)

    def prompt(self, depth: int, context: Sequence[MemoryEntry] = ()) -> list[Message]:
        """The prompt for an answer of `depth`; its maximum depth is the problem's, or a smaller one not below that."""
        limits = self.limits
        if self.random.random() < self.settings.tight_depth:
            limits = replace(limits, max_depth=min(limits.max_depth, self.random.randint(depth, 2 * depth + 4)))
        return build_messages(self.problem, self.num_qubits, context, self.settings.style, limits)

    def fits(self, *codes: str) -> bool:
        return max(map(len, codes)) <= self.settings.max_characters


class Workshop:
    """Makes rows by number: row k is a function of the settings and k alone. `sandbox` is the caller's to close."""

    def __init__(self, settings: CorpusSettings) -> None:
        self.settings = settings
        self.sandbox = Sandbox()

    def subject(self, kind: str, number: int) -> Subject:
        """The problem, size and gates of a row."""
        random = Random(seed_for(self.settings.seed, "corpus", kind, number))
        num_qubits = random.choice(self.settings.sizes if kind == "plain" else self.settings.measured_sizes)
        gates = tuple(GATES) if random.random() < self.settings.any_gates else random.choice(GATE_SETS)
        problem = problem_on(random, num_qubits)
        return Subject(random, problem, num_qubits, replace(problem.limits_for(num_qubits), gates=gates), self.settings)

    def plain(self, number: int) -> list[Row]:
        """One ansatz in two hands, each under its own prompt."""
        subject = self.subject("plain", number)
        problem, num_qubits = subject.problem.name, subject.num_qubits
        while True:
            family, ansatz = draw(subject.random, subject.gates)
            codes = [write(ansatz, hand) for hand in subject.random.sample(BUNDLES, 2)]
            if not subject.fits(*codes):
                continue
            verdict = verify(self._run(codes[0], num_qubits), num_qubits, subject.limits)
            if verdict.ok and verdict.metrics is not None:
                depth, function = verdict.metrics.depth, self._function(codes[0])
                prompts = [subject.prompt(depth) for _ in codes]
                pairs = zip(prompts, codes, strict=True)
                return [Row("plain", prompt, code, family, problem, num_qubits, function) for prompt, code in pairs]

    def lineage(self, number: int) -> list[Row]:
        """Improvements from one measured chain of mutations, possibly none."""
        subject = self.subject("lineage", number)
        scorer = Scorer(subject.problem, ScoreSettings(seed=self.settings.seed), self.sandbox)
        family, ansatz = draw(subject.random, subject.gates)
        chain = []
        for _ in range(self.settings.generations + 1):
            measured = self._measure(scorer, ansatz)
            if measured is not None:
                chain.append(measured)
            ansatz = mutate(subject.random, ansatz, subject.gates)
        exact = exact_energy(subject.problem.hamiltonian(subject.num_qubits)).energy
        threshold = subject.problem.target.threshold(exact)
        pairs = [(a, b) for a, b in permutations(chain, 2) if improves(a.entry, b.entry, threshold)]
        subject.random.shuffle(pairs)
        return [row for pair in pairs[: self.settings.pairs] for row in self._improvements(subject, family, *pair)]

    def _improvements(self, subject: Subject, family: str, worse: Measured, better: Measured) -> list[Row]:
        """Context and answer are in one hand: what a policy sees in discovery is its own writing."""
        hands = subject.random.sample(BUNDLES, 2)
        texts = [(write(worse.ansatz, hand), write(better.ansatz, hand)) for hand in hands]
        texts = [pair for pair in texts if subject.fits(*pair)]
        if not texts:
            return []
        function = self._function(texts[0][1])
        depth = max(worse.entry.depth, better.entry.depth)
        prompts = [subject.prompt(depth, [replace(worse.entry, code=shown)]) for shown, _ in texts]
        return [
            Row("improvement", prompt, code, family, subject.problem.name, subject.num_qubits, function)
            for prompt, (_, code) in zip(prompts, texts, strict=True)
        ]

    def _measure(self, scorer: Scorer, ansatz: Ansatz) -> Measured | None:
        score = scorer.score(fence(write(ansatz, BUNDLES[0])))
        if score.outcome == "infrastructure":
            raise RuntimeError(f"the reward engine failed: {score.message}")
        if score.outcome != "ok" or score.circuit_hash is None:
            return None
        size = score.sizes[0]
        error = max(size.error, 0.0)
        figures = MemoryEntry("", error, size.two_qubit_gates, size.parameters, size.depth, score.circuit_hash)
        return Measured(ansatz, figures)

    def _function(self, code: str) -> str:
        """What all texts of one function share."""
        return canonical_hash(self._run(code, PROBE_QUBITS))

    def _run(self, code: str, num_qubits: int) -> Circuit:
        verdict = check_code(code)
        if not verdict.ok:
            raise RuntimeError(f"the corpus wrote code that the policy refuses: {verdict.message}\n{code}")
        result = self.sandbox.run(code, num_qubits)
        if result.circuit is None:
            raise RuntimeError(f"the corpus wrote code that fails in the sandbox: {result.message}\n{code}")
        return result.circuit


def improves(worse: MemoryEntry, better: MemoryEntry, threshold: float) -> bool:
    """A clearly smaller error, or as small an error with fewer two-qubit gates; errors within the target are equal."""
    before, after = max(worse.error, threshold), max(better.error, threshold)
    return after < 0.9 * before or (after <= 1.001 * before and better.two_qubit_gates < worse.two_qubit_gates)

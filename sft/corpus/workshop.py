"""Where rows are made: each answer is run in the sandbox and keeps the limits of its prompt.

Plain rows ask for an ansatz within limits. Improvement rows show a CONTEXT whose figures were measured by the reward
engine, and answer with a small edit of it that the same engine measured to be better.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from random import Random

from models.prompts import Message, build_messages
from quantum.canonical import canonical_hash
from quantum.circuit import GATES, Circuit
from quantum.problem import Limits, Problem
from quantum.seeds import seed_for
from quantum.verifier import verify
from quantum.vqe import VqeSettings
from rewards.cache import ScoreCache
from rewards.components import yardstick
from rewards.ladder import valid_parts
from rewards.measure import Measurer
from rewards.order import rank_of
from rewards.policy import check_code
from rewards.remembered import Remembered, figures_of
from rewards.sandbox import Sandbox
from rewards.settings import RewardSettings, ScoreSettings
from sft.corpus.ansatz import Ansatz
from sft.corpus.climb import Improvement, Measured, climb
from sft.corpus.code import BUNDLES, write
from sft.corpus.families import draw
from sft.corpus.gate_lists import draw_gates
from sft.corpus.problems import problem_on
from sft.corpus.rows import PROBE_QUBITS, Row
from sft.corpus.settings import CorpusSettings


@dataclass(frozen=True)
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

    @cached_property
    def measurer(self) -> Measurer:
        """The reward engine's, with the corpus's number of VQE starts."""
        reward = RewardSettings(audit_share=0.0)
        score = ScoreSettings(seed=self.settings.seed, reward=reward, vqe=VqeSettings(restarts=self.settings.restarts))
        return Measurer(self.problem, score, ScoreCache())

    def prompt(self, depth: int, context: Sequence[Remembered] = ()) -> list[Message]:
        """The prompt for circuits of up to `depth`; its maximum is the problem's, or a smaller one not below that."""
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
        gates = tuple(GATES) if random.random() < self.settings.any_gates else draw_gates(random)
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
        """The improvements of one hill climb from a random ansatz, or from the best of some; possibly none."""
        subject = self.subject("lineage", number)
        measured = [self._start(subject) for _ in range(subject.random.choice((1, 4, 8)))]
        starts = [(one, family) for family, one in measured if one is not None]
        if not starts:
            return []
        first, family = min(starts, key=lambda start: start[0].rank)
        improvements = climb(
            subject.random,
            first,
            lambda ansatz: self.measure(subject, ansatz),
            subject.gates,
            self.settings,
        )
        return [row for one in improvements for row in self._rows(subject, family, one)]

    def _start(self, subject: Subject) -> tuple[str, Measured | None]:
        family, ansatz = draw(subject.random, subject.gates)
        return family, self.measure(subject, ansatz)

    def measure(self, subject: Subject, ansatz: Ansatz) -> Measured | None:
        """What the reward engine finds, or None where the code is too long or its circuit breaks a limit."""
        code = write(ansatz, BUNDLES[0])
        if not subject.fits(code):
            return None
        circuit = self._run(code, subject.num_qubits)
        verdict = verify(circuit, subject.num_qubits, subject.limits)
        if not verdict.ok or verdict.metrics is None:
            return None
        measurer = subject.measurer
        size = measurer.size(circuit, verdict.metrics, measurer.gradient(circuit))
        rank = rank_of([size], subject.problem)
        reward = sum(valid_parts(rank, yardstick(subject.problem), RewardSettings()).values())
        return Measured(ansatz, Remembered("", "", measurer.form(circuit).hash, reward, figures_of([size])), rank)

    def _rows(self, subject: Subject, family: str, improvement: Improvement) -> list[Row]:
        """Context and answer are in one hand: what a policy sees in discovery is its own writing."""
        better = improvement.better
        depth = max(one.rank.depth for one in (*improvement.shown, better))
        function = self._function(write(better.ansatz, BUNDLES[0]))
        rows = []
        for hand in subject.random.sample(BUNDLES, self.settings.hands):
            shown = [replace(one.entry, code=write(one.ansatz, hand)) for one in improvement.shown]
            code = write(better.ansatz, hand)
            if subject.fits(code, *(entry.code for entry in shown)):
                prompt = subject.prompt(depth, shown)
                rows.append(
                    Row("improvement", prompt, code, family, subject.problem.name, subject.num_qubits, function)
                )
        return rows

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

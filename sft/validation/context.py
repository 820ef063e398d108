"""Does the policy use what its prompt shows? The share of valid answers that beat a shown circuit, with and without it.

For each problem the policy first answers without context. One of its own measured circuits, better than three quarters
of the others, is then shown as the memory of a discovery run would show it, and the policy answers again. The control
are fresh answers without context, held against the same circuit: a policy that ignores its context beats it as often.
"Better" is clearly better in the one order of circuits (`rewards.order`), by what the reward engine measured.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, NamedTuple

from models.loader import Policy
from models.prompts import build_messages
from quantum.errors import InfrastructureError
from quantum.problem import Problem, resolve_problem
from quantum.seeds import seed_for
from rewards.extract import extract_code
from rewards.order import Rank, rank
from rewards.remembered import Remembered
from rewards.sandbox import Sandbox
from rewards.score import Scorer
from rewards.settings import ScoreSettings
from sft.validation.bench import Bench
from sft.validation.shares import Difference, Share, unpaired

Progress = Callable[[str, int, int], None]
"""Called with the name of a stage, how much of it is done, and how much there is."""

PROBLEMS: Final = ("tfim", "tfim:field=0.5", "xy", "xy:anisotropy=0.5", "heisenberg", "heisenberg:field=1.0")
NUM_QUBITS: Final = 4
SHOWN_QUANTILE: Final = 0.75
FEWEST: Final = 4
"""Different measured circuits below which a problem is left out: there is no quartile to show."""


class Answer(NamedTuple):
    """A valid answer: where it stands in the order of its problem's circuits, and what a prompt shows of it."""

    rank: Rank
    entry: Remembered


@dataclass(frozen=True, slots=True)
class ContextCase:
    """One problem: what was shown, and for the answers with and without it whether each valid one was better."""

    problem: str
    shown: Remembered
    better_with: tuple[bool, ...]
    better_without: tuple[bool, ...]
    copies: int
    answers: int


@dataclass(frozen=True)
class ContextReport:
    cases: tuple[ContextCase, ...]
    left_out: tuple[str, ...]

    @property
    def uses_context(self) -> Share:
        return Share.of(better for case in self.cases for better in case.better_with)

    @property
    def without_context(self) -> Share:
        return Share.of(better for case in self.cases for better in case.better_without)

    @property
    def copied(self) -> Share:
        return Share(sum(case.copies for case in self.cases), sum(len(case.better_with) for case in self.cases))

    @property
    def valid(self) -> tuple[Share, Share]:
        """Of the answers with and without context."""
        total = sum(case.answers for case in self.cases)
        return Share(self.uses_context.total, total), Share(self.without_context.total, total)

    @property
    def difference(self) -> Difference:
        return unpaired(self.without_context, self.uses_context)

    def to_json(self) -> dict[str, Any]:
        gain = self.difference
        with_context, without = self.valid
        return {
            "uses_context": self.uses_context.to_json(),
            "without_context": self.without_context.to_json(),
            "difference": {"value": gain.value, "low": gain.low, "high": gain.high, "p": gain.p, "test": gain.test},
            "copied": self.copied.to_json(),
            "valid_with": with_context.to_json(),
            "valid_without": without.to_json(),
            "by_problem": {case.problem: _case_json(case) for case in self.cases},
            "left_out": list(self.left_out),
        }

    def to_text(self) -> str:
        gain = self.difference
        with_context, without = self.valid
        lines = [
            f"context, {len(self.cases)} problems on {NUM_QUBITS} qubits:",
            f"  {'better':<13}{self.uses_context!s:<36}of the valid, than the circuit shown",
            f"  {'  control':<13}{self.without_context!s:<36}the same without it in the prompt",
            f"  {'  gain':<13}{100 * gain.value:+.1f} points [{100 * gain.low:+.1f}, {100 * gain.high:+.1f}], "
            f"p = {gain.p:.2g} ({gain.test})",
            f"  {'copied':<13}{self.copied}",
            f"  {'valid':<13}{with_context!s:<36}without context {100 * without.value:.1f} %",
        ]
        for case in self.cases:
            shares = Share.of(case.better_with), Share.of(case.better_without)
            beat = " ".join(f"{100 * share.value:5.1f} %" for share in shares)
            lines.append(f"    {case.problem:<22}{beat}   shown: {case.shown.at(NUM_QUBITS)}")
        return "\n".join([*lines, *(f"    {name:<22}left out: too few valid answers" for name in self.left_out)])


def measure_context(policy: Policy, bench: Bench, samples: int, seed: int, progress: Progress) -> ContextReport:
    """`samples` answers a problem to choose from, as many without context and as many with it."""
    problems = {spec: _problem(spec) for spec in PROBLEMS}
    asked = {f"{spec}/{part}": problem for spec, problem in problems.items() for part in ("choose", "control")}
    first = _measured(policy, bench, {name: (problem, ()) for name, problem in asked.items()}, samples, seed, progress)
    shown = {spec: _quartile(first[f"{spec}/choose"]) for spec in problems}
    used = {spec: answer for spec, answer in shown.items() if answer is not None}
    prompts = {spec: (problems[spec], (answer.entry,)) for spec, answer in used.items()}
    second = _measured(policy, bench, prompts, samples, seed, progress)
    cases = []
    for spec, (rank_shown, entry) in used.items():
        answers, control = second[spec], first[f"{spec}/control"]
        beats = [tuple(one.rank.clearly_better_than(rank_shown) for one in some) for some in (answers, control)]
        copies = sum(one.entry.hash == entry.hash for one in answers)
        cases.append(ContextCase(spec, entry, *beats, copies, samples))
    return ContextReport(tuple(cases), tuple(spec for spec, answer in shown.items() if answer is None))


def _measured(
    policy: Policy,
    bench: Bench,
    prompts: dict[str, tuple[Problem, Sequence[Remembered]]],
    samples: int,
    seed: int,
    progress: Progress,
) -> dict[str, list[Answer]]:
    """The valid answers to each prompt, measured."""
    style = policy.profile.prompt_style
    found: dict[str, list[Answer]] = {name: [] for name in prompts}
    jobs: list[tuple[str, str, Problem]] = []
    for done, (name, (problem, context)) in enumerate(prompts.items(), start=1):
        messages = build_messages(problem, NUM_QUBITS, context, style)
        texts = policy.generate([messages] * samples, seed=seed_for(seed, "context", name))
        jobs += [(name, text, problem) for text in texts]
        progress("writing for context", done, len(prompts))
    for done, (job, answer) in enumerate(zip(jobs, bench.map(measure, jobs), strict=True), start=1):
        if answer is not None:
            found[job[0]].append(answer)
        progress("measuring for context", done, len(jobs))
    return found


def measure(sandbox: Sandbox, job: tuple[str, str, Problem]) -> Answer | None:
    """The job's completion as the reward engine measures it; None for one that is not valid."""
    _, text, problem = job
    score = _scorer(problem, sandbox).score(text)
    if score.outcome == "infrastructure":
        raise InfrastructureError(f"the reward engine failed: {score.message}")
    code = extract_code(text)
    if score.outcome != "ok" or score.circuit_hash is None or code is None:
        return None
    return Answer(rank(score, problem), Remembered.of("", code, score))


@cache
def _scorer(problem: Problem, sandbox: Sandbox) -> Scorer:
    return Scorer(problem, ScoreSettings(), sandbox)


def _quartile(answers: Sequence[Answer]) -> Answer | None:
    different = list({answer.entry.hash: answer for answer in answers}.values())
    if len(different) < FEWEST:
        return None
    return sorted(different, key=lambda one: one.rank)[-1 - int(SHOWN_QUANTILE * (len(different) - 1))]


def _problem(spec: str) -> Problem:
    return resolve_problem(spec, sizes=(NUM_QUBITS,))


def _case_json(case: ContextCase) -> dict[str, Any]:
    shown = case.shown.at(NUM_QUBITS)
    return {
        "shown": {"error": shown.error, "two_qubit_gates": shown.two_qubit_gates, "code": case.shown.code},
        "with": Share.of(case.better_with).to_json(),
        "without": Share.of(case.better_without).to_json(),
        "copies": case.copies,
    }

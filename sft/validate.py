"""Validate a policy: ask it the suite, judge every answer in the sandbox, report shares against targets."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from models.loader import Device, Policy, load_policy
from models.profiles import PACKAGED, Profile, resolve_profile
from models.prompts import build_messages
from quantum.reading import read_json
from quantum.seeds import seed_for
from sft.builds import RECORD_FILE, REPORT_FILE
from sft.corpus.rows import CIRCUITS_FILE
from sft.validation.bench import Bench
from sft.validation.context import Progress, measure_context
from sft.validation.domain import ANSATZ, DomainReport, domain_of, measure_domain
from sft.validation.judge import Answer, Job, judge
from sft.validation.perplexity import load_held_out, perplexity
from sft.validation.report import Distinct, ValidationReport
from sft.validation.suite import Case, standard_suite

BATCH = 64
CONTEXT_SAMPLES = 40
"""Answers a problem where the use of context is asked for: 240 with it and 240 without."""


@dataclass(frozen=True)
class Plan:
    """What a validation asks: `samples` answers to each of `cases`, and `distinct` answers to the first one."""

    cases: tuple[Case, ...] = standard_suite()
    samples: int = 4
    distinct: int = 200
    context: int = 0
    """Answers a problem for `sft.validation.context`; 0 leaves it out."""
    temperature: float = 1.0
    seed: int = 0


def no_progress(stage: str, done: int, total: int) -> None:
    """For callers that show none."""


def validate(
    model: str | Path,
    plan: Plan | None = None,
    *,
    device: Device = "auto",
    workers: int | None = None,
    progress: Progress = no_progress,
) -> ValidationReport | DomainReport:
    """The report on `model` (a profile, a build or a path); raises `RequestError` before any work for a wrong one.

    A build keeps its report on the standard suite, as `validation.json`. One of another domain is asked its held-out
    prompts instead of the plan's.
    """
    plan = plan or Plan()
    profile = resolve_profile(model)
    build = directory_of(profile)
    policy = load_policy(profile, device)
    with Bench(workers) as bench:
        report = measure_build(policy, str(model), build, plan, bench, progress)
    packaged = profile.model_name_or_path.startswith(PACKAGED) and profile.adapter_name_or_path is None
    standard = plan.cases == standard_suite()
    if (build / RECORD_FILE).exists() and standard and not packaged:
        (build / REPORT_FILE).write_text(json.dumps(report.to_json(), indent=2) + "\n", encoding="utf-8")
    return report


def measure_build(
    policy: Policy, name: str, build: Path, plan: Plan, bench: Bench, progress: Progress
) -> ValidationReport | DomainReport:
    """The report on a loaded policy by what `build` was trained for, and against its training data."""
    if domain_of(build) == ANSATZ:
        return measure_policy(policy, name, build, plan, bench, progress)
    known = known_functions(build)
    return measure_domain(policy, name, build, known, plan.samples, plan.temperature, plan.seed, progress)


def measure_policy(
    policy: Policy, name: str, build: Path, plan: Plan, bench: Bench, progress: Progress
) -> ValidationReport:
    """The report on a policy that writes ansaetze; `build` is where its training data stands recorded."""
    jobs = [Job(text, case) for case, text in _write(policy, plan.cases, plan.samples, plan, "writing", progress)]
    answers: dict[str, list[Answer]] = {case.name: [] for case in plan.cases}
    for done, (job, answer) in enumerate(zip(jobs, bench.map(judge, jobs), strict=True), start=1):
        answers[job.case.name].append(answer)
        progress("judging", done, len(jobs))
    return ValidationReport(
        model=name,
        temperature=plan.temperature,
        seed=plan.seed,
        answers=answers,
        known=known_functions(build),
        distinct=_distinct(policy, plan, bench, progress) if plan.distinct else None,
        perplexity=perplexity(policy, load_held_out(build)),
        context=measure_context(policy, bench, plan.context, plan.seed, progress) if plan.context else None,
    )


def directory_of(profile: Profile) -> Path:
    """Where the records of a build stand, if the policy is one."""
    return Path(profile.adapter_name_or_path or profile.weights)


def known_functions(directory: Path) -> frozenset[str] | None:
    """The hashes of the functions that the build in `directory` was trained on; None when it does not say."""
    path = directory / CIRCUITS_FILE
    return frozenset(read_json(path)) if path.exists() else None


def _distinct(policy: Policy, plan: Plan, bench: Bench, progress: Progress) -> Distinct:
    case = plan.cases[0]
    texts = _write(policy, [case], plan.distinct, plan, "writing for one prompt", progress)
    answers = list(bench.map(judge, [Job(text, case, probes=False) for _, text in texts]))
    circuits = {answer.circuit_hash for answer in answers if answer.valid}
    return Distinct(case.name, len(circuits), sum(answer.valid for answer in answers), plan.distinct)


def _write(
    policy: Policy, cases: Sequence[Case], samples: int, plan: Plan, stage: str, progress: Progress
) -> list[tuple[Case, str]]:
    """(case, completion), `samples` a case, in batches over the cases; equal plans give equal texts."""
    style = policy.profile.prompt_style
    asked = [case for case in cases for _ in range(samples)]
    written: list[tuple[Case, str]] = []
    for start in range(0, len(asked), BATCH):
        some = asked[start : start + BATCH]
        prompts = [build_messages(case.problem, case.num_qubits, style=style, limits=case.limits) for case in some]
        seed = seed_for(plan.seed, stage, start)
        written += zip(some, policy.generate(prompts, seed=seed, temperature=plan.temperature), strict=True)
        progress(stage, len(written), len(asked))
    return written

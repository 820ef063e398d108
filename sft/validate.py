"""What a policy writes, measured: sampled answers through extraction, policy, sandbox and verifier, no energies.

Shares come with Wilson 95 % intervals. `written`: the answer is code that the policy lets run. `runs`: the sandbox gave
a circuit. `valid`: the circuit keeps every rule of its prompt, gates and depth included. `distinct` (of the valid ones)
counts different circuits under one prompt; `novel` (of the distinct ones) those whose function is not in the training
data, told by its canonical hash at `PROBE_QUBITS`.

Not covered: energies (`quantummind score`), gradient variances, a comparison of two models.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from models.loader import Device, Policy, load_policy
from models.profiles import resolve_profile
from models.prompts import build_messages
from quantum.canonical import canonical_hash
from quantum.problem import Limits, Problem, resolve_problem
from quantum.seeds import seed_for
from quantum.verifier import verify
from rewards.extract import extract_code
from rewards.policy import check_code
from rewards.sandbox import Sandbox
from sft.corpus.rows import CIRCUITS_FILE, PROBE_QUBITS

GATE_LIMITS: tuple[tuple[str, ...] | None, ...] = (None, ("ry", "cx"))
"""Every problem and size is asked for twice: within its own limits, and with two gates only."""


@dataclass(frozen=True, slots=True)
class Case:
    """One prompt."""

    problem: Problem
    num_qubits: int
    limits: Limits
    name: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one completion; `circuit_hash` and `function_hash` are set for valid ones."""

    reason: str | None
    written: bool = False
    runs: bool = False
    circuit_hash: str | None = None
    function_hash: str | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """`hits` of `total` with the Wilson 95 % interval."""

    hits: int
    total: int

    @property
    def value(self) -> float:
        return self.hits / self.total if self.total else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        return wilson(self.hits, self.total)

    def __str__(self) -> str:
        low, high = self.interval
        return f"{100 * self.value:5.1f} %  [{100 * low:.1f}, {100 * high:.1f}]  {self.hits}/{self.total}"


@dataclass(frozen=True)
class ValidationReport:
    """Shares over all samples, the same by prompt, and what went wrong how often."""

    model: str
    temperature: float
    shares: dict[str, Share]
    by_case: dict[str, dict[str, Share]]
    failures: dict[str, int] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        document = asdict(self)
        document["shares"] = _shares_json(self.shares)
        document["by_case"] = {name: _shares_json(shares) for name, shares in self.by_case.items()}
        return document

    def to_text(self) -> str:
        lines = [f"{self.model} at temperature {self.temperature:g}"]
        lines += [f"  {name:<9}{share}" for name, share in self.shares.items()]
        lines += ["failures:" if self.failures else "no failures"]
        lines += [f"  {count:5d}  {reason}" for reason, count in self.failures.items()]
        return "\n".join(lines)


def validate(
    model: str | Path,
    *,
    problems: Sequence[str] = ("tfim", "xy", "heisenberg"),
    sizes: Sequence[int] = (4, 6, 8),
    gate_limits: Sequence[tuple[str, ...] | None] = GATE_LIMITS,
    samples: int = 16,
    temperature: float = 1.0,
    seed: int = 0,
    device: Device = "auto",
) -> ValidationReport:
    """Sample `samples` answers a prompt from `model` (a profile or a path) and judge them; raises `RequestError`."""
    profile = resolve_profile(model)
    cases = list(suite(problems, sizes, gate_limits))
    policy = load_policy(profile, device)
    known = known_functions(Path(profile.adapter_name_or_path or profile.weights))
    with Sandbox() as sandbox:
        answers = {
            case.name: [judge(text, case, sandbox) for text in _ask(policy, case, samples, temperature, seed)]
            for case in cases
        }
    return _report(str(model), temperature, answers, known)


def suite(
    problems: Sequence[str], sizes: Sequence[int], gate_limits: Sequence[tuple[str, ...] | None]
) -> Iterable[Case]:
    """Every problem at every size under every gate limit (None: the problem's own limits)."""
    for spec in problems:
        problem = resolve_problem(spec, sizes=tuple(sizes))
        for num_qubits in sizes:
            own = problem.limits_for(num_qubits)
            for gates in gate_limits:
                limits = replace(own, gates=gates) if gates else own
                yield Case(problem, num_qubits, limits, f"{spec} n={num_qubits} {' '.join(gates or ('any',))}")


def judge(completion: str, case: Case, sandbox: Sandbox) -> Answer:
    """How far one completion comes, by the same parts that the reward is made of."""
    code = extract_code(completion)
    if code is None:
        return Answer("no_code")
    verdict = check_code(code)
    if not verdict.ok:
        return Answer(verdict.reason)
    result = sandbox.run(code, case.num_qubits)
    if result.circuit is None:
        kind = f": {result.message.partition(':')[0]}" if result.reason == "exception" else ""
        return Answer(f"{result.reason}{kind}", written=True)
    kept = verify(result.circuit, case.num_qubits, case.limits)
    if not kept.ok:
        return Answer(kept.reason, written=True, runs=True)
    probe = sandbox.run(code, PROBE_QUBITS).circuit
    return Answer(None, True, True, canonical_hash(result.circuit), canonical_hash(probe) if probe else None)


def known_functions(directory: Path) -> frozenset[str] | None:
    """The hashes of the functions that the build in `directory` was trained on; None when it does not say."""
    path = directory / CIRCUITS_FILE
    return frozenset(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else None


def wilson(hits: int, total: int, z: float = 1.959964) -> tuple[float, float]:
    """The Wilson score interval of a binomial share (Wilson 1927); (0, 1) when nothing was counted."""
    if total == 0:
        return 0.0, 1.0
    share, spread = hits / total, z * z / total
    middle = (share + spread / 2) / (1 + spread)
    half = math.sqrt(share * (1 - share) * spread + spread * spread / 4) / (1 + spread)
    return max(0.0, middle - half), min(1.0, middle + half)


def _ask(policy: Policy, case: Case, samples: int, temperature: float, seed: int) -> list[str]:
    style = policy.profile.prompt_style
    messages = build_messages(case.problem, case.num_qubits, style=style, limits=case.limits)
    return policy.generate([messages] * samples, seed=seed_for(seed, case.name), temperature=temperature)


def _report(
    model: str, temperature: float, answers: dict[str, list[Answer]], known: frozenset[str] | None
) -> ValidationReport:
    by_case = {name: _shares(some, known) for name, some in answers.items()}
    totals = {
        name: Share(sum(shares[name].hits for shares in by_case.values()), sum(s[name].total for s in by_case.values()))
        for name in next(iter(by_case.values()), {})
    }
    failures = Counter(answer.reason for some in answers.values() for answer in some if answer.reason)
    return ValidationReport(model, temperature, totals, by_case, dict(failures.most_common()))


def _shares(answers: Sequence[Answer], known: frozenset[str] | None) -> dict[str, Share]:
    valid = [answer for answer in answers if answer.circuit_hash]
    functions = {answer.circuit_hash: answer.function_hash for answer in valid}
    shares = {
        "written": Share(sum(answer.written for answer in answers), len(answers)),
        "runs": Share(sum(answer.runs for answer in answers), len(answers)),
        "valid": Share(len(valid), len(answers)),
        "distinct": Share(len(functions), len(valid)),
    }
    if known is not None:
        novel = sum(function is not None and function[:16] not in known for function in functions.values())
        shares["novel"] = Share(novel, len(functions))
    return shares


def _shares_json(shares: dict[str, Share]) -> dict[str, Any]:
    return {
        name: {"share": share.value, "low": share.interval[0], "high": share.interval[1], **asdict(share)}
        for name, share in shares.items()
    }

"""The result of one validation: shares with intervals and targets, failures by reason, for a person and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from sft.validation.context import ContextReport
from sft.validation.judge import Answer
from sft.validation.shares import Share

TARGETS: Final = {"syntax": 0.95, "valid": 0.80, "plateau_free": 0.60, "novel": 0.20}
"""What a policy has to exceed before GRPO can sharpen it."""

MEANINGS: Final = {
    "syntax": "parses and defines create_ansatz",
    "runs": "gives a circuit in the sandbox",
    "valid": "keeps every rule of its prompt",
    "plateau_free": "of the valid: variance falls polynomially over 4, 6, 8 qubits",
    "novel": "of the valid: function not in the training data",
    "qubits": "of the circuits: as many qubits as asked",
    "gates": "of those asked to: only the gates named",
    "depth": "of those asked to: within the depth named",
}


@dataclass(frozen=True, slots=True)
class Distinct:
    """Different valid circuits among `samples` answers to one prompt; no interval, since they are not independent."""

    prompt: str
    circuits: int
    valid: int
    samples: int

    def __str__(self) -> str:
        return f"{self.circuits} circuits in {self.samples} answers ({self.valid} valid) to {self.prompt}"


@dataclass(frozen=True)
class ValidationReport:
    """`answers` by the name of their prompt; `known` are the functions of the training data, None when not told."""

    model: str
    temperature: float
    seed: int
    answers: Mapping[str, Sequence[Answer]]
    known: frozenset[str] | None = None
    distinct: Distinct | None = None
    perplexity: float | None = None
    context: ContextReport | None = None
    targets: Mapping[str, float] = field(default_factory=lambda: TARGETS)

    @property
    def shares(self) -> dict[str, Share]:
        return shares([answer for some in self.answers.values() for answer in some], self.known)

    def outcomes(self, name: str) -> list[bool] | None:
        """A share of all answers, answer by answer; None for a share of some."""
        if name not in ("syntax", "runs", "valid"):
            return None
        return [getattr(answer, name) for some in self.answers.values() for answer in some]

    @property
    def failures(self) -> dict[str, int]:
        """How many answers failed for which reason, the most frequent first."""
        reasons = Counter(answer.reason for some in self.answers.values() for answer in some if answer.reason)
        return dict(reasons.most_common())

    @property
    def missed(self) -> list[str]:
        """The measured shares that do not exceed their target."""
        found = self.shares
        return [name for name, target in self.targets.items() if name in found and found[name].value <= target]

    def to_json(self) -> dict[str, Any]:
        return {
            "model": self.model,
            "prompts": len(self.answers),
            "temperature": self.temperature,
            "seed": self.seed,
            "shares": {name: self._share_json(name, share) for name, share in self.shares.items()},
            "missed": self.missed,
            "distinct": None if self.distinct is None else asdict(self.distinct),
            "perplexity": self.perplexity,
            "context": None if self.context is None else self.context.to_json(),
            "failures": self.failures,
            "by_prompt": {
                name: {key: share.to_json() for key, share in shares(some, self.known).items()}
                for name, some in self.answers.items()
            },
        }

    def _share_json(self, name: str, share: Share) -> dict[str, Any]:
        target = self.targets.get(name)
        return {**share.to_json(), **({} if target is None else {"target": target, "met": name not in self.missed})}

    def _goal(self, name: str) -> str:
        if name not in self.targets:
            return ""
        return f"> {self.targets[name]:.0%} {'MISSED' if name in self.missed else 'met'}"

    def to_text(self) -> str:
        total = sum(map(len, self.answers.values()))
        lines = [f"{self.model}: {total} answers to {len(self.answers)} prompts at temperature {self.temperature:g}"]
        for name, share in self.shares.items():
            lines.append(f"  {name:<13}{share!s:<36}{self._goal(name):<14}{MEANINGS.get(name, '')}".rstrip())
        if self.distinct is not None:
            lines.append(f"  {'distinct':<13}{self.distinct}")
        if self.perplexity is not None:
            lines.append(f"  {'perplexity':<13}{self.perplexity:.3f} a token of the held-out answers")
        if self.context is not None:
            lines.append(self.context.to_text())
        lines += ["failures:" if self.failures else "no failures"]
        lines += [f"  {count:5d}  {reason}" for reason, count in self.failures.items()]
        return "\n".join(lines)


def shares(answers: Sequence[Answer], known: frozenset[str] | None) -> dict[str, Share]:
    """Every share that these answers tell something about."""
    valid = [answer for answer in answers if answer.valid]
    found = {
        "syntax": Share.of(answer.syntax for answer in answers),
        "runs": Share.of(answer.runs for answer in answers),
        "valid": Share.of(answer.valid for answer in answers),
        "plateau_free": Share.of(a.trainability == "polynomial" for a in valid if a.trainability is not None),
    }
    if known is not None:
        found["novel"] = Share.of(is_novel(answer, known) for answer in valid)
    for rule in ("qubits", "gates", "depth"):
        found[rule] = Share.of(answer.obeys[rule] for answer in answers if rule in answer.obeys)
    return {name: share for name, share in found.items() if share.total or name in TARGETS}


def is_novel(answer: Answer, known: frozenset[str]) -> bool:
    return answer.function_hash is not None and answer.function_hash[:16] not in known

"""Validation outside quantum circuits: the held-out prompts of a build, judged by its domain (`sft.domains`)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from models.config import read_yaml
from models.policy import Policy
from quantum.errors import RequestError
from quantum.seeds import seed_for
from sft.domains import Judgement, get_domain
from sft.validation.context import Progress
from sft.validation.perplexity import HELD_OUT_FILE, load_held_out, perplexity
from sft.validation.shares import Share

ANSATZ: Final = "ansatz"
TARGETS: Final = {"valid": 0.80}
MEANINGS: Final = {"agrees": "says what the held-out answer says", "novel": "of the valid: not in the training data"}
PROMPTS: Final = 100
BATCH: Final = 64


@dataclass(frozen=True)
class DomainReport:
    """`judged` holds (judgement, whether the answer says what the held-out one says)."""

    model: str
    domain: str
    temperature: float
    prompts: int
    judged: tuple[tuple[Judgement, bool], ...]
    known: frozenset[str] | None
    perplexity: float | None

    @property
    def shares(self) -> dict[str, Share]:
        hashes = [judgement.hash for judgement, _ in self.judged if judgement.ok]
        found = {
            "valid": Share.of(judgement.ok for judgement, _ in self.judged),
            "agrees": Share.of(agrees for _, agrees in self.judged),
        }
        if self.known is not None:
            found["novel"] = Share.of(hash is not None and hash[:16] not in self.known for hash in hashes)
        return found

    def outcomes(self, name: str) -> list[bool] | None:
        """A share of all answers, answer by answer; None for a share of some."""
        if name == "valid":
            return [judgement.ok for judgement, _ in self.judged]
        return [agrees for _, agrees in self.judged] if name == "agrees" else None

    @property
    def failures(self) -> dict[str, int]:
        return dict(Counter(judgement.reason for judgement, _ in self.judged if judgement.reason).most_common())

    @property
    def missed(self) -> list[str]:
        return [name for name, target in TARGETS.items() if self.shares[name].value <= target]

    def to_json(self) -> dict[str, Any]:
        return {
            "model": self.model,
            "domain": self.domain,
            "prompts": self.prompts,
            "temperature": self.temperature,
            "shares": {name: share.to_json() for name, share in self.shares.items()},
            "missed": self.missed,
            "perplexity": self.perplexity,
            "failures": self.failures,
        }

    def to_text(self) -> str:
        lines = [f"{self.model}: {len(self.judged)} answers to {self.prompts} held-out prompts, domain {self.domain}"]
        for name, share in self.shares.items():
            goal = f"> {TARGETS[name]:.0%} {'MISSED' if name in self.missed else 'met'}" if name in TARGETS else ""
            lines.append(f"  {name:<13}{share!s:<36}{goal:<14}{MEANINGS.get(name, '')}".rstrip())
        if self.perplexity is not None:
            lines.append(f"  {'perplexity':<13}{self.perplexity:.3f} a token of the held-out answers")
        lines += [f"  {count:5d}  {reason}" for reason, count in self.failures.items()]
        return "\n".join(lines)


def domain_of(build: Path) -> str:
    """The domain that a build was trained for; ansaetze where nothing else is said."""
    config = build / "config.yaml"
    return str(read_yaml(config).get("domain", ANSATZ)) if config.exists() else ANSATZ


def measure_domain(
    policy: Policy,
    name: str,
    build: Path,
    known: frozenset[str] | None,
    samples: int,
    temperature: float,
    seed: int,
    progress: Progress,
) -> DomainReport:
    """Ask the first `PROMPTS` held-out prompts; raises `RequestError` when the build kept none."""
    examples = load_held_out(build)
    if not examples:
        raise RequestError(f"{build} has no {HELD_OUT_FILE}: nothing to ask about; train with a validation share")
    asked = [example for example in examples[:PROMPTS] for _ in range(samples)]
    texts: list[str] = []
    for start in range(0, len(asked), BATCH):
        prompts = [prompt for prompt, _ in asked[start : start + BATCH]]
        texts += policy.generate(prompts, seed=seed_for(seed, "domain", start), temperature=temperature)
        progress("writing", len(texts), len(asked))
    kind = domain_of(build)
    with get_domain(kind) as domain:
        references = {answer: domain.judge(answer).hash for _, answer in asked}
        judgements = [domain.judge(text) for text in texts]
    agree = [j.hash is not None and j.hash == references[a] for j, (_, a) in zip(judgements, asked, strict=True)]
    judged = tuple(zip(judgements, agree, strict=True))
    return DomainReport(
        name, kind, temperature, len(asked) // samples, judged, known, perplexity(policy, examples[:PROMPTS])
    )

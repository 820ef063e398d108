"""Does a model know its subject? Questions with the concepts that a good answer names, for document-trained models.

The score is the share of expected concepts that the answers cover. A concept is covered when its likeness to some
sentence of the answer reaches the suite's threshold. Likeness is the cosine of sentence embeddings when a local
sentence-transformers model is given, else the share of the concept's words, normalised, that the sentence holds; a
report names which of the two it is, and figures of one do not compare with figures of the other.

Not covered: whether what the answer says about a concept is right.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pydantic import Field

from models.config import Strict, load_config
from models.loader import Device, load_policy
from models.policy import Policy
from models.profiles import resolve_profile
from quantum.errors import RequestError
from sft.validation.shares import Share

Likeness = Callable[[str, Sequence[str]], float]
"""Of a concept and the sentences of an answer, from 0 to 1."""

MAX_NEW_TOKENS: Final = 256
WORDS: Final = "word overlap"
_STOP_WORDS: Final = frozenset(
    {"a", "an", "and", "are", "as", "at", "be", "by", "for", "from", "in", "is"}
    | {"it", "its", "of", "on", "or", "that", "the", "to", "with"}
)
_SENTENCE: Final = re.compile(r"(?<=[.!?;:])\s+|\n+")
_ENDINGS: Final = ("ations", "ation", "ings", "ing", "ies", "ed", "es", "s", "y", "e")


class Question(Strict):
    question: str = Field(min_length=1, description="asked as it stands, greedily answered")
    concepts: tuple[str, ...] = Field(min_length=1, description="short phrases that a good answer holds")


class ConceptSuite(Strict):
    """One YAML of `configs/concepts/`."""

    threshold: float = Field(default=0.6, gt=0.0, le=1.0, description="likeness from which a concept is covered")
    target: float | None = Field(default=None, ge=0.0, le=1.0, description="share of concepts that must be exceeded")
    questions: tuple[Question, ...] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class Covered:
    """One answer, and its likeness to each expected concept."""

    question: str
    answer: str
    likeness: dict[str, float]


@dataclass(frozen=True)
class ConceptReport:
    model: str
    method: str
    threshold: float
    target: float | None
    answers: tuple[Covered, ...]

    @property
    def share(self) -> Share:
        return Share.of(value >= self.threshold for one in self.answers for value in one.likeness.values())

    @property
    def missed(self) -> bool:
        return self.target is not None and self.share.value <= self.target

    def to_json(self) -> dict[str, Any]:
        answers = [{"question": a.question, "answer": a.answer, "likeness": a.likeness} for a in self.answers]
        return {
            "model": self.model,
            "method": self.method,
            "threshold": self.threshold,
            "target": self.target,
            "missed": self.missed,
            "concepts": self.share.to_json(),
            "answers": answers,
        }

    def to_text(self) -> str:
        goal = "" if self.target is None else f"  > {self.target:.0%} {'MISSED' if self.missed else 'met'}"
        lines = [f"{self.model}: expected concepts by {self.method}", f"  concepts   {self.share}{goal}"]
        for one in self.answers:
            missing = [concept for concept, value in one.likeness.items() if value < self.threshold]
            found = f"{len(one.likeness) - len(missing)}/{len(one.likeness)}"
            lines.append(f"  {found:>5}  {one.question}" + (f"   (missing: {', '.join(missing)})" if missing else ""))
        return "\n".join(lines)


def validate_concepts(
    model: str | Path, suite: str | Path, *, embedder: Path | None = None, device: Device = "auto"
) -> ConceptReport:
    """The report on `model` (a profile, a build or a path); raises `RequestError` before any model is loaded."""
    profile = resolve_profile(model)
    questions = load_config(ConceptSuite, suite)
    method, likeness = (WORDS, word_overlap) if embedder is None else sentence_embeddings(embedder)
    return ask(load_policy(profile, device), str(model), questions, method, likeness)


def ask(policy: Policy, name: str, suite: ConceptSuite, method: str, likeness: Likeness) -> ConceptReport:
    prompts = [[{"role": "user", "content": one.question}] for one in suite.questions]
    texts = policy.generate(prompts, seed=0, temperature=0.0, max_new_tokens=MAX_NEW_TOKENS)
    answers = []
    for one, text in zip(suite.questions, texts, strict=True):
        parts = [part for part in _SENTENCE.split(text) if part.strip()]
        values = {concept: likeness(concept, parts) if parts else 0.0 for concept in one.concepts}
        answers.append(Covered(one.question, text, values))
    return ConceptReport(name, method, suite.threshold, suite.target, tuple(answers))


def word_overlap(concept: str, sentences: Sequence[str]) -> float:
    """The largest share of the concept's words that one sentence holds, whatever their endings."""
    wanted = _words(concept)
    return max(len(wanted & _words(sentence)) for sentence in sentences) / len(wanted) if wanted else 0.0


def sentence_embeddings(path: Path) -> tuple[str, Likeness]:
    """Cosines by the sentence-transformers model in the directory `path`, such as a copy of all-MiniLM-L6-v2."""
    try:
        from sentence_transformers import SentenceTransformer
    except ImportError:
        raise RequestError("--embedder needs sentence-transformers; without it, concepts go by word overlap") from None
    if not path.is_dir():
        raise RequestError(f"--embedder {path}: no such directory; it takes a local sentence-transformers model")
    model = SentenceTransformer(str(path), local_files_only=True, trust_remote_code=False)

    def likeness(concept: str, sentences: Sequence[str]) -> float:
        first, *others = model.encode([concept, *sentences], normalize_embeddings=True)
        return max(float(first @ other) for other in others)

    return f"embeddings of {path.name}", likeness


def _words(text: str) -> set[str]:
    """The stems of the words that mean something."""
    return {_stem(word) for word in re.findall(r"[a-z0-9]+", text.lower()) if word not in _STOP_WORDS}


def _stem(word: str) -> str:
    """The word without its commonest ending: enough for `gradients` and `gradient` to be the same."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word.removesuffix(ending)
    return word

"""What the SFT stage has to know of what it trains for: when an answer is valid, and when two answers are the same."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Judgement:
    """`reason` is None for a valid answer, else one stable code, with `message` as one line for a person.

    `hash` (hex) is equal for answers that say the same thing; it is set for valid answers only.
    """

    reason: str | None
    message: str = ""
    hash: str | None = None

    @property
    def ok(self) -> bool:
        return self.reason is None


class Domain(ABC):
    """One kind of answer. `close` ends what `judge` has started; a domain is a context manager."""

    name: ClassVar[str]

    @abstractmethod
    def judge(self, text: str) -> Judgement:
        """Whether `text`, a whole completion, is a valid answer. Never raises for what the text says."""

    def clean(self, text: str) -> str:
        """The answer in `text` as it is trained on: what `judge` looks at, without the talk around it."""
        return text.strip()

    def validate(self, text: str) -> str | None:
        """The reason why `text` is no valid answer, or None."""
        return self.judge(text).reason

    def close(self) -> None:  # noqa: B027  # most domains hold nothing
        """Ends processes that `judge` has started."""

    def __enter__(self) -> Domain:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def text_hash(text: str) -> str:
    """32 hex characters of sha256 over the words of `text`: spacing makes no difference."""
    return hashlib.sha256(" ".join(text.split()).encode("utf-8", "surrogatepass")).hexdigest()[:32]

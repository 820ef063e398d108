"""Where an answer ends besides its end token: before the first stop string of the profile."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


class Stops:
    """The stop strings of a profile, looked for in texts and in token ids; without any, nothing is ever cut."""

    def __init__(self, tokenizer: PreTrainedTokenizerBase, strings: Sequence[str]) -> None:
        self._tokenizer = tokenizer
        self._strings = tuple(strings)

    def __bool__(self) -> bool:
        return bool(self._strings)

    def before(self, text: str) -> str:
        """`text` up to the first stop string."""
        return text[: min((at for at in map(text.find, self._strings) if at >= 0), default=len(text))]

    def length(self, ids: Sequence[int]) -> int:
        """How many of the tokens belong to the answer: all, or those up to the one that completes a stop string.

        The tokens that spell the stop string count: the policy drew them, and drew nothing after them.
        """
        if not self.found(ids):
            return len(ids)
        low, high = 1, len(ids)
        while low < high:
            middle = (low + high) // 2
            low, high = (low, middle) if self.found(ids[:middle]) else (middle + 1, high)
        return low

    def found(self, ids: Sequence[int]) -> bool:
        """Whether the tokens spell a stop string."""
        text = self._tokenizer.decode(list(ids), skip_special_tokens=True) if self else ""
        return any(stop in text for stop in self._strings)

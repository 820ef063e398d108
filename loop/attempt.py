"""One completion and everything known of it: what attempts.jsonl holds line by line, and the memory takes in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rewards.record import Score

PRUNED = "pruned"
"""The prompt id of an attempt that pruning made of its parent."""


@dataclass(frozen=True)
class Attempt:
    """One completion and everything known of it; one line of attempts.jsonl."""

    id: str
    step: int
    prompt_id: str
    parents: tuple[str, ...]
    code: str
    score: Score
    seconds: float

    @property
    def pruned(self) -> bool:
        """Whether it is what pruning left of its only parent."""
        return self.prompt_id == PRUNED

    @property
    def origin(self) -> str:
        """The attempt that pruning began with; of one that was not pruned, its own id."""
        return self.parents[0] if self.pruned else self.id

    def to_json(self) -> dict[str, Any]:
        return {**vars(self), "parents": list(self.parents), "score": self.score.to_json()}

    @staticmethod
    def from_json(line: Mapping[str, Any]) -> Attempt:
        return Attempt(**{**line, "parents": tuple(line["parents"]), "score": Score.from_json(line["score"])})

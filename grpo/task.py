"""What GRPO trains on, seen from the trainer: a task hands out prompts and scores completions.

The loop implements it (`loop.explorer.Explorer`); nothing here knows of circuits. No torch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, Protocol

from models.prompts import Message

Advantage = Literal["group", "entropic"]
"""How a group's rewards become advantages: TRL's way, or `grpo.advantage`'s."""

Lesson = float | None | Literal["mean"]
"""What an answer trains with: its reward; None, it is left out (of its group's mean and spread, of the loss and of the
tokens that the loss is a mean over); or "mean", as if it had earned its group's mean: advantage 0, and in the loss."""

EQUAL: Final = 1e-6
"""Rewards closer than this are alike: equal circuits get equal rewards, up to rounding."""


@dataclass(frozen=True)
class Completion:
    """One answer of the policy to the prompt `prompt_id`; `truncated` when it ran into the length limit."""

    prompt_id: str
    text: str
    truncated: bool


class Prompt(Protocol):
    """A prompt as chat messages; all members of a group get the same one."""

    @property
    def id(self) -> str: ...
    @property
    def messages(self) -> list[Message]: ...


class Task(Protocol):
    """`step` counts optimiser steps from 1.

    With `num_iterations` or `steps_per_generation` above the usual, several steps train on the same answers: `prompts`
    and `score` are then called for the first of them only, `end_step` for each.
    """

    def prompts(self, step: int, count: int) -> Sequence[Prompt]:
        """One prompt a group; a pure function of the step and of the task's state, so that a resumed run repeats it."""

    def temperature(self, usual: float) -> float:
        """What the completions of the step are sampled at, where the config says `usual`."""

    def score(self, step: int, completions: Sequence[Completion]) -> Sequence[Lesson]:
        """What each completion trains with; rewards are finite, and None stands for what could not be scored, too."""

    def figures(self) -> Mapping[str, float]:
        """Figures of the completions just scored that go to trackers, next to TRL's own."""

    def end_step(self, step: int, logs: Mapping[str, float], seconds: Mapping[str, float]) -> bool:
        """Told once a step with TRL's metrics and the seconds in sample, reward, train. False asks for a stop."""

    def checkpoint(self, step: int) -> None:
        """Told when everything of checkpoint `step` has been written."""

    def state(self) -> dict[str, Any]:
        """JSON that `restore` takes back; saved inside the checkpoint."""

    def restore(self, state: dict[str, Any]) -> None:
        """Back to the state of a checkpoint, before the first step of a resumed run."""

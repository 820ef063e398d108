"""Prompts from the memory: a function of run seed, step, memory and settings, so a resumed run sees the same ones."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from loop.config import MemorySection
from loop.memory import Failure, Memory
from loop.sampling import Sampler
from models.prompts import Message, Style, build_messages, shown_entries
from quantum.problem import Problem
from quantum.seeds import seed_for
from rewards.remembered import Remembered

MAX_FAILURE = 120
"""Characters of a failure's line."""


@dataclass(frozen=True)
class Prompt:
    """One prompt, the same for every member of its group."""

    id: str
    num_qubits: int
    messages: list[Message]
    parents: tuple[str, ...]
    """Ids of the attempts that CONTEXT shows."""
    shown: tuple[Remembered, ...]
    """Their circuits: an answer with one of these is a copy."""


def build_prompts(
    problem: Problem,
    memory: Memory,
    settings: MemorySection,
    style: Style,
    run_seed: int,
    step: int,
    count: int,
    sizes: Sequence[int] | None = None,
) -> list[Prompt]:
    """The prompts of the groups of one step, fresh from the memory; `sizes` to ask for, by default the problem's."""
    sampler = Sampler(memory, settings)
    failures = [describe(failure) for failure in memory.failures(settings.failures)] if style == "full" else []
    prompts = []
    for group in range(count):
        draw = random.Random(seed_for(run_seed, "prompt", step, group))
        num_qubits = draw.choice(sizes or problem.sizes)
        shown = shown_entries(num_qubits, sampler.pick(draw), style)
        warnings = failures if shown else []
        prompts.append(
            Prompt(
                id=f"s{step:05d}-g{group}",
                num_qubits=num_qubits,
                messages=build_messages(problem, num_qubits, shown, style, failures=warnings),
                parents=tuple(one.id for one in shown),
                shown=tuple(shown),
            )
        )
    return prompts


def describe(failure: Failure) -> str:
    """One capped line; what was said of the last such attempt stands for all."""
    line = f"- {failure.reason} ({failure.times} times): {failure.message}"
    return line if len(line) <= MAX_FAILURE else line[: MAX_FAILURE - 1] + "…"

"""Prompts from the memory: a pure function of (run seed, step, group, memory), so a resumed run sees the same ones."""

from __future__ import annotations

import random
from dataclasses import dataclass

from loop.config import MemorySection
from loop.memory import Memory
from models.prompts import Message, Style, build_messages, shown_entries
from quantum.problem import Problem
from quantum.seeds import seed_for


@dataclass(frozen=True)
class Prompt:
    """One prompt, the same for every member of its group."""

    id: str
    num_qubits: int
    messages: list[Message]
    parents: tuple[str, ...]
    """Ids of the attempts that CONTEXT shows."""
    shown: tuple[str, ...]
    """Their canonical hashes: an answer with one of these is a copy."""


def build_prompt(
    problem: Problem, memory: Memory, settings: MemorySection, style: Style, run_seed: int, step: int, group: int
) -> Prompt:
    """The prompt of one group at one step, fresh from the memory."""
    draw = random.Random(seed_for(run_seed, "prompt", step, group))
    num_qubits = draw.choice(problem.sizes)
    remembered = {one.entry: one.id for one in memory.sample(draw, settings)}
    shown = shown_entries(problem, num_qubits, list(remembered), style)
    return Prompt(
        id=f"s{step:05d}-g{group}",
        num_qubits=num_qubits,
        messages=build_messages(problem, num_qubits, shown, style),
        parents=tuple(remembered[entry] for entry in shown),
        shown=tuple(entry.hash for entry in shown),
    )

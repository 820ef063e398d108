"""What a run reached within a budget of evaluations: the figures by which methods are compared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from loop.attempt import Attempt
from loop.config import problem_of
from loop.run import Run
from rewards.order import rank, target_met


@dataclass(frozen=True)
class Figures:
    """The best circuit of the first `evaluations` scored ones, and when the target was first met. Counts are summed
    over the sizes, the error is the largest; None where there is nothing to say."""

    evaluations: int
    met: bool
    error: float | None
    relative_error: float | None
    two_qubit_gates: int | None
    depth: int | None
    parameters: int | None
    to_target: int | None
    """Evaluations up to and with the first circuit that meets the target at every size."""
    to_goal: int | None
    """The same, with at most `goal` two-qubit gates."""
    improvements: tuple[tuple[int, int], ...]
    """(evaluations, two-qubit gates), whenever a circuit inside the target had fewer of these than all before it."""
    reward_mean: float | None
    seconds: float
    """Spent in steps, up to the end."""
    seconds_to_target: float | None
    cost: dict[str, int]
    """What the method measured beside the evaluations."""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


COSTS = ("gradient_", "screened_", "initial_")
"""How the names begin that methods give to what they measure beside the evaluations."""


def evaluated(run: Run) -> Iterator[Attempt]:
    """The attempts that count as evaluations, in the order in which the method made them; a step that was made twice
    (a killed run) counts once."""
    seen: dict[str, Attempt] = {}
    for attempt in run.attempts():
        if attempt.score.outcome == "ok" and len(attempt.id.split("-")) == 2:
            seen[attempt.id] = attempt
    yield from (seen[name] for name in sorted(seen))


def figures(run: Run, budget: int | None = None, goal: int | None = None) -> Figures:
    """The figures of the first `budget` evaluations (of all without one)."""
    problem = problem_of(run.config())
    best: Attempt | None = None
    improvements: list[tuple[int, int]] = []
    step_of_target = None
    count, rewards = 0, 0.0
    for count, attempt in enumerate(evaluated(run), 1):
        rewards += attempt.score.reward or 0.0
        if best is None or rank(attempt.score, problem) < rank(best.score, problem):
            best = attempt
        if target_met(attempt.score, problem):
            step_of_target = step_of_target or attempt.step
            gates = sum(size.two_qubit_gates for size in attempt.score.sizes)
            if not improvements or gates < improvements[-1][1]:
                improvements.append((count, gates))
        if count == budget:
            break
    sizes = best.score.sizes if best else ()
    steps = list(run.metrics())
    spent = {line["step"]: sum(line["seconds"].values()) for line in steps}
    return Figures(
        evaluations=count,
        met=bool(improvements),
        error=max((size.error for size in sizes), default=None),
        relative_error=max((size.relative_error for size in sizes if size.relative_error is not None), default=None),
        two_qubit_gates=sum(size.two_qubit_gates for size in sizes) if best else None,
        depth=max((size.depth for size in sizes), default=None),
        parameters=max((size.parameters for size in sizes), default=None),
        to_target=improvements[0][0] if improvements else None,
        to_goal=None if goal is None else first_with(improvements, goal),
        improvements=tuple(improvements),
        reward_mean=rewards / count if count else None,
        seconds=round(sum(spent.values()), 3),
        seconds_to_target=(
            None
            if step_of_target is None
            else round(sum(seconds for step, seconds in spent.items() if step <= step_of_target), 3)
        ),
        cost={k: v for k, v in (steps[-1] if steps else {}).items() if k.startswith(COSTS)},
    )


def first_with(improvements: Iterable[Sequence[int]], gates: int) -> int | None:
    """The evaluations up to the first circuit inside the target with at most so many two-qubit gates."""
    return next((count for count, found in improvements if found <= gates), None)

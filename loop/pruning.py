"""The best circuit of a run without the gates that it does not need: candidates like any other.

Whenever a better circuit inside the target is found, parts of it are taken away, one at a time, those that save most
first. What is left is scored like every other candidate and counts as an evaluation; what is better in the one order
stays and is worked on, until nothing more can go. Every method of finding circuits is given the same.

At one size the parts are the gates and the parameters, and the result is a gate list for that size. At several sizes
the result is still a function for every size: a program of the language loses statements, steps of its blocks,
repetitions and angles of their own (`quantum.language.reduce`), any other function its statements (`loop.statements`).
Not covered: replacing parts by others, and circuits outside the target.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from loop.attempt import PRUNED, Attempt
from loop.best import Leaderboard
from loop.statements import without_each
from quantum.canonical import canonical
from quantum.circuit import Angle, Circuit, Gate
from quantum.formats import to_python
from quantum.language.read import read
from quantum.language.reduce import reductions
from quantum.language.write import write
from quantum.metrics import metrics
from quantum.problem import Problem
from rewards.order import rank
from rewards.sandbox import Protection, Sandbox, SandboxSettings

__all__ = ["PRUNED", "Move", "Pruner"]

BATCH: Final = 8
"""Candidates that are scored together; the best of them that is an improvement is gone on from."""
MOST_TRIALS: Final = 256
"""Candidates tried on one circuit."""
SELF_INVERSE: Final = frozenset({"x", "y", "z", "h", "cx", "cy", "cz", "swap"})

Gates = Mapping[int, Gate]
"""The gates in their order, each under the number that it had in the beginning."""

Evaluate = Callable[[Sequence[str]], list[Attempt]]
"""Scores sources made of the attempt that is pruned; fewer attempts than sources say that the budget is spent."""


@dataclass(frozen=True)
class Move:
    """Remove the gate of this number, or take the parameter of this index out of every angle."""

    gate: int | None = None
    parameter: int | None = None

    def of(self, gates: Gates) -> Gates:
        """The gates that are left, without those that now do nothing."""
        if self.parameter is None:
            left = {number: gate for number, gate in gates.items() if number != self.gate}
        else:
            zeroed = {number: _without_parameter(gate, self.parameter) for number, gate in gates.items()}
            left = {number: gate for number, gate in zeroed.items() if not _idle(gate)}
        return _cancelled(left)


class Pruner:
    """Watches the circuits of a run and prunes each that is better than all before it; `close` it.

    What it does follows from the attempts that it is shown, so a resumed run does the same.
    """

    def __init__(self, problem: Problem, sandbox: SandboxSettings, protection: Protection | None = None) -> None:
        self.problem = problem
        self._settings = sandbox
        self._protection = protection or Protection()
        self._sandbox: Sandbox | None = None
        self._found = Leaderboard(problem, 1)
        self._tried: set[str] = set()

    def close(self) -> None:
        if self._sandbox:
            self._sandbox.close()

    def watch(self, attempts: Iterable[Attempt]) -> Attempt | None:
        """Take in attempts; the best of all, where it is among these, inside the target and not pruned already."""
        attempts = list(attempts)
        self._tried.update(attempt.code.strip() for attempt in attempts if attempt.pruned)
        changed = self._found.offer(attempt for attempt in attempts if not attempt.pruned)
        if not changed or not rank(self._found.attempts[0].score, self.problem).inside:
            return None
        return self._found.attempts[0]

    def prune(self, attempt: Attempt, evaluate: Evaluate) -> Attempt:
        """What is left of an attempt; itself where nothing can go."""
        left = [MOST_TRIALS]

        def evaluate_some(sources: Sequence[str]) -> list[Attempt]:
            tried = evaluate(sources[: left[0]]) if left[0] else []
            left[0] -= len(tried)
            return tried

        if len(self.problem.sizes) > 1:
            return self._prune_statements(attempt, evaluate_some)
        return self._prune_gates(attempt, evaluate_some)

    def _prune_statements(self, attempt: Attempt, evaluate: Evaluate) -> Attempt:
        best, smaller = attempt, _smaller(attempt.code)
        while sources := [*islice((source for source in smaller if source.strip() not in self._tried), BATCH)]:
            self._tried.update(source.strip() for source in sources)
            better = self._better(best, evaluate(sources))
            if better is not best:
                best, smaller = better, _smaller(better.code)
        return best

    def _prune_gates(self, attempt: Attempt, evaluate: Evaluate) -> Attempt:
        best, gates = attempt, self._gates(attempt)
        changed = bool(gates)
        while changed:
            changed = False
            for moves in _in_batches(self._moves(gates, attempt)):
                left = [found for move in moves if (found := move.of(gates)) != gates]
                tried = evaluate([to_python(self._circuit(found)) for found in left])
                better = self._better(best, tried)
                if better is not best:
                    best, gates, changed = better, left[tried.index(better)], True
        return best

    def _better(self, best: Attempt, tried: Sequence[Attempt]) -> Attempt:
        """The best of an attempt and what was made of it."""
        board = Leaderboard(self.problem, 1)
        board.offer([best, *tried])
        return board.attempts[0]

    def _moves(self, gates: Gates, attempt: Attempt) -> list[Move]:
        """What may go: the largest saving first, then what turns the least at the best parameters."""
        point = attempt.score.sizes[0].best_parameters
        parameters = sorted({index for gate in gates.values() for angle in gate.angles for index, _ in angle.terms})
        costs = {}
        for move in (*(Move(gate=number) for number in gates), *(Move(parameter=k) for k in parameters)):
            left = move.of(gates)
            counts = metrics(self._circuit(left))
            turned = [gate for number, gate in gates.items() if gate != left.get(number)]
            turn = sum(abs(math.remainder(a.at(point), math.tau)) for gate in turned for a in gate.angles)
            costs[move] = (counts.two_qubit_gates, counts.parameters, counts.depth, turn)
        return sorted(costs, key=costs.__getitem__)

    def _gates(self, attempt: Attempt) -> Gates:
        """The gate list of an attempt's code; none where the sandbox does not give it this time."""
        self._sandbox = self._sandbox or Sandbox(self._settings, self._protection)
        circuit = self._sandbox.run(attempt.code, self.problem.sizes[0]).circuit
        return dict(enumerate(circuit.gates)) if circuit else {}

    def _circuit(self, gates: Gates) -> Circuit:
        """Of these gates, its parameters renumbered."""
        used = [index for gate in gates.values() for angle in gate.angles for index, _ in angle.terms]
        return canonical(Circuit(self.problem.sizes[0], max(used, default=-1) + 1, tuple(gates.values()))).circuit


def _smaller(source: str) -> Iterator[str]:
    """The functions that are one removal smaller."""
    program = read(source)
    yield from without_each(source) if program is None else map(write, reductions(program))


def _in_batches(moves: Sequence[Move]) -> Iterator[Sequence[Move]]:
    return (moves[first : first + BATCH] for first in range(0, len(moves), BATCH))


def _without_parameter(gate: Gate, parameter: int) -> Gate:
    angles = (Angle(tuple(term for term in a.terms if term[0] != parameter), a.constant) for a in gate.angles)
    return replace(gate, angles=tuple(angles))


def _idle(gate: Gate) -> bool:
    return bool(gate.angles) and not any(angle.terms or angle.constant for angle in gate.angles)


def _cancelled(gates: Gates) -> Gates:
    """Without pairs of one self-inverse gate that nothing stands between."""
    kept: dict[int, Gate] = {}
    for number, gate in gates.items():
        last = next((k for k in reversed(kept) if set(kept[k].qubits) & set(gate.qubits)), None)
        if last is not None and kept[last] == gate and gate.name in SELF_INVERSE:
            del kept[last]
        else:
            kept[number] = gate
    return kept

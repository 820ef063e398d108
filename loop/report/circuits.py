"""The best circuits of a run with what the page shows of them: figures, source and a drawing a size.

A run that ended has them in best/, confirmed. Of a live or a killed one they come from the leaderboard, unconfirmed,
and their code is built in the sandbox once more, to be drawn.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from loop.attempt import Attempt
from loop.certificate import read_certificate
from loop.config import RunConfig, score_settings
from loop.export import SEPARATOR
from loop.run import Run
from quantum import formats
from quantum.circuit import Circuit, CircuitError
from quantum.errors import InfrastructureError, RequestError
from quantum.problem import Problem
from quantum.reading import read_text
from rewards.record import Score, SizeScore
from rewards.score import Prepared, Scorer

MOST_GATES = 400
"""A larger circuit is not drawn: its picture would be unreadable and megabytes long."""


@dataclass(frozen=True)
class BestCircuit:
    """One of the best. `drawings` hold SVG by number of qubits; `folder` is where it was exported to; `pruned_from` is
    the attempt that pruning made it of."""

    place: int
    attempt: str
    score: Score
    code: str
    source: str
    confirmed: bool
    drawings: Mapping[int, str]
    pruned_from: str | None = None
    folder: str | None = None
    restarts: int | None = None
    qasm: Mapping[int, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"circuit {self.place}"

    @property
    def all_sizes(self) -> list[SizeScore]:
        """The figures at every size, scored and held out."""
        return sorted((*self.score.sizes, *self.score.held_out), key=lambda size: size.num_qubits)


def best_circuits(run: Run, config: RunConfig, problem: Problem, attempts: list[Attempt]) -> list[BestCircuit]:
    """The circuits of best/ while they are still the best of `attempts` (the leaderboard), else the leaderboard's."""
    exported = [found for folder in sorted(run.best_path.glob("*/")) if (found := _exported(folder, problem))]
    known = {one.attempt for one in exported}
    if exported and all(attempt.id in known for attempt in attempts[:1]):
        return exported
    return _unconfirmed(config, problem, attempts[: config.run.top])


def _exported(folder: Path, problem: Problem) -> BestCircuit | None:
    """A folder of best/; None where it is being written or is of another form."""
    try:
        document = read_certificate(folder)
        score = Score.from_json(document["score"])
        circuits = [Circuit.from_document(entry) for entry in document["circuits"]]
        source = read_text(folder / "ansatz.py")
        return BestCircuit(
            place=int(folder.name.partition("-")[0]),
            attempt=document["origin"]["attempt"],
            score=score,
            code=source.partition(SEPARATOR)[0].rstrip() + "\n",
            source=source,
            confirmed=True,
            drawings=_drawings(circuits),
            pruned_from=document["origin"]["parents"][0] if document["origin"]["pruned"] else None,
            folder=folder.name,
            restarts=document["settings"]["vqe"]["restarts"],
            qasm=_qasm(circuits, score),
        )
    except (CircuitError, OSError, LookupError, TypeError, ValueError, AttributeError):
        return None


def _unconfirmed(config: RunConfig, problem: Problem, attempts: list[Attempt]) -> list[BestCircuit]:
    if not attempts:
        return []
    missing = [a.code for a in attempts if (problem.id, a.code) not in _BUILT]
    if missing:
        with contextlib.suppress(InfrastructureError, RequestError), Scorer(problem, score_settings(config)) as scorer:
            for code in missing:
                prepared = scorer.prepare(code)
                _BUILT[problem.id, code] = prepared.circuits if isinstance(prepared, Prepared) else ()
    found = []
    for place, a in enumerate(attempts, 1):
        circuits = _BUILT.get((problem.id, a.code), ())
        qasm = _qasm(circuits, a.score)
        origin = a.parents[0] if a.pruned else None
        found.append(BestCircuit(place, a.id, a.score, a.code, a.code, False, _drawings(circuits), origin, qasm=qasm))
    return found


_BUILT: dict[tuple[str, str], tuple[Circuit, ...]] = {}
"""Circuits by problem and code: the page of a live run is made again and again, and its leaders seldom change."""


def _drawings(circuits: tuple[Circuit, ...] | list[Circuit]) -> dict[int, str]:
    return {c.num_qubits: _svg(c) for c in circuits if len(c.gates) <= MOST_GATES}


_svg = lru_cache(maxsize=256)(formats.to_svg)


def _qasm(circuits: tuple[Circuit, ...] | list[Circuit], score: Score) -> dict[int, str]:
    """OpenQASM 3 at the best parameters."""
    parameters = {size.num_qubits: size.best_parameters for size in score.sizes}
    return {c.num_qubits: formats.to_qasm3(c, parameters[c.num_qubits]) for c in circuits}

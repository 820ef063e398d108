"""Before a circuit is called best it is scored again, harder; then it is exported.

Harder: more and fresh VQE starts, Aer's own optimisation on top of ours, more samples for the gradient variance.

A run picks its best from thousands of noisy maxima, so the winner's figures are biased in its favour. The certificate
states the confirmed score, and the order of the best is by it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from loop.best import Leaderboard, rank
from loop.config import RunConfig, score_settings
from loop.export import FORMATS, export_circuit, folder_name
from loop.memory import Attempt
from loop.routing import Device
from loop.run import Run
from quantum.circuit import Circuit
from quantum.problem import Problem
from quantum.seeds import seed_for
from rewards.record import Score
from rewards.score import Prepared, Scorer
from rewards.settings import ScoreSettings

GRADIENT_SAMPLES = 200
"""Random points for the gradient variance of a winner: a relative error of the variance of about 10 %."""


@dataclass(frozen=True)
class Confirmed:
    """An attempt with its confirmed score, the circuit of every size, and where it was exported to."""

    attempt: Attempt
    score: Score
    circuits: dict[int, Circuit]
    settings: ScoreSettings
    folder: Path | None = None
    transpiled: dict[str, Any] | None = None
    """What it costs on a device (`loop.routing`), when it was exported for one."""

    def to_json(self) -> dict[str, Any]:
        routed = {"transpiled": self.transpiled} if self.transpiled else {}
        return {"folder": str(self.folder), "attempt": self.attempt.id, **self.score.to_json(), **routed}


def confirm(run: Run, config: RunConfig, problem: Problem, count: int) -> list[Confirmed]:
    """The `count` best attempts of a run with `confirm_restarts` fresh starts, best first."""
    board = Leaderboard(problem, count)
    board.offer(run.attempts())
    settings = harder(score_settings(config), config.run.confirm_restarts, seed_for(config.run.seed, "confirm"))
    found = []
    if board.attempts:
        with Scorer(problem, settings) as scorer:
            found = [confirmed for attempt in board.attempts if (confirmed := _again(attempt, scorer, settings))]
    return sorted(found, key=lambda one: rank(one.score, problem))


def harder(usual: ScoreSettings, restarts: int, seed: int) -> ScoreSettings:
    """The settings under which a circuit is confirmed."""
    reward = usual.reward.model_copy(update={"audit_share": 1.0, "gradient_samples": GRADIENT_SAMPLES})
    return usual.model_copy(update={"seed": seed, "vqe": replace(usual.vqe, restarts=restarts), "reward": reward})


def _again(attempt: Attempt, scorer: Scorer, settings: ScoreSettings) -> Confirmed | None:
    prepared = scorer.prepare(attempt.code)
    if not isinstance(prepared, Prepared):
        return None
    score = scorer.measure(prepared)
    return (
        Confirmed(attempt, score, {c.num_qubits: c for c in prepared.circuits}, settings)
        if score.outcome == "ok"
        else None
    )


def export_best(
    run: Run,
    problem: Problem,
    confirmed: Sequence[Confirmed],
    target: Path,
    wanted: Iterable[str] = FORMATS,
    device: Device | None = None,
) -> list[Confirmed]:
    """Write each as a folder of `target`, named by place and hash; returns them with their folders."""
    environment = run.environment()
    provenance = {"run": run.path.name, "sandbox": environment.get("sandbox"), "source": environment.get("source")}
    target.mkdir(parents=True, exist_ok=True)
    exported = []
    for place, one in enumerate(confirmed, 1):
        folder = target / folder_name(place, one.attempt)
        transpiled = export_circuit(
            folder, one.attempt, one.score, problem, one.circuits, one.settings, provenance, tuple(wanted), device
        )
        exported.append(replace(one, folder=folder, transpiled=transpiled))
    return exported

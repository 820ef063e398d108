"""Before a circuit is called best it is scored again, harder; then it is exported.

Harder: more and fresh VQE starts, Aer's own optimisation on top of ours, more samples for the gradient variance. The
optimum of the search is a valid upper bound, so it is one more start; where no fresh one came up to it, `best_start`
says so. The same function is then measured at the held-out sizes.

A run picks its best from thousands of noisy maxima, so the winner's figures are biased in its favour. The certificate
states the confirmed score, and the order of the best is by it.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from loop.attempt import Attempt
from loop.best import Leaderboard
from loop.config import RunConfig, score_settings
from loop.export import FORMATS, export_circuit, folder_name
from loop.routing import Device
from loop.run import Run, write_json
from quantum.circuit import Circuit
from quantum.problem import Problem
from quantum.seeds import seed_for
from rewards.order import rank
from rewards.record import Score, SizeScore
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
    problem: Problem
    settings: ScoreSettings
    folder: Path | None = None
    transpiled: dict[str, Any] | None = None
    """What it costs on a device (`loop.routing`), when it was exported for one."""

    @property
    def name(self) -> str:
        """How it is called in best/."""
        return self.folder.name if self.folder else self.attempt.id

    def to_json(self) -> dict[str, Any]:
        routed = {"transpiled": self.transpiled} if self.transpiled else {}
        own = {"folder": str(self.folder), "attempt": self.attempt.id, "pruned": self.attempt.pruned}
        return {**own, **self.score.to_json(), **routed}


def keep_best(run: Run, config: RunConfig, problem: Problem) -> list[Confirmed]:
    """Confirm the best of all attempts and keep them in best/; what an earlier session left there and is no longer best
    goes."""
    confirmed = confirm(run, config, problem, config.run.top)
    best = export_best(run, confirmed, run.best_path)
    if confirmed:
        write_json(run.best_path / "leaderboard.json", [_with_held_out(one).to_json() for one in confirmed])
    kept = {one.folder for one in best}
    for folder in run.best_path.iterdir():
        if folder.is_dir() and folder not in kept:
            shutil.rmtree(folder)
    return best


def confirm(run: Run, config: RunConfig, problem: Problem, count: int) -> list[Confirmed]:
    """The `count` best attempts of a run with `confirm_restarts` fresh starts, best first."""
    board = Leaderboard(problem, count)
    board.offer(run.attempts())
    if not board.attempts:
        return []
    settings = harder(score_settings(config), config.run.confirm_restarts, seed_for(config.run.seed, "confirm"))
    with Scorer(problem, settings) as scorer:
        again = [score_again(attempt, scorer, optimum(attempt.score)) for attempt in board.attempts]
    found = [one for one in again if isinstance(one, Confirmed)]
    return sorted(found, key=lambda one: rank(one.score, problem))


def harder(usual: ScoreSettings, restarts: int, seed: int) -> ScoreSettings:
    """The settings under which a circuit is confirmed."""
    reward = usual.reward.model_copy(update={"audit_share": 1.0, "gradient_samples": GRADIENT_SAMPLES})
    return usual.model_copy(update={"seed": seed, "vqe": replace(usual.vqe, restarts=restarts), "reward": reward})


def optimum(score: Score) -> dict[int, tuple[float, ...]]:
    """The best parameters of a score by number of qubits."""
    return {size.num_qubits: size.best_parameters for size in score.sizes}


def score_again(attempt: Attempt, scorer: Scorer, known: Mapping[int, Sequence[float]]) -> Confirmed | Score:
    """The attempt as `scorer` finds it, from fresh starts and from `known` parameters by number of qubits, held-out
    sizes included; a Score where it is not valid."""
    prepared = scorer.prepare(attempt.code)
    if not isinstance(prepared, Prepared):
        return prepared
    score = scorer.measure(prepared, known)
    if score.outcome != "ok":
        return score
    circuits = {c.num_qubits: c for c in prepared.circuits}
    return _held_out(Confirmed(attempt, score, circuits, scorer.problem, scorer.settings), scorer)


def _held_out(one: Confirmed, scorer: Scorer) -> Confirmed:
    """With the figures of the same function at the sizes that were never scored."""
    figures: list[SizeScore] = []
    failures: dict[str, str] = {}
    for n in one.problem.heldout_sizes:
        score = Scorer(at_size(one.problem, n), one.settings, scorer.sandbox, scorer.cache).score(one.attempt.code)
        if score.outcome == "ok":
            figures += score.sizes
        else:
            failures[str(n)] = f"{score.reason}: {score.message}"
    return replace(one, score=replace(one.score, held_out=tuple(figures), held_out_failures=failures))


def _with_held_out(one: Confirmed) -> Attempt:
    """The attempt as it was scored in the run, with the figures that it got since."""
    found = one.score
    score = replace(one.attempt.score, held_out=found.held_out, held_out_failures=found.held_out_failures)
    return replace(one.attempt, score=score)


def at_size(problem: Problem, num_qubits: int) -> Problem:
    """The problem at one size only."""
    return replace(problem, sizes=(num_qubits,), heldout_sizes=())


def export_best(
    run: Run,
    confirmed: Sequence[Confirmed],
    target: Path,
    wanted: Iterable[str] = FORMATS,
    device: Device | None = None,
) -> list[Confirmed]:
    """Write each as a folder of `target`, named by place and hash; returns them with their folders."""
    environment = run.environment()
    provenance = {"run": run.path.name, "sandbox": environment.get("sandbox"), "source": environment.get("source")}
    target.mkdir(parents=True, exist_ok=True)
    exported: list[Confirmed] = []
    for place, one in enumerate(confirmed, 1):
        folder = target / folder_name(place, one.attempt)
        transpiled = export_circuit(
            folder,
            one.attempt,
            one.score,
            one.problem,
            one.circuits,
            one.settings,
            provenance,
            tuple(wanted),
            device,
        )
        exported.append(replace(one, folder=folder, transpiled=transpiled))
    return exported

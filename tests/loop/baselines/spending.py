"""Spending a budget on a search in this process, without a run directory."""

from __future__ import annotations

from loop.attempt import Attempt
from loop.baselines.registry import Proposal, find_method
from quantum.problem import Problem
from quantum.vqe import VqeSettings
from rewards.score import Scorer
from rewards.settings import RewardSettings, ScoreSettings

QUICK = ScoreSettings(vqe=VqeSettings(restarts=8), reward=RewardSettings(gradient_samples=2))


def spend(scorer: Scorer, method: str, evaluations: int, seed: int = 0) -> list[tuple[Proposal, Attempt]]:
    """What the method proposed, and how it was scored, until so many circuits were evaluated or it had no more."""
    search = find_method(method).search(scorer.problem, seed)
    made: list[tuple[Proposal, Attempt]] = []
    count = step = 0
    while count < evaluations and (proposals := search.propose(evaluations - count)):
        step += 1
        scores = [scorer.score_circuits(proposal.circuits) for proposal in proposals]
        attempts = [Attempt(f"s{step:05d}-{k:03d}", step, "", (), "", score, 0.0) for k, score in enumerate(scores)]
        search.tell(attempts)
        made += zip(proposals, attempts, strict=True)
        count += sum(score.outcome == "ok" for score in scores)
    return made


def errors(made: list[tuple[Proposal, Attempt]]) -> list[float]:
    return [attempt.score.sizes[0].error for _, attempt in made if attempt.score.outcome == "ok"]


def first(problem: Problem, method: str, seed: int) -> list[Proposal]:
    return list(find_method(method).search(problem, seed).propose(8))

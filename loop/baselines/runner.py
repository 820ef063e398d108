"""A baseline run: a search proposes gate lists or programs, the pool scores them, the run directory keeps them.

The directory has the usual format, without memory and checkpoints. A search follows from its seed and from the scores
it was told, so a run that was stopped is taken up by replaying what attempts.jsonl holds: nothing is scored twice.
"""

from __future__ import annotations

import contextlib
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from loop.attempt import PRUNED, Attempt
from loop.baselines.progress import BudgetProgress
from loop.baselines.registry import Proposal, Search, find_method
from loop.best import Leaderboard
from loop.config import RunConfig, problem_of, score_settings
from loop.confirm import keep_best as finish
from loop.discover import Outcome, default_path, discover, resume, warn
from loop.environment import describe_environment
from loop.interrupt import Interrupt, resumable
from loop.pruning import Pruner
from loop.run import Run, append_jsonl, mend_jsonl, write_json
from quantum.errors import RequestError
from quantum.exact import exact_energy
from quantum.problem import Problem
from rewards.pool import Candidate, ScorePool
from rewards.sandbox import Protection

MOST_IDLE = 50
"""Batches in a row without one valid circuit after which a search is given up."""
PRUNING_SHARE = 0.1
"""Of the budget of a search over programs, the last: until then its own edits take away what can be spared."""


def run_baseline(config: RunConfig, path: Path | None, console: Console) -> Outcome:
    """Start the baseline run that `config.baseline` names; a RequestError leaves nothing behind."""
    assert config.baseline is not None
    method = find_method(config.baseline.method)
    problem = problem_of(config)
    if isinstance(config.problem, str) and Path(config.problem).exists():
        config = config.model_copy(update={"problem": problem.to_document()})
    path = path or default_path(problem, config)
    if hasattr(method, "frozen"):
        return discover(method.frozen(config), path, console)
    if len(problem.sizes) > 1 and not hasattr(method, "PROGRAMS"):
        # A table by size is no cheat here: nobody claims that a search over gate lists generalises.
        config = config.model_copy(
            update={"reward": config.reward.model_copy(update={"allow_instance_specific": True})}
        )
    for n in problem.sizes:
        exact_energy(problem.hamiltonian(n))
    method.search(problem, config.run.seed)
    Run.check_free(path)
    warn(problem, console)
    run = Run.create(path, config, describe_environment(config.run.seed))
    console.print(f"run directory: {run.path}", highlight=False, soft_wrap=True)
    return _session(run, config, problem, console)


def resume_baseline(path: Path, console: Console, protection: Protection | None = None) -> Outcome:
    """Go on with a baseline run that was stopped."""
    if not is_search(path):
        return resume(path, None, None, None, console, protection)
    run = Run.open(path)
    config = run.config(protection)
    return _session(run, config, problem_of(config), console)


def is_search(path: Path) -> bool:
    """Whether a run is one of a search over gate lists or programs, and not one of a policy."""
    baseline = Run.open(path).config().baseline
    return baseline is not None and not hasattr(find_method(baseline.method), "frozen")


def _session(run: Run, config: RunConfig, problem: Problem, console: Console) -> Outcome:
    assert config.baseline is not None
    with contextlib.ExitStack() as stack:
        stack.enter_context(run.locked())
        stack.enter_context(resumable(run.path))
        pool = stack.enter_context(ScorePool(problem, score_settings(config), config.run.workers))
        run.record("sandbox", pool.hello())
        progress = stack.enter_context(BudgetProgress(problem, config.baseline, console))
        interrupt = stack.enter_context(Interrupt(progress.say))
        search = find_method(config.baseline.method).search(problem, config.run.seed)
        trial = stack.enter_context(contextlib.closing(_Trial(run, config, problem, pool, progress)))
        trial.spend(search, interrupt)
    if interrupt.requested:
        return Outcome(run, problem, [], trial.step, True)
    return Outcome(run, problem, finish(run, config, problem), trial.step, False)


@dataclass(frozen=True)
class _Made:
    """A candidate with the code that is stored for it, how it came about, and what it is made of."""

    code: str
    candidate: Candidate
    origin: str
    parents: tuple[str, ...]


class _Trial:
    """Spends the budget on a search. A step is one batch of proposals."""

    def __init__(
        self, run: Run, config: RunConfig, problem: Problem, pool: ScorePool, progress: BudgetProgress
    ) -> None:
        assert config.baseline is not None
        self.run = run
        self.problem = problem
        self.budget = config.baseline.evaluations
        self.prunes = config.run.prune
        self.pruner = Pruner(problem, config.sandbox, config.protection)
        programs = hasattr(find_method(config.baseline.method), "PROGRAMS")
        self.prunes_from = self.budget - int(PRUNING_SHARE * self.budget) if programs else 0
        self._to_prune: Attempt | None = None
        self.pool = pool
        self.progress = progress
        self.leaderboard = Leaderboard(problem, config.run.top)
        self.step = self.made = 0
        self.evaluations = 0
        mend_jsonl(run.attempts_path)
        mend_jsonl(run.metrics_path)
        self._known = {attempt.id: attempt for attempt in run.attempts()}
        self._steps_on_disk = sum(1 for _ in run.metrics())
        self._seen: set[str | None] = set()
        self._attempts = run.attempts_path.open("a", encoding="utf-8")
        self._metrics = run.metrics_path.open("a", encoding="utf-8")

    def close(self) -> None:
        self.pruner.close()
        self._attempts.close()
        self._metrics.close()

    def spend(self, search: Search, interrupt: Interrupt) -> None:
        """Until the budget is spent, the search has nothing left, or Ctrl-C."""
        idle = 0
        while self.evaluations < self.budget and idle < MOST_IDLE and not interrupt.requested:
            start = time.monotonic()
            end = self.prunes_from if self.evaluations < self.prunes_from else self.budget
            proposals = search.propose(end - self.evaluations)
            proposed = time.monotonic()
            if not proposals:
                self.progress.say(f"the method has nothing left after {self.evaluations} evaluations")
                break
            self.step, self.made, before = self.step + 1, 0, self.evaluations
            attempts = self._evaluate([self._of(proposal) for proposal in proposals])
            scored = time.monotonic()
            search.tell(attempts)
            idle = 0 if self.evaluations > before else idle + 1
            pruned = self._prune(attempts)
            search.adopt(pruned)
            seconds = {"sample": proposed - start, "reward": scored - proposed, "train": time.monotonic() - scored}
            more = {**search.cost(), "seconds": {k: round(v, 3) for k, v in seconds.items()}}
            self._end_step(attempts, {"pruned": sum(one.score.outcome == "ok" for one in pruned), **more})

    def _of(self, proposal: Proposal) -> _Made:
        scored = proposal.circuits[: len(self.problem.sizes)]
        return _Made(proposal.code, Candidate("", circuits=scored), proposal.origin, proposal.parents)

    def _prune(self, attempts: Sequence[Attempt]) -> list[Attempt]:
        """Take away what a new best circuit can spare, as in any other run; all that was tried for it."""
        best = self._to_prune = self.pruner.watch(attempts) or self._to_prune
        tried: list[Attempt] = []
        if best is None or not self.prunes or self.evaluations < self.prunes_from:
            return tried
        self._to_prune = None
        parents = (best.id,)

        def evaluate(sources: Sequence[str]) -> list[Attempt]:
            room = max(0, self.budget - self.evaluations)
            made = self._evaluate([_Made(text, Candidate(text), PRUNED, parents) for text in sources[:room]])
            tried.extend(made)
            return made

        self.pruner.prune(best, evaluate)
        return tried

    def _evaluate(self, made: Sequence[_Made]) -> list[Attempt]:
        """The step's next attempts, each on disk as soon as it is scored; those that are there are taken as is."""
        ids = [f"s{self.step:05d}-{self.made + index:03d}" for index in range(len(made))]
        self.made += len(made)
        attempts = {k: self._known[name] for k, name in enumerate(ids) if name in self._known}
        for k, attempt in attempts.items():
            if attempt.code != made[k].code:
                raise RequestError(
                    f"{self.run.path}: attempt {attempt.id} is not what this version proposes; start anew"
                )
        missing = [k for k in range(len(made)) if k not in attempts]
        start = time.monotonic()
        for index, score in self.pool.score_all([made[k].candidate for k in missing]):
            k, one = missing[index], made[missing[index]]
            seconds = round(time.monotonic() - start, 4)
            attempts[k] = Attempt(ids[k], self.step, one.origin, one.parents, one.code, score, seconds)
            append_jsonl(self._attempts, attempts[k].to_json())
        in_order = [attempts[k] for k in range(len(made))]
        self.evaluations += sum(attempt.score.outcome == "ok" for attempt in in_order)
        if self.leaderboard.offer(in_order):
            best = [attempt.to_json() for attempt in self.leaderboard.attempts]
            write_json(self.run.best_path / "leaderboard.json", best)
        return in_order

    def _end_step(self, attempts: Sequence[Attempt], more: dict[str, Any]) -> None:
        """The line of metrics.jsonl, with the keys of a discovery run, unless it is there from before."""
        new = {attempt.score.circuit_hash for attempt in attempts if attempt.score.outcome == "ok"} - self._seen
        self._seen |= new
        outcomes = Counter(attempt.score.reason or "ok" for attempt in attempts)
        rewards = [attempt.score.reward for attempt in attempts if attempt.score.reward is not None]
        best_now = self.leaderboard.attempts[0] if self.leaderboard.attempts else None
        nothing = dict.fromkeys(("zero_variance_groups", "entropy", "kl", "grad_norm", "completion_tokens"))
        metrics = {
            "step": self.step,
            "reward_mean": sum(rewards) / len(rewards) if rewards else None,
            "reward_max": max(rewards, default=None),
            "valid": sum(attempt.score.outcome == "ok" for attempt in attempts) / len(attempts),
            "unique": len(new) / len(attempts),
            "copied": 0.0,
            "truncated": 0.0,
            **nothing,
            "outcomes": dict(outcomes),
            "best_id": best_now.id if best_now else None,
            "best_error": max(s.error for s in best_now.score.sizes) if best_now else None,
            "best_two_qubit_gates": sum(s.two_qubit_gates for s in best_now.score.sizes) if best_now else None,
            "evaluations": self.evaluations,
            **more,
        }
        if self.step > self._steps_on_disk:
            append_jsonl(self._metrics, metrics)
        self.progress.step(self.evaluations, best_now, more)

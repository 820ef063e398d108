"""The task that GRPO trains on: prompts from the memory, scores from the pool, everything on disk as it is known."""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from grpo.task import EQUAL, Completion, Lesson
from loop.attempt import PRUNED, Attempt
from loop.best import Leaderboard
from loop.config import RunConfig
from loop.export import model_source
from loop.interrupt import Interrupt
from loop.memory import Mark, Memory
from loop.progress import Progress
from loop.prompts import Prompt, build_prompts
from loop.pruning import Pruner
from loop.run import Checkpoint, Run, append_jsonl, mend_jsonl, write_json
from loop.score_files import read_source
from loop.stop import why_stop
from loop.variety import Variety
from models.prompts import Style
from quantum.problem import Problem
from rewards.extract import extract_code
from rewards.pool import Candidate, ScorePool
from rewards.record import Score

MAX_STORED_TEXT = 20_000
REPEATS: Final[dict[str, Lesson]] = {"mask": None, "mean": "mean", "zero": 0.0}
SEED = "seed"
"""The prompt id of what the user brought along."""


class Explorer:
    """Implements `grpo.task.Task` for one run. Steps count from 1."""

    def __init__(
        self,
        run: Run,
        config: RunConfig,
        problem: Problem,
        memory: Memory,
        pool: ScorePool,
        progress: Progress,
        interrupt: Interrupt,
        style: Style,
    ) -> None:
        self.run = run
        self.config = config
        self.problem = problem
        self.memory = memory
        self.pool = pool
        self.progress = progress
        self.interrupt = interrupt
        self.style = style
        self.leaderboard = Leaderboard(problem, config.run.top)
        self.evaluations = 0
        self.variety = Variety(config.search.variety)
        self.stopped: str | None = None
        self._undone = Leaderboard(problem, config.run.top)
        self._pruner = Pruner(problem, config.sandbox, config.protection)
        self._pruned = 0
        self._made = 0
        self._prompts: dict[str, Prompt] = {}
        self._step: list[Attempt] = []
        self._lessons: list[Lesson] = []
        self._unique = 0
        self._truncated = 0
        self._on_disk: dict[str, str] = {}
        mend_jsonl(run.attempts_path)
        self._attempts = run.attempts_path.open("a", encoding="utf-8")
        self._metrics = run.metrics_path.open("a", encoding="utf-8")

    def close(self) -> None:
        self._pruner.close()
        self._attempts.close()
        self._metrics.close()

    def prompts(self, step: int, count: int) -> list[Prompt]:
        seed, settings = self.config.run.seed, self.variety.memory(self.config.memory)
        sizes = self.variety.sizes(self.problem.sizes)
        made = build_prompts(self.problem, self.memory, settings, self.style, seed, step, count, sizes)
        self._prompts = {prompt.id: prompt for prompt in made}
        return made

    def temperature(self, usual: float) -> float:
        return self.variety.temperature(usual)

    def seed(self, files: Sequence[Path]) -> None:
        """Score the user's own ansaetze as step 0, before the first prompt."""
        self._prompts = {SEED: Prompt(SEED, self.problem.sizes[-1], [], (), ())}
        self.score(0, [Completion(SEED, model_source(read_source(file)), truncated=False) for file in files])
        for file, attempt in zip(files, self._step, strict=True):
            self.progress.say(f"{file.name}: {describe_seed(attempt.score)}")

    def score(self, step: int, completions: Sequence[Completion]) -> list[Lesson]:
        """Score in parallel; each attempt is on disk as soon as it is scored, the memory takes them in their order."""
        self._made = 0
        self._step = self._evaluate(step, [(c.text, self._prompts[c.prompt_id]) for c in completions])
        self._lessons = [self._lesson(a.score) for a in self._step]
        before = self.memory.distinct()
        self.memory.add(self._step)
        self._unique = self.memory.distinct() - before
        self._truncated = sum(c.truncated for c in completions)
        self._pruned = self._prune(step)
        return self._lessons

    def _evaluate(self, step: int, texts: Sequence[tuple[str, Prompt]]) -> list[Attempt]:
        """The step's next attempts, made of completions and their prompts: on disk, counted, on the leaderboard."""
        attempts: dict[int, Attempt] = {}
        start, first = time.monotonic(), self._made
        self._made += len(texts)
        for index, score in self.pool.score_all([Candidate(text, prompt.shown) for text, prompt in texts]):
            seconds = time.monotonic() - start
            attempts[index] = _attempt(step, first + index, *texts[index], score, seconds)
            self._store(attempts[index])
        made = [attempts[index] for index in range(len(texts))]
        self.evaluations += sum(attempt.score.outcome == "ok" for attempt in made)
        if self.leaderboard.offer(made):
            self._write_leaderboard()
        return made

    def _prune(self, step: int) -> int:
        """Take away what a new best circuit can spare; the memory gets what is left. How many evaluations that took."""
        best, before = self._pruner.watch(self._step), self.evaluations
        if best is None or not self.config.run.prune:
            return 0

        prompt = Prompt(PRUNED, self.problem.sizes[-1], [], (best.id,), ())

        def evaluate(sources: Sequence[str]) -> list[Attempt]:
            budget = self.config.run.evaluations
            room = None if budget is None else max(0, budget - self.evaluations)
            return self._evaluate(step, [(source, prompt) for source in sources[:room]])

        left = self._pruner.prune(best, evaluate)
        if left is not best:
            self.memory.add([left])
        return self.evaluations - before

    def _lesson(self, score: Score) -> Lesson:
        """What the policy is trained with: for a circuit that the memory had before this step, as `repeats` says. One
        that is merely no better than what is there earns its own, lower reward: its group still learns from it."""
        if score.reward is None or score.reward <= 0 or not self.memory.has(score):
            return score.reward
        return REPEATS[self.config.search.repeats]

    def _write_leaderboard(self) -> None:
        board = Leaderboard(self.problem, self.config.run.top)
        board.offer([*self.leaderboard.attempts, *self._undone.attempts])
        write_json(self.run.best_path / "leaderboard.json", [attempt.to_json() for attempt in board.attempts])

    def _store(self, attempt: Attempt) -> None:
        """Append to attempts.jsonl, unless a run that was killed after this very attempt has written it already."""
        digest = hashlib.sha256(attempt.code.encode()).hexdigest()
        if self._on_disk.get(attempt.id) == digest:
            return
        line = attempt.to_json()
        if attempt.id in self._on_disk:  # a replayed step that came out otherwise: both are kept
            line["id"] = f"{attempt.id}-{digest[:8]}"
        append_jsonl(self._attempts, line)

    def figures(self) -> dict[str, float]:
        return {name: float(value) for name, value in self._figures().items() if isinstance(value, int | float)}

    def _figures(self) -> dict[str, Any]:
        """The part of a line of metrics.jsonl that is known once the step's answers are scored.

        The shares are None in a step that trains once more on the answers of an earlier one.
        """
        outcomes = Counter(a.score.reason or "ok" for a in self._step)
        rewards = [a.score.reward for a in self._step if a.score.reward is not None]

        def share(count: float) -> float | None:
            return count / len(self._step) if self._step else None

        best = self.leaderboard.attempts[0] if self.leaderboard.attempts else None
        return {
            "reward_mean": sum(rewards) / len(rewards) if rewards else None,
            "reward_max": max(rewards, default=None),
            "valid": share(outcomes["ok"]),
            "unique": share(self._unique),
            "copied": share(outcomes["copied_from_prompt"]),
            "truncated": share(self._truncated),
            "zero_variance_groups": self._zero_variance() if self._step else None,
            "outcomes": dict(outcomes),
            "best_id": best.id if best else None,
            "best_error": max(s.error for s in best.score.sizes) if best else None,
            "best_two_qubit_gates": sum(s.two_qubit_gates for s in best.score.sizes) if best else None,
            "evaluations": self.evaluations,
            "pruned": self._pruned,
            "notch": self.variety.notch,
        }

    def end_step(self, step: int, logs: Mapping[str, float], seconds: Mapping[str, float]) -> bool:
        best = self.leaderboard.attempts[0] if self.leaderboard.attempts else None
        self.stopped = why_stop(self.config.run, self.problem, best, step, self.evaluations)
        metrics = {
            "step": step,
            **self._figures(),
            "entropy": logs.get("entropy"),
            "kl": logs.get("kl"),
            "grad_norm": logs.get("grad_norm"),
            "completion_tokens": logs.get("completions/mean_length"),
            "stopped": self.stopped,
            "seconds": {name: round(value, 3) for name, value in seconds.items()},
        }
        append_jsonl(self._metrics, metrics)
        self.progress.step(metrics, best)
        if self.config.run.train and self._step and (change := self.variety.watch(metrics["zero_variance_groups"])):
            self.progress.say(change)
        self._step, self._pruned = [], 0
        return not self.interrupt.requested and not self.stopped

    def _zero_variance(self) -> float:
        """The share of the step's groups that train with rewards all alike: nothing can be learnt from those."""
        groups: dict[str, set[float]] = {attempt.prompt_id: set() for attempt in self._step}
        for attempt, lesson in zip(self._step, self._lessons, strict=True):
            if isinstance(lesson, float):
                groups[attempt.prompt_id].add(lesson)
        spreads = [max(rewards, default=0.0) - min(rewards, default=0.0) for rewards in groups.values()]
        return sum(spread < EQUAL for spread in spreads) / len(spreads)

    def checkpoint(self, step: int) -> None:
        Checkpoint(step, self.run.path / f"checkpoint-{step}").seal()

    def state(self) -> dict[str, Any]:
        return {"memory": vars(self.memory.mark()), "variety": self.variety.state()}

    def restore(self, state: dict[str, Any]) -> None:
        self.memory.rewind(Mark(**state["memory"]))
        self.variety.restore(state["variety"])

    def recall(self, step: int) -> None:
        """Take up what is on disk: the best of the attempts up to `step`, and what the undone steps after it scored.

        Steps count from 1, and 0 is what the user brought along: with -1 everything is still to be made.
        """
        for attempt in self.run.attempts():
            if attempt.step <= step:
                self.leaderboard.offer([attempt])
                self._pruner.watch([attempt])
                self.evaluations += attempt.score.outcome == "ok"
            else:
                self._undone.offer([attempt])
                self._on_disk[attempt.id] = hashlib.sha256(attempt.code.encode()).hexdigest()


def _attempt(step: int, index: int, text: str, prompt: Prompt, score: Score, seconds: float) -> Attempt:
    code = (extract_code(text) or text)[:MAX_STORED_TEXT]
    return Attempt(f"s{step:05d}-{index:03d}", step, prompt.id, prompt.parents, code, score, round(seconds, 4))


def describe_seed(score: Score) -> str:
    """How a file of the user's fared, in one phrase."""
    if score.outcome != "ok":
        return f"not usable, {score.reason}: {score.message}"
    last = score.sizes[-1]
    return f"error {max(size.error for size in score.sizes):.1e}, {last.two_qubit_gates} two-qubit gates"

"""A discovery run from start to end, and its resumption: the policy proposes, the pool scores, GRPO learns.

A killed run is taken up from its last whole checkpoint: policy, optimizer, RNG and memory go back to it together, and
the steps after it are made again. What those steps had scored stays in attempts.jsonl.
"""

from __future__ import annotations

import contextlib
import datetime
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console

from loop.config import RunConfig, problem_of, score_settings
from loop.confirm import Confirmed, keep_best
from loop.environment import describe_environment
from loop.explorer import Explorer
from loop.interrupt import Interrupt, resumable
from loop.memory import Memory
from loop.progress import Progress
from loop.run import Checkpoint, Run, append_jsonl, safe_name, write_text
from loop.score_files import collect
from loop.stop import describe, without
from loop.trackers import tracking
from models.presets import under
from quantum.errors import RequestError
from quantum.exact import exact_energy
from quantum.problem import Problem
from rewards.order import target_met
from rewards.pool import ScorePool
from rewards.sandbox import Protection

if TYPE_CHECKING:
    from models.loader import Policy

START: dict[str, Any] = {"memory": {"rows": 0, "digest": ""}, "variety": {"notch": 0, "streak": 0}}
"""The task's state before the first step."""


@dataclass(frozen=True)
class Outcome:
    """What a session leaves: the run, its best circuits (confirmed and exported), and whether Ctrl-C ended it."""

    run: Run
    problem: Problem
    best: list[Confirmed]
    steps: int
    interrupted: bool
    stopped: str | None = None
    """The rule that ended the run before its last step (`loop.stop`)."""

    def to_json(self) -> dict[str, Any]:
        """What `discover --json` prints."""
        return {
            "run": str(self.run.path),
            "problem": self.problem.name,
            "steps": self.steps,
            "interrupted": self.interrupted,
            "stopped": self.stopped,
            "target_met": bool(self.best) and target_met(self.best[0].score, self.problem),
            "best": [one.to_json() for one in self.best],
        }


def discover(config: RunConfig, path: Path | None, console: Console) -> Outcome:
    """Start a run in `path` (by default a new directory under runs/); a RequestError leaves nothing behind."""
    problem = problem_of(config)
    for n in problem.sizes:
        exact_energy(problem.hamiltonian(n))
    if isinstance(config.problem, str) and Path(config.problem).exists():
        config = config.model_copy(update={"problem": problem.to_document()})
    path = path or default_path(problem, config)
    Run.check_free(path)
    warn(problem, console)
    seeds = collect([Path(config.memory.seed_folder)]) if config.memory.seed_folder else []
    config = config.model_copy(update={"grpo": under(config.preset, "grpo", config.grpo)})
    with _pool(config, problem) as pool:
        policy = _load_policy(config, path)
        pool.hello()
        run = Run.create(path, config, describe_environment(config.run.seed))
        run.keep_seeds(seeds)
        console.print(f"run directory: {run.path}", highlight=False, soft_wrap=True)
        try:
            with resumable(run.path):
                return _session(run, config, problem, policy, pool, None, console)
        except RequestError:
            if not any(run.attempts()):
                shutil.rmtree(run.path)
            raise


def resume(
    path: Path,
    more_steps: int | None,
    from_step: int | None,
    target: Path | None,
    console: Console,
    protection: Protection | None = None,
) -> Outcome:
    """Go on with a run; `more_steps` extends it, `from_step` forks a new run (in `target`) from that checkpoint."""
    run = Run.open(path)
    if from_step is not None:
        run = fork(run, from_step, target, protection)
        console.print(f"forked into: {run.path}", highlight=False, soft_wrap=True)
    config = run.config(protection)
    checkpoints = run.checkpoints()
    checkpoint = checkpoints[-1] if checkpoints else None
    done = checkpoint.step if checkpoint else 0
    rule = run.stopped_at(done)
    if more_steps is not None:
        section = without(rule, config.run) if rule else config.run
        config = config.model_copy(update={"run": section.model_copy(update={"steps": done + more_steps})})
    problem = problem_of(config)
    if done >= config.run.steps or (rule and more_steps is None):
        why = f"stopped at step {done}, {describe(rule, config.run)}" if rule else f"finished at step {done}"
        console.print(f"{why}; go on with: quantummind resume {run.path} --steps 20", soft_wrap=True)
        with resumable(run.path), console.status("confirming the best circuits with fresh starts"):
            return Outcome(run, problem, keep_best(run, config, problem), done, False, rule)
    if checkpoint:
        checkpoint.check()
        Memory.open(run.memory_path).close()
    with resumable(run.path), _pool(config, problem) as pool:
        policy = _load_policy(config, run.path)
        return _session(run, config, problem, policy, pool, checkpoint, console)


def fork(run: Run, step: int, target: Path | None, protection: Protection | None = None) -> Run:
    """A new run that begins as a copy of `run` at checkpoint `step`; the old one stays as it is."""
    found = {c.step: c for c in run.checkpoints()}
    if step not in found:
        raise RequestError(f"{run.path} has no checkpoint {step}; it has: {', '.join(map(str, found)) or 'none'}")
    found[step].check()
    Memory.open(run.memory_path).close()
    copy = Run.create(
        target or _unused(run.path.with_name(f"{run.path.name}--from-{step}")),
        run.config(protection),
        {**run.environment(), "tracker_id": None, "forked_from": {"run": run.path.name, "step": step}},
    )
    with copy.attempts_path.open("w", encoding="utf-8") as handle:
        for attempt in run.attempts():
            if attempt.step <= step:
                append_jsonl(handle, attempt.to_json())
    write_text(copy.metrics_path, run.metrics_path.read_text(encoding="utf-8"))
    copy.rewind_metrics(step)
    with Memory.open(run.memory_path) as memory:
        memory.copy_to(copy.memory_path)
    shutil.copytree(found[step].path, copy.path / found[step].path.name)
    return copy


def warn(problem: Problem, console: Console) -> None:
    """Say where meeting the target need not mean much, and what was done about it."""
    for line in problem.warnings():
        console.print(line, style="yellow", highlight=False, soft_wrap=True)


def default_path(problem: Problem, config: RunConfig) -> Path:
    stamp = datetime.datetime.now().strftime("%Y%m%d-%H%M%S")
    who = config.baseline.method if config.baseline else Path(config.model.profile).name
    names = (safe_name(problem.name), safe_name(who), stamp)
    return _unused(Path("runs") / "--".join(names))


def _unused(path: Path) -> Path:
    """`path`, or with a number when that is taken."""
    numbered = (path.with_name(f"{path.name}-{k}") for k in range(2, 10_000))
    return path if not path.exists() else next(p for p in numbered if not p.exists())


def _load_policy(config: RunConfig, path: Path) -> Policy:
    """The policy, after everything that can be wrong with the request has been looked at."""
    from models.quiet import quiet_libraries

    quiet_libraries()
    import torch

    from grpo.advantage import LEAST_MEMBERS
    from grpo.train import build_grpo_config
    from models.loader import load_policy, plan_policy
    from models.needs import warn_of_memory
    from models.presets import fit_profile
    from models.profiles import resolve_profile

    profile, chosen = fit_profile(resolve_profile(config.model.profile), config.preset), config.model
    plan = plan_policy(profile, chosen.device, chosen.backend)
    cuda = config.model.device != "cpu" and torch.cuda.is_available()
    arguments = build_grpo_config(config.grpo, path, config.run.steps, config.run.seed, cuda, config.run.train)
    if config.search.advantage == "entropic" and arguments.num_generations < LEAST_MEMBERS:
        raise RequestError(f"search.advantage entropic needs grpo.num_generations of at least {LEAST_MEMBERS}")
    warn_of_memory(profile, plan.place, "grpo", config.grpo)
    return load_policy(profile, chosen.device, backend=chosen.backend, seed=config.run.seed)


def _pool(config: RunConfig, problem: Problem) -> ScorePool:
    """The scoring processes; they warm up while the policy is loaded."""
    return ScorePool(problem, score_settings(config), config.run.workers)


def _session(
    run: Run,
    config: RunConfig,
    problem: Problem,
    policy: Policy,
    pool: ScorePool,
    checkpoint: Checkpoint | None,
    console: Console,
) -> Outcome:
    """Search from `checkpoint` (from the start without one) to config.run.steps, then confirm and export the best."""
    done = checkpoint.step if checkpoint else 0
    with contextlib.ExitStack() as stack:
        stack.enter_context(run.locked())
        run.write_config(config)
        run.drop_checkpoints_after(done)
        run.rewind_metrics(done)
        memory = stack.enter_context(Memory(run.memory_path))
        _note_sandbox(run, pool, console)
        progress = stack.enter_context(Progress(problem, config.run.steps, console, config.sandbox, config.protection))
        interrupt = stack.enter_context(Interrupt(progress.say))
        explorer = Explorer(run, config, problem, memory, pool, progress, interrupt, policy.profile.prompt_style)
        stack.callback(explorer.close)
        explorer.recall(done if checkpoint else -1)
        if not checkpoint:
            explorer.restore(START)
            explorer.seed(run.seeds())
        grpo = stack.enter_context(tracking(run, config.grpo, done))
        source = checkpoint.path if checkpoint else None
        _search(policy, config.model_copy(update={"grpo": grpo}), explorer, run.path, source)
        if explorer.stopped:
            why = describe(explorer.stopped, config.run)
            progress.say(f"stopped early: {why}; go on with: quantummind resume {run.path} --steps 20")
    checkpoints = run.checkpoints()
    with console.status("confirming the best circuits with fresh starts"):
        best = keep_best(run, config, problem)
    steps = checkpoints[-1].step if checkpoints else 0
    return Outcome(run, problem, best, steps, interrupt.requested, explorer.stopped)


def _search(policy: Policy, config: RunConfig, explorer: Explorer, path: Path, checkpoint: Path | None) -> None:
    """GRPO, or the same loop without learning."""
    from grpo.propose import Decoding, propose
    from grpo.train import train

    steps, seed = config.run.steps, config.run.seed
    if config.run.train:
        advantage = config.search.advantage
        train(policy, config.grpo, explorer, path, steps=steps, seed=seed, advantage=advantage, resume_from=checkpoint)
    else:
        decoding = Decoding(**config.search.decoding.model_dump())
        propose(policy, config.grpo, explorer, path, decoding=decoding, steps=steps, seed=seed, resume_from=checkpoint)


def _note_sandbox(run: Run, pool: ScorePool, console: Console) -> None:
    """Record the sandbox's level, and say it loudly when it is not the highest."""
    hello = pool.hello()
    run.record("sandbox", hello)
    if hello["level"] != "full":
        console.print(
            hello["warning"],
            style="bold red" if hello["level"] == "none" else "bold yellow",
            markup=False,
            highlight=False,
        )

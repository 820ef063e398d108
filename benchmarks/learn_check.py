#!/usr/bin/env python3
"""Does GRPO learn? The policy in training against the same policy frozen, at equal evaluations, over several seeds.

    make learn-check                                         # tfim, 4 qubits, 60 steps, seeds 0 to 4
    make learn-check ARGS="--problem xy --steps 40 --seeds 0 1 2 --processes 8"

Both see the same kind of prompts, decode alike and score alike; only one takes optimiser steps. Of each seed: the mean
reward of the first and of the last quarter of the steps, and the best reward within the evaluations that both made.
Over the seeds: the mean difference with its standard error (paired by seed). Exits with 1 when the last quarter's
difference is not more than twice its error.
"""

from __future__ import annotations

import argparse
import math
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from loop.baselines.figures import evaluated  # noqa: E402
from loop.run import Run  # noqa: E402

FROZEN = (
    "run.train=false",
    "search.decoding.temperatures=[1.0]",
    "search.decoding.repetition_penalty=1.0",
)
"""No learning, and otherwise what training samples with."""
COMMON = ("run.prune=false", "run.top=1", "run.workers=1", "search.variety.threshold=1", "grpo.save_steps=1000")


@dataclass(frozen=True)
class Curve:
    """The mean reward of every step, and the rewards of the evaluated circuits in their order."""

    steps: list[float]
    rewards: list[float]

    @property
    def first(self) -> float:
        return statistics.mean(self.steps[: max(1, len(self.steps) // 4)])

    @property
    def last(self) -> float:
        return statistics.mean(self.steps[-max(1, len(self.steps) // 4) :])

    def best(self, evaluations: int) -> float:
        return max(self.rewards[:evaluations])


def curve(arguments: argparse.Namespace, seed: int, frozen: bool, folder: Path) -> Curve:
    """One run in a process of its own."""
    path = folder / f"seed-{seed}-{'frozen' if frozen else 'grpo'}"
    command = [sys.executable, "-m", "loop.cli", "discover", arguments.problem, "--steps", str(arguments.steps)]
    for setting in (*COMMON, *(FROZEN if frozen else ()), *arguments.set):
        command += ["--set", setting]
    threads = {} if arguments.processes == 1 else {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    environment = {
        **os.environ,
        **threads,
        "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
    }
    command += ["--seed", str(seed), "--run", str(path)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"learn_check.py: seed {seed}: {done.stderr.strip().splitlines()[-1]}")
    run = Run.open(path)
    steps = [line["reward_mean"] for line in run.metrics() if line["reward_mean"] is not None]
    return Curve(steps, [attempt.score.reward or 0.0 for attempt in evaluated(run)])


def paired(name: str, ours: Sequence[float], theirs: Sequence[float]) -> bool:
    """Prints the mean difference over seeds; whether it is more than twice its standard error."""
    differences = [a - b for a, b in zip(ours, theirs, strict=True)]
    mean = statistics.mean(differences)
    error = statistics.stdev(differences) / math.sqrt(len(differences)) if len(differences) > 1 else math.inf
    clear = mean > 2 * error
    means = f"GRPO {statistics.mean(ours):.3f}, frozen {statistics.mean(theirs):.3f}"
    answer = "yes" if clear else "NO"
    print(f"{name}: {means}, difference {mean:+.3f} +- {error:.3f} (standard error), more than twice that: {answer}")
    return clear


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--problem", default="tfim")
    parser.add_argument("--steps", type=int, default=60)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2, 3, 4])
    parser.add_argument("--processes", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(arguments.processes) as pool:
        runs = [(seed, frozen) for seed in arguments.seeds for frozen in (False, True)]
        found = pool.map(lambda one: curve(arguments, *one, Path(folder)), runs)
        curves = dict(zip(runs, found, strict=True))
    pairs = [(curves[seed, False], curves[seed, True]) for seed in arguments.seeds]
    budgets = [min(len(ours.rewards), len(theirs.rewards)) for ours, theirs in pairs]
    for seed, budget, (ours, theirs) in zip(arguments.seeds, budgets, pairs, strict=True):
        print(
            f"seed {seed}: GRPO {ours.first:.3f} -> {ours.last:.3f}, best {ours.best(budget):.3f}; "
            f"frozen {theirs.first:.3f} -> {theirs.last:.3f}, best {theirs.best(budget):.3f}; {budget} evaluations"
        )
    paired("first quarter", [ours.first for ours, _ in pairs], [theirs.first for _, theirs in pairs])
    learned = paired("last quarter", [ours.last for ours, _ in pairs], [theirs.last for _, theirs in pairs])
    best = [(o.best(budget), t.best(budget)) for budget, (o, t) in zip(budgets, pairs, strict=True)]
    paired("best so far", [ours for ours, _ in best], [theirs for _, theirs in best])
    sys.exit(0 if learned else 1)


if __name__ == "__main__":
    main()

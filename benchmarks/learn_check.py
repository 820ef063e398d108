#!/usr/bin/env python3
"""Does GRPO learn? Mean reward of the last quarter of steps against the first quarter's, over several seeds.

    make learn-check                                         # tfim, 4 qubits, 60 steps, seeds 0 1 2
    make learn-check ARGS="--problem xy --steps 40 --seeds 0 1 2 3 4"

Prints one line a seed and, over all seeds, the difference with its standard error (that of the mean over steps, the
seeds' steps pooled) and whether it exceeds twice that. Exits with 1 when it does not.
"""

from __future__ import annotations

import argparse
import json
import math
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path


def run(problem: str, steps: int, seed: int, folder: Path, extra: list[str]) -> list[float]:
    """The mean reward of every step of one run."""
    path = folder / f"seed-{seed}"
    command = [sys.executable, "-m", "loop.cli", "discover", problem, "--steps", str(steps), "--seed", str(seed)]
    for setting in extra:
        command += ["--set", setting]
    subprocess.run([*command, "--run", str(path)], check=True, capture_output=True)
    return [json.loads(line)["reward_mean"] for line in (path / "metrics.jsonl").read_text().splitlines()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--problem", default="tfim")
    parser.add_argument("--steps", type=int, default=60)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    arguments = parser.parse_args()
    quarter = arguments.steps // 4
    first: list[float] = []
    last: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        for seed in arguments.seeds:
            rewards = run(arguments.problem, arguments.steps, seed, Path(folder), arguments.set)
            first += rewards[:quarter]
            last += rewards[-quarter:]
            begin, end = statistics.mean(rewards[:quarter]), statistics.mean(rewards[-quarter:])
            print(f"seed {seed}: first quarter {begin:.3f}, last quarter {end:.3f}", flush=True)
    difference = statistics.mean(last) - statistics.mean(first)
    error = math.sqrt(statistics.variance(first) / len(first) + statistics.variance(last) / len(last))
    learned = difference > 2 * error
    print(f"all seeds: {statistics.mean(first):.3f} -> {statistics.mean(last):.3f}")
    answer = "yes" if learned else "NO"
    print(f"difference {difference:.3f}, standard error {error:.3f}, more than twice that: {answer}")
    sys.exit(0 if learned else 1)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""How a circuit that comes again should train: the default discovery with every mode of search.repeats, seed by seed.

    python benchmarks/repeats.py --out runs/repeats --seeds 5 --jobs 16
    python benchmarks/repeats.py --out runs/repeats --table

One process a run, of one thread (and one that scores). A finished run is a line of OUT/results.jsonl at once; the same
command goes on where it stopped: runs with a line are skipped, and one that was ended is resumed. Of every mode it
prints, over its seeds: the best circuit; for each quarter of the steps the mean reward as scored and the share of
answers that are valid, that are repeats (valid, and of a circuit that an earlier step had), and that only seem to be
new (another circuit, with the error of an earlier one to 1e-7 and the same counts); and the largest swing of validity,
from the mean of five steps in a row to that of five later ones. What pruning made is left out.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from loop.memory import SAME_ERROR  # noqa: E402
from loop.run import Run  # noqa: E402
from rewards.remembered import Cost, Remembered  # noqa: E402

MODES = ("mask", "mean", "zero")
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")
SETTINGS = ("model.device=cpu", "run.workers=1", "run.top=1", "grpo.save_steps=10")
QUARTERS = 4
WINDOW = 5
"""Steps whose mean counts as one value of a swing."""


@dataclass(frozen=True)
class Job:
    """One run to be made."""

    mode: str
    seed: int
    folder: Path

    def command(self, arguments: argparse.Namespace) -> list[str]:
        """Start the run, or go on with it."""
        quantummind = [sys.executable, "-m", "loop.cli"]
        if (self.folder / "environment.json").is_file():
            return [*quantummind, "resume", str(self.folder)]
        settings = [*SETTINGS, f"search.repeats={self.mode}", *arguments.set]
        options = ["--steps", str(arguments.steps), "--seed", str(self.seed), "--run", str(self.folder)]
        options += [part for setting in settings for part in ("--set", setting)]
        return [*quantummind, "discover", arguments.problem, *options]

    def run(self, arguments: argparse.Namespace) -> dict[str, Any] | None:
        """The line of the finished run; None when it failed, which its log tells."""
        start = time.monotonic()
        path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
        with self.folder.with_suffix(".log").open("ab") as log:
            environment = {**os.environ, **ONE_THREAD, "PYTHONPATH": path}
            done = subprocess.run(self.command(arguments), env=environment, stdout=log, stderr=log, check=False)
        if done.returncode:
            print(f"{self.mode} {self.seed}: failed, see {log.name}", file=sys.stderr, flush=True)
            return None
        line = {"mode": self.mode, "seed": self.seed, "problem": arguments.problem, **figures(Run.open(self.folder))}
        return {**line, "seconds_of_this_session": round(time.monotonic() - start, 1)}


def figures(run: Run) -> dict[str, Any]:
    """What a finished run says of itself."""
    steps = [line["step"] for line in run.metrics()]
    scored: dict[int, list[float]] = {step: [] for step in steps}
    valid: dict[int, list[bool]] = {step: [] for step in steps}
    repeats: dict[int, list[bool]] = {step: [] for step in steps}
    seeming: dict[int, list[bool]] = {step: [] for step in steps}
    first: dict[str, int] = {}
    errors: dict[Cost, list[float]] = defaultdict(list)
    for attempt in run.attempts():
        if attempt.step not in scored or attempt.pruned:
            continue
        score, known = attempt.score, attempt.score.circuit_hash
        ok = score.outcome == "ok" and known is not None
        scored[attempt.step] += [] if score.reward is None else [score.reward]
        valid[attempt.step].append(score.outcome == "ok")
        is_new = ok and known not in first
        repeats[attempt.step].append(ok and first.setdefault(str(known), attempt.step) < attempt.step)
        if ok:
            one = Remembered.of(attempt.id, "", score)
            alike = any(abs(one.error - error) <= SAME_ERROR for error in errors[one.cost])
            seeming[attempt.step].append(is_new and alike)
            errors[one.cost].append(one.error)
    (best,) = json.loads((run.best_path / "leaderboard.json").read_text(encoding="utf-8"))[:1] or [None]
    return {
        "steps": len(steps),
        "reward": quarters(list(scored.values())),
        "valid": quarters(list(valid.values())),
        "repeats": quarters(list(repeats.values())),
        "seemingly_new": quarters(list(seeming.values())),
        "swing": swing([statistics.mean(one) for one in valid.values() if one]),
        "best": None if best is None else best_of(best["score"]),
    }


def best_of(score: dict[str, Any]) -> dict[str, Any]:
    """The figures of the best circuit, gates and parameters of its largest size."""
    last = score["sizes"][-1]
    named = {name: last[name] for name in ("two_qubit_gates", "parameters", "depth")}
    return {"error": max(size["error"] for size in score["sizes"]), **named, "reward": score["reward"]}


def quarters(steps: Sequence[Sequence[float]]) -> list[float | None]:
    """The mean over all values of each quarter of the steps."""
    bounds = [len(steps) * k // QUARTERS for k in range(QUARTERS + 1)]
    parts = [list(itertools.chain.from_iterable(steps[a:b])) for a, b in itertools.pairwise(bounds)]
    return [statistics.mean(map(float, part)) if part else None for part in parts]


def swing(shares: Sequence[float]) -> float:
    """The largest fall from the mean of `WINDOW` steps in a row to that of `WINDOW` later ones."""
    means = [statistics.mean(shares[k : k + WINDOW]) for k in range(len(shares) - WINDOW + 1)]
    falls = [means[k] - min(means[k + WINDOW :]) for k in range(len(means) - WINDOW)]
    return max([0.0, *falls])


def table(lines: Sequence[dict[str, Any]]) -> str:
    """A row a mode: its best circuits, smallest first, and means over the seeds."""
    of: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for line in lines:
        of[line["mode"]].append(line)
    rows = [
        "| mode | seeds | best: error, gates, parameters | reward | valid | swing | repeats | seemingly new |",
        "|---" * 8 + "|",
    ]
    for mode in sorted(of, key=MODES.index):
        runs = of[mode]
        best = [run["best"] for run in runs if run["best"]]
        best.sort(key=lambda one: -one["reward"])
        shown = "; ".join(f"{one['error']:.1e}, {one['two_qubit_gates']}, {one['parameters']}" for one in best)
        swings = [run["swing"] for run in runs]
        cells = [
            *(mode, str(len(runs)), shown, over_seeds(runs, "reward", ".3f"), over_seeds(runs, "valid", ".0%")),
            *(f"{statistics.mean(swings):.0%}, worst {max(swings):.0%}", over_seeds(runs, "repeats", ".0%")),
            over_seeds(runs, "seemingly_new", ".1%"),
        ]
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)


def over_seeds(runs: Sequence[dict[str, Any]], name: str, form: str) -> str:
    """The quarters' means over the runs."""
    columns = zip(*(run[name] for run in runs), strict=True)
    known = [[value for value in column if value is not None] for column in columns]
    return " ".join(format(statistics.mean(values), form) if values else "-" for values in known)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="folder of the runs and of results.jsonl")
    parser.add_argument("--problem", default="tfim")
    parser.add_argument("--steps", type=int, default=80)
    parser.add_argument("--seeds", type=int, default=5, help="0 to one less than this")
    parser.add_argument("--modes", nargs="+", default=list(MODES), choices=MODES)
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)), help="runs at a time")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    parser.add_argument("--table", action="store_true", help="print what is there, run nothing")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    results = arguments.out / "results.jsonl"
    lines = [json.loads(line) for line in results.read_text().splitlines()] if results.exists() else []
    done = {(line["mode"], line["seed"]) for line in lines}
    wanted = [] if arguments.table else itertools.product(range(arguments.seeds), arguments.modes)
    jobs = [
        Job(mode, seed, arguments.out / f"{mode}--seed-{seed}") for seed, mode in wanted if (mode, seed) not in done
    ]
    with ThreadPoolExecutor(arguments.jobs) as pool, results.open("a", encoding="utf-8") as handle:
        for finished in as_completed([pool.submit(job.run, arguments) for job in jobs]):
            if line := finished.result():
                handle.write(json.dumps(line) + "\n")
                handle.flush()
                lines.append(line)
    print(table(lines))


if __name__ == "__main__":
    main()

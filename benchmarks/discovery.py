#!/usr/bin/env python3
"""GRPO with memory against the baselines: every problem of a suite with every method and seed, at one budget.

    python benchmarks/discovery.py tier-a --methods grpo,iid,evolution --seeds 5 --evaluations 1280 --processes 16 \\
        --runs runs/tier-a --out tier-a.jsonl [--budget-seconds 570] [--set model.profile=builds/mine]
    python benchmarks/discovery.py --table tier-a.jsonl

Every job is an ordinary `quantummind discover` or `quantummind baseline` of one thread, its run a directory under
--runs. A finished job is one line of --out at once. The same command goes on where it stopped: jobs with a line are
skipped, and a run that --budget-seconds or Ctrl-C ended is resumed. --set goes to the runs of the model, and --variant
names what it makes of them: the method is then called METHOD:VARIANT.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(Path(__file__).resolve().parent)]

from loop.baselines.figures import figures  # noqa: E402
from loop.baselines.registry import method_names  # noqa: E402
from loop.baselines.suite import Suite, SuiteProblem, load_suite, resolve  # noqa: E402
from loop.run import Run  # noqa: E402
from quantum.errors import RequestError  # noqa: E402

LEARNING = ("grpo", "grpo-no-memory")
MODEL_METHODS = (*LEARNING, "iid", "best-of-n")
"""Methods that sample a model; they need its scorer in a process of its own."""
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")
CHECKPOINT_STEPS = 10
KEY = ("suite", "problem", "method", "seed", "evaluations")
"""What names a job in a line of --out."""


@dataclass(frozen=True)
class Job:
    """One run to be made."""

    suite: str
    problem: SuiteProblem
    method: str
    seed: int
    evaluations: int
    settings: tuple[str, ...]
    variant: str | None

    @property
    def name(self) -> str:
        return f"{self.method}:{self.variant}" if self.variant else self.method

    @property
    def key(self) -> tuple[object, ...]:
        return self.suite, self.problem.name, self.name, self.seed, self.evaluations

    def folder(self, runs: Path) -> Path:
        return runs / f"{self.problem.name}--{self.name}--{self.evaluations}--seed-{self.seed}"

    def command(self, runs: Path) -> list[str]:
        """Start the run, or go on with it."""
        run = self.folder(runs)
        quantummind = [sys.executable, "-m", "loop.cli"]
        if (run / "environment.json").is_file() and (run / "config.yaml").is_file():
            return [*quantummind, "resume", str(run)]
        options = ["--run", str(run), "--seed", str(self.seed)]
        if self.problem.sizes:
            options += ["--sizes", ",".join(map(str, self.problem.sizes))]
        sampled = self.method in MODEL_METHODS
        settings = [f"run.workers={int(sampled)}", "run.top=1"]
        if self.problem.held_out is not None:
            settings.append(f"held_out={list(self.problem.held_out)}")
        if sampled:
            settings += ["model.device=cpu", f"grpo.save_steps={CHECKPOINT_STEPS}", *self.settings]
        for setting in settings:
            options += ["--set", setting]
        if self.method in LEARNING:
            if self.method == "grpo-no-memory":
                options += ["--set", "memory.share=0"]
            options += ["--set", f"run.evaluations={self.evaluations}", "--steps", str(self.evaluations)]
            return [*quantummind, "discover", self.problem.problem, *options]
        options += ["--method", self.method, "--evaluations", str(self.evaluations)]
        return [*quantummind, "baseline", self.problem.problem, *options]


@dataclass
class Running:
    """A job's process. It leads a process group of its own, so that it ends with all that it started."""

    job: Job
    process: subprocess.Popen[bytes]
    log: Path
    started: float = field(default_factory=time.monotonic)

    def end(self) -> None:
        """Kills it. What it scored stays in its run directory, and the next call resumes it."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def start(job: Job, runs: Path) -> Running:
    runs.mkdir(parents=True, exist_ok=True)
    log = runs / f"{job.folder(runs).name}.log"
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    with log.open("ab") as handle:
        process = subprocess.Popen(
            job.command(runs),
            cwd=ROOT,
            env={**os.environ, **ONE_THREAD, "PYTHONPATH": path, "TQDM_DISABLE": "1"},
            stdin=subprocess.DEVNULL,
            stdout=handle,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    return Running(job, process, log)


def result(done: Running, runs: Path) -> dict[str, Any]:
    """The line of --out: the figures of a run, or why there is none ("refused": the method does not apply)."""
    job = done.job
    line: dict[str, Any] = {"suite": job.suite, "problem": job.problem.name, "method": job.name, "seed": job.seed}
    line |= {"evaluations": job.evaluations, "goal": job.problem.goal, "run": job.folder(runs).name}
    if done.process.returncode:
        words = done.log.read_text(errors="replace").strip().splitlines() or ["it said nothing"]
        return {**line, "failed": words[-1], "refused": done.process.returncode == 2}
    run = Run.open(job.folder(runs))
    return {
        **line,
        **{f"found_{key}": value for key, value in figures(run, job.evaluations, job.problem.goal).to_json().items()},
        "held_out": figures_of_best(run, "held_out"),
        "confirmed": figures_of_best(run, "sizes"),
        "wall_seconds": round(time.monotonic() - done.started, 1),
        "settings": list(job.settings),
        "commit": (run.environment().get("source") or {}).get("commit"),
    }


def figures_of_best(run: Run, key: str) -> list[dict[str, Any]]:
    """From the certificate of the best circuit, as fresh starts confirmed it: a dictionary a size."""
    names = ("num_qubits", "error", "relative_error", "two_qubit_gates", "depth", "parameters")
    for certificate in sorted(run.best_path.glob("*/certificate.json")):
        sizes = json.loads(certificate.read_text(encoding="utf-8"))["score"].get(key) or []
        return [{name: size[name] for name in names} for size in sizes]
    return []


def work(jobs: Sequence[Job], runs: Path, out: Path, processes: int, deadline: float) -> bool:
    """Runs the jobs, `processes` at a time; False when the time was over before they were."""
    waiting = list(reversed(jobs))
    running: list[Running] = []
    finished = 0
    try:
        while (waiting or running) and time.monotonic() < deadline:
            while waiting and len(running) < processes:
                running.append(start(waiting.pop(), runs))
            time.sleep(0.1)
            for done in [one for one in running if one.process.poll() is not None]:
                running.remove(done)
                finished += 1
                line = result(done, runs)
                with out.open("a", encoding="utf-8") as handle:
                    handle.write(json.dumps(line) + "\n")
                print(f"{finished}/{len(jobs)} {summary(line)}", file=sys.stderr, flush=True)
    finally:
        for one in running:
            one.end()
    return not waiting and not running


def summary(line: dict[str, Any]) -> str:
    name = f"{line['problem']} {line['method']} seed {line['seed']}"
    if "failed" in line:
        return f"{name}: {line['failed']}"
    error = line["found_error"]
    gates = line["found_two_qubit_gates"]
    reached = "nothing valid" if error is None else f"error {error:.1e}, {gates} two-qubit gates"
    return f"{name}: {reached}, target after {line['found_to_target']}, {line['found_seconds']:.0f} s"


def read_results(path: Path) -> list[dict[str, Any]]:
    """The last line of every job."""
    lines = map(json.loads, path.read_text(encoding="utf-8").splitlines() if path.exists() else [])
    return list({tuple(line[name] for name in KEY): line for line in lines}.values())


def plan(suite: Suite, arguments: argparse.Namespace) -> list[Job]:
    """Every job without a result, seed after seed: a stopped benchmark has whole seeds. What failed is tried again."""
    results = read_results(arguments.out)
    done = {tuple(line[name] for name in KEY) for line in results if line.get("refused", "failed" not in line)}
    known = (*LEARNING, *method_names())
    methods = [name for name in arguments.methods.split(",") if name]
    if unknown := [name for name in methods if name not in known]:
        raise RequestError(f"no method {', '.join(unknown)}; there are: {', '.join(known)}")
    wanted = arguments.problems.split(",") if arguments.problems else [one.name for one in suite.problems]
    if strange := set(wanted) - {one.name for one in suite.problems}:
        raise RequestError(f"{suite.name} has no problem {min(strange)}")
    chosen = [one for one in suite.problems if one.name in wanted]
    for one in chosen:
        resolve(one)
    budget = arguments.evaluations or suite.evaluations
    jobs = [
        Job(suite.name, one, method, seed, budget, tuple(arguments.set), arguments.variant)
        for seed in range(arguments.first_seed, arguments.first_seed + arguments.seeds)
        for one in chosen
        for method in methods
    ]
    return [job for job in jobs if job.key not in done]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("suite", nargs="?", default="smoke", help="a file of configs/suite/, by its name or path")
    parser.add_argument("--methods", default="grpo,iid,best-of-n,evolution,random,hea,hva,adapt,pair-excitation")
    parser.add_argument("--problems", help="some of the suite's problems, comma-separated")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--evaluations", type=int, help="of a run; by default the suite's")
    parser.add_argument("--processes", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--runs", type=Path, default=Path("runs/benchmark"))
    parser.add_argument("--out", type=Path, default=Path("discovery.jsonl"))
    parser.add_argument("--budget-seconds", type=float, default=float("inf"))
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    parser.add_argument("--variant", help="a name for what --set changes")
    parser.add_argument("--table", type=Path, nargs="+", help="print the tables of these results instead")
    arguments = parser.parse_args()
    deadline = time.monotonic() + arguments.budget_seconds
    try:
        if arguments.table:
            from discovery_table import tables

            print(tables([line for path in arguments.table for line in read_results(path)]))
            return
        jobs = plan(load_suite(arguments.suite), arguments)
        arguments.runs = arguments.runs.resolve()
        complete = work(jobs, arguments.runs, arguments.out, arguments.processes, deadline)
    except RequestError as error:
        sys.exit(f"discovery.py: {error}")
    print("complete" if complete else "time is over: the same command goes on", file=sys.stderr)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Searches over programs without a model: one function scored on 4, 6 and 8 qubits together, measured on 10 and 12.

    python benchmarks/programs.py --seeds 4 --evaluations 1500 --jobs 16 --runs runs/programs --out programs.jsonl \\
        [--methods programs,program-evolution] [--problems tfim-recipe] [--budget-seconds 570]
    python benchmarks/programs.py --table programs.jsonl

Every job is a `quantummind baseline` of one process with one thread. The same command goes on where it stopped: jobs
with a line in --out are skipped, and a run that was ended is resumed (as in benchmarks/discovery.py).
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(Path(__file__).resolve().parent)]

from discovery import plan, read_results, work  # noqa: E402

from loop.baselines.suite import load_suite  # noqa: E402
from quantum.errors import RequestError  # noqa: E402

SUITE = "recipes"
METHODS = "programs,program-evolution"
HEAD = ("problem", "method", "seed", "evaluations", "gates", "relative error", "found after", "seconds")


def table(lines: Sequence[dict[str, Any]]) -> str:
    """The best circuit of every run, confirmed: two-qubit gates at each size, the largest error, the evaluation after
    which nothing smaller was found, and the same function at the held-out sizes."""
    held_out = sorted({size["num_qubits"] for line in lines for size in line.get("held_out", ())})
    rows = [(*HEAD, *(f"n = {n}" for n in held_out))]
    rows.append(tuple("-" * len(cell) for cell in rows[0]))
    for line in sorted(lines, key=lambda one: (one["problem"], one["method"], one["seed"])):
        rows.append(tuple(_cells(line, held_out)))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join("| " + " | ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)) + " |" for row in rows)


def _cells(line: dict[str, Any], held_out: Sequence[int]) -> list[str]:
    start = [line["problem"], line["method"], str(line["seed"])]
    if "failed" in line:
        return [*start, "", line["failed"], *[""] * (3 + len(held_out))]
    sizes, met = line["confirmed"], line["found_met"]
    gates = "/".join(str(size["two_qubit_gates"]) for size in sizes) if met else "none"
    error = max((size["relative_error"] for size in sizes), default=None)
    after = str(line["found_improvements"][-1][0]) if met else ""
    others = {
        size["num_qubits"]: f"{size['two_qubit_gates']} at {size['relative_error']:.1e}" for size in line["held_out"]
    }
    reached = "" if error is None else f"{error:.1e}"
    spent = [str(line["found_evaluations"]), gates, reached, after, f"{line['found_seconds']:.0f}"]
    return [*start, *spent, *(others.get(n, "") for n in held_out)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--methods", default=METHODS)
    parser.add_argument("--problems", help="some of the suite's problems, comma-separated")
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--evaluations", type=int, help="of a run; by default the suite's")
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)), help="runs at a time")
    parser.add_argument("--runs", type=Path, default=Path("runs/programs"))
    parser.add_argument("--out", type=Path, default=Path("programs.jsonl"))
    parser.add_argument("--budget-seconds", type=float, default=float("inf"))
    parser.add_argument("--table", type=Path, nargs="+", help="print the table of these results instead")
    parser.set_defaults(set=[], variant=None)
    arguments = parser.parse_args()
    if arguments.table:
        print(table([line for path in arguments.table for line in read_results(path)]))
        return
    deadline = time.monotonic() + arguments.budget_seconds
    try:
        jobs = plan(load_suite(SUITE), arguments)
        complete = work(jobs, arguments.runs.resolve(), arguments.out, arguments.jobs, deadline)
    except RequestError as error:
        sys.exit(f"programs.py: {error}")
    print(table(read_results(arguments.out)))
    print("complete" if complete else "time is over: the same command goes on", file=sys.stderr)


if __name__ == "__main__":
    main()

"""benchmarks/discovery.py: jobs that are done are skipped, and the tables say what the results say."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[3] / "benchmarks"


def discovery(*arguments: object) -> str:
    command = [sys.executable, str(BENCHMARKS / "discovery.py"), *map(str, arguments)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def line(
    method: str,
    seed: int,
    to_target: int | None,
    to_goal: int | None = None,
    improvements: Sequence[object] = (),
    error: float = 2e-3,
) -> dict[str, object]:
    found = {"met": to_target is not None, "to_target": to_target, "to_goal": to_goal, "error": 1e-3, "seconds": 2.0}
    found["improvements"] = list(improvements)
    counts = {"two_qubit_gates": 6, "depth": 9, "parameters": 8}
    return {
        "suite": "smoke",
        "problem": "tfim-4",
        "method": method,
        "seed": seed,
        "evaluations": 64,
        "goal": 5,
        "confirmed": [{"two_qubit_gates": 4 + seed, "depth": 5, "parameters": 6, "error": error, "num_qubits": 4}],
        **{f"found_{key}": value for key, value in {**found, **counts}.items()},
    }


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> str:
    lines = [line("grpo", seed, 10 + seed, 30, [(10 + seed, 9), (20, 6), (30, 5)]) for seed in range(3)]
    ends = [(40, [(40, 6)]), (50, [(50, 8), (60, 7)]), (None, [])]
    lines += [line("evolution", seed, first, None, improved) for seed, (first, improved) in enumerate(ends)]
    lines += [line("random", seed, to_target, error=1.0) for seed, to_target in enumerate((None, None, 20))]
    refused = {**line("hva", 0, None), "failed": "quantummind: has others", "refused": True}
    path = tmp_path_factory.mktemp("results") / "results.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in [*lines, refused]))
    return discovery("--table", path)


def row(tables: str, start: str) -> list[str]:
    return next(
        [cell.strip() for cell in text.split("|")[1:-1]] for text in tables.splitlines() if text.startswith(start)
    )


def test_the_summary(tables: str) -> None:
    assert row(tables, "| tfim-4 |")[1:] == ["5 (5, 11, 3)", "7 (5, 50, 3)", "not met (3)", ""]
    smallest = tables.split("## smoke: ")[2]
    assert "| tfim-4 | random |" not in smallest
    assert row(smallest, "| tfim-4 | grpo |")[2:] == ["2.0e-03", "4", "5", "6", "0"]


def test_the_table_of_a_problem(tables: str) -> None:
    assert row(tables, "| grpo |")[1:] == [
        *("3/3", "1.0e-03", "6", "9", "8", "11 (10 to 12)", "30", "-, 9, 5", "5", "2")
    ]
    assert row(tables, "| evolution |")[6] == "50 (40 to > 64)"
    assert row(tables, "| random |")[6].startswith("> 64")
    assert row(tables, "| hva |")[1] == "does not apply: has others"
    assert row(tables, "| published: HVA")[3] == "18"
    assert row(tables, "| trivial: best product state")[2:4] == ["3.6e-01", "0"]


def test_the_ratio_is_to_the_best_method_without_learning(tables: str) -> None:
    *_, of_target, of_goal, of_best = tables.split("## smoke: ")[1:]
    assert row(of_target, "| tfim-4 |")[1:4] == ["11", "evolution", "50"]
    assert row(of_target, "| tfim-4 |")[4].startswith("0.22 (")
    assert row(of_target, "| **all** |")[-1] == "1 of 1"
    assert row(of_goal, "| tfim-4 |")[4] == "0.00 (0.00 to 0.00)"
    assert row(of_best, "| tfim-4 |")[1:4] == ["20", "evolution", "60"]


def test_a_finished_job_is_not_done_again(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    options = ("--methods", "product", "--seeds", 1, "--evaluations", 1, "--processes", 1)
    for _ in range(2):
        discovery("smoke", *options, "--runs", tmp_path / "runs", "--out", out)
    (result,) = map(json.loads, out.read_text().splitlines())
    assert (result["found_evaluations"], result["found_met"], result["found_two_qubit_gates"]) == (1, False, 0)

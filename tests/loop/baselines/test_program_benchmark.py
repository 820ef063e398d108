"""benchmarks/programs.py prints what the lines of its runs say."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from loop.baselines.suite import load_suite, resolve

BENCHMARK = Path(__file__).parents[3] / "benchmarks" / "programs.py"


def line(method: str, met: bool = True, **more: Any) -> dict[str, Any]:
    def size(num_qubits: int) -> dict[str, Any]:
        return {"num_qubits": num_qubits, "two_qubit_gates": 2 * num_qubits - 2, "relative_error": num_qubits * 1e-4}

    found = {"met": met, "evaluations": 400, "seconds": 61.3, "improvements": [[40, 50], [210, 30]] if met else []}
    return {
        "suite": "recipes",
        "problem": "tfim-recipe",
        "method": method,
        "seed": 0,
        "evaluations": 400,
        **{f"found_{key}": value for key, value in found.items()},
        "confirmed": [size(4), size(6), size(8)],
        "held_out": [size(10), size(12)],
        **more,
    }


def test_the_table(tmp_path: Path) -> None:
    lines = [line("programs", met=False), line("program-evolution"), line("hva", failed="no room")]
    path = tmp_path / "programs.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in lines))
    command = [sys.executable, str(BENCHMARK), "--table", str(path)]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    rows = [[cell.strip() for cell in row.split("|")[1:-1]] for row in printed.splitlines()]
    assert rows[0][-2:] == ["n = 10", "n = 12"]
    assert rows[2][:5] == ["tfim-recipe", "hva", "0", "", "no room"]
    evolved = ["400", "6/10/14", "8.0e-04", "210", "61", "18 at 1.0e-03", "22 at 1.2e-03"]
    assert rows[3] == ["tfim-recipe", "program-evolution", "0", *evolved]
    assert rows[4][3:7] == ["400", "none", "8.0e-04", ""]


def test_the_suite_scores_three_sizes_and_holds_out_two() -> None:
    for one in load_suite("recipes").problems:
        assert resolve(one).sizes == (4, 6, 8)
        assert one.held_out == (10, 12)

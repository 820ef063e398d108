"""`quantummind show`: a live or finished run at a glance; reads files only, so it may be called at any time."""

from __future__ import annotations

import dataclasses
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from loop import certificate
from loop.attempt import Attempt
from loop.baselines.registry import find_method
from loop.best import Leaderboard
from loop.config import problem_of
from loop.export import folder_name
from loop.run import Run
from loop.sketch import sketch
from loop.tables import circuit_table
from quantum.circuit import Circuit
from quantum.errors import RequestError
from quantum.exact import exact_energy, trivial_energies
from quantum.problem import Problem
from rewards.order import target_met


def latest_run(root: Path = Path("runs")) -> Path:
    """The run under `root` that was written to last; raises RequestError when there is none."""
    found = [p.parent for p in root.glob("*/config.yaml")]
    if not found:
        raise RequestError(f"no run in {root}/; start one with: quantummind discover tfim")
    return max(found, key=lambda p: max(f.stat().st_mtime for f in p.iterdir()))


def summarise(run: Run, count: int) -> tuple[dict[str, Any], list[Attempt]]:
    """The figures of `show --json`, and the best attempts, best first."""
    config = run.config()
    problem = problem_of(config)
    method = config.baseline.method if config.baseline else None
    board = Leaderboard(problem, count)
    reasons: Counter[str] = Counter()
    for attempt in run.attempts():
        board.offer([attempt])
        reasons[attempt.score.reason or "ok"] += 1
    steps = list(run.metrics())
    summary = {
        "run": str(run.path),
        "problem": problem.name,
        "sizes": list(problem.sizes),
        "baseline": method,
        "model": config.model.profile if method is None or hasattr(find_method(method), "frozen") else None,
        "step": steps[-1]["step"] if steps else 0,
        "steps": config.run.steps,
        "attempts": sum(reasons.values()),
        "outcomes": dict(reasons.most_common()),
        "target": problem.describe_target(),
        "warnings": problem.warnings(),
        "target_met": bool(board.attempts) and target_met(board.attempts[0].score, problem),
        "curves": {
            name: [s.get(name) for s in steps] for name in ("step", "reward_mean", "reward_max", "valid", "best_error")
        },
        "best": [attempt.to_json() for attempt in board.attempts],
    }
    return summary, board.attempts


def picture(summary: dict[str, Any], best: list[Attempt], width: int) -> Group:
    """The summary for a terminal of `width` columns: where the run stands, its curves, what failed, the best circuits.

    The best one is drawn when it has been exported to best/.
    """
    facts = Table.grid(padding=(0, 2))
    facts.add_column()
    facts.add_column(overflow="fold")
    room = max(10, min(60, width - 32))
    facts.add_row("run", summary["run"])
    sizes = ", ".join(map(str, summary["sizes"]))
    facts.add_row("problem", f"{summary['problem']} at {sizes} qubits")
    for name in ("baseline", "model"):
        if summary[name]:
            facts.add_row(name, summary[name])
    facts.add_row("step", f"{summary['step']} of {summary['steps']}, {summary['attempts']} attempts")
    facts.add_row("target", f"{'met' if summary['target_met'] else 'not met yet'}: {summary['target']}")
    for line in summary["warnings"]:
        facts.add_row("warning", line)
    curves = summary["curves"]
    facts.add_row("reward", sparkline(curves["reward_mean"], room))
    facts.add_row("valid", sparkline(curves["valid"], room))
    errors = [math.log10(max(e, 1e-15)) if e is not None else None for e in curves["best_error"]]
    facts.add_row("log10 error", sparkline(errors, room))
    facts.add_row("outcomes", ", ".join(f"{count} {reason}" for reason, count in summary["outcomes"].items()))
    circuit = exported_circuit(Run(Path(summary["run"])), best[0]) if best else None
    drawing: list[RenderableType] = ["", Text(sketch(circuit, width), no_wrap=True)] if circuit else []
    return Group(facts, "", circuit_table((attempt.id, attempt.score) for attempt in best), *drawing)


def exported_circuit(run: Run, attempt: Attempt) -> Circuit | None:
    """The circuit of an attempt, at its largest size, from the certificate in best/; None where there is none."""
    name = folder_name(0, attempt).partition("-")[2]
    for folder in sorted(run.best_path.glob(f"*-{name}")):
        if (folder / certificate.NAME).is_file():
            documents = certificate.read_certificate(folder)["circuits"]
            return Circuit.from_document(max(documents, key=lambda document: int(document["num_qubits"])))
    return None


def sparkline(values: Sequence[float | None], width: int) -> str:
    """A curve in one line of at most `width` block characters, with its first and last value."""
    known = [v for v in values if v is not None]
    if not known:
        return "-"
    stride = max(1, math.ceil(len(known) / width))
    points = [sum(known[k : k + stride]) / len(known[k : k + stride]) for k in range(0, len(known), stride)]
    low, high = min(points), max(points)
    blocks = "▁▂▃▄▅▆▇█"
    line = "".join(blocks[round((p - low) / (high - low) * 7) if high > low else 0] for p in points)
    return f"{line}  {known[0]:.3g} -> {known[-1]:.3g}"


def problem_table(rows: Sequence[Mapping[str, Any]]) -> Table:
    """What `problems` lists."""
    table = Table(box=None, pad_edge=False)
    keys = list(rows[0])
    for key in keys:
        table.add_column(key, overflow="fold")
    for row in rows:
        table.add_row(*(_cell(row[key]) for key in keys))
    return table


def describe_problem(problem: Problem) -> dict[str, Any]:
    """One problem in detail: the physics of each size, what is trivial, and what counts as found."""
    described: dict[str, Any] = {
        "name": problem.name,
        "about": problem.describe(),
        "target": dataclasses.asdict(problem.target),
        "warnings": problem.warnings(),
    }
    for n in problem.sizes:
        hamiltonian = problem.hamiltonian(n)
        exact, trivial, goal = exact_energy(hamiltonian), trivial_energies(hamiltonian), problem.goal(n)
        described[f"{n} qubits"] = {
            "exact_energy": exact.energy,
            "exact_method": exact.method,
            "gap": exact.gap,
            "largest_error": goal.error,
            "least_fidelity": goal.fidelity,
            "unit": hamiltonian.unit,
            "symmetries": list(hamiltonian.symmetries),
            "best_basis_state_error": trivial.basis_state - exact.energy,
            "best_product_state_error": trivial.product_state - exact.energy,
            "reference_two_qubit_gates": problem.reference_two_qubit_gates(n),
            "limits": dataclasses.asdict(problem.limits_for(n)),
        }
    return described


def outline(described: Mapping[str, Any], indent: str = "") -> str:
    """Nested mappings as indented lines."""
    lines = []
    for key, value in described.items():
        if isinstance(value, Mapping):
            lines += [f"{indent}{key}:", outline(value, indent + "  ")]
        else:
            shown = " ".join(map(str, value)) if isinstance(value, list | tuple) else value
            lines.append(f"{indent}{key}: {shown}")
    return "\n".join(lines)


def _cell(value: object) -> str:
    """A list in one cell; what stands in brackets behind an entry is left to `problems NAME`."""
    if isinstance(value, list | tuple):
        return ", ".join(str(entry).split(" (")[0] for entry in value)
    return str(value)

"""The charts against the number of qubits: error, two-qubit gates and gradient variance of the best circuits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from loop.report.attempts import shown_error, shown_target
from loop.report.figures import Figures
from loop.report.plot import COLOURS, FLOOR, LOG, Chart, above_floor, chart, line, rule
from quantum.barren_plateau import two_design_variance
from quantum.problem import Problem
from rewards.record import SizeScore


def errors_by_size(figures: Figures) -> Chart | None:
    """The error of the best circuits at every size, scored and held out, against the target."""
    lines = _circuits(figures, lambda size: above_floor(shown_error(size, figures.problem)))
    marks = [rule(shown_target(figures.problem), "target")]
    return _against_qubits(figures, lines, figures.measure, marks, LOG)


def gates_by_size(figures: Figures) -> Chart | None:
    """How the best circuits grow, beside the known ansatz."""
    numbers = measured_sizes(figures)
    known = [figures.problem.reference(n) for n in numbers]
    beside = _beside(numbers, [r.two_qubit_gates for r in known], "known ansatz or rule", [r.source for r in known])
    lines = _circuits(figures, lambda size: size.two_qubit_gates)
    return _against_qubits(figures, [*lines, beside], "two-qubit gates", [], {"rangemode": "tozero"})


def gradients(figures: Figures) -> Chart | None:
    """Median gradient variance of the best circuits, beside a 2-design, where it halves with each qubit."""
    numbers = measured_sizes(figures)
    values = [two_design(figures.problem, n) for n in numbers]
    lines = _circuits(figures, lambda size: max(size.gradient_variance, FLOOR))
    lines.append(_beside(numbers, values, "2-design (barren plateau)", [f"{v:.2e}" for v in values]))
    axis = {"type": "log", "exponentformat": "power"}
    return _against_qubits(figures, lines, "normalised gradient variance", [], axis)


def two_design(problem: Problem, num_qubits: int) -> float:
    """The normalised gradient variance of a 2-design."""
    hamiltonian = problem.hamiltonian(num_qubits)
    return two_design_variance(hamiltonian) / hamiltonian.variance_weight


def measured_sizes(figures: Figures) -> list[int]:
    """The numbers of qubits that any of the best was measured at."""
    return sorted({size.num_qubits for one in figures.best for size in one.all_sizes})


def _circuits(figures: Figures, value: Callable[[SizeScore], float | None]) -> list[Chart]:
    """A line a circuit; held-out sizes are hollow."""
    made = []
    for k, one in enumerate(figures.best):
        sizes, held_out = one.all_sizes, one.score.held_out
        made.append(
            line(
                [size.num_qubits for size in sizes],
                [value(size) for size in sizes],
                one.name,
                COLOURS[k % len(COLOURS)],
                text=["held out" if size in held_out else "scored" for size in sizes],
                mode="lines+markers",
                line={"width": 2},
                marker={
                    "size": 11,
                    "symbol": ["circle-open" if size in held_out else "circle" for size in sizes],
                },
            )
        )
    return made


def _beside(x: Sequence[int], y: Sequence[float], name: str, text: Sequence[str]) -> Chart:
    style: dict[str, Any] = {"mode": "lines+markers", "line": {"dash": "dot"}, "marker": {"symbol": "diamond"}}
    return line(x, y, name, "@quiet", text=text, **style)


def _against_qubits(
    figures: Figures, lines: Sequence[Chart], title: str, marks: Sequence[Chart], axis: Chart
) -> Chart | None:
    """None where there is one size only: a single point is no curve."""
    numbers = measured_sizes(figures)
    if len(numbers) < 2:
        return None
    whole = {"tickvals": numbers, "range": [numbers[0] - 0.5, numbers[-1] + 0.5]}
    return chart(lines, "qubits", title, marks, xaxis=whole, yaxis=axis)

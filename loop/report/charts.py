"""The charts of a search: what it found, how it got there, and what else there is."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import Any

from loop.report.attempts import Row, distinct, shown_error, shown_target, thin
from loop.report.figures import Figures, Series
from loop.report.plot import COLOURS, LOG, Chart, above_floor, chart, falling, line, rule
from loop.report.size_charts import errors_by_size, gates_by_size, gradients

MOST_POINTS = 1500
"""Points of a cloud; more cannot be told apart, and the page has to stay small."""
MOST_BARS = 120
MOST_STEPS = 200
MOST_REASONS = 7
OWN, STAR = COLOURS[:2]


def charts(figures: Figures) -> dict[str, Chart]:
    """Every chart of the page that has something to show, by the id of its place."""
    made = {
        "progress": progress(figures),
        "pareto": pareto(figures),
        "rewards": rewards(figures),
        "shares": shares(figures),
        "failures": failures(figures),
        "lineage": lineage(figures),
        "errors": errors_by_size(figures),
        "gates": gates_by_size(figures),
        "gradients": gradients(figures),
    }
    return {name: chart for name, chart in made.items() if chart is not None}


def progress(figures: Figures) -> Chart | None:
    """The lowest error so far against circuits scored, for the run and its baselines."""
    if not figures.own.evaluations:
        return None
    longest = max(one.evaluations for one in (figures.own, *figures.baselines))
    lines = [_best_so_far(one, colour, dash) for one, colour, dash in _styled(figures) if one.improvements]
    marks = [rule(shown_target(figures.problem), "target"), rule(figures.product.error, "best product state")]
    axis = {"range": [0, longest * 1.02]}
    return chart(lines, "circuits scored", f"lowest {figures.measure} so far", marks, xaxis=axis, yaxis=LOG)


def pareto(figures: Figures) -> Chart | None:
    """Error against two-qubit gates: every circuit found, the fronts, and what was known before."""
    if not figures.own.front and not figures.published:
        return None
    cloud = thin(distinct(figures.rows), MOST_POINTS)
    data = [_cloud(cloud)] if cloud else []
    for one, colour, dash in _styled(figures):
        if one.front:
            data.append(_front(one, colour, dash))
    if figures.best:
        data.append(_star(figures))
    data.append(_references("product state", [figures.product], "diamond", "@ink"))
    counted = [row for row in figures.published if row.two_qubit_gates is not None]
    good = [row for row in counted if not row.trivial]
    trivial = [row for row in counted if row.trivial]
    data += [_references("known circuits", good, "x", "@c4")] if good else []
    data += [_references("known, trivial", trivial, "x-open", "@quiet")] if trivial else []
    marks = [rule(shown_target(figures.problem), "target"), *_known_ansatz(figures)]
    return chart(data, "two-qubit gates", figures.measure, marks, xaxis={"range": _gate_range(figures)}, yaxis=LOG)


def rewards(figures: Figures) -> Chart | None:
    return _by_step(figures, {"reward_max": "highest", "reward_mean": "mean"}, "reward", {})


def shares(figures: Figures) -> Chart | None:
    names = {
        "valid": "valid",
        "unique": "new",
        "copied": "copied",
        "truncated": "cut off",
        "zero_variance_groups": "groups all alike",
    }
    return _by_step(figures, names, "share of a step", {"range": [-0.02, 1.02], "tickformat": ".0%"})


def failures(figures: Figures) -> Chart | None:
    """Failed attempts by reason, stacked; a long run in bins of several steps."""
    totals = sum(figures.failures.values(), Counter())
    if not totals:
        return None
    named = [reason for reason, _ in totals.most_common(MOST_REASONS)]
    first, last = min(figures.failures), max(figures.failures)
    width = max(1, math.ceil((last - first + 1) / MOST_BARS))
    starts = list(range(first, last + 1, width))
    bins: list[Counter[str]] = [Counter() for _ in starts]
    for step, counted in figures.failures.items():
        for reason, count in counted.items():
            bins[(step - first) // width][reason if reason in named else "other"] += count
    shown = [*named, *(["other"] if any(b["other"] for b in bins) else [])]
    where = [str(s) if width == 1 else f"{s}-{min(s + width - 1, last)}" for s in starts]
    bars = [
        {
            "type": "bar",
            "x": [s + (width - 1) / 2 for s in starts],
            "y": [b[reason] for b in bins],
            "name": reason.replace("_", " "),
            "marker": {"color": COLOURS[k]},
            "text": where,
            "textposition": "none",
            "hovertemplate": "step %{text}: %{y} %{fullData.name}<extra></extra>",
        }
        for k, reason in enumerate(shown)
    ]
    return chart(bars, "step", "failed attempts", barmode="stack", bargap=0.15)


def lineage(figures: Figures) -> Chart | None:
    """The ancestors of the best circuits by step and error; a line leads from what a prompt showed to its answer."""
    trees = [tree for tree in figures.trees if tree.edges]
    if not trees:
        return None
    rows = {row.id: row for tree in trees for row in tree.rows}
    main = trees[0]
    others = {edge for tree in trees[1:] for edge in tree.edges} - set(main.edges)
    data = [_edges(sorted(others), rows, "@grid"), _edges(main.edges, rows, "@c1")]
    own = [row for row in main.rows if row.id != main.root]
    beside = [row for row in rows.values() if row not in main.rows]
    for name, group, colour, symbol, size in (
        ("family of other leaders", beside, "@quiet", "circle", 8),
        ("ancestors", own, "@c1", "circle", 10),
        (_place(figures, main.root), [rows[main.root]], STAR, "star", 16),
    ):
        if group:
            data.append(_family(name, group, colour, symbol, size))
    marks = [rule(shown_target(figures.problem), "target")]
    return chart(data, "step", figures.measure, marks, yaxis=LOG)


def compare_runs(runs: Sequence[tuple[str, Sequence[tuple[int, float]], int]]) -> Chart:
    """Several runs, possibly of several problems: (name, [(circuits scored, error over target)], circuits in all)."""
    data = [
        falling(name, COLOURS[k % len(COLOURS)], thin(points, MOST_STEPS), total)
        for k, (name, points, total) in enumerate(runs)
        if points
    ]
    return chart(data, "circuits scored", "lowest error over target", [rule(1.0, "target")], yaxis=LOG)


def _by_step(figures: Figures, names: dict[str, str], title: str, axis: Chart) -> Chart | None:
    metrics = thin(figures.metrics, MOST_POINTS)
    mode = "lines" if len(metrics) > 60 else "lines+markers"
    data = [
        line([m["step"] for m in metrics], [m.get(key) for m in metrics], label, COLOURS[k], mode=mode)
        for k, (key, label) in enumerate(names.items())
        if any(m.get(key) is not None for m in metrics)
    ]
    return chart(data, "step", title, yaxis=axis) if data else None


def _styled(figures: Figures) -> list[tuple[Series, str, str]]:
    """The baselines and, drawn last, the run itself, each with a colour and a dash; dotted where colours repeat."""
    others = [c for c in COLOURS if c not in (OWN, STAR)]
    styles = [(others[k % len(others)], "dot" if k >= len(others) else "solid") for k in range(len(figures.baselines))]
    styled = [(one, colour, dash) for one, (colour, dash) in zip(figures.baselines, styles, strict=True)]
    return [*styled, (figures.own, OWN, "solid")]


def _best_so_far(one: Series, colour: str, dash: str) -> Chart:
    points = thin(one.improvements, MOST_POINTS)
    own = {"mode": "lines+markers", "line": {"width": 3}, "marker": {"size": 7}}
    style = own if colour == OWN else {"line": {"dash": dash}}
    text = [f"{row.id}: {row.error:.2e}" for _, row in points]
    values = [(evaluations, row.error or 0.0) for evaluations, row in points]
    return falling(one.name, colour, values, one.evaluations, text=[*text, text[-1]], **style)


def _cloud(rows: Sequence[Row]) -> Chart:
    return {
        "type": "scatter",
        "mode": "markers",
        "name": "circuits found",
        "x": [row.two_qubit_gates for row in rows],
        "y": [above_floor(row.error) for row in rows],
        "text": [row.id for row in rows],
        "marker": {"color": "@c1", "size": 6, "opacity": 0.28},
    }


def _front(one: Series, colour: str, dash: str) -> Chart:
    return line(
        [row.two_qubit_gates for row in one.front],
        [above_floor(row.error) for row in one.front],
        f"front of {one.name}" if one.name == "this run" else one.name,
        colour,
        text=[f"{row.id}: {row.error:.2e}" for row in one.front],
        mode="lines+markers",
        line={"shape": "hv", "width": 2, "dash": dash},
        marker={"size": 8},
    )


def _star(figures: Figures) -> Chart:
    best = figures.best[0]
    worst = max(best.score.sizes, key=lambda s: shown_error(s, figures.problem))
    return {
        "type": "scatter",
        "mode": "markers",
        "name": "best circuit",
        "x": [sum(s.two_qubit_gates for s in best.score.sizes)],
        "y": [above_floor(shown_error(worst, figures.problem))],
        "text": [best.attempt],
        "marker": {"color": STAR, "size": 17, "symbol": "star", "line": {"color": "@paper", "width": 1}},
    }


def _references(name: str, rows: Sequence[Any], symbol: str, colour: str) -> Chart:
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "x": [row.two_qubit_gates for row in rows],
        "y": [above_floor(row.error) for row in rows],
        "text": [f"{row.name}: {row.error:.2e}" for row in rows],
        "marker": {"color": colour, "size": 11, "symbol": symbol},
    }


def _gate_range(figures: Figures) -> list[float]:
    """From no gate to the largest that matters; a circuit that is both larger and worse is found by zooming out."""
    searched = [row.two_qubit_gates or 0 for one in (figures.own, *figures.baselines) for row in one.front]
    known = [row.two_qubit_gates or 0 for row in figures.published]
    known.append(sum(figures.problem.reference_two_qubit_gates(n) for n in figures.problem.sizes))
    largest = max(*searched, *known)
    return [-0.04 * largest - 0.3, 1.15 * largest + 1]


def _known_ansatz(figures: Figures) -> list[Chart]:
    """A vertical line where a known ansatz first meets the target, unless that number is a mere rule."""
    known = [figures.problem.reference(n) for n in figures.problem.sizes]
    if any(reference.source.startswith("rule") for reference in known):
        return []
    gates = sum(reference.two_qubit_gates for reference in known)
    text = f"{known[0].source if len(known) == 1 else 'known ansatz'}: target met"
    side = "left" if gates < _gate_range(figures)[1] / 2 else "right"
    label = {"text": text, "textposition": "end", "textangle": 0, "xanchor": side, "yanchor": "top"}
    return [
        {
            "type": "line",
            "x0": gates,
            "x1": gates,
            "yref": "paper",
            "y0": 0,
            "y1": 1,
            "line": {"color": "@quiet", "width": 1.5, "dash": "dot"},
            "label": label,
        }
    ]


def _edges(edges: Sequence[tuple[str, str]], rows: dict[str, Row], colour: str) -> Chart:
    x: list[float | None] = []
    y: list[float | None] = []
    for parent, child in edges:
        x += [rows[parent].step, rows[child].step, None]
        y += [above_floor(rows[parent].error), above_floor(rows[child].error), None]
    style = {"hoverinfo": "skip", "showlegend": False, "line": {"width": 1.5}}
    return line(x, y, "", colour, **style)


def _place(figures: Figures, root: str) -> str:
    place = [tree.root for tree in figures.trees].index(root) + 1
    return "best circuit" if place == 1 else f"the first with a family, place {place}"


def _family(name: str, rows: Sequence[Row], colour: str, symbol: str, size: int) -> Chart:
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "x": [row.step for row in rows],
        "y": [above_floor(row.error) for row in rows],
        "text": [f"{row.id}: {row.error:.2e}, {row.two_qubit_gates} two-qubit gates" for row in rows],
        "marker": {"color": colour, "symbol": symbol, "size": size},
    }

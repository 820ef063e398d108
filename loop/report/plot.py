"""Pieces of plotly figures: plain mappings, drawn by plotly.js in the page.

A colour that starts with @ names a CSS variable of the page: the same figure is drawn in light, in dark and on paper.
An error is shown on a logarithmic axis; what is smaller than FLOOR stands there, and its text says the value.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Any

Chart = dict[str, Any]

FLOOR = 1e-9
"""An error below it is zero to the tolerance of the optimiser."""
COLOURS = tuple(f"@c{k}" for k in range(1, 9))
LOG: Chart = {"type": "log", "exponentformat": "power", "dtick": 1}


def chart(data: Sequence[Chart], x_title: str, y_title: str, shapes: Sequence[Chart] = (), **layout: Any) -> Chart:
    axes = {"xaxis": {"title": {"text": x_title}}, "yaxis": {"title": {"text": y_title}}}
    for axis in axes:
        axes[axis] = {**axes[axis], **layout.pop(axis, {})}
    made: Chart = _as_text({"data": list(data), "layout": {**axes, "shapes": list(shapes), **layout}})
    return made


def _as_text(part: Any) -> Any:
    """Plotly reads names and texts as markup; names of runs and of circuits are none."""
    if isinstance(part, dict):
        return {key: _escaped(value) if key in ("name", "text") else _as_text(value) for key, value in part.items()}
    return [_as_text(value) for value in part] if isinstance(part, list) else part


def _escaped(value: Any) -> Any:
    if isinstance(value, str):
        return html.escape(value, quote=False)
    return [_escaped(one) for one in value] if isinstance(value, list) else value


def line(x: Sequence[Any], y: Sequence[Any], name: str, colour: str, **style: Any) -> Chart:
    stroke = {"color": colour, **style.pop("line", {})}
    marker = {"color": colour, **style.pop("marker", {})}
    return {"type": "scatter", "mode": "lines", "x": x, "y": y, "name": name, "line": stroke, "marker": marker, **style}


def falling(name: str, colour: str, points: Sequence[tuple[int, float]], end: int, **style: Any) -> Chart:
    """What was reached so far: a line that steps down at each (x, y), and stays there until x = `end`."""
    x, y = zip(*points, strict=True)
    stroke = {"shape": "hv", "width": 2, **style.pop("line", {})}
    return line([*x, end], [above_floor(v) for v in (*y, y[-1])], name, colour, line=stroke, **style)


def rule(value: float, text: str) -> Chart:
    """A horizontal line with its name."""
    return {
        "type": "line",
        "xref": "paper",
        "x0": 0,
        "x1": 1,
        "y0": max(value, FLOOR),
        "y1": max(value, FLOOR),
        "line": {"color": "@c3" if text == "target" else "@quiet", "width": 1.5, "dash": "dash"},
        "label": {"text": text, "textposition": "end", "yanchor": "top"},
    }


def above_floor(value: float | None) -> float | None:
    return None if value is None else max(value, FLOOR)

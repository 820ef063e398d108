"""The first page of the dashboard: every run under a directory, and their best-so-far curves in one chart."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from loop.config import problem_of
from loop.report.attempts import scan
from loop.report.charts import compare_runs
from loop.report.figures import Series, about, method_of, series
from loop.report.html import Html, join, table, tag
from loop.report.page import assemble
from loop.report.state import State, state_of
from loop.report.words import listed, number, plural, scientific
from loop.run import Run

COMPARED = 8
FAR_BELOW = 1e-4
"""Of the target: curves stop here, so that the ways down to it can be told apart."""
"""Runs that the chart shows at first, the latest; there are as many colours."""


@dataclass(frozen=True)
class Brief:
    """One run in the list; `trouble` says why it cannot be read."""

    name: str
    problem: str
    who: str
    state: State
    step: int
    steps: int
    updated: float
    series: Series | None
    trouble: str | None = None


def brief(name: str, run: Run) -> Brief:
    """What the list says of a run; raises RequestError for a damaged one."""
    config = Run.open(run.path).config()
    problem = problem_of(config)
    rows = scan(run, problem)
    method = method_of(config)
    step = max((row.step for row in rows), default=0)
    steps = step if method else config.run.steps
    who = f"baseline {method}" if method else config.model.profile
    title = f"{problem.name}, {listed(problem.sizes)} qubits"
    return Brief(
        name, title, who, state_of(run, step, steps), step, steps, _updated(run), series(name, about(config), rows)
    )


def unreadable(name: str, run: Run, trouble: str) -> Brief:
    """A run that is listed with its trouble."""
    return Brief(name, "", "", "stopped", 0, 0, _updated(run), None, trouble)


def _updated(run: Run) -> float:
    return max((path.stat().st_mtime for path in run.path.iterdir() if path.is_file()), default=0.0)


def overview_page(briefs: Sequence[Brief], root: str, refresh: int) -> str:
    """The list of runs, latest first."""
    ordered = sorted(briefs, key=lambda one: -one.updated)
    found = [one.series for one in ordered if one.series and one.series.improvements]
    curves = [
        (s.name, [(e, max(row.ratio or 0.0, FAR_BELOW)) for e, row in s.improvements], s.evaluations) for s in found
    ]
    charts = {"compare": compare_runs(curves)} if curves else {}
    running = sum(one.state == "running" for one in ordered)
    head = f"{plural(len(ordered), 'run')}, {running} running" if ordered else "No runs yet"
    header = join([tag("h1", "Discovery runs"), tag("p", f"{head}.", class_="lede")])
    main = tag("div", _content(ordered, [s.name for s in found]), id="runs", data_live=True, class_="panel")
    eyebrow = join([f"QuantumMind · {root}"])
    return assemble("QuantumMind runs", eyebrow, header, main, {"charts": charts, "attempts": []}, True, refresh)


def _content(briefs: Sequence[Brief], found: Sequence[str]) -> Html:
    if not briefs:
        return tag("p", "Start one with: ", tag("code", "quantummind discover tfim"), class_="note")
    headings = ("", "run", "problem", "by", "state", "error", "two-qubit gates", "scored", "to target", "updated")
    rows = [_row(one, found) for one in briefs]
    words = (
        "How far the nearest circuit so far is from the target: at 1 it is met, at 10⁻⁴ curves stop. Tick to compare."
    )
    plot = tag("div", class_="plot", data_chart="compare", role="img", aria_label="Lowest error so far of each run")
    chart = tag("section", tag("h3", "Side by side"), tag("p", words, class_="about"), plot) if found else None
    return join([chart, tag("section", tag("div", table(headings, rows, "Runs, latest first"), class_="run-list"))])


def _row(one: Brief, found: Sequence[str]) -> tuple[object, ...]:
    link = tag("a", one.name, href=f"/run/{quote(one.name)}")
    updated = datetime.datetime.fromtimestamp(one.updated).strftime("%d %b %H:%M")
    if one.series is None:
        return ("", one.name, tag("span", one.trouble, class_="quiet"), "", "unreadable", "", "", "", "", updated)
    best = one.series.best
    ticked = one.name in found[:COMPARED]
    box = tag("input", type="checkbox", value=one.name, checked=ticked, aria_label=f"Compare {one.name}")
    state = f"{one.state}, step {one.step} of {one.steps}" if one.steps > one.step else one.state
    return (
        box if one.name in found else "",
        link,
        one.problem,
        one.who,
        tag("span", state, class_=f"badge {'good' if one.state == 'running' else 'quiet'}"),
        scientific(best.error if best else None),
        number(best.two_qubit_gates if best else None),
        f"{one.series.evaluations:,}",
        number(one.series.to_target) if one.series.to_target else "not met",
        updated,
    )

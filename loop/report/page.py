"""One self-contained HTML page: styles, script, charts library and data inside, nothing from the network.

plotly.js is 4.8 MB, so it travels gzipped (1.5 MB) and the browser unpacks it. A policy in the page lets it run this
page's two scripts, known by their digests, and nothing else: text that a model wrote is escaped, and would be inert
even if it were not. A page stays under MAX_BYTES; of a long run, as many attempts keep their text as fit.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources
from importlib.util import find_spec
from pathlib import Path
from string import Template
from typing import Any

from loop.report.attempts import choose, full_rows
from loop.report.charts import charts
from loop.report.figures import Figures, gather
from loop.report.html import Html, join, json_script, tag
from loop.report.sections import panels, tiles
from loop.report.words import formula, formula_of, lede, title
from loop.run import Run, write_text
from quantum.errors import RequestError

MAX_BYTES = 5_000_000
ATTEMPT_BYTES = 2_000_000
"""For the text of attempts; what is left of MAX_BYTES holds plotly.js, the charts and the drawings."""
NAME = "report.html"
INSTALL = "the report needs plotly; install it with: pip install 'quantummind[report]'"


def write_report(run: Run, to: Path | None = None) -> Path:
    """Write the page of a run (by default <run>/report.html) and say where; raises RequestError without plotly."""
    path = to or run.path / NAME
    page = report_page(gather(run))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_text(path, page)
    except OSError as error:
        raise RequestError(f"cannot write {path}: {error.strerror}; choose another --to") from None
    return path


def report_at_end(run: Run) -> str:
    """Write the page of a run that has ended; where it went, or why there is none: no page is worth losing a run's
    exit code for."""
    try:
        return str(write_report(run))
    except RequestError as error:
        return f"none, {error}"


def report_page(figures: Figures, served: bool = False, refresh: int = 0) -> str:
    """The page of one run, under MAX_BYTES. `served` takes plotly.js from the dashboard instead of carrying it;
    with `refresh` the page looks for news every so many seconds."""
    budget = ATTEMPT_BYTES
    while True:
        page = _page(figures, budget, served, refresh)
        excess = len(page.encode()) - MAX_BYTES
        if excess < 0 or budget == 0:
            return page
        budget = max(0, budget - excess - 100_000)


def _page(figures: Figures, budget: int, served: bool, refresh: int) -> str:
    chosen = choose(figures.rows, _kept(figures), budget)
    attempts = full_rows(figures.run, chosen)
    drawn = charts(figures)
    relative = figures.problem.target.kind == "relative"
    data = {"summary": figures.summary, "attempts": attempts, "charts": drawn, "relative": relative}
    warned = [tag("p", line, class_="warning", role="note") for line in figures.summary["warnings"]]
    named = [tag("h1", title(figures)), formula(formula_of(figures.problem))]
    header = join([*named, lede(figures), *warned, tiles(figures)])
    main = _tabs(panels(figures, drawn, len(attempts)))
    home = tag("a", "All runs", href="/") if served else None
    eyebrow = join([home, " · " if home else None, _where(figures)])
    return assemble(title(figures), eyebrow, header, main, data, served, refresh)


def _where(figures: Figures) -> str:
    summary = figures.summary
    who = f"baseline {figures.method}" if figures.method else f"model {summary['model']}"
    progress = "" if figures.method else f", step {summary['step']} of {summary['steps']}"
    return f"QuantumMind · run {figures.run.path.name} · {who} · {figures.state}{progress}"


def _kept(figures: Figures) -> set[str]:
    """Attempts whose text is in the page whatever the budget: the leaders and their ancestors, and the front."""
    own = figures.own
    return {
        *(row.id for tree in figures.trees for row in tree.rows),
        *(row.id for row in own.front),
        *(row.id for _, row in own.improvements[-100:]),
    }


def _tabs(named: list[tuple[str, str, Html]]) -> Html:
    buttons = [
        tag(
            "button",
            name,
            type="button",
            role="tab",
            id=f"tab-{key}",
            aria_controls=f"panel-{key}",
            aria_selected="true" if k == 0 else "false",
            tabindex=0 if k == 0 else -1,
        )
        for k, (key, name, _) in enumerate(named)
    ]
    bodies = [
        tag(
            "div",
            tag("h2", name, class_="panel-name"),
            content,
            role="tabpanel",
            id=f"panel-{key}",
            aria_labelledby=f"tab-{key}",
            tabindex="-1",
        )
        for key, name, content in named
    ]
    return join([tag("div", *buttons, class_="tabs", role="tablist", aria_label="Parts of the report"), *bodies])


def assemble(
    title: str, eyebrow: Html, header: Html, main: Html, data: Mapping[str, Any], served: bool, refresh: int
) -> str:
    """Fill the template. `served` pages load plotly.js from /plotly.js, others carry it."""
    script = _asset("page.js")
    plotly = tag("script", src="/plotly.js", defer=True) if served else _packed_plotly()
    allowed = ["'self'", _digest(script)] if served else [_digest(script), _digest(plotly_source())]
    fetches = "'self'" if served else "'none'"
    policy = (
        f"default-src 'none'; script-src {' '.join(allowed)}; style-src 'unsafe-inline'; img-src data: blob:; "
        f"connect-src {fetches}; base-uri 'none'; form-action 'none'"
    )
    return Template(_asset("page.html")).substitute(
        policy=policy,
        title=tag("title", title)[len("<title>") : -len("</title>")],
        style=_asset("page.css"),
        refresh=refresh,
        eyebrow=eyebrow,
        header=header,
        main=main,
        footer=tag("p", "Made by ", tag("code", "quantummind report"), "; every figure is that of attempts.jsonl."),
        data=json_script("data", data),
        plotly=plotly,
        script=script,
    )


def plotly_installed() -> bool:
    return find_spec("plotly") is not None


@lru_cache(maxsize=1)
def plotly_source() -> str:
    """plotly.js, minified; raises RequestError without the package."""
    if not plotly_installed():
        raise RequestError(INSTALL)
    return (resources.files("plotly") / "package_data" / "plotly.min.js").read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def _packed_plotly() -> Html:
    packed = base64.b64encode(gzip.compress(plotly_source().encode(), mtime=0)).decode()
    return Html(f'<script type="text/plain" id="plotly">{packed}</script>')


@lru_cache(maxsize=8)
def _asset(name: str) -> str:
    return (resources.files("loop.report") / name).read_text(encoding="utf-8")


def _digest(script: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"

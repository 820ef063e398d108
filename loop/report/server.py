"""`quantummind dashboard`: the report of every run under a directory, live, for this machine's own browser.

It binds 127.0.0.1, answers GET alone, and refuses a foreign Host header, so that no other machine and no web page that
points its own name at 127.0.0.1 can read it. A run is looked up in the list of runs; no path is ever made from a
request. Pages are built when they are asked for and kept until a file of the run changes.

Requests have threads of their own, but every page is built in one and the same: Qiskit 2.6 crashes the process (in
`qasm3.dumps` and in its drawer) when a second thread uses it after the first.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TypeVar
from urllib.parse import unquote, urlsplit

from loop.report.figures import gather
from loop.report.overview import Brief, brief, overview_page
from loop.report.page import plotly_source, report_page
from loop.report.state import is_running
from loop.run import Run
from quantum.errors import RequestError

Made = TypeVar("Made")

LIVE_SECONDS = 2
IDLE_SECONDS = 30
WATCHED = ("config.yaml", "environment.json", "attempts.jsonl", "metrics.jsonl", "best", "best/leaderboard.json")
HEADERS = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": "frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class Dashboard:
    """The pages of the runs under `root` (or of the one run that `root` is); only for one thread."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._pages: dict[str, tuple[str, str]] = {}
        self._briefs: dict[str, tuple[str, Brief]] = {}

    def runs(self) -> dict[str, Run]:
        """The runs and the baselines beside them, by their path below `root`."""
        if (self.root / "config.yaml").is_file():
            return {self.root.name: Run(self.root)}
        found = [*self.root.glob("*/config.yaml"), *self.root.glob("*/baselines/*/config.yaml")]
        return {str(path.parent.relative_to(self.root)): Run(path.parent) for path in sorted(found)}

    def overview(self) -> str:
        briefs = [self._brief(name, run) for name, run in self.runs().items()]
        live = any(one.state == "running" for one in briefs)
        return overview_page(briefs, str(self.root), LIVE_SECONDS if live or not briefs else IDLE_SECONDS)

    def _brief(self, name: str, run: Run) -> Brief:
        mark = fingerprint(run)
        known = self._briefs.get(name)
        if known is None or known[0] != mark:
            known = self._briefs[name] = (mark, brief(name, run))
        return known[1]

    def page(self, name: str) -> tuple[str, str] | None:
        """(fingerprint, page) of a run, None for a name that is none; raises RequestError for a damaged run."""
        run = self.runs().get(name)
        if run is None:
            return None
        mark = fingerprint(run)
        known = self._pages.get(name)
        if known is None or known[0] != mark:
            known = self._pages[name] = (mark, _build(run))
        return known


def _build(run: Run) -> str:
    """A page that took long to build is asked for less often."""
    start = time.monotonic()
    figures = gather(Run.open(run.path))
    usual = LIVE_SECONDS if figures.state == "running" else IDLE_SECONDS
    return report_page(figures, served=True, refresh=max(usual, min(IDLE_SECONDS, int(3 * (time.monotonic() - start)))))


def fingerprint(run: Run) -> str:
    """Changes when a file of the run or of its baselines does, and when the run starts or stops."""
    paths = [run.path / name for name in WATCHED]
    paths += sorted(run.path.glob("baselines/*/attempts.jsonl"))
    stats = [(str(path), path.stat().st_mtime_ns, path.stat().st_size) for path in paths if path.exists()]
    return hashlib.sha256(repr((stats, is_running(run))).encode()).hexdigest()[:24]


class Handler(BaseHTTPRequestHandler):
    """GET / and /run/NAME and /plotly.js; anything else is not found."""

    server: Server

    def do_GET(self) -> None:
        if self.headers.get("Host") not in self.server.hosts:
            self._answer(HTTPStatus.FORBIDDEN, "this dashboard answers to 127.0.0.1 and localhost alone", "text/plain")
            return
        path = unquote(urlsplit(self.path).path)
        try:
            self._route(path)
        except RequestError as error:
            self._answer(HTTPStatus.INTERNAL_SERVER_ERROR, str(error), "text/plain")

    def _route(self, path: str) -> None:
        if path == "/":
            page = self.server.build(self.server.dashboard.overview)
            self._answer(HTTPStatus.OK, page, "text/html", hashlib.sha256(page.encode()).hexdigest()[:24])
        elif path == "/plotly.js":
            source = plotly_source()
            self._answer(HTTPStatus.OK, source, "text/javascript", str(len(source)))
        elif path.startswith("/run/"):
            found = self.server.build(lambda: self.server.dashboard.page(path.removeprefix("/run/")))
            if found is None:
                self._answer(HTTPStatus.NOT_FOUND, "no such run", "text/plain")
            else:
                self._answer(HTTPStatus.OK, found[1], "text/html", found[0])
        else:
            self._answer(HTTPStatus.NOT_FOUND, "no such page", "text/plain")

    def _answer(self, status: HTTPStatus, text: str, kind: str, mark: str | None = None) -> None:
        """`mark` is the ETag: who has this very answer already gets 304 and no body."""
        unchanged = mark is not None and self.headers.get("If-None-Match") == f'"{mark}"'
        body = b"" if unchanged else text.encode()
        self.send_response(HTTPStatus.NOT_MODIFIED if unchanged else status)
        for name, value in HEADERS.items():
            self.send_header(name, value)
        if mark is not None:
            self.send_header("ETag", f'"{mark}"')
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: a page that asks every few seconds would fill the terminal."""


class Server(ThreadingHTTPServer):
    """The dashboard on 127.0.0.1; port 0 takes a free one. Raises RequestError where the port is taken."""

    daemon_threads = True

    def __init__(self, root: Path, port: int) -> None:
        try:
            super().__init__(("127.0.0.1", port), Handler)
        except OSError as error:
            raise RequestError(f"cannot listen on port {port}: {error.strerror}; choose another --port") from None
        self.dashboard = Dashboard(root)
        self._builder = ThreadPoolExecutor(max_workers=1)
        self.hosts = {f"{name}:{self.server_port}" for name in ("127.0.0.1", "localhost")}

    def build(self, make: Callable[[], Made]) -> Made:
        """What `make` returns, made in the one thread that builds pages."""
        return self._builder.submit(make).result()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/"

"""`quantummind dashboard`: the report of every run under a directory, live, for this machine's own browser.

It binds 127.0.0.1, answers GET alone, and refuses a foreign Host header, so that no other machine and no web page that
points its own name at 127.0.0.1 can read it. A run is looked up in the list of runs; no path is ever made from a
request. Pages are built when they are asked for, by a process of their own (`loop.report.builder`), and kept until a
file of the run changes. A run that cannot be read has its trouble on its line, and costs the others nothing.

A client has HEAD_SECONDS to ask and SEND_SECONDS to take the answer. At most CLIENTS are served at once; when one more
comes, the one that has been asking for longest is dropped.
"""

from __future__ import annotations

import hashlib
import io
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

from loop.report.builder import Builder
from loop.report.figures import gather
from loop.report.overview import Brief, brief, overview_page, unreadable
from loop.report.page import plotly_source, report_page
from loop.report.state import is_running
from loop.run import Run
from quantum.errors import RequestError
from quantum.plain import plain

Made = TypeVar("Made")

LIVE_SECONDS = 2
IDLE_SECONDS = 30
HEAD_SECONDS = 5.0
SEND_SECONDS = 15.0
HEAD_BYTES = 16 << 10
CLIENTS = 32
WATCHED = ("config.yaml", "environment.json", "attempts.jsonl", "metrics.jsonl", "best", "best/leaderboard.json")
HEADERS = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": "frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class Dashboard:
    """The pages of the runs under `root` (or of the one that `root` is), each made by `call`; only for one thread."""

    def __init__(self, root: Path, call: Callable[..., Any] | None = None) -> None:
        self.root = root
        self._call = call or _directly
        self._pages: dict[str, tuple[str, str | RequestError]] = {}
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
            known = self._briefs[name] = (mark, self._brief_of(name, run))
        return known[1]

    def _brief_of(self, name: str, run: Run) -> Brief:
        try:
            made: Brief = self._call(brief, name, run)
            return made
        except RequestError as error:
            return unreadable(name, run, str(error))

    def page(self, name: str) -> tuple[str, str] | None:
        """(fingerprint, page) of a run, None for a name that is none; raises RequestError for a damaged run."""
        run = self.runs().get(name)
        if run is None:
            return None
        mark = fingerprint(run)
        known = self._pages.get(name)
        if known is None or known[0] != mark:
            known = self._pages[name] = (mark, self._page_of(run))
        if isinstance(known[1], RequestError):
            raise known[1]
        return known[0], known[1]

    def _page_of(self, run: Run) -> str | RequestError:
        try:
            made: str = self._call(_build, run)
            return made
        except RequestError as error:  # kept like a page: it would only come again
            return error


def _directly(make: Callable[..., Made], *arguments: Any) -> Made:
    return make(*arguments)


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

    def setup(self) -> None:
        super().setup()
        with self.server.asking(self.connection):
            self.rfile = io.BytesIO(self._head())
        self.connection.settimeout(SEND_SECONDS)  # for all of the answer

    def _head(self) -> bytes:
        """The request's head, nothing where it does not come whole in time."""
        deadline, head = time.monotonic() + HEAD_SECONDS, b""
        try:
            while b"\r\n\r\n" not in head:
                self.connection.settimeout(max(1e-3, deadline - time.monotonic()))
                chunk = self.connection.recv(4096)
                head += chunk
                if not chunk or len(head) > HEAD_BYTES:
                    return b""
        except OSError:
            return b""
        return head

    def do_GET(self) -> None:
        if self.headers.get("Host") not in self.server.hosts:
            self._answer(HTTPStatus.FORBIDDEN, "this dashboard answers to 127.0.0.1 and localhost alone", "text/plain")
            return
        path = unquote(urlsplit(self.path).path)
        try:
            self._route(path)
        except RequestError as error:
            self._answer(HTTPStatus.INTERNAL_SERVER_ERROR, plain(str(error)), "text/plain")

    def _route(self, path: str) -> None:
        if path == "/":
            page = self.server.build(Dashboard.overview)
            self._answer(HTTPStatus.OK, page, "text/html", hashlib.sha256(page.encode()).hexdigest()[:24])
        elif path == "/plotly.js":
            source = plotly_source()
            self._answer(HTTPStatus.OK, source, "text/javascript", str(len(source)))
        elif path.startswith("/run/"):
            found = self.server.build(lambda dashboard: dashboard.page(path.removeprefix("/run/")))
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
    request_queue_size = 128  # of 5, the usual, a burst of clients waits a second for every five

    def __init__(self, root: Path, port: int) -> None:
        self._builder = Builder()
        try:
            super().__init__(("127.0.0.1", port), Handler)
        except OSError as error:
            raise RequestError(f"cannot listen on port {port}: {error.strerror}; choose another --port") from None
        self._dashboard = Dashboard(root, self._builder.call)
        self._building = threading.Lock()
        self._slots = threading.BoundedSemaphore(CLIENTS)
        self._asking: dict[socket.socket, None] = {}
        self.hosts = {f"{name}:{self.server_port}" for name in ("127.0.0.1", "localhost")}

    def build(self, make: Callable[[Dashboard], Made]) -> Made:
        """What `make` returns; one at a time."""
        with self._building:
            return make(self._dashboard)

    @contextmanager
    def asking(self, client: socket.socket) -> Iterator[None]:
        """While entered, the client may be dropped for another."""
        self._asking[client] = None
        try:
            yield
        finally:
            self._asking.pop(client, None)

    def process_request(self, request: Any, client_address: Any) -> None:
        """A thread for the client, once there is a slot: who asks for longest, or who is served, makes room."""
        taken = self._slots.acquire(blocking=False)
        while not taken:
            for oldest in list(self._asking)[:1]:
                with suppress(OSError):
                    oldest.shutdown(socket.SHUT_RDWR)
            taken = self._slots.acquire(timeout=0.05)
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._slots.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Nothing: a client that leaves before its answer is no news, and pages are built elsewhere."""

    def server_close(self) -> None:
        super().server_close()
        self._builder.close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/"

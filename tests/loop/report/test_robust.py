"""The dashboard survives any run directory and any client."""

from __future__ import annotations

import http.client
import json
import os
import socket
import threading
import time

import pytest

from loop.report import server as serving
from loop.report.builder import Builder
from loop.report.server import Server
from quantum.errors import RequestError
from tests.loop.report.runs import killed_copy

DEEP = '{"id": ' + "[" * 100_000 + "]" * 100_000 + "}\n"


def change_first(run, **values):
    lines = run.attempts_path.read_text().splitlines(keepends=True)
    run.attempts_path.write_text(json.dumps({**json.loads(lines[0]), **values}) + "\n" + "".join(lines[1:]))


DAMAGE = {
    "deep": lambda run: run.attempts_path.write_text(DEEP),
    "typed": lambda run: change_first(run, step="soon"),
    "listed": lambda run: run.attempts_path.write_text("[1, 2]\n"),
    "infinite": lambda run: run.attempts_path.write_text(run.attempts_path.read_text().replace("-0.", "-1e999", 1)),
    "environment": lambda run: run.environment_path.write_text('{"format": 1, "machine": [1], "source": 3}'),
    "metrics": lambda run: run.metrics_path.write_text('{"step": {"a": 1}}\n'),
    "elsewhere": lambda run: run.config_path.write_text(
        run.config_path.read_text().replace("problem: tfim", "problem: /etc/hosts.yaml")
    ),
}


def pipe(run):
    for path in (run.attempts_path, run.path / ".lock"):
        path.unlink(missing_ok=True)
        os.mkfifo(path)


@pytest.fixture(scope="module")
def server(finished, tmp_path_factory):
    """One healthy run among damaged ones."""
    root = tmp_path_factory.mktemp("robust")
    killed_copy(finished, root / "healthy")
    for name, damage in {**DAMAGE, "pipe": pipe}.items():
        damage(killed_copy(finished, root / name))
    with Server(root, 0) as made:
        thread = threading.Thread(target=made.serve_forever, daemon=True)
        thread.start()
        yield made
        made.shutdown()


def ask(server, path):
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=120)
    connection.request("GET", path)
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


def test_every_damaged_run_has_its_trouble_on_its_line_and_the_others_are_shown(server):
    status, page = ask(server, "/")
    assert status == 200
    assert '<a href="/run/healthy">healthy</a>' in page
    rows = page.split("<tr>")
    for name in ("deep", "typed", "listed", "infinite", "pipe", "elsewhere"):
        (row,) = [row for row in rows if f"<td>{name}</td>" in row]
        assert "unreadable" in row
        assert "line " in row or "no regular file" in row or "config.yaml" in row, row


def test_a_damaged_run_s_own_page_is_one_line(server):
    for name in ("deep", "environment", "metrics", "pipe"):
        status, text = ask(server, f"/run/{name}")
        assert status == 500
        assert text.count("\n") == 0
        assert "damaged" in text or "no regular file" in text or "is no step" in text, text
    assert ask(server, "/run/healthy")[0] == 200


def test_half_open_requests_hold_few_threads_and_no_reader_waits_for_them(server, monkeypatch):
    monkeypatch.setattr(serving, "HEAD_SECONDS", 0.5)
    clients = []
    try:
        for _ in range(300):
            client = socket.create_connection(("127.0.0.1", server.server_port))
            client.sendall(b"GET / HTTP/1.1\r\nHost: 127")
            clients.append(client)
        assert threading.active_count() < serving.CLIENTS + 20
        assert ask(server, "/nothing")[0] == 404
    finally:
        for client in clients:
            client.close()


def test_who_does_not_finish_asking_is_dropped(server, monkeypatch):
    monkeypatch.setattr(serving, "HEAD_SECONDS", 0.3)
    with socket.create_connection(("127.0.0.1", server.server_port)) as client:
        client.sendall(b"GET / HTTP/1.1\r\n")
        client.settimeout(60)
        assert client.recv(100) == b""
    with socket.create_connection(("127.0.0.1", server.server_port)) as client:
        client.settimeout(60)
        with pytest.raises(OSError, match=r"[Bb]roken|reset"):  # an endless head
            client.sendall(b"X-A: b\r\n" * 2_000_000)


def test_who_does_not_take_the_answer_is_dropped(server, monkeypatch):
    monkeypatch.setattr(serving, "SEND_SECONDS", 0.3)
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.connect(("127.0.0.1", server.server_port))
        client.sendall(f"GET /plotly.js HTTP/1.1\r\nHost: 127.0.0.1:{server.server_port}\r\n\r\n".encode())
        deadline = time.monotonic() + 60
        while any(thread.name.endswith("(process_request_thread)") for thread in threading.enumerate()):
            assert time.monotonic() < deadline
            time.sleep(0.05)


def test_the_builder_outlives_what_it_builds():
    builder = Builder(seconds=2.0)
    try:
        with pytest.raises(RequestError, match="takes more than 2 s"):
            builder.call(time.sleep, 60)
        with pytest.raises(RequestError, match="ends the process"):
            builder.call(os._exit, 1)
        with pytest.raises(RequestError, match="TypeError"):
            builder.call(len, 3)
        assert builder.call(len, "four") == 4
    finally:
        builder.close()

"""The dashboard shows what is on disk to this machine's browser, follows a live run, and answers nobody else."""

from __future__ import annotations

import http.client
import subprocess
import sys
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest

from loop.run import append_jsonl, read_jsonl
from tests.loop.report.runs import CODES, embedded, killed_copy


@pytest.fixture(scope="module")
def served(finished, tmp_path_factory):
    """A dashboard in a process of its own, over a killed run and a folder that is none."""
    root = tmp_path_factory.mktemp("dashboard")
    run = killed_copy(finished, root / "killed")
    (root / "secret.txt").write_text("not a run")
    (root / "broken").mkdir()
    (root / "broken" / "config.yaml").write_text("problem: [")
    command = [sys.executable, "-m", "loop.cli", "dashboard", str(root), "--port", "0"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        url = process.stderr.readline().split()[0]
        yield SimpleNamespace(url=url, port=urlsplit(url).port, run=run)
    finally:
        process.terminate()
        process.wait()


def ask(served, path, method="GET", **headers):
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=120)
    connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    return answer.status, answer.headers, answer.read().decode()


def test_it_lists_every_run_and_says_which_cannot_be_read(served):
    status, headers, page = ask(served, "/")
    assert status == 200
    assert headers["Content-Type"] == "text/html; charset=utf-8"
    assert '<a href="/run/killed">killed</a>' in page
    assert "unreadable" in page
    assert "secret" not in page
    assert [trace["name"] for trace in embedded(page)["charts"]["compare"]["data"]] == ["killed"]


def test_a_run_page_is_that_of_the_file_without_plotly_inside(served):
    status, headers, page = ask(served, "/run/killed")
    assert status == 200
    assert [row["id"] for row in embedded(page)["attempts"]] == [a.id for a in served.run.attempts()]
    assert len(page) < 500_000
    again, _, body = ask(served, "/run/killed", If_None_Match=headers["ETag"])
    assert (again, body) == (304, "")
    assert ask(served, "/plotly.js")[0] == 200


@pytest.mark.parametrize(
    "path",
    ["/secret.txt", "/run/secret.txt", "/run/", "/run/../secret.txt", "/run/%2e%2e/killed", "/run//etc/passwd", "/x"],
)
def test_no_other_path_leads_anywhere(served, path):
    assert ask(served, path)[0] == 404


def test_it_answers_to_its_own_name_and_to_get_alone(served):
    assert ask(served, "/", Host=f"localhost:{served.port}")[0] == 200
    assert ask(served, "/", Host="attacker.example")[0] == 403
    assert ask(served, "/", Host=f"attacker.example:{served.port}")[0] == 403
    assert ask(served, "/", method="POST")[0] == 501


def test_a_live_run_is_followed_in_place(served, browser):
    page = browser.new_page()
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text))
    page.on("pageerror", lambda error: problems.append(str(error)))
    with served.run.locked(), served.run.attempts_path.open("a") as handle:
        page.goto(f"{served.url}run/killed#attempts")
        page.wait_for_selector(f"text={len(CODES)} of {len(CODES)} match")
        page.fill("#filter-text", "s0")
        line = next(read_jsonl(served.run.attempts_path))
        append_jsonl(handle, {**line, "id": "s00004-006", "step": 4})
        page.wait_for_selector(f"text={len(CODES) + 1} of {len(CODES) + 1} match", timeout=60_000)
        assert page.is_visible("#panel-attempts")
        assert page.input_value("#filter-text") == "s0"
        assert "running" in page.inner_text(".eyebrow")
    assert problems == []
    page.close()

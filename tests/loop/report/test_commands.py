"""`report` and `dashboard` from the command line: one line on stderr for what is wrong, the path of what was made."""

from __future__ import annotations

import pytest

from loop.cli import main
from loop.report import page as pages


def quantummind(*arguments: object) -> int:
    with pytest.raises(SystemExit) as end:
        main([str(a) for a in arguments])
    return int(end.value.code or 0)


def test_report_says_where_the_page_is(finished, tmp_path, capfd):
    assert quantummind("report", finished.path, "--to", tmp_path / "page.html") == 0
    assert capfd.readouterr().out == f"{tmp_path / 'page.html'}\n"
    assert (tmp_path / "page.html").read_text(encoding="utf-8").startswith("<!doctype html>")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["report"], "run"),
        (["report", "no-such-run"], "no run directory"),
        (["report", "."], "is no run directory"),
        (["dashboard", "no-such-folder"], "no folder no-such-folder"),
        (["dashboard", ".", "--port", "70000"], "65535"),
        (["show", "no-such-run", "--watch"], "no run directory"),
    ],
)
def test_a_wrong_request_is_one_line(arguments, said, tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    assert quantummind(*arguments) == 2
    out, err = capfd.readouterr()
    assert len(err.splitlines()) == 1
    assert said in err
    assert out == ""


def test_without_plotly_both_say_how_to_get_it(finished, monkeypatch, capfd):
    pages.plotly_source.cache_clear()
    monkeypatch.setattr(pages, "find_spec", lambda name: None)
    for command in (["report", finished.path], ["dashboard", finished.path]):
        assert quantummind(*command) == 2
        assert capfd.readouterr().err.endswith("pip install 'quantummind[report]'\n")
    pages.plotly_source.cache_clear()


def test_a_port_that_is_taken_is_one_line(finished, capfd):
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert quantummind("dashboard", finished.path, "--port", taken.getsockname()[1]) == 2
    assert "--port" in capfd.readouterr().err

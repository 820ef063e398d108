"""The page's figures are those of the run's files, whatever state the run is in, and nothing in it can run."""

from __future__ import annotations

import json
import re
import shutil

import plotly.graph_objects as go
import pytest

from loop.config import BaselineSection, problem_of
from loop.report import page as pages
from loop.report.charts import charts
from loop.report.figures import gather
from loop.report.html import Html, json_script, tag
from loop.report.page import report_page, write_report
from loop.run import Run, append_jsonl, read_jsonl
from loop.show import summarise
from quantum.errors import RequestError
from tests.loop.report.runs import CODES, HOSTILE, embedded, killed_copy


@pytest.fixture(scope="module")
def page(report):
    return report.read_text(encoding="utf-8")


def test_the_figures_are_those_of_show(finished, page):
    assert embedded(page)["summary"] == json.loads(json.dumps(summarise(finished, 5)[0]))


def test_the_table_is_attempts_jsonl(finished, page):
    lines = list(read_jsonl(finished.attempts_path))
    rows = embedded(page)["attempts"]
    assert len(rows) == len(lines) == len(CODES)
    for row, line in zip(rows, lines, strict=True):
        score = line["score"]
        assert {k: row[k] for k in ("id", "step", "parents", "code", "seconds")} == {
            k: line[k] for k in ("id", "step", "parents", "code", "seconds")
        }
        for key in ("outcome", "stage", "reason", "message", "reward", "known_as"):
            assert row[key] == score[key]
        assert row["sizes"] == [{k: size[k] for k in row["sizes"][0]} for size in score["sizes"]]


def test_the_charts_are_drawn_from_the_same_figures(finished, page):
    figures = gather(finished)
    drawn = embedded(page)["charts"]
    assert set(drawn) == set(charts(figures))
    valid = [a for a in finished.attempts() if a.score.outcome == "ok"]
    steps = drawn["progress"]["data"][-1]
    assert steps["x"][-1] == len(valid)
    best = min(max(s.relative_error for s in a.score.sizes) for a in valid)
    assert steps["y"][-1] == pytest.approx(max(best, 1e-9))
    failed = sum(sum(bar["y"]) for bar in drawn["failures"]["data"])
    assert failed == len(CODES) - len(valid)


def test_plotly_knows_every_key_of_every_chart(finished):
    for chart in charts(gather(finished)).values():
        coloured = json.loads(re.sub(r'"@\w+"', '"black"', json.dumps(chart)))
        go.Figure(coloured)


def test_the_confirmed_figures_and_the_drawing_are_shown(finished, page):
    certificates = [json.loads(path.read_text()) for path in sorted(finished.best_path.glob("*/certificate.json"))]
    for score in (certificate["score"] for certificate in certificates):
        for size in (*score["sizes"], *score["held_out"]):
            assert f"{size['energy']:.9f}".replace("-", "−") in page
    assert page.count("data:image/svg+xml") == sum(len(certificate["circuits"]) for certificate in certificates)
    assert "confirmed with 4 fresh starts" in page


def test_held_out_sizes_are_hollow_marks(finished, page):
    line = embedded(page)["charts"]["errors"]["data"][0]
    assert line["x"] == [2, 3, 4]
    assert line["marker"]["symbol"] == ["circle", "circle", "circle-open"]
    (held_out,) = gather(finished).best[0].score.held_out
    assert line["y"][2] == pytest.approx(max(held_out.relative_error, 1e-9))


def test_what_a_model_wrote_stays_text(page):
    assert HOSTILE not in page
    assert "<img src=x" not in page
    assert page.count("<script") == page.count("</script") == 3
    hostile = [row for row in embedded(page)["attempts"] if HOSTILE in row["code"]]
    assert len(hostile) == 2


def test_text_is_escaped_by_construction():
    assert tag("p", "<b>", [" & ", None, Html("<i>")], title='"') == '<p title="&quot;">&lt;b&gt; &amp; <i></p>'
    assert "</script" not in json_script("data", "</script>").removesuffix("</script>")


def test_a_page_needs_nothing_from_the_network(page):
    without_text = re.sub(r"<(pre|script)[\s\S]*?</\1>", "", page)
    assert not re.search(r"""(src|href)=["'](https?:)?//""", without_text)
    assert "default-src 'none'" in page


def test_a_run_without_attempts(tmp_path, finished):
    run = killed_copy(finished, tmp_path / "empty", 0)
    written = write_report(run, tmp_path / "to" / "page.html").read_text(encoding="utf-8")
    assert "No valid circuit yet: 0 attempts so far." in written
    assert embedded(written)["charts"].keys() <= {"pareto"}


def test_a_run_where_nothing_is_valid(tmp_path, finished):
    run = killed_copy(finished, tmp_path / "failed", 1)
    written = report_page(gather(run))
    assert "No valid circuit yet: 1 attempt so far." in written
    assert "failures" in embedded(written)["charts"]


def test_a_killed_run_shows_its_best_unconfirmed(tmp_path, finished):
    run = killed_copy(finished, tmp_path / "killed")
    with run.attempts_path.open("a") as handle:
        handle.write('{"id": "s0000')
    figures = gather(run)
    assert [one.confirmed for one in figures.best] == [False, False]
    assert figures.best[0].attempt == summarise(run, 1)[0]["best"][0]["id"]
    written = report_page(figures)
    assert "not confirmed yet" in written
    assert "data:image/svg+xml" in written
    assert len(embedded(written)["attempts"]) == len(CODES)


def test_a_run_that_is_being_written_is_said_to_run(tmp_path, finished):
    run = killed_copy(finished, tmp_path / "live", 0)
    assert gather(run).state == "stopped"
    with run.locked():
        assert gather(run).state == "running"


def test_baselines_stand_beside_the_run(tmp_path, finished):
    run = killed_copy(finished, tmp_path / "compared", 2)
    baseline = killed_copy(finished, run.path / "baselines" / "hea")
    section = BaselineSection(method="hea", evaluations=6)
    baseline.write_config(baseline.config().model_copy(update={"baseline": section}))
    figures = gather(run)
    assert [one.name for one in figures.baselines] == ["hea"]
    errors = [max(s.relative_error for s in a.score.sizes) for a in baseline.attempts() if a.score.outcome == "ok"]
    assert figures.baselines[0].evaluations == len(errors)
    assert min(row.error for row in figures.baselines[0].front) == min(errors)
    names = [trace["name"] for trace in charts(figures)["progress"]["data"]]
    assert names == ["hea", "this run"]
    assert "baseline hea" in report_page(gather(baseline))


def test_a_long_run_keeps_its_best_and_stays_small(tmp_path, monkeypatch, finished):
    run = Run(shutil.copytree(finished.path, tmp_path / "long"))
    padding = f"# {'x' * 4000}\n"
    lines = [line for line in read_jsonl(run.attempts_path) if line["score"]["outcome"] != "ok"]
    with run.attempts_path.open("a") as handle:
        for k in range(1500):
            line = lines[k % len(lines)]
            append_jsonl(handle, {**line, "id": f"s{k + 9:05d}-000", "step": k + 9, "code": padding + line["code"]})
    figures = gather(run)
    written = report_page(figures)
    assert len(written.encode()) < pages.MAX_BYTES
    rows = embedded(written)["attempts"]
    assert 100 < len(rows) < 1506
    steps = [row["step"] for row in rows]
    assert steps == sorted(steps)
    assert steps[-1] > 1400
    assert {leader.id for leader in figures.leaders} <= {row["id"] for row in rows}
    assert sum(sum(bar["y"]) for bar in embedded(written)["charts"]["failures"]["data"]) == 1503
    assert f"{len(rows):,} of 1,506 attempts" in written
    monkeypatch.setattr(pages, "MAX_BYTES", len(written.encode()) - 1_000_000)
    assert len(report_page(figures).encode()) < pages.MAX_BYTES


def test_gates_and_sizes_of_the_comparison_are_the_leaders(finished):
    figures = gather(finished)
    first = figures.leaders[0]
    assert figures.own.best.id == first.id
    assert problem_of(finished.config()).sizes == (2, 3)
    assert figures.own.best.two_qubit_gates == sum(s.two_qubit_gates for s in first.score.sizes)


def test_a_missing_plotly_is_one_line(finished, monkeypatch, tmp_path):
    pages.plotly_source.cache_clear()
    monkeypatch.setattr(pages, "find_spec", lambda name: None)
    with pytest.raises(RequestError, match=r"pip install 'quantummind\[report\]'"):
        write_report(finished, tmp_path / "page.html")
    assert "pip install" in pages.report_at_end(finished)
    pages.plotly_source.cache_clear()


def test_a_target_that_cannot_be_written_is_one_line(finished, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(RequestError, match="--to"):
        write_report(finished, tmp_path / "file" / "page.html")

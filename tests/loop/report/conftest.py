"""One finished run, its page and one browser for all tests of the report."""

from __future__ import annotations

import shutil

import pytest

from loop.report.page import write_report
from tests.loop.report.runs import make_run


@pytest.fixture(scope="package")
def finished(tmp_path_factory):
    return make_run(tmp_path_factory.mktemp("runs") / "finished")


@pytest.fixture(scope="package")
def report(finished):
    return write_report(finished)


@pytest.fixture(scope="package")
def browser():
    playwright = pytest.importorskip("playwright.sync_api")
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("no chromium on this machine")
    with playwright.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield opened
        opened.close()

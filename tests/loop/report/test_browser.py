"""The page in a real browser: it opens from a file, asks the network for nothing, and what is on it works."""

from __future__ import annotations

import pytest

from tests.loop.report.runs import CODES

TABS = ("best", "problem", "search", "comparison", "sizes", "family", "attempts", "setup")


@pytest.fixture
def page(browser, report, request):
    """The report, opened with the viewport and colours that the test asks for; at the end nothing may have failed."""
    options = {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light", **getattr(request, "param", {})}
    context = browser.new_context(**options)
    opened = context.new_page()
    problems: list[str] = []
    opened.on("console", lambda message: problems.append(message.text))
    opened.on("pageerror", lambda error: problems.append(str(error)))
    opened.on("request", lambda asked: asked.url.startswith(("file:", "data:", "blob:")) or problems.append(asked.url))
    opened.goto(report.as_uri())
    yield opened
    assert problems == []
    assert opened.evaluate("window.pwned") is None
    context.close()


def drawn(page, name):
    """Wait until plotly has drawn a chart."""
    return page.wait_for_selector(f'[data-chart="{name}"] .main-svg')


def test_every_tab_opens_and_every_chart_is_drawn(page):
    for name in TABS:
        page.click(f"#tab-{name}")
        assert page.is_visible(f"#panel-{name}")
        assert page.locator("[role=tabpanel]:visible").count() == 1
        for place in page.locator(f"#panel-{name} [data-chart]").all():
            drawn(page, place.get_attribute("data-chart"))
    assert page.locator(".plot").count() == page.locator(".plot .main-svg:first-child").count() == 9


def test_tabs_follow_the_keyboard_and_the_address(page):
    page.focus("#tab-best")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.id") == "tab-problem"
    page.keyboard.press("End")
    assert page.get_attribute("#tab-setup", "aria-selected") == "true"
    assert page.url.endswith("#setup")
    page.reload()
    assert page.is_visible("#panel-setup")


def test_the_filters_narrow_the_table(page):
    page.click("#tab-attempts")
    rows = page.locator("#attempt-table tbody tr")
    assert rows.count() == len(CODES)
    page.select_option("#filter-outcome", "ok")
    assert rows.count() == 3
    page.fill("#filter-from", "3")
    assert rows.count() == 2
    page.fill("#filter-text", "window.pwned")
    assert rows.count() == 1
    assert page.inner_text("#attempt-count") == f"1 of {len(CODES)} match"
    page.click("#attempt-table button.row")
    assert "</script><script>window.pwned = 1</script>" in page.inner_text("#attempt-table code")
    page.fill("#filter-text", "")
    page.fill("#filter-from", "")
    page.select_option("#filter-outcome", "")
    page.select_option("#filter-reason", "syntax_error")
    assert rows.count() == 1


def test_the_table_sorts_best_first_and_back(page):
    page.click("#tab-attempts")
    first = page.locator("#attempt-table tbody td").first
    unsorted = first.inner_text()
    page.click("#attempt-table th button:has-text('reward')")
    rewards = page.locator("#attempt-table tbody tr td:nth-child(4)").all_inner_texts()
    assert [float(r) for r in rewards] == sorted((float(r) for r in rewards), reverse=True)
    page.click("#attempt-table th button:has-text('reward')")
    assert first.inner_text() == unsorted


def test_an_ancestor_leads_to_its_attempt(page):
    page.click("#tab-family")
    drawn(page, "lineage")
    link = page.locator("#panel-family a:visible").last
    name = link.inner_text()
    link.click()  # the page answers the change of its address after the click
    page.wait_for_selector("#panel-attempts #attempt-table td.detail")
    assert page.inner_text("#attempt-table button.row") == name


def test_copy_takes_the_whole_source(page):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    code = page.locator("#circuit-1 .code").first
    code.locator("button").click()
    page.wait_for_selector("text=Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "def create_ansatz(num_qubits):" in copied
    assert copied.strip() in {one.strip() for one in CODES}


@pytest.mark.parametrize("page", [{"color_scheme": "dark"}], indirect=True)
def test_dark_follows_the_system_and_the_button(page):
    ground = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(ground) == "rgb(20, 23, 27)"
    page.click("#tab-search")
    drawn(page, "progress")
    page.click("#theme")
    assert page.evaluate(ground) == "rgb(255, 255, 255)"


@pytest.mark.parametrize("page", [{"viewport": {"width": 400, "height": 800}}], indirect=True)
def test_a_phone_scrolls_down_only(page):
    for name in TABS:
        page.click(f"#tab-{name}")
        for place in page.locator(f"#panel-{name} [data-chart]").all():
            drawn(page, place.get_attribute("data-chart"))
        assert page.evaluate("document.documentElement.scrollWidth") <= 400, name


def test_paper_shows_every_part_in_light(page):
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("[role=tabpanel]:visible").count() == len(TABS)
    drawn(page, "gradients")
    assert not page.is_visible("[role=tablist]")

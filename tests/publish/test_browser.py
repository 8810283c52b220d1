"""The HTML in a real browser: light, dark, on a phone, on paper, offline. Needs an installed Chromium."""

import pytest
from publish_notebooks import cover, exhibit, notebook

from workbook.publish.document import read_document
from workbook.publish.html import render_html
from workbook.publish.package import Published, write_index

pytestmark = pytest.mark.browser

SCREENS = {
    "light": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}, "color_scheme": "light"},
    "dark phone": {"viewport": {"width": 320, "height": 640}, "color_scheme": "dark"},
}


@pytest.fixture(scope="module")
def files(tmp_path_factory, report, hostile):
    folder = tmp_path_factory.mktemp("html")
    for name, document in (("report", report), ("hostile", hostile)):
        (folder / f"{name}.html").write_text(render_html(document), encoding="utf-8")
    entry = Published("report", "AI Opportunity Assessment", "Report", "Assess", (), 1, 1)
    write_index(folder, [entry], client="Nordwind AG", as_of_text="30 September 2026", firm="Harbour & Vale")
    return folder


@pytest.fixture(params=["report", "hostile", "index"])
def opened(request, browser, files):
    """Open a page on a screen; collects what it asked for and what the console said."""
    contexts = []

    def open_on(screen):
        context = browser.new_context(**SCREENS[screen], offline=True)
        contexts.append(context)
        page = context.new_page()
        page.asked, page.said = [], []
        page.on("request", lambda asked: page.asked.append(asked.url))
        page.on("console", lambda said: page.said.append(said.text))
        page.on("pageerror", lambda error: page.said.append(str(error)))
        page.goto((files / f"{request.param}.html").as_uri())
        return page

    yield open_on
    for context in contexts:
        context.close()


@pytest.mark.parametrize("screen", SCREENS)
def test_axe_finds_nothing_serious(opened, screen):
    from axe_playwright_python.sync_playwright import Axe

    page = opened(screen)
    for details in page.query_selector_all("details"):
        details.evaluate("element => element.open = true")
    found = Axe().run(page).response["violations"]
    assert [(each["id"], each["impact"], [node["html"][:120] for node in each["nodes"]]) for each in found] == []


@pytest.mark.parametrize("screen", SCREENS)
def test_only_tables_and_charts_scroll_sideways(opened, screen):
    page = opened(screen)
    assert page.evaluate("document.documentElement.scrollWidth") == SCREENS[screen]["viewport"]["width"]


def test_the_page_asks_for_nothing_and_its_policy_holds(opened):
    page = opened("light")
    page.wait_for_load_state("networkidle")
    assert [url for url in page.asked if not url.startswith(("file:", "data:"))] == []
    assert page.said == []
    assert page.evaluate("document.fonts.check('600 16px Plex')")


def test_the_skip_link_is_the_first_stop_and_leads_to_the_report(opened):
    page = opened("light")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "report"


def test_exhibits_keep_a_white_card_on_a_dark_page(opened):
    page = opened("dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != "rgb(255, 255, 255)"
    cards = page.evaluate("[...document.querySelectorAll('.exhibit')].map(e => getComputedStyle(e).backgroundColor)")
    assert set(cards) <= {"rgb(255, 255, 255)"}


# --- tables that sort ------------------------------------------------------------------------------------------------

MIXED = {
    "columns": [
        {"key": "name", "label": "Name"},
        {"key": "cost", "label": "Cost", "align": "right"},
        {"key": "day", "label": "Day"},
    ],
    "rows": [
        ["Line 10", {"text": "€1.3m", "value": 1_258_000.0, "mark": "M"}, "8 June 2025"],
        ["line 9", {"text": "€900k", "value": 900_000.0}, "\N{EN DASH}"],
        ["Änderung", {"text": "not provided", "tone": "none"}, "15 April 2025"],
        ["Zeit", {"text": "€1.3m", "value": 1_312_000.0}, "1 May 2025"],
        ["Tie", {"text": "€900k", "value": 900_000.0}, "\N{EN DASH}"],
        [{"text": "All", "strong": True, "header": True}, {"text": "€4m", "value": 4.4e6, "strong": True}, ""],
    ],
}
IN_ORDER = ["Line 10", "line 9", "Änderung", "Zeit", "Tie", "All"]
BY_COST = ["line 9", "Tie", "Line 10", "Zeit", "Änderung", "All"]


@pytest.fixture
def sorted_page(browser, tmp_path):
    """Open a page with one table, on a screen or without scripts."""
    cells = cover(), exhibit("table", "costs", MIXED)
    (tmp_path / "page.html").write_text(render_html(read_document(notebook(*cells))), encoding="utf-8")
    contexts = []

    def open_with(**options):
        contexts.append(browser.new_context(**SCREENS["light"], offline=True, **options))
        page = contexts[-1].new_page()
        page.goto((tmp_path / "page.html").as_uri())
        return page

    yield open_with
    for context in contexts:
        context.close()


def names(page):
    return [name.strip() for name in page.locator("tbody th").all_inner_texts()][-len(IN_ORDER) :]


def said(page):
    return page.evaluate("[...document.querySelectorAll('th[data-sort]')].map(e => e.getAttribute('aria-sort'))")


def test_a_heading_sorts_upwards_downwards_and_back_with_what_is_missing_and_the_total_last(sorted_page):
    page = sorted_page()
    cost = page.get_by_role("columnheader", name="Cost", exact=True).get_by_role("button", name="Cost", exact=True)
    orders = []
    for _ in range(3):
        cost.click()
        orders.append((names(page), said(page)))
    assert orders == [
        (BY_COST, [None, "ascending", None]),
        (["Zeit", "Line 10", "line 9", "Tie", "Änderung", "All"], [None, "descending", None]),
        (IN_ORDER, [None, None, None]),
    ]


def test_words_sort_as_people_do_and_days_by_the_calendar(sorted_page):
    page = sorted_page()
    page.get_by_role("button", name="Name").click()
    assert names(page) == ["Änderung", "line 9", "Line 10", "Tie", "Zeit", "All"]
    page.get_by_role("button", name="Day").click()
    assert names(page) == ["Änderung", "Zeit", "Line 10", "line 9", "Tie", "All"]
    assert said(page) == [None, None, "ascending"]


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_a_heading_sorts_by_keyboard_and_shows_that_it_has_the_focus(sorted_page, key):
    page = sorted_page()
    page.locator(".scroll").focus()
    for _ in range(2):
        page.keyboard.press("Tab")
    page.keyboard.press(key)
    focused = "document.activeElement.textContent", "getComputedStyle(document.activeElement).outlineStyle"
    assert [page.evaluate(each) for each in focused] == ["Cost", "solid"]
    assert names(page) == BY_COST


def test_without_scripts_the_table_is_the_static_one(sorted_page):
    static, alive = sorted_page(java_script_enabled=False), sorted_page()
    assert static.locator("button").count() == 0 and alive.locator("button").count() == 3
    assert static.locator("table").last.inner_text() == alive.locator("table").last.inner_text()


def test_paper_shows_no_button_and_the_order_that_was_chosen_with_its_arrow(sorted_page):
    page = sorted_page()
    page.get_by_role("button", name="Cost").click()
    page.emulate_media(media="print")
    buttons = page.locator("th button").all()
    looks = [
        button.evaluate("e => [getComputedStyle(e).background, getComputedStyle(e).borderStyle]") for button in buttons
    ]
    arrows = [button.evaluate("e => getComputedStyle(e, '::after').content") for button in buttons]
    assert all("rgba(0, 0, 0, 0)" in background and border == "none" for background, border in looks)
    assert [arrow.split(" / ")[0].strip('"').strip() for arrow in arrows] == ["none", "↑", "none"]
    assert names(page) == BY_COST


def test_on_paper_the_page_is_light_and_nothing_is_cut(opened):
    page = opened("dark")
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    overflow = page.evaluate("[...document.querySelectorAll('.scroll')].map(e => getComputedStyle(e).overflowX)")
    assert set(overflow) <= {"visible"}

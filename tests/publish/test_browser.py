"""The HTML in a real browser: light, dark, on a phone, on paper, offline. Needs an installed Chromium."""

import shutil

import pytest

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
def browser():
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert chromium, "Chromium is not installed"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


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


def test_on_paper_the_page_is_light_and_nothing_is_cut(opened):
    page = opened("dark")
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    overflow = page.evaluate("[...document.querySelectorAll('.scroll')].map(e => getComputedStyle(e).overflowX)")
    assert set(overflow) <= {"visible"}

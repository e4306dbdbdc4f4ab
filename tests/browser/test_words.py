"""The Danish pages speak Danish to the last word, Streamlit's own included; a change of language keeps the rest."""

import os
import re
import signal
import subprocess
import sys
from functools import cache
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.bundle import shown
from tests.browser.conftest import Serve, Visit
from tests.browser.driver import PAGES, ROOT, address, settle
from ui.text import FOLDER, text, words

pytestmark = pytest.mark.browser
# Everything that is seen or read out, but what isn't ours or Streamlit's to say: icons by their names, code, and what
# the release's own tables hold, whose columns are explained in English alone.
READ = """() => {
  const skip = '[data-testid=stIconMaterial],[data-testid$=DynamicIcon],[data-testid=stExpanderIcon],code,pre,style,script,' +
    'noscript,textarea,canvas,[aria-label^="Kolonner i "]'
  const names = ['aria-label','aria-description','aria-placeholder','aria-roledescription','aria-valuetext','title',
    'placeholder','alt','data-tooltip']
  const found = new Set()
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT)
  while (walker.nextNode()) {
    const node = walker.currentNode, element = node.parentElement
    if (node.nodeType === Node.TEXT_NODE) { if (!element.closest(skip)) found.add(node.data.trim()) }
    else if (!node.closest('noscript')) for (const name of names) if (node.hasAttribute(name)) found.add(node.getAttribute(name).trim())
  }
  return [...found]
}"""  # noqa: E501
WORD = re.compile(r"[^\W\d_]+")
SQL = "select 1234.5::double as tal, 'x' as tekst union all select 2.25, null"


@cache
def english() -> frozenset[str]:
    """Words of three letters or more that the installed frontend shows and no Danish text of ours uses."""
    theirs = {word.lower() for one in shown() for word in WORD.findall(re.sub(r"\$\{.*?\}", " ", one))}
    danish = [entry["da"] for entry in words().values()]
    danish += [path.read_text("utf-8") for path in FOLDER.glob("*.da.md")]
    ours = {word.lower() for one in danish for word in WORD.findall(one)}
    keys = {"ctrl"}  # what stands on the keyboard
    return frozenset(word for word in theirs - ours - keys if len(word) > 2)


def wrong(page: Page) -> list[str]:
    """What is on the page with an English word in it."""
    read: list[str] = page.evaluate(READ)
    said = [one for one in read if one != page.url]  # the address stands on paper, and is no language's
    return sorted(one for one in said if english() & {word.lower() for word in WORD.findall(one)})


def test_the_list_of_english_words_is_one() -> None:
    assert {"download", "search", "ascending", "fullscreen", "remove", "heading", "connection"} <= english()
    assert not {"filter", "tal", "status"} & english()


def heads(grid: Locator, column: int) -> tuple[float, float]:
    """Where the arrow in a head of the grid is, for a grid of two columns."""
    box = grid.bounding_box()
    assert box
    return box["x"] + box["width"] / 2 * (column + 1) - 16, box["y"] + 17


@pytest.mark.parametrize("name", PAGES)
def test_no_english_word_is_on_a_danish_page(visit: Visit, name: str) -> None:
    query = {"press": {"figure": "grounded_by_year", "q": "begrundede"}, "research": {"sql": quote(SQL)}}.get(name, {})
    page = visit(address(name, lang="da", **query))
    for _ in range(20):
        if not (closed := page.locator("details:not([open]) > summary")).count():
            break
        closed.first.click()
    settle(page)
    assert wrong(page) == []
    if page.get_by_role("combobox").count():
        boxes = page.get_by_role("combobox")
        box = (
            boxes.last if name == "press" else boxes.first
        )  # the last of the research page lists tables by their names
        box.click()
        assert wrong(page) == []
        box.fill("qqqq")
        page.wait_for_timeout(300)  # the list is filtered without a word to wait for
        assert wrong(page) == []
        page.keyboard.press("Escape")
        settle(page)
    bars = page.get_by_test_id("stVegaLiteChart").or_(page.get_by_test_id("stDataFrame"))
    if bars.count():
        bars.first.hover()
        button = page.get_by_test_id("stElementToolbar").locator("visible=true").first.get_by_role("button").first
        button.scroll_into_view_if_needed()
        button.hover(force=True)
        page.wait_for_timeout(1200)  # a tooltip comes a second later
        assert wrong(page) == []
    for field in page.get_by_role("textbox").all():
        field.press("End")
        field.press_sequentially(" ")
        assert wrong(page) == []


def test_the_grid_speaks_the_readers_language_in_all_its_menus(visit: Visit) -> None:
    page = visit(address("research", lang="da", sql=quote(SQL)))
    grid = page.get_by_test_id("stDataFrame")
    grid.scroll_into_view_if_needed()
    expect(grid.locator("canvas td").first).to_be_attached()
    page.mouse.move(*heads(grid, 0))
    page.mouse.click(*heads(grid, 0))
    menu = page.get_by_test_id("stDataFrameColumnMenu")
    expect(menu).to_contain_text("Sortér stigende")
    menu.get_by_text("Nøgletal").hover()
    expect(page.get_by_test_id("stDataFrameStatisticsMenu")).to_contain_text("1.234,5")
    assert wrong(page) == []
    menu.get_by_text("Talformat").hover()
    expect(page.get_by_test_id("stDataFrameColumnFormattingMenu")).to_contain_text("Automatisk")
    assert wrong(page) == []
    page.keyboard.press("Escape")
    page.mouse.move(5, 5)
    grid.hover()
    page.get_by_role("button", name="Søg: ").click()
    page.keyboard.type("2")
    expect(page.locator(".gdg-search-status").first).to_contain_text("resultater")
    assert wrong(page) == []
    page.get_by_role("button", name="Luk søgning").click()
    page.get_by_role("button", name=text("site.other_language", "da")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(text("research.title", "en"))
    settle(page)
    assert page.evaluate("[navigator.language, new Intl.NumberFormat(navigator.languages).format(1234.5)]") == [
        "en-GB",
        "1,234.5",
    ]
    expect(page.get_by_role("button", name="Fullscreen: ").last).to_be_attached()
    expect(page.get_by_test_id("stSkipToContent")).to_have_text("Skip to main content")


def test_a_lost_connection_is_told_in_danish_and_comes_back(
    start: Serve, chromium: Browser, small_folder: Path
) -> None:
    server = start(small_folder)
    context = chromium.new_context(base_url=server.url)  # not a visit: the browser complains, as it should
    page = context.new_page()
    page.goto(address("overview", lang="da"))
    settle(page)
    os.killpg(server.pid, signal.SIGKILL)
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(text("streamlit.dialog.connection", "da"), timeout=60_000)
    assert wrong(page) == []
    port = str(urlsplit(server.url).port)
    again = subprocess.Popen(
        [sys.executable, *["-m", "streamlit", "run", "app.py", "--server.address", "127.0.0.1", "--server.port"], port],
        cwd=ROOT,
        env=os.environ | {"VINK_RELEASES": str(small_folder)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        expect(dialog).to_have_count(0, timeout=90_000)
        settle(page)
        expect(page.get_by_role("heading", level=1)).to_have_text(text("overview.title", "da"))
    finally:
        os.killpg(again.pid, signal.SIGTERM)
        again.wait(timeout=20)
        context.close()


# The language button


@pytest.mark.parametrize("name", PAGES)
def test_the_language_button_keeps_page_filters_and_view(visit: Visit, name: str) -> None:
    query = {
        "overview": {"years": "2016-2019"},
        "ideology": {"years": "2016-2019", "ideology": "right_wing,left_wing", "period": "2019"},
        "resources": {"years": "2015-2020", "resource_profile": "mixed"},
        "outcome": {"years": "2015-2020", "outcome_group": "intervention,closed", "period": "2018-2021"},
        "press": {
            "figure": "grounded_by_year",
            "years": "2019",
            "briefing": "grounded_by_year~2019",
            "q": "begrundede",
        },
        "research": {"rows": "ideology", "columns": "resource_profile", "period": "2019", "sql": "from codes"},
        "method": {"years": "2016-2019"},
        "accessibility": {},
    }[name]
    page = visit(address(name, **{key: quote(value) for key, value in query.items()}))
    tabs = page.get_by_test_id("stTabs").first
    if tabs.count():
        tabs.get_by_role("tab", name=text("figure.table", "da")).click()
        expect(page).to_have_url(re.compile("view=[a-z_]+(~|%7E)table"))
        settle(page)
    before = parse_qs(urlsplit(page.url).query)
    for mine, other in (("da", "en"), ("en", "da")):
        page.get_by_role("button", name=text("site.other_language", mine)).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(text(f"{name}.title", other))
        settle(page)
        assert urlsplit(page.url).path == f"/{name}"
        now = parse_qs(urlsplit(page.url).query)
        assert {key: value for key, value in now.items() if key != "lang"} == before
        if tabs.count():
            opened = tabs.get_by_role("tab", selected=True)
            expect(opened).to_have_text(text("figure.table", other))
    assert {key: value[0] for key, value in before.items() if key != "view"} == query
    assert wrong(page) == []

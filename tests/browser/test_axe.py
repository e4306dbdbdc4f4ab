"""Every page in both languages and in every state that a reader can bring about, as axe-core sees it."""

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import assert_accessible, assert_accessible_at_any_width, violations
from tests.browser.conftest import Serve, Visit
from tests.browser.driver import PAGES, address, settle
from ui.text import LANGUAGES, text
from web import crowd
from web.notices import STATUS
from web.notices import page as notice_of

pytestmark = pytest.mark.browser

# What has more to it than its address alone shows.
STATES = {
    "press": {"q": "grounded+2019", "figure": "grounded_by_year", "years": "2019", "briefing": "grounded_by_year~2019"},
    "research": {"sql": "select+42+as+answer", "columns": "resource_profile", "panels": "time"},
}
EMPTY = {
    "ideology": {"ideology": "none"},
    "resources": {"resource_profile": "none"},
    "outcome": {"outcome_group": "none"},
    "press": {"q": "qwertyuiop"},
    "research": {"sql": "select+1+where+false"},
}


def tabs(page: Page, number: int) -> None:
    for figure in page.get_by_test_id("stTabs").all():
        figure.get_by_role("tab").nth(number).click()
    settle(page)


def in_the_other_language(page: Page, lang: str) -> None:
    page.locator(".st-key-language").get_by_role("button").click()
    expect(page.locator("html")).to_have_attribute("lang", lang)
    settle(page)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", PAGES)
def test_no_state_of_a_page_breaks_the_rules_of_accessibility(visit: Visit, name: str, lang: str) -> None:
    page = visit(address(name, lang=lang, **STATES.get(name, {})))
    assert_accessible(page, "as it opens")
    for one in page.get_by_test_id("stExpander").all():
        if not one.locator("details[open]").count():
            one.locator("summary").click()
    tabs(page, 1)
    assert_accessible(page, "tables", charts=False)
    page.set_viewport_size({"width": 320, "height": 900})
    settle(page)
    assert_accessible(page, "tables at 320 px", charts=False)
    tabs(page, 0)
    assert_accessible(page, "charts at 320 px", charts=False)
    page.set_viewport_size({"width": 1440, "height": 900})
    tabs(page, 2)
    assert_accessible(page, "notes", charts=False)
    page.emulate_media(media="print")
    assert_accessible(page, "in print", charts=False)
    page.emulate_media(media="screen")
    _what_opens(page)


def _what_opens(page: Page) -> None:
    """The first menu of files, and the first list of each kind."""
    for menu in page.get_by_test_id("stPopover").all()[:1]:
        menu.get_by_role("button").first.click()
        page.get_by_test_id("stPopoverBody").wait_for()
        assert_accessible(page, "the menu of files", within='[data-testid="stPopoverBody"]')
        page.keyboard.press("Escape")
        page.get_by_test_id("stPopoverBody").wait_for(state="detached")
    for kind in ("stSelectbox", "stMultiSelect"):
        for box in page.get_by_test_id(kind).get_by_role("combobox").all()[:1]:
            settle(page)
            box.scroll_into_view_if_needed()  # scrolling closes a list
            box.focus()
            page.wait_for_timeout(300)
            box.press("ArrowDown")
            page.get_by_role("option").first.wait_for()
            page.wait_for_timeout(300)  # the list fades in
            assert_accessible(page, f"{kind} open", charts=False)
            page.keyboard.press("Escape")
            expect(page.get_by_role("option")).to_have_count(0)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", EMPTY)
def test_a_page_with_nothing_to_show_breaks_none_either(visit: Visit, name: str, lang: str) -> None:
    page = visit(address(name, lang=lang, **EMPTY[name]))
    assert_accessible(page, "empty", charts=False)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_chart_on_the_whole_screen_breaks_none(visit: Visit, lang: str) -> None:
    page = visit(address("overview", lang=lang))
    chart = page.get_by_test_id("stFullScreenFrame").first
    chart.hover()
    chart.get_by_test_id("stElementToolbarButton").last.click()
    settle(page)
    assert_accessible(page, "full screen", charts=False)


def test_the_pages_of_what_went_wrong_break_none(
    start: Serve, visit: Visit, example_folder: Path, tmp_path: Path
) -> None:
    page = visit(address("ideology", release="nosuch"))
    assert_accessible(page, "a release that isn't there")
    in_the_other_language(page, "en")
    assert_accessible(page, "a release that isn't there, in English")
    expect(page.locator(".st-key-foot").get_by_role("link")).to_have_text(text("nav.accessibility", "en"))
    broken = shutil.copytree(example_folder, tmp_path / "broken")
    version = (broken / "current").read_text(encoding="utf-8").strip()
    (broken / version / "vink.duckdb").write_bytes(b"not a database")
    page = visit(address("overview"), on=start(broken))
    assert_accessible(page, "a damaged release")
    in_the_other_language(page, "en")
    assert_accessible(page, "a damaged release, in English")
    in_the_other_language(page, "da")
    page.locator(".st-key-foot").get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(text("accessibility.title", "da"))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_of_the_first_start_breaks_none(start: Serve, visit: Visit, tmp_path: Path, lang: str) -> None:
    (tmp_path / "releases").mkdir()
    page = visit(f"/?lang={lang}", on=start(tmp_path / "releases"), wait=False)
    expect(page.get_by_role("heading", level=1)).to_have_text(text("problems.making_title", lang))
    expect(page.get_by_role("progressbar")).to_be_visible()
    expect(page.locator(".st-key-foot").get_by_role("link")).to_be_visible()
    assert_accessible(page, "while the example is made")


def test_the_page_of_the_addresses_for_programs_breaks_none(visit: Visit) -> None:
    for lang in ("da", "en"):
        page = visit(f"/api/v1/?lang={lang}", wait=False)
        assert_accessible(page, "as it opens")
        page.set_viewport_size({"width": 320, "height": 900})
        assert_accessible(page, "at 320 px")


def test_the_notices_in_place_of_a_page_break_none(start: Serve, visit: Visit, small_folder: Path) -> None:
    """Each is in both languages. The one of a full site comes where a visitor is one too many."""
    site = start(small_folder, VINK_MOST_VISITORS="1")
    first = visit(address("overview"), on=site)
    for name in ("overview?lang=da", "ideology?lang=en"):
        full = first.context.browser.new_context(base_url=site.url).new_page()  # type: ignore[union-attr]
        assert full.goto(f"/{name}").status == 503  # type: ignore[union-attr]
        assert_accessible_at_any_width(full, "a full site")
        full.context.close()
    lost = first.context.browser.new_context(base_url=site.url).new_page()  # type: ignore[union-attr]
    assert lost.goto("/nowhere").status == 404  # type: ignore[union-attr]
    assert_accessible_at_any_width(lost, "an address that isn't there")
    for words in (*map(notice_of, STATUS), crowd.page("away")):
        lost.set_content(words)
        assert_accessible_at_any_width(lost, words)
    lost.context.close()


def test_what_axe_is_asked_for_it_finds(visit: Visit) -> None:
    """The helper itself: a fault that is put into a page is found, in a chart and beside it."""
    page = visit(address("accessibility"))
    page.evaluate(
        """() => document.querySelector('h1').insertAdjacentHTML(
          'afterend', '<img src="data:,"><p style="color:#bbb">words that are hard to read</p>')"""
    )
    assert {"image-alt", "color-contrast"} <= violations(page).keys()
    with pytest.raises(AssertionError, match="image-alt"):
        assert_accessible(page, "spoilt")

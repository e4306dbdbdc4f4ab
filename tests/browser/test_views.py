"""Which view of a figure is open: at once, in the address, in either language, whatever else the reader does."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.driver import address, settle
from ui.takeaway import VIEWS
from ui.text import text

pytestmark = pytest.mark.browser

FIRST, SECOND, THIRD = "referrals_by_year", "grounded_by_year", "key_shares"


def choose(page: Page, figure: str, name: str) -> None:
    page.locator(f".st-key-{figure}_view").get_by_role("tab").nth(VIEWS.index(name)).click()


def opened(page: Page, lang: str = "da", **views: str) -> None:
    """Every figure of the overview has the view open that is given, or its chart."""
    for figure in (FIRST, SECOND, THIRD):
        tab = page.locator(f".st-key-{figure}_view").get_by_role("tab", selected=True)
        expect(tab).to_have_text(text(f"figure.{views.get(figure, 'chart')}", lang))


def test_there_and_back_in_no_time_ends_where_it_began(visit: Visit):
    page = visit(address("overview"))
    page.locator(f".st-key-{FIRST}_view").get_by_role("tab").first.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowLeft")
    page.wait_for_timeout(1500)  # whatever comes late has come by then
    opened(page)
    assert "view=" not in page.url


def test_two_figures_in_no_time_are_both_opened_and_a_link_and_a_reload_show_the_same(visit: Visit):
    page = visit(address("overview"))
    choose(page, FIRST, "table")
    choose(page, SECOND, "about")
    mine = {FIRST: "table", SECOND: "about"}
    opened(page, **mine)
    expect(page).to_have_url(re.compile(rf"/overview\?view={FIRST}~table,{SECOND}~about$"))
    page.reload()
    settle(page)
    opened(page, **mine)
    opened(visit(page.url + "&lang=en"), "en", **mine)


def test_a_filter_the_language_and_the_way_back_keep_what_is_open(visit: Visit):
    page = visit(address("overview", view=f"{SECOND}~table"))
    choose(page, SECOND, "chart")  # the server still has the table from the address
    choose(page, THIRD, "about")
    page.get_by_role("slider").first.press("ArrowRight")
    expect(page).to_have_url(re.compile("years="))
    settle(page)
    opened(page, **{THIRD: "about"})
    page.locator(".st-key-language button").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(text("overview.title", "en"))
    settle(page)
    opened(page, "en", **{THIRD: "about"})
    expect(page).to_have_url(re.compile(rf"view={THIRD}~about"))
    page.locator(".st-key-menu_ideology a").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(text("ideology.title", "en"))
    settle(page)
    assert "view=" not in page.url
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text(text("overview.title", "en"))
    settle(page)
    opened(page, "en", **{THIRD: "about"})


def test_what_the_address_calls_a_view_and_is_none_is_left_alone(visit: Visit):
    page = visit(address("overview", view=f"{FIRST}~everything,{SECOND}~table,nothing,~~"))
    opened(page, **{SECOND: "table"})
    expect(page).to_have_url(re.compile(rf"\?view={SECOND}~table$"))

"""A page larger, wider spaced, without motion, and where the system asks for dark: nothing is lost."""

import contextlib

import pytest
from playwright.sync_api import Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError

from tests.browser.conftest import Visit
from tests.browser.driver import PAGES, address, settle
from tests.browser.test_browser import TOO_WIDE
from ui.text import text

pytestmark = pytest.mark.browser

# What WCAG 1.4.12 says that a reader may set.
# Not in charts: the statement says so.
SPACING = """
*:not(svg.marks *) { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }
p { margin-bottom: 2em !important }"""
# Words that their own frame cuts off. The data grid is a picture (see the statement); a table scrolls in its frame.
CUT = """() => {
  const found = []
  const main = document.querySelector('[data-testid=stMain]')
  for (const it of main.querySelectorAll('p, h1, h2, h3, li, a, button, label, td, th, summary')) {
    if (!it.textContent.trim() || !it.getClientRects().length || it.closest('[data-testid=stDataFrame], svg')) continue
    const box = it.getBoundingClientRect()
    for (let part = it; part && part !== main; part = part.parentElement) {
      const {overflowX, overflowY} = getComputedStyle(part), frame = part.getBoundingClientRect()
      if (frame.width <= 1 || part.closest('[data-testid=stTable]')) break
      const hidden = overflowX === 'hidden' || overflowX === 'clip' || overflowY === 'hidden' || overflowY === 'clip'
      const out = box.right > frame.right + 2 || box.bottom > frame.bottom + 2
      if (hidden && out) found.push(it.textContent.slice(0, 60))
    }
  }
  return found
}"""
MOVING = """() => [...document.querySelectorAll('*')].filter(it => {
  const {transitionDuration, animationDuration} = getComputedStyle(it)
  return `${transitionDuration},${animationDuration}`.split(',').some(time => parseFloat(time) > 0.01)  // seconds
}).map(it => it.outerHTML.slice(0, 120))"""


def lost(page: Page) -> list[str]:
    """What is wider than the window or cut off by its frame. What lies in a drawing (a tag in small letters) is not
    looked at: its frame is, and test_browser reads the words within."""
    wide = f"() => ({TOO_WIDE})().filter(it => /^[A-Z]/.test(it))"
    with contextlib.suppress(PlaywrightTimeoutError):
        page.wait_for_function(f"() => ({wide})().length === 0", timeout=5_000)
    return page.evaluate(wide) + page.evaluate(CUT)


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_lost_at_200_and_400_percent_nor_with_wider_spacing(visit: Visit, name: str) -> None:
    """At 400 percent, a window of 1280 pixels has room for 320 of the page's own (WCAG 1.4.10)."""
    page = visit(address(name, lang="da"), width=640)
    assert lost(page) == [], "200 percent"
    page.set_viewport_size({"width": 320, "height": 256})
    settle(page)
    assert lost(page) == [], "400 percent"
    page.add_style_tag(content=SPACING)
    page.wait_for_timeout(300)
    assert lost(page) == [], "400 percent and wider spacing"
    for link in page.locator(".st-key-menu").get_by_role("link").all():
        link.scroll_into_view_if_needed()
        expect(link).to_be_in_viewport()
    page.set_viewport_size({"width": 1280, "height": 900})
    settle(page)
    page.wait_for_timeout(300)
    assert page.evaluate(CUT) == [], "wider spacing"


def test_nothing_moves_for_readers_who_want_that(visit: Visit) -> None:
    page = visit(address("ideology"))
    assert page.evaluate(MOVING), "the test sees what moves"
    page.emulate_media(reduced_motion="reduce")
    assert page.evaluate(MOVING) == []


def test_the_page_is_light_where_the_system_asks_for_dark(visit: Visit) -> None:
    page = visit(address("overview"))
    page.emulate_media(color_scheme="dark")
    page.reload()
    settle(page)
    look = "it => [getComputedStyle(it).backgroundColor, getComputedStyle(it).color]"
    assert page.get_by_test_id("stApp").evaluate(look) == ["rgb(255, 255, 255)", "rgb(22, 25, 29)"]
    assert page.locator('meta[name="color-scheme"]').get_attribute("content") == "light"


def test_everything_to_press_is_large_enough_to_hit(visit: Visit) -> None:
    """24 by 24 pixels (WCAG 2.5.8), but for links within a sentence and the slider's own hidden field."""
    small = """() => [...document.querySelectorAll('button, a[href], summary, [role=tab], [role=combobox]')]
      .filter(it => it.getClientRects().length && !it.closest('p, li'))
      .map(it => [it.getBoundingClientRect(), it.getAttribute('aria-label') || it.textContent])
      .filter(([box]) => box.width > 1 && (box.width < 23.5 || box.height < 23.5)).map(([box, name]) => name)"""
    for name in ("overview", "press", "research"):
        assert visit(address(name, lang="en")).evaluate(small) == [], name


def test_the_short_address_of_the_law_leads_to_the_statement(visit: Visit) -> None:
    page = visit("/was?lang=en")
    expect(page).to_have_url(f"{page.url.split('/accessibility')[0]}/accessibility?lang=en")
    expect(page.get_by_role("heading", level=1)).to_have_text(text("accessibility.title", "en"))

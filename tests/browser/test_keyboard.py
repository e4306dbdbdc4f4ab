"""The tasks of press and researchers with the keyboard alone: all is reached, in order, and seen to be reached."""

import itertools
import re
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.driver import address, settle
from ui.text import text

pytestmark = pytest.mark.browser

# Where the focus is: what it is on, how that shows, and where it stands in the document.
FOCUS = """record => {
  const it = document.activeElement
  if (!it || it === document.body) return null
  const ring = part => {
    const {outlineStyle, outlineWidth, outlineColor, boxShadow} = getComputedStyle(part)
    const colour = (outlineColor.match(/[\\d.]+/g) || []).map(Number)
    const drawn = outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2 && (colour.length < 4 || colour[3] > 0.5)
    return drawn || /rgba?\\([^)]*\\) 0px 0px 0px [2-9]/.test(boxShadow)
  }
  let shown = false
  for (let part = it, up = 0; part && up < 6 && !shown; part = part.parentElement, up += 1) shown = ring(part)
  let visible = true
  for (let part = it.tagName === 'INPUT' ? it.parentElement : it; part; part = part.parentElement) {
    const {opacity, visibility, display} = getComputedStyle(part)
    if (opacity === '0' || visibility === 'hidden' || display === 'none') visible = false
  }
  const box = it.getBoundingClientRect()
  const inside = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth
  const every = window.__tabbed || (window.__tabbed = [])
  const before = every.length ? every[every.length - 1] : null
  const ordered = !before || !before.isConnected
    || Boolean(before.compareDocumentPosition(it) & Node.DOCUMENT_POSITION_FOLLOWING)
  if (record) every.push(it)
  const main = document.querySelector('[data-testid=stMain]')
  return {
    name: it.tagName === 'MAIN' ? '' : (it.getAttribute('aria-label') || it.textContent).trim(),
    role: it.getAttribute('role') || it.tagName.toLowerCase(), test: it.dataset.testid || '',
    shown, visible, inside, ordered, x: box.x, y: box.y + main.scrollTop, width: box.width, height: box.height,
    key: it.closest('[class*="st-key-"]')?.className.match(/st-key-[\\w-]+/)[0] || '',
  }
}"""


def tab(page: Page) -> dict[str, Any] | None:
    """One press of Tab; what it leads to is seen, and seen to be in focus."""
    page.keyboard.press("Tab")
    for _ in range(20):  # rings fade in, and what is drawn over the page takes its place
        page.wait_for_timeout(30)
        here = page.evaluate(FOCUS, False)
        if here and here["visible"] and here["inside"] and here["shown"]:
            break
    here = page.evaluate(FOCUS, True)
    if here:
        assert here["visible"] and here["inside"], f"{here}"
        assert here["shown"], f"{here}"
    return here


def tab_to(page: Page, reached: Any, most: int = 90) -> dict[str, Any]:
    """Tab until `reached` says so. Each step goes on in the document."""
    steps = []
    for _ in range(most):
        here = tab(page)
        assert here is not None, f"the end of the page came first: {steps}"
        assert here["ordered"], f"{here}"
        steps.append((here["role"], here["name"][:20]))
        if reached(here):
            return here
    raise AssertionError(f"not reached in {most} steps")


def named(words: str) -> Any:
    return lambda here: words in here["name"]


def taken(page: Page, name: str, to: Path) -> Path:
    """The file that Enter on the focused button gives."""
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    download.value.save_as(to / name)
    return to / name


def begin(page: Page) -> None:
    """From here on, where a new page or answer is shown."""
    page.evaluate("() => { document.activeElement.blur(); window.__tabbed = [] }")


def test_the_press_task_with_the_keyboard_alone(visit: Visit, tmp_path: Path) -> None:
    page = visit(address("overview", lang="en"))
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    tab_to(page, lambda here: here["key"] == "st-key-menu_press")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(text("press.title", "en"))
    settle(page)
    begin(page)
    tab_to(page, named(text("press.search", "en")))
    page.keyboard.type("grounded share 2019")
    page.keyboard.press("Enter")
    expect(page.locator(".st-key-said")).to_contain_text("40 percent")
    settle(page)
    begin(page)
    settle(page)
    tab_to(page, lambda here: here["test"] == "stTab")
    settle(page)
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("table").first).to_be_visible()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("table")).to_have_count(0)
    settle(page)
    page.wait_for_timeout(500)  # until the chart's own buttons are there again
    tab_to(page, lambda here: here["key"].endswith("_quote") and here["role"] == "button")
    page.keyboard.press("Enter")
    page.wait_for_function("() => navigator.clipboard.readText().then(words => words.includes('28 of 70'))")
    tab_to(page, named(text("take.menu", "en")))
    page.keyboard.press("Enter")
    page.get_by_test_id("stPopoverBody").wait_for()
    page.wait_for_function("() => document.activeElement.closest('[data-testid=stPopoverBody]') !== null")
    page.evaluate("() => { window.__tabbed = [] }")  # the menu is drawn beside the page
    tab_to(page, lambda here: here["key"].endswith("_xlsx"), most=5)
    sheet = openpyxl.load_workbook(taken(page, "figure.xlsx", tmp_path)).worksheets[0]
    found = [n for row in sheet.iter_rows(values_only=True) if row[0] == 2019 for n in row if n in (28, 70)]
    assert found == [28, 70]
    page.keyboard.press("Escape")
    page.get_by_test_id("stPopoverBody").wait_for(state="detached")
    assert text("take.menu", "en") in page.evaluate(FOCUS, False)["name"]  # the focus returns to what opened the menu
    page.keyboard.press("Enter")
    page.get_by_test_id("stPopoverBody").wait_for()
    page.evaluate("() => { window.__tabbed = [] }")
    for _ in range(12):  # through the whole menu: it closes behind the reader, who goes on below it
        if text("briefing.add", "en") in (tab(page) or {"name": ""})["name"]:
            break
    else:
        raise AssertionError("no way out of the menu")
    expect(page.get_by_test_id("stPopoverBody")).to_have_count(0)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name=text("briefing.pdf_en", "en"))).to_be_visible()
    settle(page)
    begin(page)
    tab_to(page, named(text("briefing.pdf_en", "en")))
    assert taken(page, "briefing.pdf", tmp_path).read_bytes().startswith(b"%PDF")


def choose(page: Page, words: str) -> None:
    """Pick an option of the list in focus with the arrow keys."""
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option", name=words, exact=True)).to_be_visible()
    active = "() => document.getElementById(document.activeElement.getAttribute('aria-activedescendant'))?.textContent"
    for _ in range(20):
        if page.evaluate(active) == words:
            page.keyboard.press("Enter")
            settle(page)
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"{words} was not reached")


def test_the_research_task_with_the_keyboard_alone(visit: Visit, tmp_path: Path) -> None:
    page = visit(address("research", lang="da"))
    tab_to(page, named(text("research.columns", "da")))
    choose(page, text("codes.resource_profile.name", "da"))
    expect(page).to_have_url(re.compile("columns=resource_profile"))
    begin(page)
    tab_to(page, named(text("research.panels", "da")))
    choose(page, text("research.axis.time", "da"))
    expect(page).to_have_url(re.compile("panels=time"))
    begin(page)
    sliders = [tab_to(page, lambda here: here["role"] == "input" and text("filters.years", "da") in here["name"])]
    page.keyboard.press("ArrowRight")
    settle(page)
    expect(page).to_have_url(re.compile("years=2015-2025"))
    assert sliders[0]["width"] > 0
    begin(page)
    tab_to(page, named(text("research.take", "da", form="CSV")))
    assert "2015" in taken(page, "table.csv", tmp_path).read_text("utf-8-sig")
    tab_to(page, named(text("research.sql.example.labels", "da")))
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("stDataFrame")).to_be_visible(timeout=20_000)
    settle(page)
    begin(page)
    tab_to(page, named(text("research.sql.statement", "da")))
    page.keyboard.press("Control+a")
    page.keyboard.type("select 41 + 1 as answer")
    tab_to(page, named(text("research.sql.run", "da")))
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("sql=select"))
    settle(page)
    expect(page.get_by_test_id("stDataFrame")).to_be_visible(timeout=20_000)


@pytest.mark.parametrize("name", ["ideology", "press", "research", "method"])
def test_every_step_through_a_page_is_seen_in_the_order_of_the_page_and_comes_out_at_its_end(
    visit: Visit, name: str
) -> None:
    page = visit(address(name, lang="en"))
    skip = tab(page)
    assert skip and skip["test"] == "stSkipToContent"
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    steps = []
    while (here := tab(page)) is not None:
        assert here["ordered"], f"{here}"
        steps.append(here)
        assert len(steps) < 150, "no way out"
    assert steps[-1]["key"] == "st-key-foot_accessibility"
    lost = [
        (one["name"], other["name"])
        for one, other in itertools.pairwise(steps)
        if other["y"] + other["height"] < one["y"] - 8 and not _beside(one, other)
    ]
    assert lost == []


def _beside(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether the step goes up because the next one begins another column, or belongs to a toolbar at the corner."""
    return other["x"] > one["x"] or "Toolbar" in other["test"]


def test_the_links_of_the_menu_say_which_page_one_is_on(visit: Visit) -> None:
    page = visit(address("method", lang="en"))
    menu = page.get_by_role("navigation", name=text("access.menu", "en"))
    expect(menu.locator("[aria-current=page]")).to_have_text(text("nav.method", "en"))
    menu.get_by_role("link", name=text("nav.press", "en")).click()
    expect(menu.locator("[aria-current=page]")).to_have_text(text("nav.press", "en"))
    expect(page).to_have_title(f"{text('nav.press', 'en')} – {text('site.name', 'en')}")
    expect(page.get_by_role("status").filter(has_text=text("access.updated", "en"))).to_have_count(1)

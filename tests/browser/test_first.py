"""The top that came with the shell is seen at once, works without JavaScript and gives way without a jump."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Serve, Visit
from tests.browser.driver import Server, settle
from ui.text import text

pytestmark = pytest.mark.browser

# Writes down where things are at every frame as long as the top of the shell is there, and what moves afterwards.
WATCH = """
window.seen = {moved: 0, ids: 0}
const top_ = () => document.querySelector('#vink-first')
const boxes = places => Object.fromEntries(Object.entries(places).map(([name, place]) => {
  const box = document.querySelector(place)?.getBoundingClientRect()
  return [name, box && [box.left, box.top, box.width, box.height].map(Math.round)]
}))
const look = () => {
  if (top_()) {
    if (document.fonts.check('16px "Source Sans"')) seen.before = boxes(SHELL)
    const root = document.querySelector('#root')
    const title = root?.querySelector('h1')
    if (title) seen.titled ??= performance.now()
    if (title) seen.hidden = root.inert && getComputedStyle(title).visibility === 'hidden'
    START()
  } else if (seen.before) {
    seen.after ??= boxes(PAGE)
    seen.gone ??= performance.now()
    return
  }
  requestAnimationFrame(look)
}
requestAnimationFrame(look)
new PerformanceObserver(list => {
  for (const shift of list.getEntries()) if (seen.fonts) seen.moved += shift.value
}).observe({type: 'layout-shift', buffered: false})
document.fonts.ready.then(() => setTimeout(() => { seen.fonts = true }, 100))
"""
SHELL = {
    "language": ".vf-brand a",
    "menu": ".vf-menu li:last-child a",
    "title": "#vink-first h1",
    "headline": ".vf-headlines li:last-child",
    "codes": ".vf-codes li:last-child",
    "heading": "#vink-first h3:has(+ p + div > .vf-chart)",
    "views": ".vf-tabs",
    "chart": ".vf-chart",
    "quote": ".vf-quote",
}
PAGE = {
    "language": ".st-key-language button",
    "menu": ".st-key-menu > :last-child a",
    "title": "h1",
    "headline": ".st-key-headlines [data-testid=stColumn]:last-child",
    "codes": "[data-testid=stButtonGroup] button:last-of-type",
    "heading": "h3#FIGURE, :has(> [id=FIGURE]) h3",
    "views": "[role=tablist]",
    "chart": "[data-testid=stVegaLiteChart]",
    "quote": "[data-testid=stCode]",
}


def watched(chromium: Browser, address: str, server: Server, width: int, figure: str, start: str = "") -> Page:
    """The page at an address, after the top of the shell gave way."""
    context = chromium.new_context(base_url=server.url, viewport={"width": width, "height": 900})
    page = context.new_page()
    places = {name: place.replace("FIGURE", figure) for name, place in PAGE.items()}
    page.add_init_script(WATCH.replace("SHELL", str(SHELL)).replace("PAGE", str(places)).replace("START()", start))
    page.goto(address)
    settle(page)
    return page


@pytest.mark.parametrize(
    ("address", "width", "figure"),
    [
        ("/overview?lang=da", 1440, "referrals_by_year"),
        ("/overview?lang=en", 390, "referrals_by_year"),
        ("/ideology?lang=en&years=2016-2019", 768, "referrals_by_ideology"),
        ("/ideology?lang=da", 390, "referrals_by_ideology"),
        ("/outcome?lang=en", 1440, "referrals_by_outcome"),
        ("/resources?lang=da", 768, "referrals_by_resource"),
    ],
)
def test_it_gives_way_without_a_jump(chromium: Browser, server: Server, address: str, width: int, figure: str):
    page = watched(chromium, address, server, width, figure)
    seen: dict[str, Any] = page.evaluate("seen")
    assert seen["hidden"] is True  # what is being drawn is neither seen nor read
    expected = set(SHELL) - ({"codes"} if "overview" in address else {"headline"})
    assert {name for name, box in seen["before"].items() if box} == expected
    for name in expected:
        apart = [abs(a - b) for a, b in zip(seen["before"][name], seen["after"][name], strict=True)]
        assert max(apart) <= 2, (name, seen["before"][name], seen["after"][name])
    assert seen["moved"] < 0.02  # of a window's height and width; 0.1 is called good
    assert page.locator("#vink-first, #root[inert]").count() == 0
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(part => part.id)")
    assert [one for one in set(ids) if ids.count(one) > 1] == []
    assert page.get_by_role("heading", level=1).count() == 1
    page.context.close()


def test_a_reader_who_is_somewhere_already_stays_there(chromium: Browser, server: Server):
    """He has tabbed to the fourth page in the menu and scrolled a little."""
    start = """
      if (!seen.started && document.readyState !== 'loading') { seen.started = true  // there is enough to scroll
        document.querySelectorAll('.vf-menu a')[3].focus()
        window.scrollTo(0, 150)
        top_().scrollTop = 150 }
    """
    page = watched(chromium, "/resources?lang=en", server, 1440, "referrals_by_resource", start)
    assert page.evaluate("document.activeElement.textContent.trim()") == text("nav.outcome", "en")
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollTop") == 150
    page.context.close()


@pytest.mark.parametrize("figure", ["referrals_by_year", "grounded_by_year", "key_shares"])
@pytest.mark.parametrize("slow", [1, 4])
def test_an_address_that_names_a_figure_leads_there_and_stays(visit: Visit, figure: str, slow: int):
    """However late the charts above it are drawn. slow: how many times slower than this one the reader's machine is."""
    page = visit("/method", wait=False)
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slow})
    page.goto(f"/overview?lang=da&years=2016-2019#{figure}")
    settle(page)
    page.wait_for_timeout(500)
    lowest = page.evaluate("""() => { const main = document.querySelector('[data-testid=stMain]')
        return main.scrollTop + main.clientHeight > main.scrollHeight - 2 }""")
    top = page.locator(f"h3#{figure}").evaluate("heading => heading.getBoundingClientRect().top")
    assert 0 <= top < 120 or lowest, top
    expect(page.locator(f"h3#{figure}")).to_be_in_viewport()


def test_who_goes_elsewhere_meanwhile_is_not_brought_back(visit: Visit):
    page = visit("/overview?lang=da#key_shares")
    page.mouse.move(600, 400)
    page.mouse.wheel(0, -5000)
    page.wait_for_timeout(300)
    page.evaluate("document.querySelector('[data-testid=stMainBlockContainer]').append(document.createElement('hr'))")
    page.wait_for_timeout(300)
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollTop") == 0


def test_another_view_than_the_chart_gives_way_as_soon(chromium: Browser, server: Server):
    """The chart behind it is never drawn, so nobody waits for it."""
    address = "/overview?view=referrals_by_year~table"
    page = watched(chromium, address, server, 1440, "referrals_by_year")
    seen = page.evaluate("({gone: seen.gone, titled: seen.titled})")
    assert seen["gone"] - seen["titled"] < 8000  # ms; first.js gives up waiting at 10,000
    page.context.close()


def test_the_page_can_be_read_without_javascript(chromium: Browser, server: Server):
    context = chromium.new_context(
        base_url=server.url, viewport={"width": 390, "height": 900}, java_script_enabled=False
    )
    page = context.new_page()
    page.goto("/ideology?lang=da&years=2016-2019")
    expect(page.get_by_role("heading", level=1)).to_have_text(text("ideology.title", "da"))
    expect(page.get_by_text("Eksempeldata").first).to_be_visible()
    expect(page.get_by_text("JavaScript")).to_be_visible()
    expect(page.get_by_role("img")).to_be_visible()
    assert page.locator(".vf-chart svg:visible").count() == 1
    expect(page.get_by_role("table").get_by_role("row")).to_have_count(5)
    expect(page.get_by_text("modtog VINK", exact=False).first).to_be_visible()
    assert page.get_by_role("contentinfo").is_visible()
    assert page.evaluate("document.scrollingElement.scrollHeight") > 900  # it is scrolled and printed as a whole
    with page.expect_download() as download:
        page.get_by_role("link", name=text("take.csv", "da")).click()
    assert "referrals_by_ideology" in download.value.suggested_filename
    page.get_by_role("link", name="Højreekstremisme").click()
    expect(page.get_by_role("columnheader", name="Højreekstremisme")).to_have_count(0)
    page.get_by_role("link", name=text("nav.outcome", "da")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(text("outcome.title", "da"))
    assert "years=2016-2019" in page.url
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(text("outcome.title", "en"))
    context.close()


def test_problems_are_not_hidden_behind_it(visit: Visit, start: Serve, small_folder: Path, tmp_path: Path):
    releases = tmp_path / "releases"
    shutil.copytree(small_folder, releases)
    site = start(releases)
    page = visit("/outcome?lang=en&release=1999.1", on=site)
    page.get_by_role("button", name=text("problems.to_current", "en")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(text("outcome.title", "en"))
    (releases / "2020.1" / "vink.duckdb").write_bytes(b"no database")
    page = visit("/overview?lang=da", on=site)
    expect(page.get_by_role("heading", level=1)).to_have_text(text("problems.damaged_title", "da"))


def test_it_stays_where_streamlit_does_not_come(chromium: Browser, server: Server):
    """The connection that Streamlit draws over is refused: what came with the shell is all that there is."""
    page = chromium.new_page(base_url=server.url)
    page.route_web_socket("**/*", lambda socket: socket.close())
    page.goto("/outcome?lang=en")
    page.wait_for_selector("#root [data-testid=stApp]", state="attached")
    page.wait_for_timeout(1500)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_role("img").first).to_be_visible()
    page.close()

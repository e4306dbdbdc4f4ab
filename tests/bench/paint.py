"""When a page's first figure stands and when it is live, with the bundle and without (`paint.py --help`).

All ways are measured in turn, in one run, so their ratios hold on a busy machine too. No test reads them.
"""

import argparse
import os
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT))

from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, sync_playwright  # noqa: E402
from rich.console import Console  # noqa: E402
from rich.table import Table  # noqa: E402

from tests.browser.driver import Server, launch, serve, settle  # noqa: E402

FIGURE = "/api/v1/figures/referrals_by_year.svg?lang=da"
# An office line: 20 Mbit/s down, 5 up, 20 ms there and back.
OFFICE = {"offline": False, "latency": 20, "downloadThroughput": 20e6 / 8, "uploadThroughput": 5e6 / 8}
# Looks at every frame for the first chart, drawn by the server or by Vega, and for the first that is live.
WATCH = """() => {
  const seen = window.vinkSeen = {}
  const shows = it => it && it.getBoundingClientRect().width > 50 && it.getBoundingClientRect().height > 50
  const look = () => {
    const now = performance.now()
    const chart = document.querySelector('[data-testid=stVegaLiteChart] svg')
    const first = [...document.querySelectorAll('#vink-first svg')].some(shows)
    if (!seen.figure && (first || shows(chart))) seen.figure = now
    const app = document.querySelector('[data-testid=stApp]')
    if (!seen.live && shows(chart) && app?.dataset.testScriptState === 'notRunning') seen.live = now
    if (!seen.live) requestAnimationFrame(look)
  }
  requestAnimationFrame(look)
}"""
# From the moment of the click: the frame in which the chart is another and the script has ended.
CHANGED = """() => new Promise(done => {
  const chart = () => document.querySelector('[data-testid=stVegaLiteChart] svg')?.innerHTML
  const before = chart()
  document.addEventListener('pointerdown', () => {
    const start = performance.now()
    const look = () => {
      const state = document.querySelector('[data-testid=stApp]').dataset.testScriptState
      if (chart() && chart() !== before && state === 'notRunning') done(performance.now() - start)
      else requestAnimationFrame(look)
    }
    look()
  }, {once: true, capture: true})
  window.vinkArmed = true
})"""


@dataclass
class Way:
    """One way of getting the page, and all that was measured of it."""

    name: str
    server: Server
    path: str
    figure: list[float] = field(default_factory=list)
    live: list[float] = field(default_factory=list)
    bytes: list[float] = field(default_factory=list)
    requests: list[float] = field(default_factory=list)


@contextmanager
def visitor(browser: Browser, *, throttled: bool) -> Iterator[tuple[BrowserContext, Page, CDPSession]]:
    """A page of a browser that was never here."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.set_default_timeout(300_000)
    devtools = context.new_cdp_session(page)
    devtools.send("Network.enable")
    if throttled:
        devtools.send("Network.emulateNetworkConditions", OFFICE)
    yield context, page, devtools
    context.close()


def load(page: Page, devtools: CDPSession, way: Way) -> None:
    """Open the page once, and write down when what stood and what came over the line."""
    came = {"bytes": 0.0, "requests": 0.0}

    def sent(event: dict[str, object]) -> None:
        if str(event.get("documentURL", "")).startswith(way.server.url):
            came["requests"] += 1

    def ended(event: dict[str, float]) -> None:
        came["bytes"] += event["encodedDataLength"]

    devtools.on("Network.requestWillBeSent", sent)
    devtools.on("Network.loadingFinished", ended)
    if way.path.endswith(FIGURE):
        page.goto(way.server.url + way.path)
        seen = page.evaluate("performance.getEntriesByType('paint').map(it => it.startTime)")
        stood = (
            seen[0] if seen else page.evaluate("performance.timing.loadEventEnd - performance.timing.navigationStart")
        )
        way.figure.append(stood)
    else:
        page.goto(way.server.url + way.path, wait_until="commit")
        page.wait_for_function("() => window.vinkSeen?.live", timeout=300_000)
        seen = page.evaluate("window.vinkSeen")
        way.figure.append(seen["figure"])
        way.live.append(seen["live"])
        settle(page, 300)
    page.wait_for_timeout(200)
    devtools.remove_listener("Network.requestWillBeSent", sent)
    devtools.remove_listener("Network.loadingFinished", ended)
    way.bytes.append(came["bytes"])
    way.requests.append(came["requests"])


def change(page: Page, way: Way) -> list[float]:
    """How long clicks on one filter take until the first chart is drawn anew, in milliseconds."""
    page.goto(f"{way.server.url}/ideology?lang=da")
    settle(page, 300)
    found = []
    for _ in range(6):
        page.evaluate("window.vinkArmed = false")
        page.evaluate(f"() => {{ window.vinkChange = ({CHANGED})() }}")
        page.locator("[role=toolbar] button").nth(1).click()
        found.append(page.evaluate("window.vinkChange"))
        settle(page, 300)
        time.sleep(0.2)
    return found[2:]  # The first two see their choice for the first time.


def written(values: list[float], unit: str) -> str:
    """A median with its least and greatest value."""
    if not values:
        return ""
    scale, digits = {"s": (1000, 2), "MB": (1e6, 2), "ms": (1, 0), "": (1, 0)}[unit]
    low, middle, high = (f"{it / scale:.{digits}f}" for it in (min(values), statistics.median(values), max(values)))
    return f"{middle} ({low}-{high})" if low != high else middle


def ratio(way: Way, base: Way) -> str:
    """How its time until live compares with the first way's."""
    return f"{statistics.median(way.live) / statistics.median(base.live):.2f}" if way.live else ""


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("releases", type=Path, help="a folder of releases")
    parser.add_argument("--runs", type=int, default=5, help="loads of each kind (default 5)")
    parser.add_argument("--page", default="/overview?lang=da", help="the page's path (default the overview)")
    parser.add_argument("--line", choices=("loopback", "office"), help="only this line (default both)")
    asked = parser.parse_args()
    with ExitStack() as stack:
        work = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        browser = launch(stack.enter_context(sync_playwright()))
        bundled = stack.enter_context(serve(asked.releases, work / "bundled.log"))
        plain = stack.enter_context(serve(asked.releases, work / "plain.log", app="tests/bench/plain.py"))
        for throttled in [name == "office" for name in ([asked.line] if asked.line else ["loopback", "office"])]:
            line = "office line" if throttled else "loopback"
            cold, warm = (
                [
                    Way(f"Streamlit by itself, {kind}", plain, asked.page),
                    Way(f"this tree, {kind}", bundled, asked.page),
                    Way(f"the bare figure, {kind}", bundled, FIGURE),
                ]
                for kind in ("cold", "warm")
            )
            for server in (plain, bundled):  # Packed, drawn and compiled once, before it counts.
                with visitor(browser, throttled=False) as (_, page, devtools):
                    page.add_init_script(f"({WATCH})()")
                    load(page, devtools, Way("", server, asked.page))
            for _ in range(asked.runs):
                for first, again in zip(cold, warm, strict=True):
                    with visitor(browser, throttled=throttled) as (_, page, devtools):
                        page.add_init_script(f"({WATCH})()")
                        load(page, devtools, first)
                        page.goto("about:blank")
                        load(page, devtools, again)
            changes = {}
            for way in cold[:2]:
                with visitor(browser, throttled=throttled) as (_, page, devtools):
                    changes[way.name] = change(page, way)
            show(line, cold, warm, changes)


def show(line: str, cold: list[Way], warm: list[Way], changes: dict[str, list[float]]) -> None:
    """Print the ways as one table."""
    title = f"{asked_of()}; {line}; median (least-greatest)"
    table = Table("way", "first figure, s", "live, s", "ratio", "requests", "MB", "filter, ms", title=title)
    for ways in (cold, warm):
        for way in ways:
            table.add_row(
                way.name,
                written(way.figure, "s"),
                written(way.live, "s"),
                ratio(way, ways[0]),
                written(way.requests, ""),
                written(way.bytes, "MB"),
                written(changes.get(way.name, []), "ms"),
            )
    Console(width=150).print(table)


def asked_of() -> str:
    """The machine, in a few words."""
    return f"{os.cpu_count()} CPUs, load {os.getloadavg()[0]:.1f}, {re.sub('[(].*', '', sys.version).strip()}"


if __name__ == "__main__":
    main()

"""How fast the dashboard is, measured in the browser and on the server: `python tests/bench/bench.py --help`.

Every figure is a median with its least and greatest value. No test reads them: they depend on the machine.
"""

import argparse
import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT))

from playwright.sync_api import Browser, Page, sync_playwright  # noqa: E402
from rich.console import Console  # noqa: E402
from rich.table import Table  # noqa: E402
from streamlit.testing.v1 import AppTest  # noqa: E402

from tests.browser.driver import HOME, PAGES, Server, address, launch, serve, settle  # noqa: E402

RERUN_GOAL = 60.0  # milliseconds of the server's CPU
TICKS = os.sysconf("SC_CLK_TCK")
PILLS = "[role=toolbar] button"
# The page says in its address what it shows, and shows it.
SHOWN = """before => location.href !== before
  && document.querySelector('[data-testid=stApp]').dataset.testScriptState === 'notRunning'
  && !document.querySelector('[data-stale=true]')"""


@dataclass(frozen=True)
class Line:
    """One thing that was measured: all its values in milliseconds, and what its median is compared with."""

    what: str
    values: list[float]
    against: float | None = None
    named: str = ""

    @property
    def median(self) -> float:
        return statistics.median(self.values)


def timed(action: Callable[[], object]) -> float:
    """How many milliseconds `action` takes."""
    start = time.perf_counter()
    action()
    return (time.perf_counter() - start) * 1000


def cpu(pid: int) -> float:
    """How many milliseconds of CPU a process has used, all its threads together, ended ones included."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS * 1000


@contextmanager
def opened(browser: Browser, server: Server, path: str) -> Iterator[Page]:
    """A page of a new visitor."""
    context = browser.new_context(base_url=server.url, viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.goto(path)
    yield page
    context.close()


def build(folder: Path) -> float:
    """How long making the example release takes, in a process of its own."""
    command = [sys.executable, "-m", "data", "example"]
    environment = os.environ | {"VINK_RELEASES": str(folder)}
    return timed(lambda: subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True))


def cold(browser: Browser, releases: Path, log: Path) -> tuple[float, float, float]:
    """A new process: how long until it answers, until the headline of its first page stands, and until all is drawn."""
    start = time.perf_counter()
    with serve(releases, log) as server:
        answers = time.perf_counter() - start
        with opened(browser, server, "/") as page:
            page.locator("h1").wait_for()
            headline = time.perf_counter() - start
            settle(page)
            return answers * 1000, headline * 1000, (time.perf_counter() - start) * 1000


def reload(page: Page) -> None:
    """Load the page again, until all of it is drawn."""
    page.reload()
    settle(page)


def toggle(page: Page, number: int) -> None:
    """Click the pill of that number, until charts and tables show what it says."""
    before = page.url
    page.locator(PILLS).nth(number).click()
    page.wait_for_function(SHOWN, arg=before)


def change(page: Page, number: int) -> None:
    """Follow the menu's link of that number, until all of the page is drawn."""
    before = page.locator("h1").inner_text()
    page.locator(".st-key-menu a").nth(number).click()
    page.wait_for_function("before => document.querySelector('h1')?.innerText !== before", arg=before)
    settle(page)


def rerun_cpu(server: Server, page: Page, pills: list[int]) -> float:
    """The server's CPU for each of the reruns that clicks on these pills cause."""
    before = cpu(server.pid)
    for pill in pills:
        toggle(page, pill)
    return (cpu(server.pid) - before) / len(pills)


def gray(length: int) -> list[int]:
    """Which pill to click next, so that no choice of pills comes twice."""
    return [(i & -i).bit_length() - 1 for i in range(1, length + 1)]


def in_process(releases: Path, name: str, runs: int) -> list[float]:
    """The CPU of reruns of one page without server and browser, for filters seen before."""
    os.environ["VINK_RELEASES"] = str(releases)
    app = AppTest.from_file(str(ROOT / "pages" / "start.py"), default_timeout=60).run()
    if name != HOME:
        app.switch_page(f"{name}.py").run()
    app.run()
    found = []
    for _ in range(runs):
        before = resource.getrusage(resource.RUSAGE_SELF)
        app.run()
        after = resource.getrusage(resource.RUSAGE_SELF)
        found.append((after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1000)
    return found


def measure(releases: Path, work: Path, runs: int, reruns: int) -> Iterator[Line]:
    """Everything but the build, one line after the other."""
    with sync_playwright() as playwright:
        browser = launch(playwright)
        starts = [cold(browser, releases, work / "cold.log") for _ in range(runs)]
        yield Line("new process: until it answers", [start[0] for start in starts])
        yield Line("new process: until the first page's headline stands", [start[1] for start in starts])
        yield Line("new process: until the first page is drawn", [start[2] for start in starts])
        with serve(releases, work / "warm.log") as server:
            with opened(browser, server, "/") as page:
                settle(page)
                reload(page)
                base = Line("page reload, warm", [timed(lambda: reload(page)) for _ in range(runs)])
                yield base
                values = [timed(lambda n=n: change(page, n % len(PAGES))) for n in range(1, 2 * runs + 1)]
                yield Line("page change by the menu", values, base.median, "a reload")
            with opened(browser, server, address("ideology")) as page:
                settle(page)
                toggle(page, 4)
                toggle(page, 4)
                values = [timed(lambda: toggle(page, 4)) for _ in range(2 * runs)]
                yield Line("filter click until the page shows it", values, base.median, "a reload")
                values = [rerun_cpu(server, page, [4] * reruns) for _ in range(runs)]
                yield Line("server CPU a rerun, ideology, seen filters", values, RERUN_GOAL, "the goal of 60 ms")
            with opened(browser, server, address("overview")) as page:
                settle(page)
                years = [overview_cpu(server, page, reruns) for _ in range(runs)]
                yield Line("server CPU a rerun, overview, seen years", years, RERUN_GOAL, "the goal of 60 ms")
        values = []
        for _ in range(runs):
            with serve(releases, work / "new.log") as server, opened(browser, server, address("ideology")) as page:
                settle(page)
                values.append(rerun_cpu(server, page, gray(reruns)))
        yield Line("server CPU a rerun, ideology, new filters", values, RERUN_GOAL, "the goal of 60 ms")
        browser.close()
    for name in PAGES:
        yield Line(
            f"CPU a rerun in process, {name}", in_process(releases, name, reruns), RERUN_GOAL, "the goal of 60 ms"
        )


def overview_cpu(server: Server, page: Page, reruns: int) -> float:
    """The server's CPU for each of the reruns that moving the first year to and fro causes."""
    page.get_by_role("slider").first.focus()
    before = cpu(server.pid)
    for number in range(reruns):
        url = page.url
        page.keyboard.press("ArrowRight" if number % 2 == 0 else "ArrowLeft")
        page.wait_for_function(SHOWN, arg=url)
    return (cpu(server.pid) - before) / reruns


def written(milliseconds: float) -> str:
    """Seconds from one second on, else milliseconds."""
    return f"{milliseconds / 1000:.2f} s" if milliseconds >= 1000 else f"{milliseconds:.1f} ms"


def show(lines: list[Line]) -> None:
    """Print all of it as one table."""
    table = Table(title=f"{os.cpu_count()} CPUs, load {os.getloadavg()[0]:.1f}, {re.sub('[(].*', '', sys.version)}")
    for heading in ("what", "median", "least - greatest", "runs", "ratio"):
        table.add_column(heading, justify="left" if heading in ("what", "ratio") else "right")
    for line in lines:
        spread = f"{written(min(line.values))} - {written(max(line.values))}"
        ratio = f"{line.median / line.against:.2f} x {line.named}" if line.against else ""
        table.add_row(line.what, written(line.median), spread, str(len(line.values)), ratio)
    Console(width=130).print(table)


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5, help="runs of each figure (default 5)")
    parser.add_argument("--reruns", type=int, default=30, help="reruns in each run of a CPU figure (default 30)")
    parser.add_argument("--builds", type=int, default=3, help="how often the example is built (default 3)")
    parser.add_argument("--releases", type=Path, help="a folder of releases; default: an example that is built first")
    asked = parser.parse_args()
    lines: list[Line] = []
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        builds = [build(work / f"releases-{number}") for number in range(asked.builds or (asked.releases is None))]
        if builds:
            lines.append(Line("example build", builds))
        lines += measure(asked.releases or work / "releases-0", work, asked.runs, asked.reruns)
    show(lines)


if __name__ == "__main__":
    main()

"""A real server and a real browser: what the browser tests and the bench stand on."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Page, Playwright

ROOT = Path(__file__).parent.parent.parent
HOME = "overview"
PAGES = sorted(path.stem for path in (ROOT / "pages").glob("*.py") if path.stem != "start")
# Those with figures, and filters over them, whatever the address.
FILTERED_PAGES = [name for name in PAGES if name not in ("accessibility", "method", "press", "research")]
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
START_SECONDS = 60
# Nothing runs or is out of date any more, and every chart on the page is drawn, at the width that there is.
SETTLED = """() => {
  if (document.querySelector('#vink-first')) return false
  const app = document.querySelector('[data-testid=stApp]')
  if (!app || app.dataset.testConnectionState !== 'CONNECTED' || app.dataset.testScriptState !== 'notRunning') return false
  if (!document.querySelector('h1') || document.querySelector('[data-stale=true], [data-testid=stSkeleton], [aria-busy=true]')) return false
  const fits = it => it && it.getBoundingClientRect().right <= it.parentElement.getBoundingClientRect().right + 1
  const drawn = tabs => {
    const chart = tabs.querySelector('[data-testid=stVegaLiteChart]')
    return chart?.offsetParent ? fits(chart.querySelector('svg')) : tabs.querySelector('table, li')
  }
  return [...document.querySelectorAll('[data-testid=stTabs]')].every(drawn)
}"""  # noqa: E501


@dataclass(frozen=True)
class Server:
    """A server of its own process, and what it wrote to its terminal."""

    url: str
    pid: int
    log: Path

    def told(self) -> str:
        """All that the server wrote so far."""
        return self.log.read_text(encoding="utf-8", errors="replace")


@contextmanager
def serve(
    releases: Path,
    log: Path,
    options: Sequence[str] = (),
    env: Mapping[str, str] | None = None,
    app: str = "app.py",
) -> Iterator[Server]:
    """`streamlit run` over a folder of releases, on a free port of this machine alone, until the end of `with`.

    options, env: more words for the command, and more of its environment.
    Only the process group that was started here is ended.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", app]
    usual = ["--server.port", str(port), "--server.address", "127.0.0.1", "--logger.hideWelcomeMessage", "true"]
    with log.open("wb") as out:
        process = subprocess.Popen(
            [*command, *usual, *options],
            cwd=ROOT,
            env=os.environ | {"VINK_RELEASES": str(releases)} | dict(env or {}),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    server = Server(f"http://127.0.0.1:{port}", process.pid, log)
    try:
        _wait_for(server, process)
        yield server
    finally:
        _end(process)


def _wait_for(server: Server, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"The server ended at once, with code {process.returncode}:\n{server.told()}")
        try:
            with urllib.request.urlopen(f"{server.url}/_stcore/health", timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.02)
    raise RuntimeError(f"The server did not answer within {START_SECONDS} seconds:\n{server.told()}")


def _end(process: subprocess.Popen[bytes]) -> None:
    for sign in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, sign)
            process.wait(timeout=10)
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            continue


def chromium_path() -> str:
    """Where Chromium is. Raises RuntimeError with what to install."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        raise RuntimeError(
            "Chromium is not installed, and the browser tests need it: run `sudo apt-get install chromium` "
            "(or `./vink test` as root, which installs it) and start the tests again."
        )
    return found


def launch(playwright: Playwright) -> Browser:
    """The system's Chromium, without a window."""
    return playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)


@dataclass
class Heard:
    """What pages of one server complained of, and whom they asked for anything."""

    server: Server
    errors: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)

    def listen(self, page: Page) -> None:
        """Write down all that happens on `page` from now on."""
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.errors.append(f"uncaught: {error}"))
        page.on("request", lambda request: self.hosts.add(urlsplit(request.url).netloc))
        page.on("websocket", lambda socket: self.hosts.add(urlsplit(socket.url).netloc))

    def _console(self, message: ConsoleMessage) -> None:
        where = message.location.get("url", "")
        if message.type == "error":
            self.errors.append(f"{message.text} ({where})")

    def complaints(self) -> list[str]:
        """Console errors, uncaught exceptions, and every host but the server that was asked for anything."""
        own = urlsplit(self.server.url).netloc
        return self.errors + [f"asked {host}" for host in sorted(self.hosts) if host not in (own, "")]


def address(name: str, **query: str) -> str:
    """The path and query of one page."""
    tail = "&".join(f"{key}={value}" for key, value in query.items())
    return f"/{name}" + (f"?{tail}" if tail else "")


def settle(page: Page, seconds: float = 60) -> None:
    """Wait until the page shows all that it will show."""
    page.wait_for_function(SETTLED, timeout=seconds * 1000)

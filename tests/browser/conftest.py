"""Servers over releases, and pages in Chromium that write down whatever went wrong."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.driver import Heard, Server, serve, settle

Serve = Callable[..., Server]
Visit = Callable[..., Page]


@pytest.fixture(scope="session")
def server(example_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server over the example release that all tests share."""
    with serve(example_folder, tmp_path_factory.mktemp("server") / "log") as running:
        yield running


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Serve]:
    """Starts a server of its own over a folder of releases, with settings: nobody has visited it yet."""
    with ExitStack() as stack:
        yield lambda releases, **env: stack.enter_context(serve(releases, tmp_path / "server.log", env=env))


@pytest.fixture
def visit(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """Opens an address as a new visitor would; afterwards nothing may have gone wrong in browser or server."""
    heard: list[Heard] = []
    with ExitStack() as stack:

        def go(path: str, *, on: Server | None = None, width: int = 1440, wait: bool = True) -> Page:
            site = on or request.getfixturevalue("server")
            context = chromium.new_context(base_url=site.url, viewport={"width": width, "height": 900})
            stack.callback(context.close)
            page = context.new_page()
            heard.append(Heard(site))
            heard[-1].listen(page)
            page.goto(path)
            if wait:
                settle(page)
            return page

        yield go
    assert [complaint for ears in heard for complaint in ears.complaints()] == []
    for ears in heard:
        assert "Traceback" not in ears.server.told(), ears.server.told()

"""What a page asks the server for before it stands: few files, all from here, nothing twice."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import streamlit
from playwright.sync_api import Browser, Page, Response

from tests.browser.conftest import Visit
from tests.browser.driver import PAGES, Server, address, settle

STATIC = Path(streamlit.__file__).parent / "static" / "static"
pytestmark = pytest.mark.browser

# Document, our script and styles, Streamlit's styles, main, charts or grid, four fonts at most, icon, two questions
# to its server.
MOST_REQUESTS = 13
MOST_BYTES = 1_700_000
LARGEST = 600_000


@contextmanager
def listening(page: Page) -> Iterator[list[Response]]:
    got: list[Response] = []

    def hear(answer: Response) -> None:
        got.append(answer)

    page.on("response", hear)
    yield got
    page.remove_listener("response", hear)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_stands_after_a_few_requests(name: str, server: Server, chromium: Browser) -> None:
    """On the second visit only the document, and what Streamlit asks of its server, aren't in the browser's cache."""
    context = chromium.new_context(base_url=server.url)
    page = context.new_page()
    try:
        with listening(page) as first:
            page.goto(address(name, lang="da"))
            settle(page)
            page.evaluate("document.fonts.ready.then(() => null)")  # A font comes after the words written in it.
        paths = [urlsplit(answer.url).path for answer in first]
        assert {urlsplit(answer.url).netloc for answer in first} == {urlsplit(server.url).netloc}
        assert len(paths) == len(set(paths)) <= MOST_REQUESTS, paths
        assert [answer.url for answer in first if answer.status != 200] == []
        sizes = {path: answer.request.sizes()["responseBodySize"] for path, answer in zip(paths, first, strict=True)}
        assert max(sizes.values()) <= LARGEST, sizes
        assert sum(sizes.values()) <= MOST_BYTES, sizes
        assert not [path for path in paths if path.endswith(".js") and not path.startswith("/vink/")]
        with listening(page) as second:
            page.reload()
            settle(page)
        fetched = [urlsplit(answer.url).path for answer in second if _fetched(answer)]
        again = [path for path in fetched if path in paths]
        assert [path for path in again if not path.startswith("/_stcore/")] == [f"/{name}"]
    finally:
        context.close()


def _fetched(answer: Response) -> bool:
    """Whether the answer came from the server. Of one from its cache the browser says that it got less than nothing."""
    return answer.request.sizes()["responseBodySize"] >= 0


def test_an_element_that_no_page_uses_shares_the_bundles_react(visit: Visit, server: Server) -> None:
    """Its module lies outside the bundle. None of those within it may be loaded a second time in its whole length."""
    page = visit("/method")
    root = page.evaluate("document.querySelector('script[type=module]').src").rpartition("/")[0]
    with listening(page) as got:
        for name in ("Metric", "DateInput", "StreamlitSyntaxHighlighter"):
            file = next(path.name for path in (STATIC / "js").glob(f"{name}.*.js"))
            query = "?full" if name == "StreamlitSyntaxHighlighter" else ""
            kind = page.evaluate("address => import(address).then(it => typeof it.default)", f"{root}/js/{file}{query}")
            assert kind == "object", name
        react = "address => import(address).then(it => Object.keys(it).length)"
        page.evaluate(react, f"{root}/js/{next((STATIC / 'js').glob('react-dom.*.js')).name}")
    long = {Path(urlsplit(answer.url).path).name.partition(".")[0] for answer in got if len(answer.body()) > 20_000}
    assert "StreamlitSyntaxHighlighter" in long
    assert not long & {"index", "react-dom", "src", "protobuf", "utils", "styled-components", "StreamlitMarkdown"}


def test_what_a_reader_opens_is_in_the_bundle(visit: Visit) -> None:
    """Tabs, menus and lists load nothing more."""
    page = visit("/ideology?lang=da")
    with listening(page) as got:
        page.get_by_role("tab").nth(1).click()
        page.get_by_test_id("stPopover").first.get_by_role("button").click()
        page.keyboard.press("Escape")
        page.get_by_test_id("stSelectbox").first.locator("input").click()
        settle(page)
    assert [answer.url for answer in got if answer.url.endswith(".js")] == []

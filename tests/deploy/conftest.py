"""The browser of tests/browser, for the tests that look at the site through nginx."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.driver import launch


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser. Without Chromium the tests fail, and say what to install."""
    with sync_playwright() as playwright:
        try:
            browser = launch(playwright)
        except RuntimeError as missing:
            pytest.fail(str(missing), pytrace=False)
        yield browser
        browser.close()

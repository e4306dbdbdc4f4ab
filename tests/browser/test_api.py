"""The addresses for programs beside the pages, under `streamlit run`."""

from pathlib import Path

import pytest

from tests.browser.conftest import Serve, Visit
from tests.web.client import Client
from ui.text import text

pytestmark = pytest.mark.browser


def test_pages_and_addresses_for_programs_stand_side_by_side(start: Serve, visit: Visit, small_folder: Path):
    server = start(small_folder)
    client = Client(server.url)
    page = visit("/overview?lang=en", on=server)
    assert page.get_by_role("heading", level=1).inner_text() == text("overview.title", "en")
    got = client.get("/figures/grounded_by_year.json?lang=en", accept_encoding="gzip", if_none_match='"other"')
    assert (got.status, got.headers["content-encoding"], got.headers["vary"]) == (200, "gzip", "Accept-Encoding")
    assert client.get(got.headers["link"].split(">")[0].strip("<")).json()["release"]["version"] == "2020.1"
    assert client.get("/figures/grounded_by_year.json", "HEAD").status == 200
    assert client.get("/figures/grounded_by_year.json", "POST").status == 405
    for path in ("/api/nothing", "/api/v1/nothing", "/api/v1/figures/nothing.csv"):
        unknown = client.get(path)
        assert (unknown.status, unknown.headers["content-type"]) == (404, "application/problem+json")


@pytest.mark.parametrize("width", [1440, 390])
def test_a_reader_clicks_from_the_page_about_it_to_a_file_and_to_the_site(
    start: Serve, visit: Visit, small_folder: Path, width: int
):
    server = start(small_folder)
    page = visit("/api/v1/?lang=en", on=server, width=width, wait=False)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    page.get_by_role("link", name="Dansk").click()
    assert page.get_by_role("heading", level=1).inner_text() == text("api.title", "da")
    assert page.evaluate("getComputedStyle(document.querySelector('a')).color") == "rgb(11, 79, 138)"
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV", exact=True).first.click()
    assert download.value.suggested_filename == "vink-referrals_by_year-2020.1-da.csv"
    page.get_by_role("link", name=text("api.to_site", "da")).click()
    page.get_by_role("heading", level=1, name=text("overview.title", "da")).wait_for()

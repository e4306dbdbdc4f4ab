"""The press office's task with real clicks: a number, its sentence, its files, and a link that a stranger can open."""

import io
from pathlib import Path
from urllib.parse import urlsplit

import openpyxl
import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.driver import address, settle
from tests.browser.test_browser import taken

pytestmark = pytest.mark.browser

SAID = "I 2019 var 40 pct. af de vurderede bekymringshenvendelser begrundede (28 af 70)."
FIGURE = "grounded_by_year"


def test_one_click_copies_sentence_source_release_and_a_link_that_shows_the_same(visit: Visit) -> None:
    page = visit(address("overview", years="2019"))
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator(f".st-key-{FIGURE}_quote").get_by_test_id("stCode").get_by_role("button").click()
    mark, sentence, source, link = page.evaluate("() => navigator.clipboard.readText()").strip().split("\n")
    assert mark == "EKSEMPEL – må ikke citeres"
    assert sentence == SAID
    assert source.startswith("Kilde: VINK, Københavns Kommune, udgivelse example-")
    assert link.startswith(f"{page.url.split('/overview')[0]}/overview?lang=da&years=2019&release=example-")
    assert link.endswith(f"#{FIGURE}")
    stranger = visit(link)
    expect(stranger.locator(f".st-key-{FIGURE}_quote")).to_contain_text(SAID)
    expect(stranger.locator(f"h3#{FIGURE}")).to_be_in_viewport()
    assert urlsplit(stranger.url).query == urlsplit(link).query


def test_picture_and_workbook_are_two_clicks_away_and_open(visit: Visit, tmp_path: Path) -> None:
    page = visit(address("overview", years="2016-2019"))
    png = taken(page, FIGURE, "png", tmp_path / "figure.png")
    with Image.open(io.BytesIO(png.read_bytes())) as image:
        assert image.width == 1800
        image.load()
    settle(page)
    sheet = openpyxl.load_workbook(taken(page, FIGURE, "xlsx", tmp_path / "figure.xlsx")).worksheets[0]
    rows = [row for row in sheet.iter_rows(values_only=True) if isinstance(row[0], int)]
    assert [row[0] for row in rows] == [2016, 2017, 2018, 2019]
    assert (rows[0][3], rows[-1][3]) == (8, 28)
    settle(page)
    svg = taken(page, FIGURE, "svg", tmp_path / "figure.svg").read_text("utf-8")
    assert "Andel begrundede henvendelser" in svg
    settle(page)
    assert '"n": 28' in taken(page, FIGURE, "json", tmp_path / "figure.json").read_text("utf-8")

"""The press office's task with real clicks: a number, its sentence, its files, and a link that a stranger can open."""

import io
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import docx
import openpyxl
import pytest
from PIL import Image
from playwright.sync_api import expect
from pypdf import PdfReader

from tests.browser.conftest import Visit
from tests.browser.driver import address, settle
from tests.browser.test_browser import taken
from ui.text import text

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


WORDS = {"da": "begrundede 2019", "en": "grounded share 2019"}
SENTENCE = {"da": SAID, "en": "In 2019, 40 percent of the assessed concern referrals were grounded (28 of 70)."}


@pytest.mark.parametrize("lang", ["da", "en"])
def test_the_press_task(visit: Visit, tmp_path: Path, lang: str) -> None:
    """Find the grounded share of 2019, copy the sentence, take PNG and XLSX, open the link in a new browser."""
    page = visit(address("overview", lang=lang))
    page.locator(".st-key-menu").get_by_role("link", name=text("nav.press", lang), exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(text("press.title", lang))
    box = page.get_by_role("textbox", name=text("press.search", lang))
    box.fill(WORDS[lang])
    box.press("Enter")
    expect(page.locator(".st-key-said")).to_have_text(SENTENCE[lang])
    settle(page)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator(f".st-key-{FIGURE}_quote").get_by_test_id("stCode").get_by_role("button").click()
    copied = page.evaluate("() => navigator.clipboard.readText()").strip().split("\n")
    assert copied[0] == text("site.example_mark", lang)
    assert copied[1] == SENTENCE[lang]
    with Image.open(taken(page, FIGURE, "png", tmp_path / "figure.png")) as image:
        image.load()
        assert image.width == 1800
    settle(page)
    sheet = openpyxl.load_workbook(taken(page, FIGURE, "xlsx", tmp_path / "figure.xlsx")).worksheets[0]
    rows = [row for row in sheet.iter_rows(values_only=True) if row[0] == 2019]
    assert len(rows) == 1
    assert 28 in rows[0] and 70 in rows[0]
    stranger = visit(copied[-1])
    expect(stranger.locator(f".st-key-{FIGURE}_quote")).to_contain_text(SENTENCE[lang])


@pytest.mark.parametrize("lang", ["da", "en"])
def test_each_claim_of_the_press_release_is_three_clicks_from_the_front_page(visit: Visit, lang: str) -> None:
    """The menu, the claim, and the sentence is copied."""
    said = {
        "grounded_2019": {"da": "40 pct.", "en": "40 percent"},
        "grounded_2016": {"da": "10 pct.", "en": "10 percent"},
        "fewer": {"da": "Det er et fald", "en": "That is a fall"},
    }
    page = visit(address("overview", lang=lang))
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    for key, words in said.items():
        page.goto(address("overview", lang=lang))
        settle(page)
        page.locator(".st-key-menu").get_by_role("link", name=text("nav.press", lang), exact=True).click()
        page.get_by_role("link", name=text(f"press.claim.{key}", lang)).click()
        expect(page.locator(".st-key-said")).to_contain_text(words[lang])
        settle(page)
        page.get_by_test_id("stCode").first.get_by_role("button").click()
        assert words[lang] in page.evaluate("() => navigator.clipboard.readText()")


def test_the_choice_survives_a_reload_and_the_way_back(visit: Visit) -> None:
    page = visit(address("press", lang="en", q="grounded+2019", figure=FIGURE, years="2019"))
    other = page.locator(".st-key-hits").get_by_role("link").nth(1)
    other.click()
    expect(page.get_by_role("heading", level=2).or_(page.get_by_role("heading", level=3)).first).to_contain_text(
        text("figures.grounded_by_ideology.title", "en")
    )
    settle(page)
    page.reload()
    settle(page)
    expect(page.locator("h3#grounded_by_ideology")).to_be_visible()
    expect(page.get_by_role("textbox", name=text("press.search", "en"))).to_have_value("grounded 2019")
    page.go_back()
    expect(page.locator(f"h3#{FIGURE}")).to_be_visible()
    settle(page)


@pytest.mark.parametrize("lang", ["da", "en"])
def test_a_briefing_is_put_together_and_taken_as_pdf_and_word(visit: Visit, tmp_path: Path, lang: str) -> None:
    page = visit(address("press", lang=lang, figure=FIGURE, years="2019"))
    page.locator(".st-key-briefing_add").get_by_role("button").click()
    expect(page.locator(".st-key-briefing_add").get_by_role("button")).to_be_disabled()
    settle(page)
    box = page.get_by_role("combobox", name=text("briefing.pick", lang))
    box.click()
    box.press("ArrowDown")  # opens the list, where the scrolling to it has closed it again
    page.get_by_role("option", name=text("figures.referrals_by_year.title", lang)).click()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name=text("briefing.pdf_da", lang))).to_be_visible()
    settle(page)
    assert "briefing=grounded_by_year~2019" in unquote(page.url)
    with page.expect_download() as pdf:
        page.get_by_role("button", name=text("briefing.pdf_en", lang)).click()
    pages = [sheet.extract_text() for sheet in PdfReader(pdf.value.path()).pages]
    assert SENTENCE["en"] in re.sub(r"\s+", " ", pages[0])
    with page.expect_download() as word:
        page.get_by_role("button", name=text("briefing.docx_da", lang)).click()
    said = [paragraph.text for paragraph in docx.Document(str(word.value.path())).paragraphs]
    assert SENTENCE["da"] in said
    assert text("figures.referrals_by_year.title", "da") + ", 2014-2025" in said

"""A page on paper: A4 sheets with every figure whole, what was chosen in words, the source, and nothing to press."""

import re
from pathlib import Path

import pytest
from pypdf import PdfReader

from tests.browser.conftest import Visit
from tests.browser.driver import address
from ui.text import label, text

pytestmark = pytest.mark.browser
A4 = (595, 842)  # points
MARGIN = 14 / 25.4 * 72
# Where each drawing ends, and how wide the sheet's printed part is, as the page is laid out for print.
DRAWN = """() => [...document.querySelectorAll('[data-testid=stVegaLiteChart]')].map(
  it => [it.querySelector('svg').getBoundingClientRect().right, document.documentElement.clientWidth])"""
SHEET = round((210 - 28) / 25.4 * 96)  # CSS pixels between the margins


def printed(visit: Visit, to: Path, name: str, **query: str) -> list[str]:
    """The words of each sheet. A drawing wider than the sheet fails here."""
    page = visit(address(name, **query))
    page.pdf(path=to, prefer_css_page_size=True)
    page.emulate_media(media="print")
    page.set_viewport_size({"width": SHEET, "height": 1000})
    page.wait_for_timeout(500)  # drawings follow the width
    assert all(right <= width for right, width in page.evaluate(DRAWN))
    reader = PdfReader(to)
    for sheet in reader.pages:
        assert (round(sheet.mediabox.width), round(sheet.mediabox.height)) == pytest.approx(A4, abs=1)
    return [re.sub(r"\s+", " ", sheet.extract_text()) for sheet in reader.pages]


@pytest.mark.parametrize("lang", ["da", "en"])
def test_a_page_of_figures_is_printed_with_every_figure_its_filters_and_its_source(
    visit: Visit, tmp_path: Path, lang: str
) -> None:
    chosen = ("right_wing", "left_wing")
    sheets = printed(
        visit, tmp_path / "page.pdf", "ideology", lang=lang, years="2016-2025", ideology=",".join(chosen), period="2019"
    )
    whole = " ".join(sheets)
    figures = ("referrals", "share", "change", "grounded")
    titles = [text(f"figures.{name}_by_ideology.title", lang) for name in figures]
    crossed = [text(f"figures.ideology_by_{name}.title", lang, period="2019") for name in ("resource", "outcome")]
    for heading in (text("ideology.title", lang), *titles, *crossed):
        assert heading in whole
    assert len(sheets) > 1
    assert re.search(r"2016 – 2025", whole)
    assert text("filters.ideology", lang) in whole
    assert all(label("ideology", code, lang) in sheets[0] for code in chosen)
    assert label("ideology", "unknown", lang) not in sheets[0]  # not chosen
    assert re.sub(r"\*", "", text("site.example_banner", lang))[:30] in sheets[0]
    assert text("site.footer", lang, version="§", first_year="", last_year="", threshold="").split("§")[0] in sheets[-1]
    assert "/ideology?lang=" in sheets[-1]
    for gone in ("nav.press", "take.menu", "site.other_language", "figure.table", "nav.accessibility"):
        assert not re.search(rf"(^|\s){re.escape(text(gone, lang))}(\s|$)", sheets[0])


def test_no_title_stands_alone_at_the_foot_of_a_sheet(visit: Visit, tmp_path: Path) -> None:
    """Below every title on its sheet there is the beginning of what it is the title of."""
    sheets = printed(visit, tmp_path / "page.pdf", "overview", lang="en")
    for name in ("referrals_by_year", "grounded_by_year", "key_shares"):
        title = text(f"figures.{name}.title", "en").replace(" ", "")
        (tail,) = (sheet.split(title, 1)[1] for sheet in (s.replace(" ", "") for s in sheets) if title in sheet)
        assert re.search("2014.*2025", tail), title  # the years of the chart's axis


def test_the_tables_of_the_research_page_are_printed_whole(visit: Visit, tmp_path: Path) -> None:
    sheets = printed(visit, tmp_path / "page.pdf", "research", lang="en", columns="resource_profile")
    for code in ("resource_strong", "mixed", "vulnerable"):
        assert label("resource_profile", code, "en") in sheets[0]
    assert label("ideology", "militant_islamist", "en") in sheets[0]
    assert text("research.sql.run", "en") not in " ".join(sheets).split()

"""What only a browser can see: addresses, clicks, drawn numbers, downloads, widths, and the first start."""

import contextlib
import csv
import itertools
import re
import shutil
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import duckdb
import pytest
from playwright.sync_api import Locator, Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError

from tests.browser import driver
from tests.browser.conftest import Serve, Visit
from tests.browser.driver import FILTERED_PAGES, HOME, PAGES, address, settle
from ui.text import label, text

pytestmark = pytest.mark.browser

WIDTHS = (1440, 768, 390)
LANGUAGES = ("da", "en")
FILTERED = address("ideology", lang="en", years="2016-2019", ideology="right_wing,left_wing", period="2019")


# What stands on a page


def title(page: Page) -> Locator:
    return page.get_by_role("heading", level=1)


def chosen(page: Page) -> dict[str, Any]:
    """Everything that a reader chose on the page, and what the page shows for it."""
    return {
        "title": title(page).inner_text(),
        "years": [end.get_attribute("aria-valuetext") for end in page.get_by_role("slider").all()],
        "codes": page.locator("[role=toolbar] [aria-pressed=true]").all_inner_texts(),
        "period": [box.input_value() for box in page.get_by_role("combobox").all()],
        "headings": page.get_by_role("heading").all_inner_texts(),
        "charts": [chart.get_attribute("aria-label") for chart in page.get_by_test_id("stVegaLiteChart").all()],
    }


def view(page: Page, figure: str) -> Locator:
    """The two tabs of one figure, chart and table."""
    return page.locator(f".st-key-{figure}_view").first


def table(page: Page, figure: str) -> list[list[str]]:
    """The table of one figure: its head and its rows, as a reader sees them."""
    view(page, figure).get_by_role("tab").nth(1).click()
    shown = view(page, figure).get_by_role("table")
    shown.wait_for()
    return [row.locator("th, td").all_inner_texts() for row in shown.get_by_role("row").all()]


def words(chart: Locator) -> list[dict[str, Any]]:
    """Every piece of text in a drawn chart: what it says, its middle and corners, and of which part it is."""
    return chart.locator("svg text").evaluate_all(
        """texts => texts.map(text => {
          const {x, y, width, height} = text.getBBox(), lens = text.getScreenCTM()
          const at = (right, down) => {
            const point = new DOMPoint(x + right, y + down).matrixTransform(lens)
            return [point.x, point.y]
          }
          // 2 of its height belong to the space between lines
          const corners = [at(0, 2), at(width, 2), at(width, height - 2), at(0, height - 2)]
          const part = text.closest('.role-axis, .role-legend, .role-mark')
          const middle = at(width / 2, height / 2)
          return {words: text.textContent, x: middle[0], y: middle[1], corners, opacity: getComputedStyle(text).opacity,
                  part: part ? part.getAttribute('class').match(/role-(axis|legend|mark)/)[1] : ''}
        }).filter(text => text.words.trim() && text.opacity !== '0')"""
    )


def overlap(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two pieces of text lie on each other, slanted or not: no line along an edge parts their corners."""
    for corners in (one["corners"], other["corners"]):
        for (x, y), (to_x, to_y) in itertools.pairwise(corners):
            across = (to_y - y, x - to_x)
            spans = [sorted(px * across[0] + py * across[1] for px, py in text["corners"]) for text in (one, other)]
            if spans[0][-1] <= spans[1][0] or spans[1][-1] <= spans[0][0]:
                return False
    return True


def drawn_points(chart: Locator) -> dict[int, float]:
    """The points of a chart with one series, read off its axes with a ruler: year to value."""
    axis = [word for word in words(chart) if word["part"] == "axis"]
    across = sorted((word["x"], int(word["words"])) for word in axis if re.fullmatch(r"\d{4}", word["words"]))
    up = sorted((word["y"], int(word["words"])) for word in axis if not re.fullmatch(r"\d{4}", word["words"]))
    middles = chart.locator("svg .mark-symbol.role-mark path").evaluate_all(
        """marks => marks.filter(mark => 'value' in mark.__data__.datum).map(mark => mark.getBoundingClientRect())
          .map(box => [box.x + box.width / 2, box.y + box.height / 2])"""
    )
    return {round(_read_off(x, across)): _read_off(y, up) for x, y in middles}


def _read_off(place: float, ticks: list[tuple[float, int]]) -> float:
    """What stands at `place` on an axis, by its first and last tick: (place, value)."""
    (first, low), (last, high) = ticks[0], ticks[-1]
    return low + (place - first) / (last - first) * (high - low)


def drawn_cells(chart: Locator) -> dict[tuple[str, str], str]:
    """The cells of a heat table by the row and column labels beside and above them."""
    found = words(chart)
    cells = [word for word in found if word["part"] == "mark"]
    labels = [word for word in found if word["part"] == "axis"]
    top = min(label["y"] for label in labels)
    columns = [label for label in labels if abs(label["y"] - top) < 5]
    rows = [label for label in labels if label not in columns]
    return {
        (
            min(rows, key=lambda label: abs(label["y"] - cell["y"]))["words"],
            min(columns, key=lambda label: abs(label["x"] - cell["x"]))["words"],
        ): cell["words"]
        for cell in cells
    }


def asked(folder: Path, query: str, *values: object) -> list[tuple[Any, ...]]:
    """What the current release's file itself answers, without any code of the app."""
    version = (folder / "current").read_text(encoding="utf-8").strip()
    with duckdb.connect(str(folder / version / "vink.duckdb"), read_only=True) as file:
        return file.execute(query, list(values)).fetchall()


def taken(page: Page, figure: str, form: str, to: Path) -> Path:
    """A file of a figure, downloaded by two clicks: the menu below the figure, and the form."""
    page.locator(f".st-key-{figure}_take").get_by_role("button").first.click()
    with page.expect_download() as download:
        page.locator(f".st-key-{figure}_{form}").get_by_role("button").click()
    download.value.save_as(to)
    page.keyboard.press("Escape")
    return to


def downloaded(page: Page, figure: str, to: Path) -> list[dict[str, str]]:
    """The rows of a figure's CSV file, downloaded by clicks."""
    taken(page, figure, "csv", to)
    with to.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines, delimiter=";"))


# Addresses


def test_a_deep_link_on_a_fresh_process_opens_that_page_with_its_filters(
    start: Serve, visit: Visit, example_folder: Path
) -> None:
    page = visit(FILTERED, on=start(example_folder))
    shown = chosen(page)
    assert shown["title"] == text("ideology.title", "en")
    assert shown["years"] == ["2016", "2019"]
    assert shown["codes"] == [label("ideology", "right_wing", "en"), label("ideology", "left_wing", "en")]
    assert shown["period"] == ["2019"]
    assert [row[0].strip("‖ ") for row in table(page, "referrals_by_ideology")[1:]] == ["2016", "2017", "2018", "2019"]
    expect(page.get_by_test_id("stSidebarNav")).to_have_count(0)  # the menu of file names


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_page_has_an_address_in_each_language(visit: Visit, name: str, lang: str) -> None:
    page = visit(address(name, lang=lang))
    expect(title(page)).to_have_text(text(f"{name}.title", lang))
    banner = {"da": "Eksempeldata – må ikke citeres.", "en": "Example data – must not be quoted."}[lang]
    if name != "accessibility":  # a page without figures
        expect(page.get_by_role("alert").first).to_contain_text(banner)


@pytest.mark.parametrize(
    "query",
    [
        {"years": "2019-2016"},
        {"years": "abc", "ideology": "no_such_code", "period": "1900"},
        {"lang": "xx", "ideology": "%3Cscript%3Ealert(1)%3C/script%3E"},
    ],
)
def test_a_forged_address_falls_back_to_what_is_shown_by_default(visit: Visit, query: dict[str, str]) -> None:
    assert chosen(visit(address("ideology", **query))) == chosen(visit(address("ideology")))


def test_the_language_button_changes_the_words_and_keeps_page_and_filters(visit: Visit) -> None:
    page = visit(address("ideology", years="2016-2019", ideology="right_wing", period="2019"))
    page.get_by_role("button", name=text("site.other_language", "da")).click()
    expect(title(page)).to_have_text(text("ideology.title", "en"))
    expect(page).to_have_url(re.compile(r"/ideology\?.*lang=en"))
    settle(page)
    english = chosen(page)
    assert (english["years"], english["codes"], english["period"]) == (
        ["2016", "2019"],
        [label("ideology", "right_wing", "en")],
        ["2019"],
    )
    assert page.title() == f"{text('nav.ideology', 'en')} – {text('site.name', 'en')}"
    page.get_by_role("button", name=text("site.other_language", "en")).click()
    expect(title(page)).to_have_text(text("ideology.title", "da"))
    settle(page)
    assert chosen(page)["codes"] == [label("ideology", "right_wing", "da")]
    assert "years=2016-2019" in page.url
    assert "lang=en" not in page.url


def test_chosen_filters_stand_in_the_address_and_the_address_restores_them(visit: Visit) -> None:
    page = visit(address("ideology", lang="en"))
    for key, years in (("ArrowRight", "2015-2025"), ("ArrowRight", "2016-2025")):
        page.get_by_role("slider").first.focus()
        page.keyboard.press(key)
        expect(page).to_have_url(re.compile(f"years={years}"))
        settle(page)
    page.get_by_role("slider").last.focus()
    page.keyboard.press("ArrowLeft")
    expect(page).to_have_url(re.compile("years=2016-2024"))
    page.get_by_role("button", name=label("ideology", "militant_islamist", "en"), exact=True).click()
    expect(page).to_have_url(re.compile(r"ideology=right_wing(,|%2C)left_wing(,|%2C)anti_authority(,|%2C)other"))
    settle(page)  # an open list is closed when the page changes
    page.get_by_role("combobox").focus()
    page.keyboard.type("2019")
    expect(page.get_by_role("option")).to_have_text(["2019"])
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("period=2019"))
    expect(
        page.get_by_role("heading", name=text("figures.ideology_by_outcome.title", "en", period="2019"))
    ).to_be_visible()
    settle(page)
    shown = chosen(page)
    assert shown["years"] == ["2016", "2024"]
    assert label("ideology", "militant_islamist", "en") not in shown["codes"]
    page.reload()
    settle(page)
    assert chosen(page) == shown
    assert chosen(visit(page.url)) == shown  # a colleague who gets the link


def test_the_slider_can_be_moved_by_keyboard_step_by_step_without_losing_it(visit: Visit) -> None:
    page = visit(address("outcome"))
    page.get_by_role("slider").first.focus()
    for year in (2015, 2016, 2017):
        page.keyboard.press("ArrowRight")
        expect(page).to_have_url(re.compile(f"years={year}-2025"))
        settle(page)
    assert [end.get_attribute("aria-valuetext") for end in page.get_by_role("slider").all()] == ["2017", "2025"]


def test_choosing_no_code_at_all_says_what_to_do(visit: Visit) -> None:
    page = visit(address("ideology", lang="en", ideology="right_wing"))
    page.get_by_role("button", name=label("ideology", "right_wing", "en"), exact=True).click()
    expect(page).to_have_url(re.compile("ideology=none"))
    expect(page.get_by_text(text("figure.empty", "en", filter=text("filters.ideology", "en"))).first).to_be_visible()


@pytest.mark.parametrize("name", FILTERED_PAGES)
def test_menu_links_carry_language_and_years(visit: Visit, name: str) -> None:
    page = visit(address("ideology" if name == HOME else HOME, lang="en", years="2016-2019"))
    page.locator(".st-key-menu").get_by_role("link", name=text(f"nav.{name}", "en"), exact=True).click()
    expect(title(page)).to_have_text(text(f"{name}.title", "en"))
    expect(page).to_have_url(re.compile(re.escape(address(name, lang="en", years="2016-2019")) + "$"))
    settle(page)
    assert chosen(page)["years"] == ["2016", "2019"]


def test_a_page_without_filters_hands_the_years_on(visit: Visit) -> None:
    page = visit(address("method", lang="en", years="2016-2019"))
    page.locator(".st-key-menu").get_by_role("link", name=text("nav.outcome", "en"), exact=True).click()
    expect(title(page)).to_have_text(text("outcome.title", "en"))
    settle(page)
    assert chosen(page)["years"] == ["2016", "2019"]


@pytest.mark.parametrize("name", PAGES)
def test_menu_links_lead_to_the_same_place_in_a_new_tab(visit: Visit, name: str) -> None:
    page = visit(address("ideology" if name == HOME else HOME, lang="en"))
    links = page.locator(".st-key-menu, .st-key-foot")
    link = links.get_by_role("link", name=text(f"nav.{name}", "en"), exact=True)
    assert link.evaluate("link => link.pathname + link.search") == address(name, lang="en")


def test_the_root_shows_the_overview_and_marks_it_in_the_menu(visit: Visit) -> None:
    page = visit("/?lang=en")
    expect(title(page)).to_have_text(text(f"{HOME}.title", "en"))
    expect(page.locator(".st-key-menu_here")).to_have_text(text(f"nav.{HOME}", "en"))
    assert chosen(page) == chosen(visit(address(HOME, lang="en")))


def test_the_browsers_back_button_restores_page_and_filters(visit: Visit) -> None:
    page = visit(address("ideology", lang="en"))
    before = chosen(page)
    page.get_by_role("button", name=label("ideology", "other", "en"), exact=True).click()
    expect(page).to_have_url(re.compile("ideology="))
    settle(page)
    filtered = chosen(page)
    assert filtered["codes"] != before["codes"]
    page.locator(".st-key-menu").get_by_role("link", name=text("nav.outcome", "en")).click()
    expect(title(page)).to_have_text(text("outcome.title", "en"))
    page.go_back()
    expect(title(page)).to_have_text(text("ideology.title", "en"))
    settle(page)
    assert chosen(page) == filtered
    page.go_back()
    expect(page).not_to_have_url(re.compile("ideology="))
    expect(page.get_by_role("button", name=label("ideology", "other", "en"), exact=True)).to_have_attribute(
        "aria-pressed", "true"
    )
    settle(page)
    assert chosen(page) == before


# Numbers


def test_the_points_of_a_chart_are_drawn_where_the_release_has_them(visit: Visit, example_folder: Path) -> None:
    page = visit(address("ideology", ideology="right_wing"))
    told = asked(
        example_folder,
        """select first_year, n from ideology_resource
        where ideology = 'right_wing' and resource_profile = 'all' and first_year = last_year and n is not null""",
    )
    drawn = drawn_points(view(page, "referrals_by_ideology").get_by_test_id("stVegaLiteChart"))
    assert len(told) > 5
    assert {year: round(value) for year, value in drawn.items()} == dict(told)
    assert all(abs(value - round(value)) < 0.2 for value in drawn.values())


def test_the_cells_of_a_heat_table_say_what_the_release_has(visit: Visit, example_folder: Path) -> None:
    page = visit(address("ideology", lang="en", period="2018-2021"))
    told = asked(
        example_folder,
        """select ideology, resource_profile, coalesce(n::varchar, lower || '-' || upper) from ideology_resource
        where period = '2018-2021' and ideology in ('right_wing', 'left_wing', 'all')
          and resource_profile in ('resource_strong', 'mixed', 'vulnerable', 'all')""",
    )
    drawn = drawn_cells(view(page, "ideology_by_resource").get_by_test_id("stVegaLiteChart"))
    assert len(told) == 12
    named = {
        (label("ideology", row, "en"), label("resource_profile", column, "en")): cell for row, column, cell in told
    }
    assert named.items() <= drawn.items()


def test_the_table_beside_a_chart_shows_its_numbers_in_danish_notation(visit: Visit, example_folder: Path) -> None:
    page = visit(address("ideology", ideology="right_wing", years="2015-2019"))
    told = asked(
        example_folder,
        """select first_year, part.n, lower, upper, whole.n as base from ideology_resource as part
        join (select first_year, n from ideology_resource where ideology = 'all' and resource_profile = 'all'
              and first_year = last_year) as whole using (first_year)
        where ideology = 'right_wing' and resource_profile = 'all' and first_year = last_year
          and first_year between 2015 and 2019 order by first_year""",
    )
    counts = table(page, "referrals_by_ideology")
    assert counts[0] == [text("figure.year", "da"), label("ideology", "right_wing", "da")]
    assert counts[1:] == [[str(year), f"{low}-{high}" if n is None else str(n)] for year, n, low, high, _ in told]
    shares = dict(table(page, "share_by_ideology")[1:])
    published = [(year, n, base) for year, n, _, _, base in told if n is not None]
    assert published
    for year, n, base in published:
        percent = (Decimal(100 * n) / base).quantize(Decimal(1), ROUND_HALF_UP)
        assert shares[str(year)] == f"{percent} pct. ({n} af {base})"


def test_the_csv_file_holds_what_the_table_shows(visit: Visit, tmp_path: Path) -> None:
    page = visit(address("ideology", years="2014-2021"))
    (_, *labels), *rows = table(page, "referrals_by_ideology")
    shown = {
        (year.strip("‖ "), label): cell for year, *cells in rows for label, cell in zip(labels, cells, strict=True)
    }
    file = downloaded(page, "referrals_by_ideology", tmp_path / "counts.csv")
    assert {(row["year"], row["label"]): _cell(row) for row in file} == shown
    assert len(file) == 8 * 5
    assert {row["note"] for row in file} == {text("site.example_mark", "da")}


def test_the_csv_file_of_a_crossed_table_holds_what_the_table_shows(visit: Visit, tmp_path: Path) -> None:
    page = visit(address("resources", period="2019"))
    (_, *columns), *rows = table(page, "resource_by_outcome")
    shown = {(row, column): cell for row, *cells in rows for column, cell in zip(columns, cells, strict=True)}
    file = downloaded(page, "resource_by_outcome", tmp_path / "cross.csv")
    assert {(row["resource_profile_label"], row["outcome_group_label"]): _cell(row) for row in file} == shown
    assert {row["period"] for row in file} == {"2019"}


def test_the_csv_file_of_shares_has_decimal_commas_that_agree_with_the_table(visit: Visit, tmp_path: Path) -> None:
    page = visit(address("ideology", ideology="right_wing"))
    shown = {year.strip("‖ "): cell for year, cell in table(page, "share_by_ideology")[1:]}
    published = [row for row in downloaded(page, "share_by_ideology", tmp_path / "shares.csv") if row["share"]]
    assert len(published) > 5
    for row in published:
        assert re.fullmatch(r"0,\d{4}|1,0000", row["share"])
        share = Decimal(row["share"].replace(",", "."))
        assert abs(share - Decimal(row["n"]) / Decimal(row["base"])) <= Decimal("0.00005")
        assert shown[row["year"]].endswith(f"({row['n']} af {row['base']})")


def _cell(row: dict[str, str]) -> str:
    """How the table writes a row of a file."""
    if row["status"] == "not_collected":
        return "–"
    return f"{row['lower']}-{row['upper']}" if row["status"] == "suppressed" else row["n"]


# Everyone can use it


@pytest.mark.parametrize("name", PAGES)
def test_nothing_on_a_page_asks_another_host_or_complains(visit: Visit, name: str) -> None:
    """`visit` looks at both at the end of every test; here each thing on the page has been used."""
    page = visit(address(name, lang="en"))
    named = page.locator("link[href], script[src], img[src]").evaluate_all("all => all.map(it => it.href || it.src)")
    assert {urlsplit(url).netloc for url in named} <= {urlsplit(page.url).netloc, ""}  # the icon, for one
    for tab in page.get_by_role("tab", name=text("figure.table", "en")).all():
        tab.click()
        settle(page)
    for button in page.get_by_role("button", name=text("take.menu", "en")).all():
        button.click()
        page.get_by_test_id("stPopoverBody").wait_for()
        page.keyboard.press("Escape")
    settle(page)


@pytest.mark.parametrize("name", FILTERED_PAGES)
def test_charts_tables_and_controls_are_named_for_screen_readers(visit: Visit, name: str) -> None:
    page = visit(address(name))
    keys = page.locator("[class*='_view']").evaluate_all(
        "views => views.flatMap(view => [...view.classList]).filter(key => /^st-key-.*_view$/.test(key))"
    )
    figures = [key.removeprefix("st-key-").removesuffix("_view") for key in keys]
    charts = page.get_by_test_id("stVegaLiteChart").all()
    assert len(charts) == page.get_by_test_id("stTabs").count() == len(figures) > 0
    headings = [page.locator(f"h3#{figure}").inner_text() for figure in figures]
    names = [chart.get_attribute("aria-label") or "" for chart in charts]
    assert len(set(names)) == len(charts)
    for chart, said in zip(charts, names, strict=True):
        assert re.search(r"\b20\d\d\b", said), said  # the years
        assert re.search(r"\w: \D*\d", said), said  # at least one number
        assert chart.get_attribute("role") == "graphics-document"
    for tab in page.get_by_role("tab", name=text("figure.table", "da")).all():
        tab.click()
        settle(page)
    expect(page.get_by_role("table")).to_have_count(len(charts))
    assert [shown.get_attribute("aria-label") for shown in page.get_by_role("table").all()] == headings
    unnamed = page.locator("button, a[href], input, [role=tab], [role=toolbar], [role=combobox]").evaluate_all(
        """controls => controls.filter(it => !(it.getAttribute('aria-label') || it.textContent.trim()
          || it.getAttribute('aria-labelledby') || it.labels?.length)).map(it => it.outerHTML.slice(0, 200))"""
    )
    assert unnamed == []


def test_the_certificate_opens_and_its_tables_are_named_for_screen_readers(visit: Visit) -> None:
    page = visit(address("method", lang="en"))
    page.get_by_text(text("method.table.open", "en")).click()
    for name in ("items", "tables"):
        expect(page.get_by_role("table", name=text(f"method.table.{name}", "en"), exact=True)).to_be_visible()
    expect(page.locator(".st-key-certificate_csv").get_by_role("button")).to_be_visible()


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_wider_than_the_window(visit: Visit, name: str, lang: str) -> None:
    page = visit(address(name, lang=lang))
    for closed in page.get_by_test_id("stExpander").locator("summary").all():
        closed.click()
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        for tab in (0, 1, 2):
            for tabs in page.get_by_test_id("stTabs").all():
                tabs.get_by_role("tab").nth(tab).click()
            settle(page)
            assert not _too_wide(page), f"{width} px, tab {tab}"


def _too_wide(page: Page) -> list[str]:
    """What is wider than the window, once charts have had the time to follow its width."""
    with contextlib.suppress(PlaywrightTimeoutError):
        page.wait_for_function(f"() => ({TOO_WIDE})().length === 0", timeout=5_000)
    return page.evaluate(TOO_WIDE)


# A table may scroll within its own frame; everything else fits.
TOO_WIDE = """() => {
  const root = document.documentElement, main = document.querySelector('[data-testid=stMain]')
  const room = root.clientWidth + 0.5
  const found = [root, main].filter(it => it.scrollWidth > it.clientWidth).map(it => `${it.tagName} scrolls sideways`)
  for (const it of main.querySelectorAll('*')) {
    if (it.closest('[data-testid=stTable]') && !it.matches('[data-testid=stTable]')) continue
    if (it.matches('input[type=range]')) continue  // invisible: what one sees is the slider's thumb beside it
    const box = it.getBoundingClientRect()
    if (box.width && box.height && (box.right > room || box.left < -0.5))
      found.push(`${it.tagName} ${it.dataset.testid || it.textContent.slice(0, 30)} ${box.left} to ${box.right}`)
  }
  return found
}"""


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", PAGES)
def test_no_words_in_a_chart_are_cut_off_or_lie_on_each_other(visit: Visit, name: str, lang: str) -> None:
    page = visit(address(name, lang=lang))
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        settle(page)
        assert {heading: found for heading, found in _unreadable(page).items() if found} == {}, f"{width} px"


def _unreadable(page: Page) -> dict[str, list[str]]:
    """The words of each chart that are cut off or lie on others, by what the chart is called."""
    every = {}
    for chart in page.get_by_test_id("stVegaLiteChart").all():
        room = chart.locator("svg").bounding_box()
        assert room
        left, right = room["x"] - 1, room["x"] + room["width"] + 1
        found = words(chart)
        cut = [w for w in found if w["words"].endswith("…") or any(not left <= x <= right for x, _ in w["corners"])]
        labels = [w for w in found if w["part"] in ("axis", "legend")]
        pairs = [(one, other) for one, other in itertools.combinations(labels, 2) if overlap(one, other)]
        every[chart.get_attribute("aria-label")] = [f"{w['words']} is cut off" for w in cut] + [
            f"{one['words']} lies on {other['words']}" for one, other in pairs
        ]
    return every


# When something is missing


def test_the_first_start_makes_the_example_and_then_shows_it(start: Serve, visit: Visit, tmp_path: Path) -> None:
    releases = tmp_path / "releases"
    releases.mkdir()
    server = start(releases)
    page = visit("/?lang=en", on=server, wait=False)
    second = visit("/ideology", on=server, wait=False)  # who comes meanwhile waits for the same build
    expect(title(page)).to_have_text(text("problems.making_title", "en"))
    bar = page.get_by_role("progressbar")
    expect(bar).to_be_visible()
    expect(bar).not_to_have_attribute("aria-valuenow", "0", timeout=120_000)
    expect(title(second)).to_have_text(text("problems.making_title", "da"))
    expect(title(page)).to_have_text(text(f"{HOME}.title", "en"), timeout=600_000)
    expect(title(second)).to_have_text(text("ideology.title", "da"), timeout=60_000)
    settle(page)
    expect(page.get_by_role("alert").first).to_contain_text("must not be quoted")
    expect(bar).to_have_count(0)
    assert len(list(releases.glob("[!.]*/vink.duckdb"))) == 1


def _flip_bytes(release: Path) -> None:
    file = release / "vink.duckdb"
    data = bytearray(file.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 64] = bytes(byte ^ 0xFF for byte in data[middle : middle + 64])
    file.write_bytes(data)


def _lose_the_file(release: Path) -> None:
    (release / "vink.duckdb").unlink()


def _come_from_the_future(release: Path) -> None:
    manifest = release / "manifest.json"
    text = manifest.read_text(encoding="utf-8")
    newer = re.sub(r'("schema_version": *)\d+', r"\g<1>999", text)
    assert newer != text
    manifest.write_text(newer, encoding="utf-8")


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (_flip_bytes, "damaged"),
        (_lose_the_file, "unreadable"),
        (_come_from_the_future, "newer"),
    ],
)
def test_a_release_that_cannot_be_trusted_is_not_shown_but_explained(
    start: Serve, visit: Visit, example_folder: Path, tmp_path: Path, damage: Any, reason: str
) -> None:
    releases = shutil.copytree(example_folder, tmp_path / "releases")
    version = (releases / "current").read_text(encoding="utf-8").strip()
    damage(releases / version)
    page = visit(address("ideology"), on=start(releases))
    expect(title(page)).to_have_text(text(f"problems.{reason}_title", "da"))
    expect(page.get_by_role("alert")).to_contain_text(version)
    expect(page.get_by_test_id("stVegaLiteChart")).to_have_count(0)
    expect(page.get_by_test_id("stException")).to_have_count(0)
    assert "Traceback" not in page.locator("body").inner_text()


@pytest.mark.parametrize("version", ["nosuch", "../../etc", "%2e%2e", "."])
def test_a_release_that_is_not_there_is_explained_with_a_way_to_the_current_one(visit: Visit, version: str) -> None:
    page = visit(address("ideology", lang="en", release=version))
    expect(title(page)).to_have_text(text("problems.missing_title", "en"))
    page.get_by_role("button", name=text("problems.to_current", "en")).click()
    expect(title(page)).to_have_text(text("ideology.title", "en"))
    expect(page).to_have_url(re.compile(r"/ideology\?lang=en$"))
    settle(page)


def test_a_missing_chromium_is_named_with_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RuntimeError, match="sudo apt-get install chromium"):
        driver.chromium_path()

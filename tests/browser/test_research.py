"""The research task, with real clicks: ideology by profile, 2016-2019, as XLSX, and again from the address."""

import re
from pathlib import Path

import duckdb
import openpyxl
import polars as pl
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.driver import address, settle
from ui.text import label, text

pytestmark = pytest.mark.browser
LANGUAGES = ("da", "en")
YEARS = ("2016", "2017", "2018", "2019")


def choose(page: Page, name: str, words: str, lang: str) -> None:
    """Pick an option of one of the page's choices, as a reader does."""
    page.get_by_role("combobox", name=text(f"research.{name}", lang)).click()
    page.get_by_role("option", name=words, exact=True).click()
    settle(page)


def tables(page: Page) -> list[list[list[str]]]:
    """Every table of the reader's own: its head and its rows, as they are read."""
    shown = page.locator(".st-key-tables").get_by_role("table")
    return [[row.locator("th, td").all_inner_texts() for row in one.get_by_role("row").all()] for one in shown.all()]


def published(folder: Path) -> dict[tuple[str, str, str], tuple]:
    """What the release's own file says of ideology by profile, without any code of the app."""
    version = (folder / "current").read_text(encoding="utf-8").strip()
    rows = pl.read_csv(folder / version / "tables" / "ideology_resource.csv", schema_overrides={"period": pl.String})
    found = rows.select("period", "ideology", "resource_profile", "n", "lower", "upper").rows()
    return {row[:3]: row[3:] for row in found}


def written(n: int | None, lower: int | None, upper: int | None) -> str:
    if n is not None:
        return str(n)
    return "–" if lower is None else f"{lower}-{upper}"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_research_task(visit: Visit, example_folder: Path, tmp_path: Path, lang: str) -> None:
    page = visit(address("overview", lang=lang))
    page.locator(".st-key-menu").get_by_role("link", name=text("nav.research", lang), exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(text("research.title", lang))
    settle(page)
    choose(page, "columns", text("codes.resource_profile.name", lang), lang)
    choose(page, "panels", text("research.axis.time", lang), lang)
    expect(page).to_have_url(re.compile("columns=resource_profile.*panels=time"))
    for slider, key, times in ((0, "ArrowRight", 2), (1, "ArrowLeft", 6)):
        for _ in range(times):
            page.get_by_role("slider").nth(slider).focus()
            page.keyboard.press(key)
            settle(page)
    expect(page).to_have_url(re.compile("years=2016-2019"))

    expect(page.locator(".st-key-tables").get_by_role("table")).to_have_count(len(YEARS))
    shown = tables(page)
    truth = published(example_folder)
    codes = {
        dimension: {label(dimension, code, lang): code for key in truth for code in (key[place],)}
        for place, dimension in ((1, "ideology"), (2, "resource_profile"))
    }
    for year, ((_, *columns), *rows) in zip(YEARS, shown, strict=True):
        assert len(rows) == 7 and len(columns) == 5
        for name, *numbers in rows:
            for column, number in zip(columns, numbers, strict=True):
                key = (year, codes["ideology"][name], codes["resource_profile"][column])
                assert number == written(*truth[key]), key

    with page.expect_download() as download:
        page.get_by_role("button", name=text("research.take", lang, form="XLSX")).click()
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    book = openpyxl.load_workbook(file)
    assert book.sheetnames == [text(f"research.sheet.{name}", lang) for name in ("table", "data", "codebook")]
    assert text("site.example_mark", lang) in [row[0] for row in book.worksheets[0].iter_rows(values_only=True)]
    head, *lines = book.worksheets[1].iter_rows(values_only=True)
    data = [dict(zip(head, line, strict=True)) for line in lines]
    assert len(data) == 4 * 7 * 5
    for row in data:
        key = (str(row["period"]), str(row["ideology"]), str(row["resource_profile"]))
        assert (row["n"], row["lower"], row["upper"]) == truth[key]

    again = visit(page.url)  # a colleague who gets the link
    assert tables(again) == shown
    again.reload()
    settle(again)
    assert tables(again) == shown


def test_the_table_is_taken_home_as_csv_and_parquet_and_the_release_whole(visit: Visit, tmp_path: Path) -> None:
    page = visit(address("research", lang="en", rows="gender", columns="none"))
    found = {}
    for name in ("CSV", "Parquet"):
        with page.expect_download() as download:
            page.get_by_role("button", name=text("research.take", "en", form=name)).click()
        download.value.save_as(tmp_path / name)
        found[name] = (pl.read_csv if name == "CSV" else pl.read_parquet)(tmp_path / name)
    assert found["CSV"]["n"].to_list() == found["Parquet"]["n"].to_list()
    assert found["Parquet"]["note"].unique().to_list() == [text("site.example_mark", "en")]
    for name in ("database", "package"):
        with page.expect_download() as download:
            page.get_by_role("button", name=text(f"research.whole.{name}", "en")).click()
        download.value.save_as(tmp_path / name)
    with duckdb.connect(str(tmp_path / "database"), read_only=True) as file:
        assert file.execute("select kind from release").fetchall() == [("example",)]
    assert (tmp_path / "package").read_bytes()[:2] == b"PK"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_statement_is_typed_run_and_kept_in_the_address(visit: Visit, lang: str) -> None:
    page = visit(address("research", lang=lang))
    page.get_by_role("textbox", name=text("research.sql.statement", lang)).fill("select 41 + 1 as answer; drop table x")
    page.get_by_role("button", name=text("research.sql.run", lang), exact=True).click()
    expect(page.get_by_text(text("research.sql.error.many", lang))).to_be_visible()
    page.get_by_role("button", name=text("research.sql.example.labels", lang), exact=True).click()
    expect(page).to_have_url(re.compile("sql=from(\\+|%20)codes"))
    expect(page.get_by_test_id("stDataFrame")).to_be_visible()
    expect(page.get_by_role("textbox", name=text("research.sql.statement", lang))).to_have_value("from codes")
    settle(page)
    again = visit(page.url)
    expect(again.get_by_test_id("stDataFrame")).to_be_visible()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_nothing_but_tables_and_answers_is_wider_than_a_phone(visit: Visit, lang: str) -> None:
    page = visit(address("research", lang=lang, columns="resource_profile", show="ideology", panels="time"))
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        settle(page)
        root = page.evaluate("() => [document.documentElement, document.querySelector('[data-testid=stMain]')]"
                             ".map(it => it.scrollWidth - it.clientWidth)")  # fmt: skip
        assert max(root) <= 0, width

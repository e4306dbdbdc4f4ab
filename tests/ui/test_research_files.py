"""The files of the research page open in other programs and say what they hold; the code on the page loads them."""

import csv
import dataclasses
import hashlib
import io
import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import openpyxl
import polars as pl
import pytest

import queries
from queries import Release, box
from ui import crossing, research, research_files, research_sql
from ui.research import Asker
from ui.research_files import Taken
from ui.text import FOLDER, text

LANGUAGES = ("da", "en")
CROSSED = {"rows": "ideology", "columns": "resource_profile", "panels": "time", "years": "2018-2019"}


@pytest.fixture(autouse=True)
def _releases(small_folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("VINK_RELEASES", str(small_folder))


def taken(release: Release, lang: str, **asked: str) -> Taken:
    return Asker("research", release, lang).taken(crossing.selection(release, asked))


def marked(release: Release) -> Release:
    """The release as if it were an example."""
    return dataclasses.replace(release, kind="example")


def hidden(of: Taken) -> Taken:
    """The table with its first number suppressed."""
    first = of.cells[0]
    point = dataclasses.replace(first.count, status="suppressed", n=None, value=None, lower=1, upper=4, words="1-4")
    return dataclasses.replace(of, cells=[dataclasses.replace(first, count=point), *of.cells[1:]])


@pytest.mark.parametrize("lang", LANGUAGES)
def test_csv_xlsx_and_parquet_hold_the_same_numbers(small: Release, lang: str):
    mine = taken(small, lang, **CROSSED, show="resource_profile")
    rows = research_files.rows(mine)
    separator = {"da": ";", "en": ","}[lang]
    lines = list(csv.DictReader(io.StringIO(research_files.csv(mine).decode("utf-8-sig")), delimiter=separator))
    parquet = pl.read_parquet(io.BytesIO(research_files.parquet(mine)))
    book = openpyxl.load_workbook(io.BytesIO(research_files.xlsx(mine)))
    sheet = book[text("research.sheet.data", lang)]
    head, *cells = sheet.iter_rows(values_only=True)
    assert (
        len(rows) == len(lines) == parquet.height == len(cells) == 3 * 6 * 5
    )  # two years and both, 5 ideologies and 4 profiles in use and their totals
    assert list(lines[0]) == parquet.columns == list(head)
    for row, line, stored, cell in zip(rows, lines, parquet.iter_rows(named=True), cells, strict=True):
        written = dict(zip(head, cell, strict=True))
        assert [row["n"]] * 2 == [stored["n"], written["n"]]
        assert line["n"] == ("" if row["n"] is None else str(row["n"]))
        assert row["share"] == stored["share"] == pytest.approx(written["share"])
        assert line["status"] == stored["status"] == written["status"] == row["status"]
        assert line["release"] == stored["release"] == written["release"] == "2020.1"
        assert "VINK" in line["source"]
        assert line["source"] == stored["source"] == written["source"]


def test_a_file_says_of_every_number_what_its_status_is_in_words(small: Release):
    mine = hidden(taken(small, "en", rows="gender", columns="none"))
    row = pl.read_parquet(io.BytesIO(research_files.parquet(mine))).row(0, named=True)
    assert (row["n"], row["status"], row["lower"], row["upper"]) == (None, "suppressed", 1, 4)
    assert row["status_label"] == "suppressed: the true value lies in the range from lower to upper"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_only_an_example_carries_the_mark_in_every_file(small: Release, lang: str):
    mark = text("site.example_mark", lang)
    for release, carries in ((small, False), (marked(small), True)):
        mine = taken(release, lang, rows="gender", columns="none")
        book = openpyxl.load_workbook(io.BytesIO(research_files.xlsx(mine)))
        for sheet in (text("research.sheet.table", lang), text("research.sheet.data", lang)):
            said = [value for row in book[sheet].iter_rows(values_only=True) for value in row]
            assert (mark in said) == carries
        assert (mark in research_files.csv(mine).decode()) == carries
        assert ("note" in pl.read_parquet(io.BytesIO(research_files.parquet(mine))).columns) == carries


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_first_sheet_opens_as_the_table_on_the_page(small: Release, lang: str):
    mine = taken(small, lang, **CROSSED)
    sheet = openpyxl.load_workbook(io.BytesIO(research_files.xlsx(mine))).worksheets[0]
    lines = [list(row) for row in sheet.iter_rows(values_only=True)]
    assert lines[0][0] == mine.title
    head = next(i for i, line in enumerate(lines) if line[1] is not None)
    assert sheet.freeze_panes == f"B{head + 2}"
    assert lines[head + 1][0] == "2018"
    islamist = {"da": "Militant islamisme", "en": "Militant Islamism"}[lang]
    assert lines[head + 2] == [islamist, 0, 5, 9, 0, 14]  # real numbers
    said = " ".join(str(line[0]) for line in lines)
    assert text("site.source_line", lang, version="2020.1") in said
    assert text("research.key", lang) in said


def test_a_suppressed_number_is_marked_in_the_first_sheet(example: Release):
    mine = taken(example, "da", rows="ideology", columns="time")
    sheet = openpyxl.load_workbook(io.BytesIO(research_files.xlsx(mine))).worksheets[0]
    ranges = [
        c for row in sheet.iter_rows() for c in row if re.fullmatch(r"\d+-\d+", str(c.value)) and (c.row or 0) > 5
    ]
    assert ranges
    assert {cell.fill.fgColor.rgb for cell in ranges} == {"FFE6E8EB"}
    assert all(cell.font.italic for cell in ranges)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_codebook_explains_every_column_and_code(small: Release, lang: str):
    mine = taken(marked(small), lang, **CROSSED, show="ideology")
    book = openpyxl.load_workbook(io.BytesIO(research_files.xlsx(mine)))
    explained = {str(row[0]) for row in book[text("research.sheet.codebook", lang)].iter_rows(values_only=True)}
    assert set(research_files.rows(mine)[0]) | {"release", "source", "note"} <= explained
    codes = {str(row[1]) for row in book[text("research.sheet.codebook", lang)].iter_rows(values_only=True)}
    assert {"right_wing", "vulnerable", "all"} <= codes


def test_words_of_the_data_never_become_a_formula_or_a_link(small: Release):
    mine = taken(small, "en", rows="gender", columns="none")
    labels = mine.labels | {"gender": dict.fromkeys(mine.labels["gender"], '=HYPERLINK("https://example.org")')}
    file = research_files.xlsx(dataclasses.replace(mine, labels=labels, title="=1+1"))
    for sheet in openpyxl.load_workbook(io.BytesIO(file)):
        for row in sheet.iter_rows():
            assert all(cell.data_type != "f" and cell.hyperlink is None for cell in row)


def test_words_of_an_answer_in_sql_never_become_a_formula():
    table = pl.DataFrame({"=a": ["=1+1", "@x", "-2", "plain", None], "n": [1, -2, 3, 4, 5]})
    rows = research_sql.rows(table, "own")
    assert [row["'=a"] for row in rows] == ["'=1+1", "'@x", "'-2", "plain", None]
    assert [row["n"] for row in rows] == [1, -2, 3, 4, 5]
    assert {row["origin"] for row in rows} == {"own"}


# The whole release


@pytest.fixture
def downloads(small: Release, tmp_path: Path) -> Path:
    """A folder with both files of the release, as they are downloaded."""
    (tmp_path / "vink-2020.1.duckdb").write_bytes(research_files.database(small))
    (tmp_path / "vink-2020.1.zip").write_bytes(research_files.package(small))
    return tmp_path


def test_the_database_is_the_file_that_the_manifest_knows(small: Release, downloads: Path):
    manifest = json.loads((queries.home(small) / "manifest.json").read_text("utf-8"))
    found = hashlib.sha256((downloads / "vink-2020.1.duckdb").read_bytes()).hexdigest()
    assert found == manifest["files"]["vink.duckdb"]


def test_the_package_holds_every_file_that_its_description_and_manifest_name(downloads: Path):
    with zipfile.ZipFile(downloads / "vink-2020.1.zip") as package:
        named = {resource["path"] for resource in json.loads(package.read("datapackage.json"))["resources"]}
        files = json.loads(package.read("manifest.json"))["files"]
        assert set(package.namelist()) == named | {"datapackage.json", "manifest.json"}
        for name, digest in files.items():
            if name != "vink.duckdb":
                assert hashlib.sha256(package.read(name)).hexdigest() == digest


CHECK = """
assert int(table["n"][(table["period"] == "2018") & (table["ideology"] == "right_wing") & (table["resource_profile"] == "vulnerable")].iloc[0]) == 6
csv = tables["ideology_resource"]
assert set(csv.columns) == set(table.columns) and len(csv) == len(table)
assert int(csv["n"][(csv["period"] == "2018") & (csv["ideology"] == "right_wing") & (csv["resource_profile"] == "vulnerable")].iloc[0]) == 6
assert len(codes) > 40 and len(tables) > 20
"""  # noqa: E501


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_python_code_on_the_page_loads_the_database_and_the_package(downloads: Path, lang: str):
    """Run as a reader would, in a folder with the two downloads; 6 was counted by hand."""
    code = research.loading("py", lang, "2020.1")
    done = subprocess.run(
        [sys.executable, "-c", code + CHECK], cwd=downloads, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "published" in done.stdout


@pytest.mark.parametrize("ending", ["py", "R"])
def test_the_code_is_the_same_in_both_languages_but_for_its_comments(ending: str):
    danish, english = (
        [line.split("#")[0].rstrip() for line in (FOLDER / f"load.{lang}.{ending}.txt").read_text("utf-8").splitlines()]
        for lang in LANGUAGES
    )
    assert danish == english
    assert "{version}" in "\n".join(danish)


@pytest.mark.parametrize("name", research_sql.EXAMPLES)
def test_the_example_statements_work(small: Release, name: str):
    outcome = box.run(small, research_sql.example(name))
    assert outcome.table is not None, outcome
    assert outcome.table.height > 0

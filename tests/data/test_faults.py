"""The report of faults: on the screen and as a file."""

import csv
import io
import zipfile

import fastexcel
import pytest
from rich.console import Console

from data import faults
from data.faults import Fault

PLAIN = Fault("a.csv", 7, "Dato", "31-02-2019", "date_impossible", "There is no such day. Correct it.")
WHOLE = Fault("b.xlsx", None, None, None, "empty_file", "The file is empty.")


def shown(found: list[Fault], **options: int) -> str:
    console = Console(file=io.StringIO(), width=160, force_terminal=True, color_system="truecolor")
    faults.print_table(found, console, **options)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_the_screen_shows_file_row_column_value_and_what_to_do():
    text = shown([PLAIN, WHOLE])
    for part in (
        "2 faults",
        "a.csv",
        "7",
        "Dato",
        "31-02-2019",
        "Correct it.",
        "b.xlsx",
        "The file is empty.",
    ):
        assert part in text


def test_no_faults_is_said_in_words():
    assert "No faults." in shown([])


def test_the_screen_says_how_many_faults_it_leaves_out():
    text = shown([PLAIN] * 12, limit=5)
    assert "12 faults" in text
    assert "7 more" in text
    assert text.count("31-02-2019") == 5


def test_a_value_can_neither_colour_nor_steer_the_terminal():
    text = shown([Fault("a.csv", 2, "Køn", "[red]x[/red]\x1b[2Jy", "unknown_code", "Correct it.")])
    assert "[red]x[/red]" in text
    assert "\x1b[2J" not in text


def test_a_value_in_a_sentence_is_short_and_on_one_line():
    assert faults.quoted("a\nb") == '"a�b"'
    assert faults.quoted("x" * 100) == '"' + "x" * 60 + '..." (100 characters)'


def test_a_csv_report_opens_as_columns_in_danish_excel(tmp_path):
    faults.write([PLAIN, WHOLE], tmp_path / "faults.csv")
    raw = (tmp_path / "faults.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbffile;row;column;value;rule;message\r\n")
    rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig")), delimiter=";"))
    assert rows[1] == [
        "a.csv",
        "7",
        "Dato",
        "31-02-2019",
        "date_impossible",
        "There is no such day. Correct it.",
    ]
    assert rows[2] == ["b.xlsx", "", "", "", "empty_file", "The file is empty."]


@pytest.mark.parametrize("value", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\n=1"])
def test_a_csv_report_holds_no_formula(tmp_path, value):
    faults.write([Fault("a.csv", 2, value, value, "unknown_code", "x")], tmp_path / "faults.csv")
    text = (tmp_path / "faults.csv").read_bytes().decode("utf-8-sig")
    row = list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))[1]
    assert row[2:4] == ["'" + value] * 2


def test_an_xlsx_report_holds_the_faults_with_rows_as_numbers(tmp_path):
    faults.write([PLAIN, WHOLE], tmp_path / "faults.XLSX")
    frame = fastexcel.read_excel(tmp_path / "faults.XLSX").load_sheet(0).to_polars()
    assert frame.columns == ["file", "row", "column", "value", "rule", "message"]
    assert frame["row"].to_list() == [7, None]
    assert frame["value"].to_list() == ["31-02-2019", None]
    assert frame["message"][1] == "The file is empty."


def test_an_xlsx_report_has_neither_formulas_nor_links_and_keeps_its_heading_in_sight(tmp_path):
    found = [Fault("a.csv", 2, "Køn", value, "r", "m") for value in ("=1+1", "http://example.org", "@x", "x" * 40_000)]
    faults.write(found, tmp_path / "faults.xlsx")
    with zipfile.ZipFile(tmp_path / "faults.xlsx") as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet
    assert 'state="frozen"' in sheet
    assert '<autoFilter ref="A1:F5"' in sheet
    values = fastexcel.read_excel(tmp_path / "faults.xlsx").load_sheet(0).to_polars()["value"].to_list()
    assert values[:3] == ["=1+1", "http://example.org", "@x"]
    assert values[3] == "x" * 32_767


def test_another_ending_is_refused_in_words(tmp_path):
    with pytest.raises(ValueError, match=r"faults\.txt.*\.xlsx or \.csv"):
        faults.write([PLAIN], tmp_path / "faults.txt")

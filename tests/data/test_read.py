"""Reading: a table gives the same records however it is written, and what can't be read is said in words."""

import io
import os
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data import codes, mapping
from data.mapping import Mapping
from data.read import ROW, ReadError, Source, read
from data.validate import validate

LISTS = codes.load()
OWN = mapping.default(LISTS)
DANISH = mapping.load(Path(__file__).parents[2] / "data" / "mappings" / "danish.toml", LISTS)
HEADINGS = "id,date,ideology,resource_profile,assessment,outcome,source,age_group,gender"
GOOD = "1,2019-03-01,right_wing,mixed,grounded,mentor,school,15-17,male"
SLOW = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


def written(tmp_path: Path, content: str | bytes, name: str = "s.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def refused(path: Path, how: Mapping = OWN) -> list[tuple[int | None, str | None, str]]:
    """Where the faults of a file that can't be read stand, and their rules. Each must say what to do."""
    with pytest.raises(ReadError) as caught:
        read(path, how)
    for fault in caught.value.faults:
        assert fault.file == path.name
        assert fault.message.endswith(".")
        assert "Traceback" not in fault.message
    return [(f.row, f.column, f.rule) for f in caught.value.faults]


def message(path: Path, how: Mapping = OWN) -> str:
    with pytest.raises(ReadError) as caught:
        read(path, how)
    return " ".join(f.message for f in caught.value.faults)


def workbook(sheets: dict[str, list[list[Any]]], first_row: int = 0, **options: Any) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_numbers": False, **options}) as book:
        day = book.add_format({"num_format": "dd-mm-yyyy"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for i, row in enumerate(rows, start=first_row):
                for j, cell in enumerate(row):
                    if isinstance(cell, date):
                        sheet.write(i, j, cell, day)
                    elif cell is not None:
                        sheet.write(i, j, cell)
    return buffer.getvalue()


def texts(source: Source) -> list[tuple[Any, ...]]:
    return source.frame.rows()


# What stands where


def test_rows_are_numbered_as_a_person_sees_them_and_blank_lines_count(tmp_path):
    second = GOOD.replace("1,", "2,", 1)
    source = read(written(tmp_path, f"{HEADINGS}\n{GOOD}\n\n,,,,,,,,\n{second}\n"), OWN)
    assert source.frame[ROW].to_list() == [2, 5]
    assert source.frame["id"].to_list() == ["1", "2"]


def test_a_line_break_within_a_cell_is_one_row_as_in_excel(tmp_path):
    source = read(written(tmp_path, f'{HEADINGS}\n"1\n1"{GOOD[1:]}\n2{GOOD[1:]}\n'), OWN)
    assert source.frame[ROW].to_list() == [2, 3]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_kind_of_line_end_is_read(tmp_path, end):
    assert read(written(tmp_path, end.join([HEADINGS, GOOD, ""])), OWN).frame.height == 1


def test_headings_above_which_other_lines_stand_are_found_by_their_row(tmp_path):
    how = mapping.parse("[file]\nheader_row = 3", "m.toml", LISTS)
    source = read(written(tmp_path, f"Henvendelser 2019\n\n{HEADINGS}\n{GOOD}\n"), how)
    assert source.frame[ROW].to_list() == [4]


def test_a_heading_is_known_in_any_case_and_by_any_blanks(tmp_path):
    source = read(written(tmp_path, f"{HEADINGS.upper().replace('GENDER', ' Gender  ')}\n{GOOD}\n"), OWN)
    assert source.columns["gender"] == "Gender"


def test_an_ignored_column_is_left_behind_at_the_door(tmp_path):
    how = mapping.parse('ignore = ["Name"]', "m.toml", LISTS)
    source = read(written(tmp_path, f"{HEADINGS},Name\n{GOOD},Jens Hansen\n"), how)
    assert "Jens Hansen" not in source.frame.write_csv()
    assert "Name" not in source.frame.columns


def test_all_other_columns_may_be_ignored_at_once(tmp_path):
    how = mapping.parse('ignore = ["*"]', "m.toml", LISTS)
    assert read(written(tmp_path, f"{HEADINGS},a,b\n{GOOD},1,2\n"), how).frame.width == 10


# CSV: encodings and delimiters


@pytest.mark.parametrize(
    ("codec", "encoding"), [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("cp1252", "windows-1252")]
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_encoding_and_delimiter_are_found_out(tmp_path, codec, encoding, delimiter):
    how = mapping.parse('[fields.gender]\ncolumn = "Køn"', "m.toml", LISTS)
    text = f"{HEADINGS.replace('gender', 'Køn')}\n{GOOD}\n".replace(",", delimiter)
    source = read(written(tmp_path, text.encode(codec)), how)
    assert (source.encoding, source.delimiter) == (encoding, delimiter)
    assert source.columns["gender"] == "Køn"


def test_a_delimiter_within_the_headings_does_not_mislead(tmp_path):
    how = mapping.parse('[fields.gender]\ncolumn = "Køn, a, b, c, d, e, f, g, h, i"', "m.toml", LISTS)
    text = f"{HEADINGS}\n{GOOD}\n".replace(",", ";").replace("gender", "Køn, a, b, c, d, e, f, g, h, i")
    assert read(written(tmp_path, text), how).delimiter == ";"


def test_the_mapping_may_name_encoding_and_delimiter(tmp_path):
    how = mapping.parse('[file]\nencoding = "iso-8859-1"\ndelimiter = ";"', "m.toml", LISTS)
    text = f"{HEADINGS}\n{GOOD.replace('1,', 'ø,', 1)}\n".replace(",", ";")
    source = read(written(tmp_path, text.encode("latin-1")), how)
    assert source.frame["id"].to_list() == ["ø"]


def test_a_byte_that_is_no_letter_is_named_by_its_line(tmp_path):
    assert refused(written(tmp_path, f"{HEADINGS}\n".encode() + b"\x81\xff,x\n")) == [(2, None, "undecodable")]
    how = mapping.parse('[file]\nencoding = "utf-8"', "m.toml", LISTS)
    said = message(written(tmp_path, f"{HEADINGS}\nø".encode("cp1252")), how)
    assert "Line 2 holds the byte 0xf8" in said


# XLSX: real dates and numbers


def test_excel_dates_and_numbers_become_texts_that_can_be_read_in_one_way(tmp_path):
    rows = [
        [*HEADINGS.split(","), "count"],
        [17, date(2019, 3, 1), "right_wing", None, None, None, None, None, True, 3],
        [1.5, datetime(2019, 3, 1, 13, 30), "x", None, None, None, None, None, "=1", 2.0],
    ]
    source = read(written(tmp_path, workbook({"a": rows}, strings_to_formulas=False), "s.xlsx"), OWN)
    assert source.frame.select("id", "date", "gender", "count").rows() == [
        ("17", "2019-03-01", "true", "3"),
        ("1.5", "2019-03-01 13:30:00", "=1", "2"),
    ]


def test_a_fraction_in_an_excel_cell_is_not_taken_for_thousands(tmp_path):
    """With "." for thousands, the text 1.204 is a count of 1204, but the number 1.204 is a fraction."""
    how = mapping.parse('[numbers]\nthousands = "."', "m.toml", LISTS)
    row = ["2019", *GOOD.split(",")[2:]]
    rows = [["year", *HEADINGS.split(",")[2:], "count"], [*row, "1.204"], [*row, 1.204], [*row, 1204]]
    checked = validate(read(written(tmp_path, workbook({"a": rows}), "s.xlsx"), how), how, LISTS, date(2025, 1, 1))
    assert [(f.row, f.value, f.rule) for f in checked.faults] == [(3, "1,204", "count_fraction")]
    assert checked.records["count"].to_list() == [1204, 1204]
    frame = pl.DataFrame([dict(zip(rows[0], [*row, 1.204], strict=True))])
    frame.write_parquet(tmp_path / "s.parquet")
    checked = validate(read(tmp_path / "s.parquet", how), how, LISTS, date(2025, 1, 1))
    assert [(f.row, f.value, f.rule) for f in checked.faults] == [(2, "1,204", "count_fraction")]


def test_rows_of_a_sheet_are_numbered_as_excel_numbers_them(tmp_path):
    how = mapping.parse("[file]\nheader_row = 4", "m.toml", LISTS)
    rows = [HEADINGS.split(","), GOOD.split(","), [], GOOD.split(",")]
    source = read(written(tmp_path, workbook({"a": rows}, first_row=3), "s.xlsx"), how)
    assert source.frame[ROW].to_list() == [5, 7]


def test_the_only_sheet_with_cells_is_read_and_of_several_the_one_that_is_named(tmp_path):
    table = [HEADINGS.split(","), GOOD.split(",")]
    assert read(written(tmp_path, workbook({"Ark1": table, "Ark2": []}), "s.xlsx"), OWN).sheet == "Ark1"
    both = written(tmp_path, workbook({"2018": [["x"]], "2019": table}), "b.xlsx")
    assert refused(both) == [(None, None, "unknown_sheet")]
    assert '"2018", "2019"' in message(both)
    named = mapping.parse('[file]\nsheet = "2019"', "m.toml", LISTS)
    assert read(both, named).sheet == "2019"
    wrong = mapping.parse('[file]\nsheet = "2020"', "m.toml", LISTS)
    assert 'no sheet "2020". Sheets found: "2018", "2019".' in message(both, wrong)


def test_a_cell_far_outside_the_table_is_refused_and_does_not_fill_the_memory(tmp_path):
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADINGS.split(","))
        sheet.write_row(1, 0, GOOD.split(","))
        sheet.write(1_048_575, 16_383, "x")
    path = written(tmp_path, buffer.getvalue(), "s.xlsx")
    assert refused(path) == [(None, None, "too_large")]
    assert "column XFD and row 1048576" in message(path)


# Parquet


def test_parquet_columns_become_texts(tmp_path):
    frame = pl.DataFrame(
        {
            "id": [1, 2],
            "date": [date(2019, 3, 1), None],
            "ideology": pl.Series(["right_wing", "other"], dtype=pl.Categorical),
            "resource_profile": [1.0, float("nan")],
            "assessment": [True, False],
            "outcome": [datetime(2019, 3, 1), datetime(2019, 3, 1, 13, 30)],
            "source": pl.Series([None, None], dtype=pl.Null),
            "age_group": ["15-17", ""],
            "gender": [2.5, None],
        }
    )
    frame.write_parquet(tmp_path / "s.parquet")
    assert texts(read(tmp_path / "s.parquet", OWN)) == [
        (2, "1", "2019-03-01", "right_wing", "1", "true", "2019-03-01", None, "15-17", "2.5"),
        (3, "2", None, "other", None, "false", "2019-03-01 13:30:00", None, None, None),
    ]


def test_a_parquet_column_of_lists_is_refused_where_it_is_read_and_not_where_it_is_ignored(tmp_path):
    row = dict(zip(HEADINGS.split(","), GOOD.split(","), strict=True))
    pl.DataFrame([row | {"gender": [["male"]]}]).write_parquet(tmp_path / "s.parquet")
    assert refused(tmp_path / "s.parquet") == [(None, "gender", "unreadable_column")]
    pl.DataFrame([row | {"more": [["male"]]}]).write_parquet(tmp_path / "t.parquet")
    how = mapping.parse('ignore = ["more"]', "m.toml", LISTS)
    assert read(tmp_path / "t.parquet", how).frame.height == 1


# What can't be read

XLSX = workbook({"a": [HEADINGS.split(","), GOOD.split(",")]})
BUFFER = io.BytesIO()
pl.DataFrame([dict(zip(HEADINGS.split(","), GOOD.split(","), strict=True))]).write_parquet(BUFFER)
PARQUET = BUFFER.getvalue()


def archive(name: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as book:
        book.writestr(name, "x")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "place", "part"),
    [
        ("s.csv", b"", (None, None, "empty_file"), "empty"),
        ("s.csv", b" \n\n", (None, None, "empty_file"), "empty"),
        ("s.csv", b"\xef\xbb\xbf\n", (None, None, "empty_file"), "empty"),
        ("s.xlsx", b"", (None, None, "empty_file"), "empty"),
        ("s.parquet", b"", (None, None, "empty_file"), "empty"),
        ("s.csv", HEADINGS.encode(), (None, None, "no_rows"), "headings, but no rows"),
        ("s.csv", f"{HEADINGS}\n,,,,,,,,\n\n".encode(), (None, None, "no_rows"), "headings, but no rows"),
        ("s.xlsx", workbook({"a": [HEADINGS.split(",")]}), (None, None, "no_rows"), "headings, but no rows"),
        ("s.xlsx", workbook({"a": []}), (None, None, "empty_file"), "empty"),
        ("s.csv", XLSX, (None, None, "not_csv"), "an Excel workbook"),
        ("s.csv", PARQUET, (None, None, "not_csv"), "a Parquet file"),
        ("s.csv", b"a,b\n1,\x002\n", (None, None, "not_csv"), "no text"),
        ("s.csv", "a,b\n1,2\n".encode("utf-16"), (None, None, "not_csv"), "save it as CSV UTF-8"),
        ("s.csv", b"%PDF-1.7", (None, None, "not_csv"), "a PDF"),
        ("s.xlsx", f"{HEADINGS}\n{GOOD}\n".encode(), (None, None, "not_xlsx"), "text, such as CSV"),
        ("s.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", (None, None, "not_xlsx"), "old Excel file (.xls)"),
        ("s.xlsx", PARQUET, (None, None, "not_xlsx"), "a Parquet file"),
        ("s.xlsx", archive("word/document.xml"), (None, None, "not_xlsx"), "holds no workbook"),
        ("s.xlsx", XLSX[:-40], (None, None, "broken_file"), "damaged"),
        ("s.xlsx", archive("xl/workbook.xml"), (None, None, "broken_file"), "damaged"),
        ("s.parquet", XLSX, (None, None, "not_parquet"), "an Excel workbook"),
        ("s.parquet", b"a,b\n1,2\n", (None, None, "not_parquet"), "no Parquet file"),
        ("s.parquet", PARQUET[:-10], (None, None, "not_parquet"), "was cut off"),
        ("s.parquet", PARQUET[:8] + bytes(60) + PARQUET[-8:], (None, None, "not_parquet"), "was cut off"),
        ("s.ods", b"x", (None, None, "unknown_ending"), ".csv, .xlsx or .parquet"),
        ("s", b"x", (None, None, "unknown_ending"), ".csv, .xlsx or .parquet"),
        (
            "s.csv",
            f'{HEADINGS}\n"1,2\n'.encode(),
            (2, None, "broken_row"),
            "quotation mark that isn't closed",
        ),
        ("s.csv", f'{HEADINGS}\n{GOOD}\n"1"x,2\n'.encode(), (3, None, "broken_row"), "quotation mark"),
        ("s.csv", (HEADINGS + "\n" + "x" * 200_000).encode(), (2, None, "broken_row"), "divided into fields"),
        ("s.csv", f"{HEADINGS},ID\n{GOOD},1\n".encode(), (1, "ID", "duplicate_heading"), "columns A and J"),
        ("s.csv", f"{HEADINGS},\n{GOOD},1\n".encode(), (1, "J", "missing_heading"), "Column J holds cells"),
        ("s.csv", f"\n{HEADINGS}\n{GOOD}\n".encode(), (1, None, "missing_heading"), "[file] header_row"),
        ("s.xlsx", workbook({"a": [["x"]]}, first_row=2), (1, None, "missing_heading"), "[file] header_row"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_words(tmp_path, name, content, place, part):
    path = written(tmp_path, content, name)
    assert refused(path)[0] == place
    assert part in message(path)


def test_a_missing_file_a_folder_and_a_pipe_are_refused_in_words(tmp_path):
    assert "There is no file" in message(tmp_path / "s.csv")
    (tmp_path / "folder.csv").mkdir()
    assert "is no file" in message(tmp_path / "folder.csv")
    os.mkfifo(tmp_path / "pipe.csv")
    assert "is no file" in message(tmp_path / "pipe.csv")


def test_every_row_with_too_many_or_too_few_fields_is_named(tmp_path):
    path = written(tmp_path, f"{HEADINGS}\n{GOOD}\n{GOOD},extra\n{GOOD}\n2,3\n")
    assert refused(path) == [(3, None, "ragged_row"), (5, None, "ragged_row")]
    assert "Row 3 has 10 fields, but there are 9 headings" in message(path)
    assert "Row 5 has 2 fields" in message(path)


def test_the_report_on_a_row_that_does_not_fit_repeats_none_of_it(tmp_path):
    """It may hold a name in a column that is not to be read."""
    path = written(tmp_path, f"{HEADINGS},Name\n{GOOD},Hansen, Jens\n")
    with pytest.raises(ReadError) as caught:
        read(path, mapping.parse('ignore = ["Name"]', "m.toml", LISTS))
    assert "Hansen" not in str(caught.value.faults)


def test_headings_that_the_file_ends_before_are_missed(tmp_path):
    how = mapping.parse("[file]\nheader_row = 9", "m.toml", LISTS)
    for name, content in (("s.csv", GOOD.encode()), ("s.xlsx", XLSX)):
        assert refused(written(tmp_path, content, name), how) == [(9, None, "missing_heading")]


def test_a_missing_column_says_which_headings_were_found_and_which_is_nearest(tmp_path):
    path = written(tmp_path, f"{HEADINGS.replace('gender', 'Gendre')}\n{GOOD}\n")
    assert refused(path) == [(None, "gender", "missing_column"), (None, "Gendre", "unmapped_column")]
    said = message(path)
    assert 'Headings found: "id", "date"' in said
    assert 'The nearest is "Gendre".' in said
    assert "not_collected" in said
    assert 'ignore = ["Gendre"]' in said


@pytest.mark.parametrize(
    ("left_out", "part"),
    [
        ("date", 'date (heading "date") or year (heading "year")'),
        ("age_group", 'age_group (heading "age_group") or age (heading "age")'),
        ("id", 'id (heading "id") or count (heading "count")'),
    ],
)
def test_one_of_two_fields_is_enough_but_needed(tmp_path, left_out, part):
    frame = pl.DataFrame([dict(zip(HEADINGS.split(","), GOOD.split(","), strict=True))]).drop(left_out)
    frame.write_csv(tmp_path / "s.csv")
    assert part in message(tmp_path / "s.csv")


def test_a_missing_wide_or_extra_column_is_named(tmp_path):
    how = mapping.parse(
        '[extra.stage]\nvalues = ["a"]\n[wide]\nfield = "quarter"\ncolumns = ["Q1", "Q2"]\ntotal = "Sum"',
        "m.toml",
        LISTS,
    )
    path = written(tmp_path, f"{HEADINGS},Q1\n{GOOD},3\n")
    assert refused(path, how) == [
        (None, "stage", "missing_column"),
        (None, "Q2", "missing_column"),
        (None, "Sum", "missing_column"),
    ]


def test_empty_columns_without_a_heading_are_none(tmp_path):
    assert read(written(tmp_path, f"{HEADINGS},,\n{GOOD},,\n"), OWN).frame.width == 10


# Whatever the bytes, an answer in words


def answers(path: Path, content: bytes, how: Mapping = OWN) -> None:
    """Reading gives a source or a ReadError: anything else fails the test."""
    path.write_bytes(content)
    try:
        read(path, how)
    except ReadError as error:
        assert error.faults


ENDINGS = st.sampled_from(["s.csv", "s.xlsx", "s.parquet"])
WIDE_OPEN = mapping.parse('ignore = ["*"]\n[numbers]\nthousands = "."', "m.toml", LISTS)


@SLOW
@given(
    name=ENDINGS,
    start=st.sampled_from([b"", b"PK\x03\x04", b"PAR1", b"\xef\xbb\xbf", f"{HEADINGS}\n".encode()]),
    content=st.binary(max_size=400),
    end=st.sampled_from([b"", b"PAR1", b"\x10\x00\x00\x00PAR1", b'"', b"\n"]),
)
def test_random_bytes_are_read_or_refused(tmp_path, name, start, content, end):
    answers(tmp_path / name, start + content + end)


@SLOW
@given(text=st.text(max_size=300), how=st.sampled_from([OWN, DANISH, WIDE_OPEN]))
def test_random_text_is_read_or_refused(tmp_path, text, how):
    answers(tmp_path / "s.csv", text.encode("utf-8", "replace"), how)


@settings(SLOW, max_examples=200)
@given(
    data=st.data(),
    whole=st.sampled_from([("s.xlsx", XLSX), ("s.parquet", PARQUET), ("s.csv", GOOD.encode())]),
)
def test_damaged_files_are_read_or_refused(tmp_path, data, whole):
    name, content = whole
    damaged = bytearray(content)
    for _ in range(data.draw(st.integers(1, 8))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    answers(tmp_path / name, bytes(damaged), WIDE_OPEN)


@settings(SLOW, max_examples=200)
@given(data=st.data())
def test_workbooks_with_damaged_parts_are_read_or_refused(tmp_path, data):
    """The zip's own checksums hide most damage: this puts damaged parts into a sound zip."""
    with zipfile.ZipFile(io.BytesIO(XLSX)) as book:
        parts = {name: bytearray(book.read(name)) for name in book.namelist()}
    name = data.draw(st.sampled_from(sorted(name for name in parts if name.startswith("xl/"))))
    part = parts[name]
    at = data.draw(st.integers(0, len(part)))
    part[at : at + data.draw(st.integers(0, 20))] = data.draw(st.binary(max_size=10))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as book:
        for one, content in parts.items():
            book.writestr(one, bytes(content))
    answers(tmp_path / "s.xlsx", buffer.getvalue(), WIDE_OPEN)


# The same table, however it is written

# Danish word and code, typed from the design's table.
IDEOLOGY = [
    ("militant islamisme", "militant_islamist"),
    ("Højreekstremisme", "right_wing"),
    ("andet", "other"),
]
PROFILE = [("ressourcestærk", "resource_strong"), ("BLANDET", "mixed"), ("uoplyst", "unknown")]
DECISION = [
    ("begrundet", "grounded", "pårørendecoach", "family_coach"),
    ("begrundet", "grounded", "ordinære tilbud", "ordinary_services"),
    ("ikke begrundet", "not_grounded", "ønskede ikke indsats", "declined"),
    ("afventer", "pending", "afventer", "pending"),
]
SENDER = [("SSP", "ssp"), ("beskæftigelse", "employment"), ("pårørende", "relative")]
AGE = [(3, "0-14"), (17, "15-17"), (18, "18-24"), (40, "40+")]
GENDER = [("kvinde", "female"), ("mand", "male")]
DANISH_HEADINGS = ["Løbenummer", "Dato", "Ideologi", "Ressourceprofil", "Vurdering", "Udfald"]
DANISH_HEADINGS += ["Henvender", "Alder", "Køn"]
# Letters and marks that Windows-1252 has and that could be taken for delimiters and quotation marks.
IDS = st.text("abcæøåÉ019 ;,'\"-=", min_size=1, max_size=8).map(str.strip).filter(bool)
REFERRALS = st.lists(
    st.tuples(
        IDS,
        st.dates(date(2009, 1, 1), date(2024, 12, 31)),
        *(st.sampled_from(options) for options in (IDEOLOGY, PROFILE, DECISION, SENDER, AGE, GENDER)),
    ),
    min_size=1,
    max_size=12,
    unique_by=lambda row: row[0].lower(),
)


def file_as(form: str, rows: list[list[Any]], path: Path) -> Path:
    if form == "xlsx":
        sheet = workbook({"Ark1": [DANISH_HEADINGS, *rows]}, strings_to_formulas=False, strings_to_urls=False)
        return written(path, sheet, "s.xlsx")
    frame = pl.DataFrame(rows, schema=DANISH_HEADINGS, orient="row")
    if form == "parquet":
        frame.write_parquet(path / "s.parquet")
        return path / "s.parquet"
    delimiter, codec = form.split(" ")
    frame = frame.with_columns(pl.col("Dato").dt.to_string("%d-%m-%Y"))
    return written(path, frame.write_csv(separator=delimiter).encode(codec))


@pytest.mark.parametrize(
    "form", ["xlsx", "parquet", *(f"{d} {c}" for d in (",", ";") for c in ("utf-8", "utf-8-sig", "cp1252"))]
)
@SLOW
@given(referrals=REFERRALS)
def test_a_table_gives_the_same_records_however_it_is_written(tmp_path, form, referrals):
    rows, expected = [], []
    for number, day, ideology, profile, decision, sender, age, gender in referrals:
        assessed, assessment, ended, outcome = decision
        rows.append([number, day, ideology[0], profile[0], assessed, ended, sender[0], age[0], gender[0]])
        dimensions = (ideology[1], profile[1], assessment, outcome, sender[1], age[1], gender[1])
        expected.append((day.year, *dimensions, 1, number, day))
    checked = validate(read(file_as(form, rows, tmp_path), DANISH), DANISH, LISTS, date(2025, 6, 1))
    assert checked.faults == ()
    assert checked.records.drop("row").rows() == expected
    assert checked.records["row"].to_list() == list(range(2, len(rows) + 2))

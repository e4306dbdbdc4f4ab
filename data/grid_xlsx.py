"""Open an XLSX file: real dates and numbers in its cells become texts that can be read in one way only."""

import io
import re
import zipfile
from pathlib import Path

import fastexcel
import polars as pl

from data.faults import listed, quoted
from data.grid import SAVE_AGAIN, Grid, damaged, empty, error, kind, no_headings
from data.mapping import Mapping
from data.parse import fold

LARGEST_UNPACKED = 1_000_000_000  # bytes
LARGEST_SHEET = 20_000_000  # cells; reading a sheet with a mark in its very last cell would end the program
COLUMN = rb"""\br\s*=\s*["']([A-Za-z]{1,3})[0-9]"""
LAST_ROW = rb"""\br\s*=\s*["'][A-Za-z]{0,3}([0-9]{1,9})["']"""


def read_xlsx(path: Path, data: bytes, mapping: Mapping) -> Grid:
    """The table in one sheet of the workbook. Raises ReadError."""
    _refuse_what_is_no_workbook(path, data)
    with damaged(path, "an Excel workbook", ".xlsx"):
        book = fastexcel.read_excel(data)
        sheet = _sheet(path, book, mapping)
        cells = book.load_sheet(sheet, header_row=None, skip_rows=0, dtypes="string").to_polars()
        if mapping.numbers.decimal == ",":
            cells = _with_decimal_comma(cells, book, sheet)
    headings = [cell or "" for row in cells[mapping.header_row - 1 :][:1].rows() for cell in row]
    if not any(heading.strip() for heading in headings):
        raise no_headings(path, mapping.header_row)
    body = cells.slice(mapping.header_row)
    body.columns = [str(i) for i in range(body.width)]
    midnight = r"^(\d{4}-\d\d-\d\d) 00:00:00(\.0+)?$"
    return Grid(headings, body.with_columns(pl.all().str.replace(midnight, "$1")), mapping.header_row + 1, sheet=sheet)


def _refuse_what_is_no_workbook(path: Path, data: bytes) -> None:
    if not data.startswith(b"PK"):
        what = kind(data) or ("something else" if b"\0" in data else "text, such as CSV")
        message = f"The file ends in .xlsx, but is {what}. {SAVE_AGAIN} .xlsx, or correct the ending."
        raise error(path, "not_xlsx", message)
    with damaged(path, "an Excel workbook", ".xlsx"), zipfile.ZipFile(io.BytesIO(data)) as book:
        if "xl/workbook.xml" not in book.namelist():
            message = f"The file ends in .xlsx, but holds no workbook. {SAVE_AGAIN} .xlsx."
            raise error(path, "not_xlsx", message)
        if sum(part.file_size for part in book.infolist()) > LARGEST_UNPACKED:
            raise error(path, "too_large", "The workbook is too large. Delete what isn't the table.")
        for part in book.namelist():
            if part.startswith("xl/worksheets/") and part.endswith(".xml"):
                _refuse_stray_cells(path, book.read(part))


def _refuse_stray_cells(path: Path, sheet: bytes) -> None:
    columns = {letters.upper() for letters in set(re.findall(COLUMN, sheet))}
    rows = {int(row) for row in set(re.findall(LAST_ROW, sheet))}
    if columns and rows and max(map(_position, columns)) * max(rows) > LARGEST_SHEET:
        last = max(columns, key=_position).decode()
        message = f"The sheet reaches to column {last} and row {max(rows)}."
        raise error(path, "too_large", f"{message} Delete what stands far outside the table.")


def _position(letters: bytes) -> int:
    """The position of the column that Excel names with `letters`, from 1."""
    position = 0
    for letter in letters:
        position = position * 26 + letter - 64
    return position


def _sheet(path: Path, book: fastexcel.ExcelReader, mapping: Mapping) -> str:
    """The sheet that the mapping names, else the only sheet that holds anything."""
    if mapping.sheet is not None:
        for name in book.sheet_names:
            if fold(name) == fold(mapping.sheet):
                return name
        message = f"There is no sheet {quoted(mapping.sheet)}. Sheets found: {listed(book.sheet_names)}."
        raise error(path, "unknown_sheet", f"{message} Correct [file] sheet in the mapping.")
    filled = [name for name in book.sheet_names if book.load_sheet(name, header_row=None).to_polars().height]
    if not filled:
        raise empty(path)
    if len(filled) > 1:
        message = f"The workbook has {len(filled)} sheets with cells: {listed(filled)}."
        advice = f"Say in a mapping which to read: [file] sheet = {quoted(filled[0])}."
        raise error(path, "unknown_sheet", f"{message} {advice}")
    return filled[0]


def _with_decimal_comma(cells: pl.DataFrame, book: fastexcel.ExcelReader, sheet: str) -> pl.DataFrame:
    """Write the fractions of number cells as 1,5, so that the number 1.234 isn't read as 1234.

    Loaded as booleans, only cells that hold a number have a value: that tells a number from a text like one.
    """
    numbers = book.load_sheet(sheet, header_row=None, skip_rows=0, dtypes="boolean").to_polars()
    return cells.select(
        pl.when(numbers[name].is_not_null())
        .then(pl.col(name).str.replace(".", ",", literal=True))
        .otherwise(pl.col(name))
        .alias(name)
        for name in cells.columns
    )

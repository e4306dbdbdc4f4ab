"""Open a CSV file: find its encoding and delimiter, and refuse rows that don't fit the headings."""

import csv
import io
from pathlib import Path

import polars as pl

from data.faults import Fault, quoted
from data.grid import SAVE_AGAIN, Grid, ReadError, empty, error, kind, no_headings
from data.mapping import DELIMITERS, Mapping
from data.parse import fold


def read_csv(path: Path, data: bytes, mapping: Mapping) -> Grid:
    """The table in `data`. Raises ReadError."""
    _refuse_what_is_no_text(path, data)
    text, encoding = _decoded(path, data, mapping.encoding)
    if not text.strip():
        raise empty(path)
    delimiter = mapping.delimiter or _delimiter(text, mapping)
    rows = _rows(path, text, delimiter)
    if not any(cell.strip() for row in rows[mapping.header_row - 1 :][:1] for cell in row):
        raise no_headings(path, mapping.header_row)
    headings, below = rows[mapping.header_row - 1], rows[mapping.header_row :]
    first_row = mapping.header_row + 1
    _refuse_ragged(path, headings, below, first_row, delimiter)
    return Grid(headings, _body(below, len(headings)), first_row, encoding=encoding, delimiter=delimiter)


def _refuse_what_is_no_text(path: Path, data: bytes) -> None:
    if what := kind(data):
        message = f"The file ends in .csv, but is {what}. {SAVE_AGAIN} CSV, or correct the ending."
        raise error(path, "not_csv", message)
    if b"\0" in data:
        message = "The file ends in .csv, but is no text in UTF-8 or Windows-1252."
        raise error(path, "not_csv", f"{message} {SAVE_AGAIN} CSV UTF-8.")


def _decoded(path: Path, data: bytes, encoding: str | None) -> tuple[str, str]:
    """The text and its encoding: that of the mapping, else UTF-8 if it can be, else Windows-1252."""
    candidates = [encoding] if encoding else ["utf-8", "windows-1252"]
    if data.startswith(b"\xef\xbb\xbf"):
        candidates = ["utf-8"]
    where = 0
    for candidate in candidates:
        try:
            return data.decode("utf-8-sig" if candidate == "utf-8" else candidate), candidate
        except UnicodeDecodeError as why:
            where = why.start
    line = data.count(b"\n", 0, where) + 1
    message = f"Line {line} holds the byte {data[where]:#04x}, which is no letter in {' or '.join(candidates)}."
    advice = f"{SAVE_AGAIN} CSV UTF-8, or name its encoding in the mapping: [file] encoding."
    raise error(path, "undecodable", f"{message} {advice}", line)


def _delimiter(text: str, mapping: Mapping) -> str:
    """The delimiter under which the heading row has most of the headings that the mapping looks for."""
    wanted = {fold(heading) for heading in mapping.headings}

    def found(delimiter: str) -> tuple[int, int]:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        try:
            headings = [row for row, _ in zip(reader, range(mapping.header_row), strict=False)][-1]
        except (csv.Error, IndexError):
            return 0, 0
        return len(wanted & {fold(heading) for heading in headings}), len(headings)

    return max(DELIMITERS, key=found)


def _rows(path: Path, text: str, delimiter: str) -> list[list[str]]:
    rows: list[list[str]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for row in reader:
            rows.append(row)  # one by one: how many were read says where the trouble is
    except csv.Error as why:
        row = len(rows) + 1
        message = f"Row {row} can't be divided into fields ({why}). Look for a quotation mark that isn't closed."
        raise error(path, "broken_row", message, row) from why
    return rows


def _refuse_ragged(path: Path, headings: list[str], rows: list[list[str]], first_row: int, delimiter: str) -> None:
    """Refuse rows with more or fewer fields than there are headings; a blank line is no row."""
    name = "tab" if delimiter == "\t" else delimiter
    advice = f"Look for a missing or extra {quoted(name)}; a text that holds one needs quotation marks."
    faults = [
        Fault(
            path.name,
            number,
            None,
            None,  # not the row itself: it may hold names that the mapping would have left behind
            "ragged_row",
            f"Row {number} has {len(row)} field{'' if len(row) == 1 else 's'}, but there are {len(headings)} "
            f"headings. {advice}",
        )
        for number, row in enumerate(rows, start=first_row)
        if len(row) != len(headings) and any(cell.strip() for cell in row)
    ]
    if faults:
        raise ReadError(faults)


def _body(rows: list[list[str]], width: int) -> pl.DataFrame:
    full = [row if len(row) == width else [""] * width for row in rows]  # the others are blank lines
    columns = list(zip(*full, strict=True)) or [()] * width
    return pl.DataFrame([pl.Series(str(i), column, pl.String) for i, column in enumerate(columns)])

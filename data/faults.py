"""Faults: what is wrong in a file, where, and what to do; as a table on the screen or a file to send back."""

import csv
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import xlsxwriter
from rich.console import Console
from rich.table import Table
from rich.text import Text

HEADINGS = ("file", "row", "column", "value", "rule", "message")
WIDTHS = (28, 8, 22, 28, 26, 110)
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong in one file.

    `row` is the row as a person sees it in Excel: the first row of the file is 1. `row`, `column` and
    `value` are None where the whole file is meant. `rule` is a short name that stays the same; `message` says
    in plain words what is wrong and what to do.
    """

    file: str
    row: int | None
    column: str | None
    value: str | None
    rule: str
    message: str


def quoted(value: str, longest: int = 60) -> str:
    """The value in quotation marks, on one line and short enough to stand in a sentence."""
    line = printable(value)
    return f'"{line}"' if len(line) <= longest else f'"{line[:longest]}..." ({len(value)} characters)'


def printable(value: str) -> str:
    """The value without control characters: a file must not be able to steer a terminal or break a line."""
    return "".join("�" if unicodedata.category(c)[0] == "C" else c for c in value)


def listed(words: Iterable[str], longest: int = 12) -> str:
    """The words in quotation marks with commas, and how many more there are."""
    every = [quoted(word) for word in words]
    rest = len(every) - longest
    return ", ".join(every[:longest]) + (f" and {rest} more" if rest > 0 else "") if every else "none"


def print_table(faults: Sequence[Fault], console: Console, limit: int = 50) -> None:
    """Print the first `limit` faults as a table, and say how many there are in all."""
    if not faults:
        console.print("No faults.")
        return
    table = Table(title=f"{len(faults)} fault{'' if len(faults) == 1 else 's'}", show_lines=True)
    for heading in ("file", "row", "column", "value"):
        table.add_column(heading, justify="right" if heading == "row" else "left", overflow="fold")
    table.add_column("what is wrong and what to do", ratio=1, overflow="fold")
    for fault in faults[:limit]:
        row = "" if fault.row is None else str(fault.row)
        cells = (fault.file, row, fault.column or "", (fault.value or "")[:200], fault.message)
        table.add_row(*(Text(printable(cell)) for cell in cells))  # Text: [red] in a value is not a colour
    console.print(table)
    if len(faults) > limit:
        rest = f"{len(faults) - limit} more are not shown here: they stand in the report of faults."
        console.print(rest, highlight=False)


def write(faults: Sequence[Fault], path: Path) -> None:
    """Write the faults to `path`, one row each.

    `.xlsx`: an Excel workbook with one sheet. `.csv`: UTF-8 with a byte order mark and semicolons, which
    Danish Excel opens as columns. What Excel would take for a formula is made text. ValueError for another
    ending.
    """
    writers = {".xlsx": _write_xlsx, ".csv": _write_csv}
    if path.suffix.lower() not in writers:
        raise ValueError(f"{path.name}: a report of faults is written as .xlsx or .csv. Choose one of these endings.")
    writers[path.suffix.lower()](faults, path)


def _cells(fault: Fault) -> list[str | int | None]:
    return [getattr(fault, heading) for heading in HEADINGS]


def _write_xlsx(faults: Sequence[Fault], path: Path) -> None:
    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False})
    with book:
        sheet = book.add_worksheet("faults")
        heading, body = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
        sheet.write_row(0, 0, HEADINGS, heading)
        for row, fault in enumerate(faults, start=1):
            for column, cell in enumerate(_cells(fault)):
                if isinstance(cell, int):
                    sheet.write_number(row, column, cell, body)
                elif cell is not None:
                    sheet.write_string(row, column, cell, body)
        for column, width in enumerate(WIDTHS):
            sheet.set_column(column, column, width)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, max(len(faults), 1), len(HEADINGS) - 1)


def _harmless(cell: str | int | None) -> str | int:
    """Text that a spreadsheet would run as a formula gets an apostrophe in front: it is shown, not run."""
    if isinstance(cell, str) and cell.lstrip(" \n").startswith(FORMULA_STARTS):
        return "'" + cell
    return "" if cell is None else cell


def _write_csv(faults: Sequence[Fault], path: Path) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(HEADINGS)
        writer.writerows([_harmless(cell) for cell in _cells(fault)] for fault in faults)

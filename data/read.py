"""Read a source: a CSV, XLSX or Parquet file becomes a frame of texts, with the columns of its mapping."""

import string
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import polars as pl

from data.faults import Fault, listed, quoted
from data.grid import Grid, ReadError, empty, error
from data.grid_csv import read_csv
from data.grid_parquet import read_parquet
from data.grid_xlsx import read_xlsx
from data.mapping import DIMENSIONS, Field, Mapping
from data.parse import fold

__all__ = ["ROW", "ReadError", "Source", "read"]

ROW = "#row"
LARGEST_FILE = 500_000_000  # bytes
READERS = {".csv": read_csv, ".xlsx": read_xlsx, ".parquet": read_parquet}


@dataclass(frozen=True)
class Source:
    """What stands in a file.

    `frame` has ROW (Int64, the row as a person sees it) and a column of texts for each heading that the
    mapping reads, in the file's order; an empty cell is null. Columns that the mapping ignores are left
    behind. `columns` says which heading holds which of our fields and extra dimensions, `counts`
    which headings of a wide table hold counts, and of which value.
    """

    file: str
    frame: pl.DataFrame
    columns: dict[str, str]
    counts: dict[str, str]
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None


def read(path: Path, mapping: Mapping) -> Source:
    """The table in `path`, with the columns that `mapping` names. Raises ReadError, and nothing else."""
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        message = f"The ending {quoted(path.suffix)} isn't known. Save the file as .csv, .xlsx or .parquet."
        raise error(path, "unknown_ending", message)
    data = _bytes(path)
    if not data.strip():
        raise empty(path)
    return _source(path, reader(path, data, mapping), mapping)


def _bytes(path: Path) -> bytes:
    try:
        if not path.exists():
            raise error(path, "missing_file", f"There is no file {path}. Check the name and the folder.")
        if not path.is_file():  # a folder, or a pipe that would never end
            raise error(path, "missing_file", f"{path} is no file. Give the path of a file.")
        if path.stat().st_size > LARGEST_FILE:
            message = f"The file is larger than {LARGEST_FILE // 1_000_000} MB."
            raise error(path, "too_large", f"{message} Check that it is the right one.")
        return path.read_bytes()
    except OSError as why:
        message = f"The file can't be opened ({why.strerror}). Check who may read it."
        raise error(path, "unreadable_file", message) from why


def _source(path: Path, grid: Grid, mapping: Mapping) -> Source:
    """The grid with its headings checked, its blank rows dropped and its columns found."""
    body = _without_blank_rows(grid)
    headings = _headings(path.name, grid, body)
    columns, counts, faults = _columns(path.name, list(headings.values()), mapping)
    used = [i for i, heading in headings.items() if heading in columns.values() or heading in counts]
    for i in used:
        if i in grid.unreadable:
            message = f"The column holds {grid.unreadable[i]}, not single values."
            advice = "Save it as text, whole numbers or dates."
            faults.append(Fault(path.name, None, headings[i], None, "unreadable_column", f"{message} {advice}"))
    if faults:
        raise ReadError(faults)
    if not body.height:
        raise error(path, "no_rows", "The file has headings, but no rows. Check that it was saved and copied whole.")
    frame = body.select(ROW, *(pl.col(str(i)).alias(headings[i]) for i in used))
    return Source(path.name, frame, columns, counts, grid.encoding, grid.delimiter, grid.sheet)


def _without_blank_rows(grid: Grid) -> pl.DataFrame:
    """The cells, null where they are blank, with the number of each row that is not blank altogether."""
    body = grid.body.with_columns(pl.when(pl.all().str.strip_chars() != "").then(pl.all()))
    rows = pl.int_range(grid.first_row, grid.first_row + body.height, eager=True).alias(ROW)
    return body.insert_column(0, rows).filter(pl.any_horizontal(pl.exclude(ROW).is_not_null()))


def _headings(file: str, grid: Grid, body: pl.DataFrame) -> dict[int, str]:
    """The headings by position. A column with neither heading nor cells is none: Excel often leaves some."""
    row = grid.first_row - 1
    headings: dict[int, str] = {}
    seen: dict[str, int] = {}
    faults: list[Fault] = []
    for i, text in enumerate(grid.headings):
        heading, letters = " ".join(text.split()), _letters(i)
        if heading and fold(heading) in seen:
            message = f"The heading {quoted(heading)} stands over columns {_letters(seen[fold(heading)])} and"
            message = f"{message} {letters}. Rename or delete one of them."
            faults.append(Fault(file, row, heading, heading, "duplicate_heading", message))
        elif heading:
            headings[i] = heading
            seen[fold(heading)] = i
        elif body[str(i)].null_count() < body.height:
            message = f"Column {letters} holds cells, but has no heading in row {row}. Give it one."
            faults.append(Fault(file, row, letters, None, "missing_heading", message))
    if faults:
        raise ReadError(faults)
    return headings


def _letters(i: int) -> str:
    """The column at position `i`, from 0, as Excel names it."""
    before, last = divmod(i, 26)
    return (_letters(before - 1) if before else "") + string.ascii_uppercase[last]


def _columns(file: str, headings: list[str], mapping: Mapping) -> tuple[dict[str, str], dict[str, str], list[Fault]]:
    """Which heading holds which field, which ones hold counts, and what is missing or unforeseen."""
    found = {fold(heading): heading for heading in headings}
    fields = [f for f in (*mapping.fields.values(), *mapping.extra.values()) if f.constant is None]
    columns = {f.name: found[fold(f.column)] for f in fields if fold(f.column) in found}
    wide = mapping.wide.headings if mapping.wide else {}
    counts = {found[fold(heading)]: value for heading, value in wide.items() if fold(heading) in found}
    faults = [
        _missing(file, wanted, headings)
        for wanted in _needed(mapping)
        if not any(f.name in columns or f.constant is not None for f in wanted)
    ]
    faults += [_missing_wide(file, heading, headings) for heading in wide if fold(heading) not in found]
    faults += [
        _unmapped(file, heading)
        for heading in headings
        if heading not in columns.values() and heading not in counts and not mapping.ignores(heading)
    ]
    return columns, counts, faults


def _needed(mapping: Mapping) -> list[list[Field]]:
    """Groups of fields: of each, a source must have one."""
    groups = [["date", "year"], *([name] for name in DIMENSIONS if name != "age_group"), ["age_group", "age"]]
    if not mapping.wide:
        groups.append(["id", "count"])
    elif mapping.wide.field == "year":
        groups.remove(["date", "year"])
    ours = [[mapping.fields[name] for name in group if name in mapping.fields] for group in groups]
    return [group for group in ours if group] + [[extra] for extra in mapping.extra.values()]


def _missing(file: str, wanted: list[Field], headings: list[str]) -> Fault:
    names = " or ".join(f"{f.name} (heading {quoted(f.column)})" for f in wanted)
    keys = " or ".join(f"[{f.table}] column" for f in wanted)
    otherwise = ", or list it under not_collected" if wanted[0].name in DIMENSIONS else ""
    folded = {fold(heading): heading for heading in headings}
    near = get_close_matches(fold(wanted[0].column), folded, n=1)
    nearest = f" The nearest is {quoted(folded[near[0]])}." if near else ""
    message = f"There is no column for {names}. Headings found: {listed(headings, 30)}.{nearest}"
    advice = f"Correct the heading, or name it in the mapping: {keys}{otherwise}."
    return Fault(file, None, wanted[0].column, None, "missing_column", f"{message} {advice}")


def _missing_wide(file: str, heading: str, headings: Iterable[str]) -> Fault:
    message = f"There is no column {quoted(heading)}, which [wide] names. Found: {listed(headings, 30)}."
    return Fault(file, None, heading, None, "missing_column", f"{message} Correct the heading or the mapping.")


def _unmapped(file: str, heading: str) -> Fault:
    message = f"The column {quoted(heading)} isn't in the mapping. Say there which field it holds, or that it"
    message = f"{message} is not to be read: ignore = [{quoted(heading)}]."
    return Fault(file, None, heading, None, "unmapped_column", message)

"""What every kind of file becomes when it is opened: headings and rows of texts, or a ReadError."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from data.faults import Fault

SAVE_AGAIN = "Open it in the program that it comes from and save it as"
MAGIC = (
    (b"PK\x03\x04", "an Excel workbook or another zip file"),
    (b"PAR1", "a Parquet file"),
    (b"\xd0\xcf\x11\xe0", "an old Excel file (.xls) or one with a password"),
    (b"%PDF", "a PDF"),
)


class ReadError(ValueError):
    """A file that can't be read; `faults` says why and what to do."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(f"{fault.file}: {fault.message}" for fault in self.faults))


@dataclass
class Grid:
    """The cells of one table.

    `body` has columns "0", "1", ... of texts, one for each heading; its first row is row `first_row` of the
    file. `unreadable` says of which type a column is that holds no single values, by its position.
    """

    headings: list[str]
    body: pl.DataFrame
    first_row: int
    unreadable: dict[int, str] = field(default_factory=dict)
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None


def error(path: Path, rule: str, message: str, row: int | None = None) -> ReadError:
    """The ReadError of a file with one fault that concerns the whole of it, or one row."""
    return ReadError([Fault(path.name, row, None, None, rule, message)])


def empty(path: Path) -> ReadError:
    """The ReadError of a file without content."""
    return error(path, "empty_file", "The file is empty. Check that it was saved and copied whole.")


def no_headings(path: Path, header_row: int) -> ReadError:
    """The ReadError of a file whose heading row is blank, or lies below the end of the file."""
    message = f"Row {header_row} should hold the headings, but it is blank."
    advice = "Write them there, or name their row in the mapping: [file] header_row."
    return error(path, "missing_heading", f"{message} {advice}", header_row)


def kind(data: bytes) -> str | None:
    """What a file is by its first bytes, None where these say nothing."""
    return next((what for magic, what in MAGIC if data.startswith(magic)), None)


@contextmanager
def damaged(path: Path, what: str, ending: str) -> Iterator[None]:
    """Turn whatever a reading library raises on damaged bytes into a ReadError.

    A crash inside such a library is a BaseException but no Exception, of a class that can't be imported.
    """
    try:
        yield
    except (ReadError, KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as why:
        message = f"The file is damaged: it can't be read as {what}. {SAVE_AGAIN} {ending} again."
        raise error(path, "broken_file", message) from why

"""Open a Parquet file: its typed columns become texts."""

import io
from pathlib import Path

import polars as pl
from pyarrow import parquet

from data.grid import Grid, damaged, error, kind
from data.mapping import Mapping

MARK = b"PAR1"


def read_parquet(path: Path, data: bytes, mapping: Mapping) -> Grid:
    """The table in `data`; its first row counts as row 2, as if its headings were row 1. Raises ReadError."""
    _refuse_what_is_no_parquet(path, data)
    with damaged(path, "a Parquet file", ".parquet"):
        # Not read by polars: on some damaged files it ends the whole program, which nothing can catch.
        table = parquet.read_table(io.BytesIO(data), use_threads=False, page_checksum_verification=True)
        frame = pl.DataFrame(table)
        texts = [_text(column, mapping.numbers.decimal) for column in frame.iter_columns()]
    unreadable = {i: str(frame.dtypes[i]) for i, text in enumerate(texts) if text is None}
    nothing = pl.Series([None] * frame.height, dtype=pl.String)
    columns = [(nothing if text is None else text).alias(str(i)) for i, text in enumerate(texts)]
    return Grid(frame.columns, pl.DataFrame(columns), 2, unreadable)


def _refuse_what_is_no_parquet(path: Path, data: bytes) -> None:
    footer = int.from_bytes(data[-8:-4], "little")
    if data.startswith(MARK) and data.endswith(MARK) and 0 < footer <= len(data) - 12:
        return
    what = kind(data) if not data.startswith(MARK) else None
    message = f"The file ends in .parquet, but is {what or 'no Parquet file, or was cut off'}."
    raise error(path, "not_parquet", f"{message} Save or copy it again, or correct the ending.")


def _text(column: pl.Series, decimal: str) -> pl.Series | None:
    """The column as texts: ISO dates, whole numbers without .0. None where it holds no single values."""
    dtype = column.dtype
    if dtype.is_nested() or dtype in (pl.Binary, pl.Object):
        return None
    if dtype == pl.Datetime:
        return column.dt.to_string("%Y-%m-%d %H:%M:%S").str.replace(" 00:00:00", "", literal=True)
    if dtype.is_float():
        column = column.fill_nan(None)  # NaN is what pandas writes for an empty cell
    if dtype.is_float() or dtype.is_decimal():
        return column.cast(pl.String).str.replace(r"\.0+$", "").str.replace(".", decimal, literal=True)
    return column.cast(pl.String)

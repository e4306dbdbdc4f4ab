"""Count: from validated records to the true count behind every margin of the layout.

DuckDB adds the records up, in one scan, over the dimensions of every joint group at once. It turns codes into enums
of the code lists first, so what it must hold is bounded by the code lists and years, however many records there are.
"""

import glob
import tempfile
from collections.abc import Sequence
from pathlib import Path

import duckdb
import numpy as np
import polars as pl

from data.codes import CodeLists
from data.tables import Group, Layout

MEMORY = "4GB"  # what DuckDB may hold; it writes what is more to a temporary folder


def combinations(records: pl.DataFrame | Path | Sequence[Path], layout: Layout, codes: CodeLists) -> np.ndarray:
    """How many referrals each combination of the layout has: int64, shape (layout.size,).

    records: year, the dimensions' columns and count, as validation leaves them: a frame, or one or several Parquet
    files, which are never loaded whole.
    Raises ValueError where a record fits no combination or has no count, which validation should have refused, and
    duckdb.Error where a file can't be read or a column is missing.
    """
    groups = [_collected(group, codes) for group in layout.groups]
    dimensions = [d for d in codes.dimensions if any(d in group for group in groups)]
    counts = np.zeros(layout.size, dtype=np.int64)
    with (
        tempfile.TemporaryDirectory(prefix="vink-count-") as spill,
        duckdb.connect(config={"memory_limit": MEMORY, "temp_directory": spill}) as con,
    ):
        con.execute("set enable_progress_bar = false")  # the build shows its own
        _open(con, records, dimensions)
        total = _total(con)
        found = _found(con, groups, dimensions, codes)
        for group, keys in zip(layout.groups, groups, strict=True):
            held, lost = _fitted(found[keys], group, codes)
            counts[group.positions] = held
            if held.sum() != total:
                record = [_record(con, row, dimensions, codes) for row in lost.select("year", *keys).head(1).to_dicts()]
                raise ValueError(f"records that no combination of the code lists holds: {record}")
    return counts


def margins(counts: np.ndarray, layout: Layout) -> np.ndarray:
    """The true count of each margin: int64, shape (len(layout.margins),)."""
    return np.array([counts[members].sum() for members in layout.margins], dtype=np.int64)


def _collected(group: Group, codes: CodeLists) -> tuple[str, ...]:
    """The dimensions that records must have for this group: its own, and what its derived ones are worked out from."""
    needed = {codes.collected(dimension) for dimension in group.frame.columns}
    return tuple(dimension for dimension in codes.dimensions if dimension in needed)


def _open(con: duckdb.DuckDBPyConnection, records: pl.DataFrame | Path | Sequence[Path], dimensions: list[str]) -> None:
    """Give the connection the records as `records`: year, dimensions, count."""
    columns = ["year", *dimensions, "count"]
    if isinstance(records, pl.DataFrame):
        con.register("records", records.select(columns))
        return
    paths = [records] if isinstance(records, Path) else records
    # The names of files and folders are just names: no patterns, and no columns (year=2019/) in them.
    names = [glob.escape(str(path)) for path in paths]
    files = con.read_parquet(names, union_by_name=True, hive_partitioning=False)
    files.select(*(duckdb.ColumnExpression(column) for column in columns)).create_view("records")


def _total(con: duckdb.DuckDBPyConnection) -> int:
    """All referrals, worked out apart from the combinations. Raises ValueError where a record has no count."""
    [(total, missing)] = con.execute(
        "select coalesce(sum(count), 0)::bigint, count(*) - count(records.count) from records"
    ).fetchall()
    if missing:
        raise ValueError(f"{missing} records have no count")
    return total


def _found(
    con: duckdb.DuckDBPyConnection, groups: list[tuple[str, ...]], dimensions: list[str], codes: CodeLists
) -> dict[tuple[str, ...], pl.DataFrame]:
    """For each different group of dimensions: year (Int32), these (String; null for an unlisted code), n (Int64).

    Summing the finest aggregate, of all dimensions together, would take longer and more memory (docs/development.md).
    """
    columns = ["year", *dimensions]
    # Two joint groups may need the same dimensions; a set that stood there twice would be counted twice.
    sets = {keys: ["year", *keys] for keys in groups}
    grouped = con.sql(
        f"""
        select year, {", ".join(f'"{d}"::varchar as "{d}"' for d in dimensions)},
            grouping({_listed(columns)}) as absent, sum(count)::bigint as n
        from (select {_typed(dimensions, codes)}, count from records)
        group by grouping sets ({", ".join(f"({_listed(keys)})" for keys in sets.values())})
        """
    ).pl()
    return {
        keys: grouped.filter(absent=int("".join("01"[c not in held] for c in columns), 2)).select(*held, "n")
        for keys, held in sets.items()
    }


def _fitted(found: pl.DataFrame, group: Group, codes: CodeLists) -> tuple[np.ndarray, pl.DataFrame]:
    """The count of each combination of the group (int64, its shape), and the rows of `found` that fit none."""
    keys = group.frame.columns
    derived = {d: of for d, of in codes.derived_from.items() if d in keys}
    found = found.with_columns(
        pl.col(of).replace_strict(codes.groups(of), default=None, return_dtype=pl.String).alias(d)
        for d, of in derived.items()
    )
    sums = found.group_by(keys).agg(pl.col("n").sum())
    held = group.frame.join(sums, on=keys, how="left", maintain_order="left")["n"].fill_null(0)
    lost = found.filter(pl.col("n") != 0).join(group.frame, on=keys, how="anti")
    return held.to_numpy().astype(np.int64), lost.sort(keys)


def _record(
    con: duckdb.DuckDBPyConnection, row: dict[str, object], dimensions: list[str], codes: CodeLists
) -> dict[str, object]:
    """The first record that was counted in this row of what was found, with its codes as they are written."""
    same = " and ".join(f't."{key}" is not distinct from ?' for key in row)
    found = con.sql(
        f"""
        select r.* from (select {_typed(dimensions, codes)}, records as r from records) t
        where {same} and r.count <> 0 limit 1
        """,
        params=list(row.values()),
    )
    return found.pl().row(0, named=True)


def _typed(dimensions: list[str], codes: CodeLists) -> str:
    """SQL for year and the dimensions as enums. Enums are quicker to group by than texts."""
    enums = {d: ", ".join("'" + code.replace("'", "''") + "'" for code in codes.codes(d)) for d in dimensions}
    return ", ".join(["year::integer as year", *(f'try_cast("{d}" as enum({e})) as "{d}"' for d, e in enums.items())])


def _listed(columns: Sequence[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)

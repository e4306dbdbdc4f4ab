"""Check the totals that a source publishes itself: each must be the sum of its parts."""

import polars as pl

from data.codes import ALL

AGREES, DIFFERS, IN_DOUBT, NO_PARTS = "agrees", "differs", "in doubt", "no parts"
MOST_DOUBTS = 200  # with more kinds of unreadable cells than this, no sum of the table is worth checking
CELL, TABLE = "#cell", "#table"


def check(cells: pl.DataFrame, keys: list[str], axes: list[str]) -> pl.DataFrame:
    """Compare each published total with the sum of its parts, once along each axis on which it is a total.

    `cells` has one row a count: `keys` (texts; ALL marks a total, null what can't be read) and `count`,
    with whatever else says where it stands. `axes` are the keys that have totals. Returns the totals with
    `over` (the axis), `where` (which cell it is, in words), `published`, `summed`, `parts` (how many) and
    `verdict`: agrees, differs, in doubt (the total or a part of it can't be read) or no parts (on any axis).
    """
    cells = cells.with_row_index(CELL).with_columns(pl.lit(0).alias(TABLE))
    checked = pl.concat([_along(cells, keys, axis) for axis in axes or keys[:1]])
    # A total without parts along one axis may have parts along another.
    alone = (pl.col("verdict") == NO_PARTS).all().over(CELL)
    return checked.filter((pl.col("verdict") != NO_PARTS) | alone).drop(CELL)


def _along(cells: pl.DataFrame, keys: list[str], axis: str) -> pl.DataFrame:
    others = [TABLE, *(key for key in keys if key != axis)]  # TABLE: there may be no other key to join on
    is_total = pl.col(axis).eq_missing(pl.lit(ALL))
    totals, parts = cells.filter(is_total), cells.filter(~is_total)
    sums = parts.group_by(others).agg(summed=pl.col("count").sum(), parts=pl.len().cast(pl.Int64))
    compared = totals.with_columns(_doubtful(totals, parts, others, axis)).join(
        sums, on=others, how="left", maintain_order="left"
    )
    verdict = (
        pl.when("doubtful")
        .then(pl.lit(IN_DOUBT))
        .when(pl.col("parts").is_null())
        .then(pl.lit(NO_PARTS))
        .when(pl.col("count") == pl.col("summed"))
        .then(pl.lit(AGREES))
        .otherwise(pl.lit(DIFFERS))
    )
    where = pl.concat_str([pl.format("{} {}", pl.lit(key), _word(key)) for key in keys], separator=", ")
    return compared.select(
        pl.exclude(TABLE, "doubtful", "count", "summed", "parts"),
        over=pl.lit(axis),
        where=where,
        published=pl.col("count"),
        summed=pl.col("summed"),
        parts=pl.col("parts").fill_null(0),
        verdict=verdict,
    )


def _word(key: str) -> pl.Expr:
    return pl.when(pl.col(key) == ALL).then(pl.lit("total")).otherwise(pl.col(key).fill_null("?"))


def _doubtful(totals: pl.DataFrame, parts: pl.DataFrame, others: list[str], axis: str) -> pl.Series:
    """Which totals can't be checked: they, or a cell that may be one of their parts, can't be read."""
    unreadable = pl.any_horizontal(pl.col("count", *others).is_null())
    doubtful = totals.select(doubtful=unreadable).to_series()
    broken = parts.filter(pl.any_horizontal(pl.col("count", axis, *others).is_null())).select(others).unique()
    if broken.height > MOST_DOUBTS:
        return pl.repeat(True, totals.height, dtype=pl.Boolean, eager=True).alias("doubtful")
    for keys in broken.iter_rows(named=True):
        # What can't be read of a cell may be anything: the cell may belong to every total that the rest fits.
        fits = pl.all_horizontal([pl.col(key) == value for key, value in keys.items() if value is not None])
        doubtful |= totals.select(doubtful=fits).to_series()
    return doubtful

"""Count: from validated records to the true count behind every margin of the layout."""

import numpy as np
import polars as pl

from data.codes import CodeLists
from data.tables import Group, Layout


def combinations(records: pl.DataFrame, layout: Layout, codes: CodeLists) -> np.ndarray:
    """How many referrals each combination of the layout has: int64, shape (layout.size,).

    records: year, the dimensions' columns and count, as validation leaves them.
    Raises ValueError where a record fits no combination, which validation should have refused.
    """
    counts = np.zeros(layout.size, dtype=np.int64)
    records = records.with_columns(
        pl.col(of).replace_strict(codes.groups(of)).alias(dimension) for dimension, of in codes.derived_from.items()
    )
    for group in layout.groups:
        counts[group.positions] = _count(records, group)
    return counts


def margins(counts: np.ndarray, layout: Layout) -> np.ndarray:
    """The true count of each margin: int64, shape (len(layout.margins),)."""
    return np.array([counts[members].sum() for members in layout.margins], dtype=np.int64)


def _count(records: pl.DataFrame, group: Group) -> np.ndarray:
    keys = group.frame.columns
    found = records.group_by(keys).agg(n=pl.col("count").sum())
    joined = group.frame.join(found, on=keys, how="left", maintain_order="left")
    counts = joined["n"].fill_null(0).to_numpy()
    if counts.sum() != records["count"].sum():
        lost = found.join(group.frame, on=keys, how="anti").head(1).to_dicts()
        raise ValueError(f"records that no combination of the code lists holds: {lost}")
    return counts.astype(np.int64)

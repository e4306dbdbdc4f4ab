"""Certificate: what was published and hidden, what the attacker knew, what he found, and how good the pattern is.

It goes into the release (tables `certificate` and `certificate_tables`). What it says of hidden cells it says of all of
them together: how many are small, by table, would tell a reader too much.
"""

import highspy
import polars as pl

from data.audit import PUBLIC, Audit
from data.knowledge import REVISED, Known
from data.policy import Policy
from data.protect import Pattern

STATUSES = ("published", "zero", "suppressed", "not_collected")


def items(
    found: Audit, pattern: Pattern, policy: Policy, known: list[Known], alone: int, seconds: float
) -> dict[str, object]:
    """The certificate's items by name. alone: how many cells hold a single referral. seconds: what it all took."""
    cells = found.cells
    hidden = cells.filter(pl.col("status") == "suppressed")
    primary = int(pattern.primary.sum())
    inside = told(found, policy)
    versions = sorted({one.source.removeprefix("release ") for one in known if one.source.startswith("release ")})
    return {
        "cells": cells.height,
        **{status: cells.filter(pl.col("status") == status).height for status in STATUSES},
        "primary": primary,
        "secondary": int(pattern.suppressed.sum()) - primary,
        "public": cells.filter(pl.col("verdict") == PUBLIC).height,
        "narrowest": _narrowest(hidden.filter(pl.col("verdict") != PUBLIC)) or "",
        "threshold": policy.threshold,
        "protection": policy.protection,
        "cost": round(pattern.cost, 2),
        "bound": round(pattern.bound, 2),
        "gap": round(pattern.gap, 4),
        "ended": pattern.ended,
        "rounds": pattern.rounds,
        "statements": sum(one.source.startswith("statement ") for one in known),
        "earlier_releases": ",".join(versions),
        "revised": sum(one.kind == REVISED for one in known),
        "insiders": ",".join(policy.insiders),
        "insiders_tried": alone,
        "insiders_open": len(inside),
        "insiders_elsewhere": len(found.insiders) - len(inside),
        "whole_asked": found.whole[0],
        "whole_none": found.whole[1],
        "whole_undecided": found.whole[2],
        "solver": f"HiGHS {highspy.Highs().version()}",
        "seconds": round(seconds, 1),
    }


def told(found: Audit, policy: Policy) -> list[tuple[str, str]]:
    """The pairs of the audit's insiders that the policy guards against."""
    return [pair for pair in found.insiders if all(_guarded(cell, policy.insiders) for cell in pair)]


def _guarded(cell: str, dimensions: tuple[str, ...]) -> bool:
    """Whether a cell, named as the audit names it, is detailed by no other dimension than these."""
    return all(part.split("=")[0] in dimensions for part in cell.split(", ")[1:])


def tables(found: Audit) -> pl.DataFrame:
    """One row a published table: how many cells of each status, which share of the referrals stands in published cells
    of its finest detail, and the narrowest range."""
    rows = []
    each = found.cells.explode("tables", empty_as_null=True)
    for (name,), part in each.group_by("tables", maintain_order=True):
        count = dict(part.group_by("status").len().iter_rows())
        finest = part.with_columns(
            depth=pl.col("cell").str.count_matches("="), span=pl.col("last_year") - pl.col("first_year")
        )
        finest = finest.filter(pl.col("depth") == pl.col("depth").max())
        finest = finest.filter(pl.col("span") == pl.col("span").min())
        whole = part.filter(
            ~pl.col("cell").str.contains("="), (pl.col("last_year") - pl.col("first_year")) == finest["span"][0]
        )
        referrals = int(whole["n"].sum()) if whole["n"].null_count() == 0 else 0
        rows.append(
            {
                "table": name,
                "cells": part.height,
                **{status: count.get(status, 0) for status in STATUSES},
                "share": int(finest["n"].sum()) / referrals if referrals else None,
                "narrowest": _narrowest(part.filter(pl.col("status") == "suppressed", pl.col("verdict") != PUBLIC)),
            }
        )
    schema = {"table": pl.String, "cells": pl.Int64} | dict.fromkeys(STATUSES, pl.Int64)
    return pl.DataFrame(rows, schema=schema | {"share": pl.Float64, "narrowest": pl.Int64})


def _narrowest(hidden: pl.DataFrame) -> int | None:
    width = hidden.select((pl.col("upper") - pl.col("lower") + 1).min()).item()
    return None if width is None else int(width)

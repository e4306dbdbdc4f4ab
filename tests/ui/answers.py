"""Answers written by hand: 7 is published, 0 is zero, (1, 4) is suppressed with that range, None is not collected."""

import polars as pl

from ui import points
from ui.points import Point

Number = int | tuple[int, int] | None
SCHEMA = {"year": pl.Int32, "code": pl.String, "n": pl.Int32, "status": pl.String, "lower": pl.Int32, "upper": pl.Int32}
BASE = {"base": pl.Int32, "base_lower": pl.Int32, "base_upper": pl.Int32}


def answer(*rows: tuple[int, str, Number, Number]) -> pl.DataFrame:
    """An answer as queries.ask gives it, of rows (year, code, number, base)."""
    return pl.DataFrame([_row(*row) for row in rows], schema=SCHEMA | BASE)


def _row(year: int, code: str, number: Number, base: Number) -> dict[str, object]:
    n, lower, upper = _parts(number)
    status = "suppressed" if lower is not None else {None: "not_collected", 0: "zero"}.get(n, "published")
    whole, least, most = _parts(base)
    return {
        "year": year, "code": code, "n": n, "status": status, "lower": lower, "upper": upper,
        "base": whole, "base_lower": least, "base_upper": most,
    }  # fmt: skip


def _parts(number: Number) -> tuple[int | None, int | None, int | None]:
    if isinstance(number, tuple):
        return None, *number
    return number, None, None


def count(year: int, number: Number, code: str = "all", lang: str = "da") -> Point:
    """The point of one count."""
    return points.counts(answer((year, code, number, None)), lang)[0]


def share(year: int, number: Number, base: Number, code: str = "all", lang: str = "da") -> Point:
    """The point of one share."""
    return points.shares(answer((year, code, number, base)), lang)[0]

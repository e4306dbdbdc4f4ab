"""Points: an answer of a query as what a reader may be shown of it, each with its status and its words."""

from dataclasses import dataclass

import polars as pl

from ui import chance, locale
from ui.text import text

PUBLISHED, SUPPRESSED, NOT_COLLECTED, SMALL_BASE = "published", "suppressed", "not_collected", "small_base"


@dataclass(frozen=True)
class Point:
    """One number: `value` where it may be shown (a count, or a share from 0 to 1), else null.

    low, high: for a suppressed number the range that it lies in; for a published share its 95 percent interval.
    words: the number as the reader's language writes it, "28" or "1-7" or "40 pct. (28 af 70)".
    n, lower, upper, base: the counts behind it, as the release has them; base_lower and base_upper where the base is
    suppressed.
    """

    year: int
    code: str
    status: str
    value: float | None
    low: float | None
    high: float | None
    words: str
    n: int | None
    lower: int | None
    upper: int | None
    base: int | None = None
    base_lower: int | None = None
    base_upper: int | None = None


def counts(answer: pl.DataFrame, lang: str, code: str = "all") -> tuple[Point, ...]:
    """A point for each row of an answer with year, n, status, lower, upper (and code; else `code` for all)."""
    return tuple(_count(row, row.get("code", code), lang) for row in answer.iter_rows(named=True))


def _count(row: dict, code: str, lang: str) -> Point:
    year, n, lower, upper = row["year"], row["n"], row["lower"], row["upper"]
    if row["status"] == NOT_COLLECTED:
        return Point(year, code, NOT_COLLECTED, None, None, None, "–", None, None, None)
    if row["status"] == SUPPRESSED:
        words = locale.span(lower, upper, lang)
        return Point(year, code, SUPPRESSED, None, lower, upper, words, None, lower, upper)
    return Point(year, code, PUBLISHED, n, None, None, locale.number(n, lang), n, None, None)


def shares(answer: pl.DataFrame, lang: str) -> tuple[Point, ...]:
    """A point for each row with a base: the share n / base, or what can be said of it.

    A base under 20 gives no percentage; where n or the base is suppressed, the share gets the range that the ranges of
    both leave it.
    """
    rows = answer.filter(
        (pl.col("status") == NOT_COLLECTED) | pl.col("base_lower").is_not_null() | pl.col("base").is_not_null()
    )
    return tuple(_share(row, lang) for row in rows.iter_rows(named=True))


def _share(row: dict, lang: str) -> Point:
    count = _count(row, row["code"], lang)
    base = row["base"]
    if count.status == NOT_COLLECTED:
        return count
    least, most = (base, base) if base is not None else (row["base_lower"], row["base_upper"])
    base_words = locale.number(base, lang) if base is not None else locale.span(least, most, lang)
    of = text("figure.of_base", lang, n=count.words, base=base_words)
    shown = (count.year, count.code)
    kept = (count.n, count.lower, count.upper, base, *((None, None) if base is not None else (least, most)))
    if least < chance.SMALLEST_BASE:
        return Point(*shown, SMALL_BASE, None, None, None, of, *kept)
    if count.n is not None and base is not None:
        low, high = chance.wilson(count.n, base)
        words = f"{locale.percent(count.n, base, lang)} ({of})"
        return Point(*shown, PUBLISHED, count.n / base, low, high, words, *kept)
    lower = count.n if count.n is not None else (count.lower or 0)
    upper = count.n if count.n is not None else min(most, most if count.upper is None else count.upper)
    # Outwards to whole percentages: the words must not promise a narrower range than there is, nor a wider one.
    words = f"{lower * 100 // most}-{min(100, -(-upper * 100 // least))}{locale.PERCENT[lang]} ({of})"
    return Point(*shown, SUPPRESSED, None, lower / most, min(1.0, upper / least), words, *kept)

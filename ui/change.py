"""Change since the first year: an index of counts, first year = 100, and the chart of it."""

from dataclasses import replace
from functools import lru_cache

from ui import chance, charts, locale
from ui.charts import Mark, Series, Spec
from ui.points import NOT_COLLECTED, PUBLISHED, SMALL_BASE, SUPPRESSED, Point
from ui.text import text


@lru_cache(maxsize=512)
def indexed(counts: tuple[Point, ...], lang: str) -> tuple[Point, ...]:
    """Counts as an index of each code's count in the first year, with its 95 percent interval or its range.

    There is no index on a first year that is under 20, suppressed or not collected: such points have status small_base,
    and say their count.
    """
    first = min(point.year for point in counts)
    bases = {point.code: point.n for point in counts if point.year == first}
    return tuple(_indexed(point, bases.get(point.code), first, lang) for point in counts)


def _indexed(point: Point, base: int | None, first: int, lang: str) -> Point:
    if point.status == NOT_COLLECTED:
        return point
    if base is None or base < chance.SMALLEST_BASE:
        return replace(point, status=SMALL_BASE, value=None, low=None, high=None)
    against = text("charts.against", lang, n=point.words, base=locale.number(base, lang), year=first)
    if point.n is not None:
        low, high = (100.0, 100.0) if point.year == first else (100 * end for end in chance.ratio(point.n, base))
        words = f"{_whole(point.n, base, lang)} ({against})"
        return replace(point, value=100 * point.n / base, low=low, high=high, words=words, base=base)
    lower, upper = point.lower or 0, point.upper
    if upper is None:
        raise ValueError(f"{point.code} {point.year}: a suppressed count without an upper end has no index")
    # Outwards to whole numbers, as shares are: the words must not promise a narrower range than there is.
    words = f"{locale.span(100 * lower // base, -(-100 * upper // base), lang)} ({against})"
    return replace(point, low=100 * lower / base, high=100 * upper / base, words=words, base=base)


def _whole(n: int, base: int, lang: str) -> str:
    """100 * n / base in whole numbers, rounded half up."""
    return locale.number((200 * n + base) // (2 * base), lang)


@lru_cache(maxsize=512)
def change(counts: tuple[Point, ...], series: tuple[Series, ...], marks: tuple[Mark, ...], *, lang: str) -> Spec:
    """The index of these counts as lines; a series that has none says so in the legend."""
    first = min(point.year for point in counts)
    without = unindexed(counts, lang)
    named = tuple(
        replace(one, label=text("charts.no_index", lang, label=one.label)) if one.code in without else one
        for one in series
    )
    drawn = tuple(
        replace(point, status=NOT_COLLECTED) if point.status == SMALL_BASE else point for point in indexed(counts, lang)
    )
    return charts.lines(
        drawn,
        named,
        marks,
        lang=lang,
        form="index",
        break_label=text("figure.break_label", lang),
        title=text("charts.index", lang, year=first),
    )


def unindexed(counts: tuple[Point, ...], lang: str) -> tuple[str, ...]:
    """The codes that have no index: to be named beside the chart."""
    found = indexed(counts, lang)
    told = {point.code for point in found if point.status in (PUBLISHED, SUPPRESSED)}
    return tuple(code for code in dict.fromkeys(point.code for point in found) if code not in told)

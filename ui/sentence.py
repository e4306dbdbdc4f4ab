"""Sentences about numbers, which call something a change only where it is more than chance."""

from dataclasses import dataclass

from ui import chance, locale
from ui.points import PUBLISHED, SMALL_BASE, SUPPRESSED, Point
from ui.text import text

LONGEST_LIST = 6


@dataclass(frozen=True)
class Headline:
    """A figure in one glance: the number, what it counts, its base, and how it differs from the year before."""

    value: str
    what: str
    base: str
    change: str


def headline(key: str, now: Point, before: Point | None, *, share: bool, broken: bool, lang: str) -> Headline:
    """The headline of one number. `broken`: a break in series lies between the two years."""
    what = text(f"headline.{key}", lang)
    if now.status == SUPPRESSED:
        low, high = now.words.split(" (")[0].rsplit("-", 1) if "-" in now.words else (now.words, now.words)
        hidden = text("headline.hidden_share" if share else "headline.hidden_count", lang, low=low, high=high)
        return Headline(now.words.split(" (")[0], what, hidden, "")
    if share and now.status == PUBLISHED and now.n is not None and now.base is not None:
        value = locale.percent(now.n, now.base, lang)
        base = text(
            "headline.base_share",
            lang,
            n=locale.number(now.n, lang),
            base=locale.number(now.base, lang),
            year=now.year,
        )
    else:
        value, base = now.words, text("headline.base_count", lang, year=now.year)
    return Headline(
        value,
        what,
        base,
        "" if before is None else change(now, before, share=share, broken=broken, lang=lang),
    )


def change(now: Point, before: Point, *, share: bool, broken: bool, lang: str) -> str:
    """How `now` differs from `before`, in words that respect chance."""
    if before.status == SUPPRESSED or before.n is None or now.n is None:
        return text("change.hidden", lang, before=before.year)
    values = _values(now, before, lang)
    if not share:
        if not chance.counts_differ(now.n, before.n):
            return text("change.count_chance", lang, **values)
        return text("change.count_more" if now.n > before.n else "change.count_fewer", lang, **values)
    if SMALL_BASE in (before.status, now.status):
        return text("change.small_base", lang, **values)
    if broken:
        return text("change.share_break", lang, **values)
    if not _shares_differ(now, before):
        return text("change.share_chance", lang, **values)
    return text("change.share_more" if _share(now) > _share(before) else "change.share_fewer", lang, **values)


def told(key: str, title: str, now: Point, before: Point, *, share: bool, broken: str | None, lang: str) -> str:
    """One full sentence with both numbers, and a second that says whether they differ.

    broken: the key of the sentence to use where a break lies between the two years.
    """
    values = _values(now, before, lang)
    if now.n is None or before.n is None or (share and None in (now.base, before.base)):
        return text("told.hidden", lang, title=title, **values)
    if share and SMALL_BASE in (now.status, before.status):
        return text("told.small", lang, title=title, **values)
    if broken:
        verdict = broken
    elif (_share(now) == _share(before)) if share else now.n == before.n:
        verdict = "same"
    elif not (_shares_differ(now, before) if share else chance.counts_differ(now.n, before.n)):
        verdict = "chance"
    else:
        verdict = "rise" if (_share(now) > _share(before) if share else now.n > before.n) else "fall"
    return text(f"told.{key}", lang, verdict=text(f"told.{verdict}", lang), **values)


def _values(now: Point, before: Point, lang: str) -> dict[str, object]:
    values: dict[str, object] = {"year": now.year, "before": before.year}
    for suffix, point in (("", now), ("_before", before)):
        if point.n is not None:
            values[f"n{suffix}"] = locale.number(point.n, lang)
        if point.base is not None:
            values[f"base{suffix}"] = locale.number(point.base, lang)
        if point.n is not None and point.base:
            values[f"share{suffix}"] = locale.percent(point.n, point.base, lang)
    return values


def _share(point: Point) -> float:
    assert point.n is not None and point.base
    return point.n / point.base


def _shares_differ(now: Point, before: Point) -> bool:
    assert now.n is not None and now.base and before.n is not None and before.base
    return chance.shares_differ(now.n, now.base, before.n, before.base)


def described(points: tuple[Point, ...], labels: dict[str, str], *, share: bool, lang: str) -> str:
    """What a chart of these points shows, for those who can't see it: each series' first and last number."""
    years = [point.year for point in points]
    parts = []
    for code, label in labels.items():
        mine = [point for point in points if point.code == code]
        shown = [point for point in mine if point.status == PUBLISHED]
        hidden = [str(point.year) for point in mine if point.status == SUPPRESSED]
        if not shown:
            parts.append(text("alt.no_value", lang, label=label))
        else:
            first, last = shown[0], shown[-1]
            key = "alt.one_value" if first is last else "alt.from_to"
            parts.append(
                text(
                    key,
                    lang,
                    label=label,
                    from_value=first.words,
                    from_year=first.year,
                    to_value=last.words,
                    to_year=last.year,
                )
            )
        if hidden:
            listed = ", ".join(hidden[:LONGEST_LIST]) + (" ..." if len(hidden) > LONGEST_LIST else "")
            parts.append(text("alt.hidden_years", lang, years=listed))
    return text("alt.share" if share else "alt.trend", lang, first=min(years), last=max(years), series=" ".join(parts))

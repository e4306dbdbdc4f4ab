"""Sentences about numbers, which call something a change only where it is more than chance."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ui import chance, locale
from ui.charts import HeatCell
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
        kind = "share" if share else "count"
        return Headline(now.words.split(" (")[0], what, text(f"headline.hidden_{kind}", lang, year=now.year), "")
    if now.status == PUBLISHED and share and now.n is not None and now.base:
        value = locale.percent(now.n, now.base, lang)
        of = {"n": locale.number(now.n, lang), "base": locale.number(now.base, lang)}
        base = text("headline.base_share", lang, year=now.year, **of)
    else:
        value, base = now.words, text("headline.base_count", lang, year=now.year)
    if before is None:
        return Headline(value, what, base, "")
    found = compared(now, before, share=share, broken=broken)
    kind = "" if found in (HIDDEN, SMALL) else "share_" if share else "count_"
    return Headline(value, what, base, text(f"change.{kind}{found}", lang, **_values(now, before, lang)))


HIDDEN, SMALL, BROKEN, SAME, CHANCE, RISE, FALL = "hidden", "small", "break", "same", "chance", "rise", "fall"


def compared(now: Point, before: Point, *, share: bool, broken: bool) -> str:
    """What may be said of two numbers: hidden, small (a base under 20), break, same, chance, rise or fall."""
    if now.n is None or before.n is None or (share and None in (now.base, before.base)):
        return HIDDEN
    if share and SMALL_BASE in (now.status, before.status):
        return SMALL
    if broken:
        return BROKEN
    one, other = (now.n, before.n)
    if share and now.base and before.base:
        one, other = (now.n * before.base, before.n * now.base)  # which share is larger, in whole numbers
        differ = chance.shares_differ(now.n, now.base, before.n, before.base)
    else:
        differ = chance.counts_differ(now.n, before.n)
    if one == other:
        return SAME
    if not differ:
        return CHANCE
    return RISE if one > other else FALL


def told(key: str, title: str, now: Point, before: Point, *, share: bool, broken: str | None, lang: str) -> str:
    """One full sentence with both numbers, and a second that says whether they differ.

    broken: the key of the sentence to use where a break lies between the two years.
    """
    values = _values(now, before, lang)
    found = compared(now, before, share=share, broken=broken is not None)
    if found in (HIDDEN, SMALL):
        return text(f"told.{found}", lang, title=title, **values)
    verdict = broken if found == BROKEN else found
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


def described(points: tuple[Point, ...], labels: Mapping[str, str], *, share: bool, lang: str) -> str:
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


def heat_described(
    cells: Sequence[HeatCell],
    rows: Sequence[str],
    columns: Sequence[str],
    names: Mapping[str, str],
    period: str,
    lang: str,
) -> str:
    """What a crossed table shows, for those who can't see it; the last of rows and columns is the total."""
    inner = [cell for cell in cells if cell.row != rows[-1] and cell.column != columns[-1]]
    known = [cell for cell in inner if cell.value is not None]
    values: dict[str, object] = {**names, "period": period, "cells": len(inner)}
    if not known:
        return text("alt.heat_hidden", lang, **values)
    top = max(known, key=lambda cell: cell.value or 0)
    hidden = sum(cell.status == SUPPRESSED for cell in inner)
    return text("alt.heat", lang, hidden=hidden, top=f"{top.row}, {top.column}: {top.words}", **values)

"""Crossings: which dimensions the release publishes together, and one such table laid out as a reader chose it.

Nothing here knows the page: a `Choice` comes from the address, `cells` are the tidy numbers, `pivot` lays them out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import polars as pl

import queries
from queries import Release
from ui import address, locale, points
from ui.page import codes_in_use
from ui.points import PUBLISHED, Point
from ui.text import text

TIME, NONE, ALL = "time", "none", "all"
REVERSE = "reverse"
YEAR, PERIOD = "year", "period"
PENDING = "pending"
OUTSIDE = "outside_base"  # the status of a share that can't be: the code is outside the base
BASE = "base"  # of the total: it is what the others are shares of


@dataclass(frozen=True)
class Table:
    """One published table: its dimensions, and whether it has single years, fixed periods, all years together."""

    name: str
    dimensions: tuple[str, ...]
    times: tuple[str, ...]


@dataclass(frozen=True)
class Choice:
    """How a table is laid out: its rows, columns and small multiples are a dimension, TIME or (not rows) NONE."""

    rows: str
    columns: str
    panels: str

    @property
    def dimensions(self) -> tuple[str, ...]:
        return tuple(axis for axis in (self.rows, self.columns, self.panels) if axis not in (TIME, NONE))

    @property
    def over_time(self) -> bool:
        return TIME in (self.rows, self.columns, self.panels)


@lru_cache(maxsize=32)
def tables(release: Release) -> tuple[Table, ...]:
    """The published tables, in the policy's order."""
    rows = queries.ask(release, "published_tables").iter_rows(named=True)
    return tuple(Table(row["name"], *(tuple(row[k].split(",")) for k in ("dimensions", "times"))) for row in rows)


def dimensions(release: Release) -> list[str]:
    """All published dimensions, in the order in which the tables bring them."""
    return list(dict.fromkeys(d for table in tables(release) for d in table.dimensions))


def with_all(release: Release, chosen: Sequence[str]) -> list[Table]:
    """The tables that have all these dimensions, those with the fewest others first."""
    return sorted((t for t in tables(release) if set(chosen) <= set(t.dimensions)), key=lambda t: len(t.dimensions))


def times(release: Release, chosen: Sequence[str]) -> set[str]:
    """The kinds of time for which these dimensions are published together: year, period, all."""
    return {time for table in with_all(release, chosen) for time in table.times}


def beside(release: Release, taken: Sequence[str]) -> list[str]:
    """The axes that may stand beside those `taken`: dimensions published together with them, and the time."""
    chosen = [axis for axis in taken if axis != TIME]
    found = [d for d in dimensions(release) if d not in taken and with_all(release, [*chosen, d])]
    return found if TIME in taken else [TIME, *found]


def choice(release: Release, rows: str | None, columns: str | None, panels: str | None) -> Choice:
    """The layout that was asked for, as far as it is published; else the nearest one that is."""
    known = [TIME, *dimensions(release)]
    first = rows if rows in known else dimensions(release)[0]
    offered = beside(release, [first])
    second = columns if columns in (*offered, NONE) else offered[0]
    if second == NONE:
        return Choice(first, NONE, NONE)
    third = panels if panels in beside(release, [first, second]) else NONE
    return Choice(first, second, third or NONE)


def periods(release: Release, chosen: Sequence[str]) -> dict[str, tuple[int, int]]:
    """The single years, fixed periods and all years for which these dimensions are published together."""
    found: dict[str, tuple[int, int]] = {}
    for table in reversed(with_all(release, chosen)):
        rows = queries.table(release, table.name).select("period", "first_year", "last_year").unique().iter_rows()
        found |= {period: (first, last) for period, first, last in rows}
    return dict(sorted(found.items(), key=lambda item: (item[0] == ALL, item[1][1] - item[1][0], item[1])))


def kind(period: str) -> str:
    """Whether a period is a single year, a fixed period or all years."""
    return ALL if period == ALL else PERIOD if "-" in period else YEAR


@lru_cache(maxsize=128)
def counts(release: Release, chosen: tuple[str, ...]) -> dict[tuple[str, ...], dict]:
    """Every published number of these dimensions: (period, code of each dimension) to a row of the release."""
    found: dict[tuple[str, ...], dict] = {}
    for table in reversed(with_all(release, chosen)):
        frame = queries.table(release, table.name)
        for other in set(table.dimensions) - set(chosen):
            frame = frame.filter(pl.col(other) == ALL)
        for row in frame.iter_rows(named=True):
            found[row["period"], *(row[d] for d in chosen)] = row
    return found


@dataclass(frozen=True)
class Cell:
    """One number: its period and codes, the count behind it, and the share that it is of its base where that was asked.

    base, base_lower, base_upper: what the share is of; a range where that is suppressed.
    """

    period: str
    codes: tuple[str, ...]
    first_year: int
    last_year: int
    count: Point
    share: Point | None = None
    share_status: str | None = None
    base: int | None = None
    base_lower: int | None = None
    base_upper: int | None = None

    @property
    def size(self) -> tuple[int, float]:
        """How large the number is, for sorting: a suppressed one stands where its range begins."""
        shown = self.share if self.share is not None else self.count
        value = shown.value if shown.value is not None else shown.low
        return (0, 0.0) if value is None else (1, float(value))


@lru_cache(maxsize=64)
def cells(release: Release, chosen: tuple[str, ...], of: str | None, lang: str) -> dict[tuple[str, ...], Cell]:
    """Every number of these dimensions by its period and codes; with `of`, as shares across that dimension."""
    rows = counts(release, chosen)
    plain = points.counts(pl.DataFrame([_row(row) for row in rows.values()], infer_schema_length=None), lang)
    found = {
        key: Cell(key[0], key[1:], row["first_year"], row["last_year"], point)
        for (key, row), point in zip(rows.items(), plain, strict=True)
    }
    if of is None:
        return found
    place = chosen.index(of) + 1
    return {key: _with_share(cell, key, rows, place, of, lang) for key, cell in found.items()}


def _row(row: dict) -> dict:
    kept = {name: row[name] for name in ("n", "status", "lower", "upper")}
    return {"year": row["first_year"], "code": ALL, **kept}


def _with_share(cell: Cell, key: tuple[str, ...], rows: dict, place: int, of: str, lang: str) -> Cell:
    group = {other[place]: row for other, row in rows.items() if _same(other, key, place)}
    base, lower, upper = _base(group)
    code, count = key[place], cell.count
    if code == ALL or (code == PENDING and PENDING in group):
        status = BASE if code == ALL else OUTSIDE
        words = _base_words(base, lower, upper, lang) if code == ALL else "–"
        shown = Point(cell.first_year, code, status, None, None, None, words, count.n, count.lower, count.upper, base)
        return replace(cell, share=shown, share_status=status, base=base, base_lower=lower, base_upper=upper)
    row = _row(rows[key]) | {"code": code, "base": base, "base_lower": lower, "base_upper": upper}
    if base is None and lower is None:
        row |= {"status": points.NOT_COLLECTED, "n": None}
    (shown,) = points.shares(pl.DataFrame([row], infer_schema_length=None), lang)
    if shown.status == PUBLISHED and shown.low is not None and shown.high is not None:
        share, interval = locale.percent(count.n or 0, base or 1, lang), f"{_whole(shown.low)}-{_whole(shown.high)}"
        words = (
            f"{share} [{interval}] ({text('figure.of_base', lang, n=count.words, base=locale.number(base or 0, lang))})"
        )
        shown = replace(shown, words=words)
    return replace(cell, share=shown, share_status=shown.status, base=base, base_lower=lower, base_upper=upper)


def _same(one: tuple[str, ...], other: tuple[str, ...], place: int) -> bool:
    return one[:place] == other[:place] and one[place + 1 :] == other[place + 1 :]


def _whole(share: float) -> int:
    return int(100 * share + 0.5)


def _base_words(base: int | None, lower: int | None, upper: int | None, lang: str) -> str:
    if base is not None:
        return locale.number(base, lang)
    return "–" if lower is None else locale.span(lower, upper, lang)


def _base(group: Mapping[str, dict]) -> tuple[int | None, int | None, int | None]:
    """What the shares across one dimension are of: all that isn't pending. A number, or a range that holds it.

    Known from the total less the pending ones, or from the sum of the others; the range is what both leave.
    """
    whole, pending = group[ALL], group.get(PENDING)
    parts = [row for code, row in group.items() if code not in (ALL, PENDING) and row["status"] != points.NOT_COLLECTED]
    if whole["status"] == points.NOT_COLLECTED:
        return None, None, None
    none = {"n": 0, "lower": None, "upper": None}
    less = none if pending is None or pending["status"] == points.NOT_COLLECTED else pending
    if whole["n"] is not None and less["n"] is not None:
        exact = whole["n"] - less["n"]
        return exact, exact, exact
    if all(part["n"] is not None for part in parts):
        exact = sum(part["n"] for part in parts)
        return exact, exact, exact

    def least(row: dict) -> int:
        return row["n"] if row["n"] is not None else row["lower"]

    def most(row: dict) -> int:
        return row["n"] if row["n"] is not None else row["upper"]

    lower = max(least(whole) - most(less), sum(map(least, parts)))
    return None, lower, min(most(whole) - least(less), sum(map(most, parts)))


# What the address asks for


@dataclass(frozen=True)
class Selection:
    """A whole table as the address asks for it, as far as it is published.

    of: the dimension across which shares add up to 100 percent, None for counts. time: the kind of periods where an
    axis is the time. period: the one shown where none is. codes: what is shown of each axis, the total last.
    """

    choice: Choice
    of: str | None
    time: str
    years: tuple[int, int]
    period: str
    codes: dict[str, tuple[str, ...]]
    sort: str
    totals: bool


def selection(release: Release, asked: Mapping[str, str]) -> Selection:
    """What the query string asks for; where it asks for what isn't published, the default."""
    chosen = choice(release, asked.get("rows"), asked.get("columns"), asked.get("panels"))
    of = asked.get("show") if asked.get("show") in chosen.dimensions else None
    kinds = kinds_of_time(release, chosen)
    time = asked["time"] if asked.get("time") in kinds else kinds[0]
    years = address.years(asked.get("years"), release.first_year, release.last_year)
    known = periods(release, chosen.dimensions)
    period = asked["period"] if asked.get("period") in known else ALL if ALL in known else next(iter(known))
    totals = asked.get("totals") != "0"
    codes = {
        d: (*_codes(release, d, asked.get(d), shares=of == d), *((ALL,) if totals else ())) for d in chosen.dimensions
    }
    if chosen.over_time:
        shown = [p for p in known if kind(p) == time]
        if time == YEAR:
            shown = [p for p in shown if years[0] <= int(p) <= years[1]]
        every = time != YEAR or years == (release.first_year, release.last_year)
        whole = (ALL,) if totals and every and ALL in known else ()
        codes[TIME] = tuple(dict.fromkeys((*shown, *whole)))
    sort = asked.get("sort", "")
    sorts = (REVERSE, *(codes[chosen.columns] if chosen.columns != NONE else (ALL,)))
    return Selection(chosen, of, time, years, period, codes, sort if sort in sorts else "", totals)


def kinds_of_time(release: Release, chosen: Choice) -> list[str]:
    """The kinds of periods that an axis of time can have beside the chosen dimensions: years, fixed periods."""
    found = {kind(period) for period in periods(release, chosen.dimensions)}
    return [time for time in (YEAR, PERIOD) if time in found] or [ALL]


def _codes(release: Release, dimension: str, asked: str | None, *, shares: bool) -> list[str]:
    known = codes_in_use(release, dimension)
    kept = [code for code in known if not (shares and code == PENDING)]  # outside the base: there is no share to show
    chosen = address.codes(asked, known, kept)
    return [code for code in chosen if code in kept] or kept


# Layout


@dataclass(frozen=True)
class Panel:
    """One of the small multiples: its code on the panels' axis, and rows of (code, cells in the order of columns)."""

    code: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Cell | None, ...]], ...]


def pivot(
    found: Mapping[tuple[str, ...], Cell],
    chosen: Choice,
    codes: Mapping[str, Sequence[str]],
    period: str,
    sort: str = "",
) -> list[Panel]:
    """The numbers as a table for each code of the panels' axis.

    codes: what is shown of each axis, in its order, the total last; an axis that isn't there is shown as its total.
    period: the one to show where no axis is the time. sort: "" for the order of codes, "reverse", or a column's code:
    the largest of it first, the total always last.
    """

    def at(row: str, column: str, panel: str) -> Cell | None:
        places = {chosen.rows: row, chosen.columns: column, chosen.panels: panel}
        return found.get((places.get(TIME, period), *(places[d] for d in chosen.dimensions)))

    columns = tuple(codes[chosen.columns]) if chosen.columns != NONE else (ALL,)
    panels = []
    for panel in codes[chosen.panels] if chosen.panels != NONE else (ALL,):
        rows = [(row, tuple(at(row, column, panel) for column in columns)) for row in codes[chosen.rows]]
        panels.append(Panel(panel, columns, tuple(_sorted(rows, columns, sort))))
    return panels


def _sorted(
    rows: list[tuple[str, tuple[Cell | None, ...]]], columns: tuple[str, ...], sort: str
) -> list[tuple[str, tuple[Cell | None, ...]]]:
    last = [row for row in rows if row[0] == ALL]
    others = [row for row in rows if row[0] != ALL]
    if sort == REVERSE:
        others.reverse()
    elif sort in columns:
        at = columns.index(sort)

        def size(row: tuple[str, tuple[Cell | None, ...]]) -> tuple[int, float]:
            cell = row[1][at]
            return (-1, 0.0) if cell is None else cell.size

        others.sort(key=size, reverse=True)
    return others + last


def listed(panels: Sequence[Panel]) -> list[Cell]:
    """The numbers of a pivot one by one, in reading order."""
    return [cell for panel in panels for _, row in panel.rows for cell in row if cell is not None]

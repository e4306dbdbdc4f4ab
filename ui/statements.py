"""Earlier public statements, each held against the release: agrees, differs, or can't be checked, and why."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

import polars as pl

import queries
from queries import Release
from ui import chance, locale
from ui.answer import Answer, Row, answer
from ui.points import NOT_COLLECTED, SUPPRESSED
from ui.text import text

AGREES, DIFFERS, UNCHECKED = "agrees", "differs", "unchecked"
VERDICTS = (DIFFERS, AGREES, UNCHECKED)  # as a reader wants them
PERCENT, ALL_REFERRALS, TOPIC = "percent", "vink_referrals", "topic"
# The figure that has the number: what is counted, of which dimension, and whether the statement is a percentage.
# Grounded ones stand in one figure with their shares.
FIGURE_OF = {
    ("referrals", "all", False): "referrals_by_year",
    ("referrals", "ideology", False): "referrals_by_ideology",
    ("referrals", "ideology", True): "share_by_ideology",
    ("referrals", "resource_profile", False): "referrals_by_resource",
    ("referrals", "resource_profile", True): "share_by_resource",
    ("referrals", "outcome_group", False): "referrals_by_outcome",
    ("referrals", "outcome_group", True): "share_by_outcome",
    **{("grounded", "all", percent): "grounded_by_year" for percent in (False, True)},
    **{("grounded", "ideology", percent): "grounded_by_ideology" for percent in (False, True)},
    **{("grounded", "resource_profile", percent): "grounded_by_resource" for percent in (False, True)},
}
ONLY_CODE = {"referrals_by_year": "all", "grounded_by_year": "grounded"}


@dataclass(frozen=True)
class Statement:
    """Something said in public. first_day, last_day: what it is about; derived: worked out, not said."""

    id: str
    words: str
    who: str
    said_on: str
    source: str
    url: str
    note: str
    first_day: dt.date
    last_day: dt.date
    series: str
    measure: str
    dimension: str
    category: str
    value: int
    unit: str
    derived: bool


@dataclass(frozen=True)
class Break:
    """A break in series: what it concerns, and the first year after it."""

    year: int
    measures: tuple[str, ...]
    words: str


@dataclass(frozen=True)
class Place:
    """Where the release has the number that a statement is about."""

    figure: str
    code: str
    year: int


@dataclass(frozen=True)
class Verdict:
    """agrees, differs or unchecked, with the name of the reason (in text/press.toml) where it has one."""

    kind: str
    reason: str = ""


@dataclass(frozen=True)
class Checked:
    """A statement with its verdict, in words, and the answer that it was held against, if there is one."""

    statement: Statement
    verdict: Verdict
    words: str
    answer: Answer | None


def every(release: Release, lang: str) -> tuple[Checked, ...]:
    """All statements that the release knows of, held against it."""
    breaks = _breaks(release, lang)
    return tuple(check(release, said, breaks, lang) for said in _statements(release, lang))


def check(release: Release, said: Statement, breaks: Sequence[Break], lang: str) -> Checked:
    """One statement, held against the release."""
    where = place(said, (release.first_year, release.last_year), breaks)
    if isinstance(where, Verdict):
        years = {"first_year": release.first_year, "last_year": release.last_year}
        return Checked(said, where, text(f"statement.why.{where.reason}", lang, **years), None)
    one = answer(release, where.figure, lang, first_year=where.year, last_year=where.year, codes=[where.code])
    row, point = one.rows[0], one.points[0]
    cut = explaining(said, breaks)
    verdict = compare(said, row, broken=cut is not None)
    found = point.words if said.unit == PERCENT else _count(row, lang)
    values = {"number": found, "year": where.year}
    if verdict.kind == AGREES:
        return Checked(said, verdict, text("statement.same", lang, **values), one)
    words = [text("statement.compared", lang, said=_value(said, lang), **values)]
    if cut and verdict.reason == "break":
        words.append(text("statement.why.break", lang, year=cut.year, words=cut.words))
    elif verdict.reason:
        words.append(text(f"statement.why.{verdict.reason}", lang, minimum=chance.SMALLEST_BASE))
    return Checked(said, verdict, " ".join(words), one)


def place(said: Statement, years: tuple[int, int], breaks: Sequence[Break]) -> Place | Verdict:
    """Where the release of `years` has the number; the verdict "unchecked" with its reason where it hasn't."""
    if said.series != ALL_REFERRALS:
        return Verdict(UNCHECKED, "series")
    if said.dimension == TOPIC:
        return Verdict(UNCHECKED, "topic")
    if said.first_day.year < years[0] or said.last_day.year > years[1]:
        return Verdict(UNCHECKED, "outside")
    year = said.first_day.year
    if (said.first_day, said.last_day) != (dt.date(year, 1, 1), dt.date(year, 12, 31)):
        return Verdict(UNCHECKED, "period")
    figure = FIGURE_OF.get((_counted(said, breaks), said.dimension, said.unit == PERCENT))
    if figure is None:
        return Verdict(UNCHECKED, "measure")
    return Place(figure, ONLY_CODE.get(figure, said.category), year)


def compare(said: Statement, row: Row, *, broken: bool) -> Verdict:
    """What is said, against the row of an answer. broken: a break lies between the year and the day it was said.

    A suppressed number can't agree: only where its range leaves the value out, as anyone can see, does it differ.
    """
    if row["status"] == NOT_COLLECTED:
        return Verdict(UNCHECKED, "not_collected")
    n, lower, upper = _ends(row, "n", "lower", "upper")
    least, most = Decimal(lower), Decimal(upper)
    if said.unit == PERCENT:
        base, base_lower, base_upper = _ends(row, "base", "base_lower", "base_upper")
        if base_lower < chance.SMALLEST_BASE:
            return Verdict(UNCHECKED, "small_base")
        least = whole(Decimal(100 * lower) / base_upper)
        most = whole(min(Decimal(100), Decimal(100 * upper) / base_lower))
        n = None if base is None else n
    if not least <= said.value <= most:
        return Verdict(DIFFERS, "break" if broken else "")
    return Verdict(AGREES) if n is not None else Verdict(UNCHECKED, SUPPRESSED)


def explaining(said: Statement, breaks: Sequence[Break]) -> Break | None:
    """A break that may explain a difference: what was counted changed after the year, before it was said."""
    said_in = int(said.said_on[:4])
    return next((b for b in breaks if said.measure in b.measures and said.last_day.year < b.year <= said_in), None)


def whole(percentage: Decimal) -> Decimal:
    """A percentage as people round it: to a whole one, halves up."""
    return percentage.quantize(Decimal(1), ROUND_HALF_UP)


def _counted(said: Statement, breaks: Sequence[Break]) -> str:
    """What is counted, as the release has it. "Grounded" meant an intervention started, until it was redefined."""
    if said.measure == "intervention_started":
        before = [b for b in breaks if "grounded" in b.measures and said.last_day.year < b.year]
        return "grounded" if before else said.measure
    return "grounded" if said.measure == "grounded_share" else said.measure


def _ends(row: Row, exact: str, lower: str, upper: str) -> tuple[int | None, int, int]:
    """A number, where it is published, and the ends that it lies between."""
    value = row[exact]
    if isinstance(value, int):
        return value, value, value
    least, most = row[lower], row[upper]
    return None, least if isinstance(least, int) else 0, most if isinstance(most, int) else 10**9


def _count(row: Row, lang: str) -> str:
    """A count as the release has it: the number, its range, or a dash where it wasn't collected."""
    if row["status"] == NOT_COLLECTED:
        return "–"
    n, lower, upper = _ends(row, "n", "lower", "upper")
    return locale.span(lower, upper, lang) if n is None else locale.number(n, lang)


def _value(said: Statement, lang: str) -> str:
    return f"{said.value}{locale.PERCENT[lang]}" if said.unit == PERCENT else locale.number(said.value, lang)


def _statements(release: Release, lang: str) -> list[Statement]:
    return [_statement(row, lang) for row in queries.ask(release, "public_statements").iter_rows(named=True)]


def _statement(row: Mapping[str, str], lang: str) -> Statement:
    return Statement(
        id=row["id"],
        words=row[f"text_{lang}"],
        who=row["who"],
        said_on=row["said_on"],
        source=row["source_title"],
        url=row["url"] or "",
        note=row[f"note_{lang}"] or "",
        first_day=dt.date.fromisoformat(row["first_day"]),
        last_day=dt.date.fromisoformat(row["last_day"]),
        series=row["series"],
        measure=row["measure"],
        dimension=row["dimension"],
        category=row["category"],
        value=int(row["value"]),
        unit=row["unit"],
        derived=row["kind"] == "derived",
    )


def _breaks(release: Release, lang: str) -> list[Break]:
    """The breaks that concern everything: a new category is no new way to count the others."""
    marks = queries.ask(release, "marks").filter((pl.col("kind") == "break") & (pl.col("category") == "all"))
    return [
        Break(row["year"], tuple(row["measures"].split(",")), row[f"text_{lang}"])
        for row in marks.iter_rows(named=True)
    ]

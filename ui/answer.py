"""Answers: one figure's answer to one address, of which chart, table, sentence and every file are forms.

Pages, files and the addresses for programs all begin here, so that no two of them can say different things.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

import polars as pl

import queries
from queries import Release
from ui import caution, chance, change, charts, flow, locale, panels, points, quotes, sentence, stack
from ui.charts import HeatCell, Mark, Series, Spec
from ui.figure import CHOSEN, CROSSES, FIGURES, Cross, Figure, figure_ids
from ui.points import NOT_COLLECTED, PUBLISHED, SMALL_BASE, SUPPRESSED, Point
from ui.text import LANGUAGES, label, text, words

Row = Mapping[str, str | int | float | None]
ZERO = "zero"


class AskError(ValueError):
    """Something was asked for that there isn't. `parameter`: what is wrong; `allowed`: what it may be."""

    def __init__(self, parameter: str, value: object, allowed: Sequence[object]) -> None:
        self.parameter, self.value, self.allowed = parameter, value, tuple(str(one) for one in allowed)
        may = f"it may be {', '.join(self.allowed)}" if self.allowed else "this figure has no such choice"
        super().__init__(f"{parameter}: {value!r} is not possible; {may}.")


@dataclass(frozen=True)
class Note:
    """What a reader must know of a figure, in whole sentences.

    kind: example, definition, base, suppressed, small_base, interval, not_collected, selection, break or event.
    more: what there is to say where there is room.
    """

    kind: str
    words: str
    more: str = ""

    @property
    def whole(self) -> str:
        """All of it."""
        return f"{self.words} {self.more}".strip()


@dataclass(frozen=True)
class Column:
    """One column of an answer's rows: its name, the same in both languages, its heading and what it holds."""

    name: str
    heading: str
    meaning: str


@dataclass(frozen=True, eq=False)
class Answer:
    """One figure's answer to one address, in one language.

    form: "count", "share" and "index" go over the years and have points and series; "cross" has cells, of row_labels
    and column_labels whose last one is the total. query: what an address needs beside language and release to ask the
    same again; asked: the same as arguments of `answer`. quotes: a sentence for each series. table: what the screen
    shows, as words, its first row the head. rows: one number a row, the same in every file; columns: what stands in
    them. site: where links begin, or "".
    """

    id: str
    form: str
    release: Release
    lang: str
    page: str
    site: str
    query: tuple[tuple[str, str], ...]
    asked: Mapping[str, Any]
    title: str
    period: str
    base: str
    sentence: str
    quotes: tuple[str, ...]
    alt: str
    notes: tuple[Note, ...]
    table: tuple[tuple[str, ...], ...]
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    first_year: int
    last_year: int
    drawing: str = "trend"
    points: tuple[Point, ...] = ()
    counted: tuple[Point, ...] = ()
    series: tuple[Series, ...] = ()
    marks: tuple[Mark, ...] = ()
    cells: tuple[HeatCell, ...] = ()
    row_labels: tuple[str, ...] = ()
    column_labels: tuple[str, ...] = ()

    @property
    def spec(self) -> Spec:
        """The chart, as a Vega-Lite specification."""
        if self.form == "cross":
            draw = flow.flow if self.drawing == "flow" else charts.heat
            return draw(
                self.cells,
                rows=self.row_labels,
                columns=self.column_labels,
                unit=text("figure.count", self.lang),
                lang=self.lang,
            )
        if self.drawing == "stack":  # of all parts of the whole, chosen or not
            years = (self.first_year, self.last_year)
            every = points_of(self.release, FIGURES[self.id].question, years, "share", self.lang)
            return stack.stack(every, self.series, self.marks, lang=self.lang)
        if self.drawing == "panels":
            return panels.panels(self.points, self.series, self.marks, lang=self.lang, share=self.form == "share")
        if self.drawing == "change":
            return change.change(self.counted, self.series, self.marks, lang=self.lang)
        return charts.trend(
            self.points,
            self.series,
            self.marks,
            lang=self.lang,
            share=self.form == "share",
            break_label=text("figure.break_label", self.lang),
        )

    @property
    def subtitle(self) -> str:
        """The period, unless the title names it, and what is counted."""
        return self.base if self.period in self.title else f"{self.period}. {self.base}"

    @property
    def key(self) -> str:
        """How the chart is to be read; "" where it needs no words."""
        if self.drawing in ("stack", "panels", "flow", "change"):
            return charts.reading(self.drawing, self.lang)
        if self.form == "cross":
            return text("figure.heat_key", self.lang)
        if self.form == "share":
            return text("figure.share_key", self.lang, minimum=chance.SMALLEST_BASE)
        return text("figure.range_key", self.lang) if any(p.status == SUPPRESSED for p in self.points) else ""

    @property
    def link(self) -> str:
        """The address that shows the same number next year: its release is always named."""
        named = {"lang": self.lang, **dict(self.query), "release": self.release.version}
        return f"{self.site}/{self.page}?{urlencode(named, safe=',')}#{self.id}"

    @property
    def source(self) -> str:
        """Who says so, and in which release."""
        return text("site.source_line", self.lang, version=self.release.version)

    @property
    def mark(self) -> str:
        """What every form carries while the release must not be quoted, else ""."""
        return caution.mark(self.release, self.lang)

    @property
    def copied(self) -> str:
        """What goes into an article or a letter: the sentence, its source and release, and the link."""
        return self.quoted(self.sentence)

    def quoted(self, sentence: str) -> str:
        """A sentence of this figure with its source and link."""
        return "\n".join(part for part in (self.mark, sentence, f"{self.source}.", self.link) if part)

    @property
    def statuses(self) -> tuple[tuple[str, str], ...]:
        """Every status that a number can have in its rows, with what it means."""
        small = (SMALL_BASE,) if self.form in ("share", "index") else ()
        values = {"below": self.release.threshold - 1, "minimum": chance.SMALLEST_BASE}
        return tuple(
            (status, text(f"status_meaning.{status}", self.lang, **values))
            for status in (PUBLISHED, ZERO, SUPPRESSED, NOT_COLLECTED, *small)
        )

    @property
    def file_name(self) -> str:
        """What a file of it is called, without the ending."""
        return f"vink-{self.id}-{self.release.version}-{self.lang}"

    @property
    def numbers(self) -> tuple[tuple[str | int | float | None, ...], ...]:
        """What its rows say, without the words that explain it."""
        wordy = ("label", "explanation")
        return tuple(tuple(v for name, v in row.items() if not name.endswith(wordy)) for row in self.rows)

    @property
    def hidden(self) -> int:
        """How many of its numbers are suppressed."""
        return sum(row["status"] == SUPPRESSED for row in self.rows)


def answer(
    release: Release,
    figure_id: str,
    lang: str,
    *,
    first_year: int | None = None,
    last_year: int | None = None,
    codes: Sequence[str] | None = None,
    period: str | None = None,
    row_codes: Sequence[str] | None = None,
    column_codes: Sequence[str] | None = None,
    page: str | None = None,
    site: str = "",
) -> Answer:
    """The answer of `release` to one figure; where nothing is chosen, all years and all codes.

    A figure over the years has first_year, last_year and codes; a crossed one period, row_codes and column_codes.
    page: where its link leads, if not to the figure's own page. AskError where something asked for isn't there.
    """
    _among("lang", lang, LANGUAGES)
    _among("figure_id", figure_id, figure_ids())
    years = {"first_year": first_year, "last_year": last_year, "codes": codes}
    crossed = {"period": period, "row_codes": row_codes, "column_codes": column_codes}
    for name, value in (years if figure_id in CROSSES else crossed).items():
        if value is not None:
            raise AskError(name, value, ())
    if figure_id in CROSSES:
        cross = CROSSES[figure_id]
        asked = period if period is not None else periods(release)[0]
        _among("period", asked, periods(release))
        rows = _chosen("row_codes", row_codes, codes_in_use(release, cross.rows))
        columns = _chosen("column_codes", column_codes, codes_in_use(release, cross.columns))
        return _crossed(release, figure_id, lang, asked, rows, columns, page or cross.page, site)
    figure = FIGURES[figure_id]
    every = range(release.first_year, release.last_year + 1)
    first = every[0] if first_year is None else first_year
    last = every[-1] if last_year is None else last_year
    _among("first_year", first, every)
    _among("last_year", last, range(first, every[-1] + 1))
    return _over_years(
        release,
        figure_id,
        lang,
        (first, last),
        _chosen("codes", codes, known(release, figure)),
        page or figure.page,
        site,
    )


def again(one: Answer, release: Release) -> Answer:
    """The same figure and filters as in `one`, from another release. AskError where that one lacks any of them."""
    return answer(release, one.id, one.lang, page=one.page, site=one.site, **one.asked)


def _among(name: str, value: object, allowed: Sequence[object]) -> None:
    if value not in allowed:
        raise AskError(name, value, allowed)


def _chosen(name: str, asked: Sequence[str] | None, every: Sequence[str]) -> tuple[str, ...]:
    """The codes that were asked for, in their own order; all where none was named. AskError for one that isn't."""
    if asked is None:
        return tuple(every)
    for code in asked:
        _among(name, code, every)
    if not asked:
        raise AskError(name, "", every)
    return tuple(code for code in every if code in asked)


@lru_cache(maxsize=128)
def codes_in_use(release: Release, dimension: str) -> list[str]:
    """The codes of `dimension` that were in use in any year of the release, in their order."""
    codes = queries.ask(release, "codes_in_order").filter(pl.col("dimension") == dimension)
    in_use = codes.filter(
        pl.col("first_year").fill_null(0) <= release.last_year,
        pl.col("last_year").fill_null(9999) >= release.first_year,
    )
    return in_use["code"].to_list()


def known(release: Release, figure: Figure) -> Sequence[str]:
    """The codes that a figure over the years can show, in their order."""
    return figure.codes or codes_in_use(release, figure.dimension)


def periods(release: Release) -> list[str]:
    """The years and fixed periods of the crossed tables, the longest first."""
    return queries.ask(release, "periods")["period"].to_list()


def period_words(release: Release, period: str, lang: str) -> str:
    """A year or fixed period as a reader's words."""
    if period != "all":
        return period
    return text("filters.all_years", lang, first_year=release.first_year, last_year=release.last_year)


def title_of(release: Release, name: str, lang: str, period: str = "all") -> str:
    """The title of a figure; a crossed one names its period."""
    return text(f"figures.{name}.title", lang, period=period_words(release, period, lang))


def _years(release: Release, period: str) -> tuple[int, int]:
    row = queries.ask(release, "periods").filter(pl.col("period") == period).row(0, named=True)
    return row["first_year"], row["last_year"]


def _asked_codes(release: Release, page: str, dimension: str, chosen: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """What the address of `page` needs for these codes: nothing where the page shows them by itself."""
    every = codes_in_use(release, dimension)
    default = [code for code in every if code != "unknown"] if CHOSEN.get(page) == dimension else every
    if list(chosen) == default:
        return ()
    return ((dimension, "all" if list(chosen) == every else ",".join(chosen)),)


# Over the years


@lru_cache(maxsize=1024)
def points_of(release: Release, question: str, years: tuple[int, int], form: str, lang: str) -> tuple[Point, ...]:
    """The answer to a question about years, as points."""
    found = queries.ask(release, question, first_year=years[0], last_year=years[1])
    return points.shares(found, lang) if form == "share" else points.counts(found, lang)


def marks_of(
    release: Release, figure: Figure, codes: Sequence[str], years: tuple[int, int], lang: str
) -> list[tuple[Mark, str]]:
    """The breaks and events within `years` that concern a figure with these codes, with their notes."""
    dimension = "ideology" if "political" in codes else figure.dimension
    found = []
    for row in queries.ask(release, "marks").iter_rows(named=True):
        concerns = figure.measure in row["measures"].split(",") and row["dimension"] in ("all", dimension)
        chosen = row["category"] == "all" or row["category"] in codes or "political" in codes
        if concerns and chosen and years[0] <= row["year"] <= years[1]:
            found.append((Mark(row["kind"], row["year"], row[f"text_{lang}"]), row[f"note_{lang}"]))
    return found


def _named(name: str, dimension: str, code: str, lang: str) -> str:
    """A figure's own word for a code, or else the code's."""
    for key in (f"figures.{name}.{code}", f"figures.{name}.series"):
        if key in words():
            return text(key, lang)
    return label(dimension, code, lang)


@lru_cache(maxsize=512)
def _over_years(
    release: Release, name: str, lang: str, years: tuple[int, int], codes: tuple[str, ...], page: str, site: str
) -> Answer:
    figure = FIGURES[name]
    share = figure.form == "share"
    index = figure.form == "index"
    found = points_of(release, figure.question, years, "share" if share else "count", lang)
    # A share can lack a code that the count has: pending referrals are outside the base of outcomes.
    present = {point.code for point in found}
    kept = tuple(code for code in codes if code in present)
    if not kept:
        raise AskError("codes", ",".join(codes), [code for code in known(release, figure) if code in present])
    counted = tuple(point for point in found if point.code in kept)
    shown = change.indexed(counted, lang) if index else counted
    labels = {code: _named(name, figure.dimension, code, lang) for code in kept}
    order = list(known(release, figure))
    series = tuple(Series(code, labels[code], order.index(code)) for code in kept)
    noted = marks_of(release, figure, kept, years, lang)
    marks = tuple(mark for mark, _ in noted)
    title = title_of(release, name, lang)
    columns = ("year", "code", "label", "n", "status", "lower", "upper", "break_in_series")
    if share:
        columns += ("base", "base_lower", "base_upper", "share", "share_low", "share_high", "share_status")
    if index:
        columns += ("first_n", "index", "index_low", "index_high", "index_status")
    columns += ("explanation",)
    said, each = quotes.of_years(
        quotes.Asked(
            name,
            figure,
            labels,
            counted,
            {point.year: point for point in points_of(release, "referrals_by_year", years, "count", lang)},
            {
                code: [m for m, _ in marks_of(release, figure, [code], years, lang) if m.kind == "break"]
                for code in kept
            },
            lang,
        )
    )
    return Answer(
        id=name,
        form=figure.form,
        release=release,
        lang=lang,
        page=page,
        site=site,
        query=(
            ("years", _range(*years)),
            *(_asked_codes(release, page, figure.dimension, codes) if not figure.codes else ()),
        ),
        asked={"first_year": years[0], "last_year": years[1], "codes": codes},
        title=title,
        period=_range(*years),
        base=_base(name, years[0], lang),
        sentence=said,
        quotes=each,
        alt=f"{title}. {sentence.described(counted, labels, share=share, lang=lang)}",
        notes=_year_notes(release, name, shown, noted, lang),
        table=_year_table(shown, labels, marks, years, lang),
        columns=tuple(_column(column, lang) for column in columns),
        rows=tuple(_year_row(point, labels[point.code], marks, lang, form=figure.form) for point in shown),
        first_year=years[0],
        last_year=years[1],
        drawing=figure.drawing,
        points=shown,
        counted=counted,
        series=series,
        marks=marks,
    )


def _base(name: str, first: int, lang: str) -> str:
    """What the numbers of a figure over the years are: of what they are shares, or what is counted."""
    form = FIGURES[name].form
    if form == "index":
        return text("charts.index", lang, year=first)
    return text(f"figures.{name}.base", lang) if form == "share" else text("figure.count", lang)


def _range(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}-{last}"


def _column(name: str, lang: str, **values: str) -> Column:
    return Column(
        name, text(f"columns.{name}.heading", lang, **values), text(f"columns.{name}.meaning", lang, **values)
    )


def _status(point: Point) -> str:
    """The status of the count behind a point, as the release has it."""
    if point.status == NOT_COLLECTED:
        return NOT_COLLECTED
    if point.n is None:
        return SUPPRESSED
    return ZERO if point.n == 0 else PUBLISHED


def _year_row(point: Point, its_label: str, marks: Sequence[Mark], lang: str, *, form: str) -> Row:
    share = form == "share"
    breaks = [mark for mark in marks if mark.kind == "break" and mark.year == point.year]
    row: dict[str, str | int | float | None] = {
        "year": point.year,
        "code": point.code,
        "label": its_label,
        "n": point.n,
        "status": _status(point),
        "lower": point.lower,
        "upper": point.upper,
        "break_in_series": int(bool(breaks)),
    }
    if share:
        row |= {
            "base": point.base,
            "base_lower": point.base_lower,
            "base_upper": point.base_upper,
            "share": point.value if point.status == PUBLISHED else None,
            "share_low": point.low,
            "share_high": point.high,
            "share_status": point.status,
        }
    if form == "index":
        row |= {
            "first_n": point.base,
            "index": point.value if point.status == PUBLISHED else None,
            "index_low": point.low,
            "index_high": point.high,
            "index_status": point.status,
        }
    said = [_explained(row, lang)]
    if share and point.base is None and point.base_lower is not None:
        ends = locale.span(point.base_lower, point.base_upper, lang)
        said.append(text("statuses.base_suppressed", lang, range=ends))
    if point.status == SMALL_BASE:
        key = "small_base" if share else "no_index"
        said.append(text(f"statuses.{key}", lang, minimum=chance.SMALLEST_BASE))
    said += [text("figure.break_note", lang, year=mark.year, text=mark.words) for mark in breaks]
    return row | {"explanation": " ".join(said)}


def _explained(row: Row, lang: str) -> str:
    """What the status of a count means, in words."""
    ends = locale.span(row["lower"], row["upper"], lang) if row["status"] == SUPPRESSED else ""  # type: ignore[arg-type]
    return text(f"statuses.{row['status']}", lang, range=ends)


def _year_table(
    shown: Sequence[Point], labels: Mapping[str, str], marks: Sequence[Mark], years: tuple[int, int], lang: str
) -> tuple[tuple[str, ...], ...]:
    breaks = {mark.year for mark in marks if mark.kind == "break"}
    cells = {(point.year, point.code): point.words for point in shown}
    head = (text("figure.year", lang), *labels.values())
    body = [
        (
            f"‖ {year}" if year in breaks and year != years[0] else str(year),
            *(cells.get((year, code), "–") for code in labels),
        )
        for year in range(years[0], years[1] + 1)
    ]
    return (head, *body)


def _year_notes(
    release: Release, name: str, shown: Sequence[Point], noted: Sequence[tuple[Mark, str]], lang: str
) -> tuple[Note, ...]:
    figure = FIGURES[name]
    share = figure.form == "share"
    about = (figure.dimension, "resource_profile" if "resource_strong" in figure.codes else "", figure.measure)
    notes = [*_example(release, lang), *_definitions(about, lang)]
    if share:
        notes.append(Note("base", text(f"figures.{name}.base", lang)))
        notes.append(Note("interval", text("note.interval", lang)))
    if len({point.code for point in shown}) < len({point.code for point in _all(release, figure, lang)}):
        notes.append(Note("selection", text("note.chosen_series", lang)))
    if figure.form == "index":
        notes.append(Note("interval", text("note.index", lang, minimum=chance.SMALLEST_BASE)))
    if share and any(point.status == SMALL_BASE for point in shown):
        notes.append(Note("small_base", text("note.small_base", lang, minimum=chance.SMALLEST_BASE)))
    notes += _hidden(release, [_status(point) for point in shown], lang)
    notes += [
        Note(mark.kind, text(f"figure.{mark.kind}_note", lang, year=mark.year, text=mark.words), note)
        for mark, note in noted
    ]
    return tuple(notes)


def _all(release: Release, figure: Figure, lang: str) -> tuple[Point, ...]:
    form = "share" if figure.form == "share" else "count"
    return points_of(release, figure.question, (release.first_year, release.last_year), form, lang)


# Notes that all figures share


def _example(release: Release, lang: str) -> list[Note]:
    return [Note("example", text("note.example", lang))] if release.kind == "example" else []


def _definitions(about: Sequence[str], lang: str) -> list[Note]:
    """What is counted, and what the words of the figure mean."""
    keys = ["referrals", *about]
    return [
        Note("definition", text(f"definition.{key}", lang))
        for key in dict.fromkeys(keys)
        if f"definition.{key}" in words()
    ]


def _hidden(release: Release, statuses: Sequence[str], lang: str) -> list[Note]:
    """What is hidden, how much of it and why; said where nothing is hidden too."""
    hidden, counted = statuses.count(SUPPRESSED), len(statuses) - statuses.count(NOT_COLLECTED)
    key = "note.suppressed" if hidden else "note.none_suppressed"
    notes = [Note("suppressed", text(key, lang, hidden=hidden, numbers=counted, below=release.threshold - 1))]
    if NOT_COLLECTED in statuses:
        notes.append(Note("not_collected", text("note.not_collected", lang)))
    return notes


# Crossed


@lru_cache(maxsize=512)
def _crossed(
    release: Release,
    name: str,
    lang: str,
    period: str,
    rows: tuple[str, ...],
    columns: tuple[str, ...],
    page: str,
    site: str,
) -> Answer:
    cross = CROSSES[name]
    words_of = {
        end: {code: label(dimension, code, lang) for code in (*codes, "all")}
        for end, dimension, codes in (("row", cross.rows, rows), ("column", cross.columns, columns))
    }
    found = [
        row
        for row in queries.ask(release, cross.question, period=period).iter_rows(named=True)
        if row["row_code"] in words_of["row"] and row["column_code"] in words_of["column"]
    ]
    seen = points.counts(pl.DataFrame([row | {"year": 0} for row in found], infer_schema_length=None), lang)
    cells = tuple(
        HeatCell(
            words_of["row"][row["row_code"]],
            words_of["column"][row["column_code"]],
            point.n,
            point.words,
            point.status,
            point.lower,
            point.upper,
        )
        for row, point in zip(found, seen, strict=True)
    )
    shown = period_words(release, period, lang)
    first, last = _years(release, period)
    names = {"rows": text(f"codes.{cross.rows}.name", lang), "columns": text(f"codes.{cross.columns}.name", lang)}
    row_labels, column_labels = (tuple(words_of[end].values()) for end in ("row", "column"))
    breaks = _cross_breaks(release, cross, (first, last), lang)
    said = quotes.of_cross(cells, row_labels, column_labels, names, _range(first, last), lang)
    said = " ".join([said, *(note.words for note in breaks)])
    return Answer(
        id=name,
        form="cross",
        release=release,
        lang=lang,
        page=page,
        site=site,
        query=(
            ("period", period),
            *_asked_codes(release, page, cross.rows, rows),
            *_asked_codes(release, page, cross.columns, columns),
        ),
        asked={"period": period, "row_codes": rows, "column_codes": columns},
        title=title_of(release, name, lang, period),
        period=shown,
        base=text("figure.count", lang),
        sentence=said,
        quotes=(said,),
        alt=sentence.heat_described(cells, row_labels, column_labels, names, shown, lang),
        notes=(*_cross_notes(release, cross, cells, (rows, columns), lang), *breaks),
        table=_cross_table(cells, row_labels, column_labels, names["rows"]),
        columns=_cross_columns(cross, lang),
        rows=tuple(_cross_row(cross, row, words_of, (period, first, last), lang) for row in found),
        first_year=first,
        last_year=last,
        drawing=cross.drawing,
        cells=cells,
        row_labels=row_labels,
        column_labels=column_labels,
    )


def _cross_row(
    cross: Cross, row: Row, words_of: Mapping[str, Mapping[str, str]], period: tuple[str, int, int], lang: str
) -> Row:
    its = {
        "period": period[0],
        "first_year": period[1],
        "last_year": period[2],
        cross.rows: row["row_code"],
        f"{cross.rows}_label": words_of["row"][str(row["row_code"])],
        cross.columns: row["column_code"],
        f"{cross.columns}_label": words_of["column"][str(row["column_code"])],
        **{name: row[name] for name in ("n", "status", "lower", "upper")},
    }
    return its | {"explanation": _explained(its, lang)}


def _cross_columns(cross: Cross, lang: str) -> tuple[Column, ...]:
    found = [_column(name, lang) for name in ("period", "first_year", "last_year")]
    for dimension in (cross.rows, cross.columns):
        name = text(f"codes.{dimension}.name", lang)
        for column, kind in ((dimension, "dimension"), (f"{dimension}_label", "dimension_label")):
            its = _column(kind, lang, dimension=name)
            found.append(Column(column, its.heading, its.meaning))
    return (*found, *(_column(name, lang) for name in ("n", "status", "lower", "upper", "explanation")))


def _cross_table(
    cells: Sequence[HeatCell], rows: Sequence[str], columns: Sequence[str], corner: str
) -> tuple[tuple[str, ...], ...]:
    found = {(cell.row, cell.column): cell.words for cell in cells}
    return ((corner, *columns), *((row, *(found.get((row, column), "–") for column in columns)) for row in rows))


_GROUNDED = FIGURES["grounded_by_year"]


def _cross_breaks(release: Release, cross: Cross, years: tuple[int, int], lang: str) -> list[Note]:
    """The breaks in what "grounded" means, where a table of assessments adds up years on both sides of one."""
    if cross.rows != _GROUNDED.dimension:
        return []
    return [
        Note("break", text("figure.break_note", lang, year=mark.year, text=mark.words), note)
        for mark, note in marks_of(release, _GROUNDED, _GROUNDED.codes, years, lang)
        if mark.kind == "break" and mark.year > years[0]
    ]


def _cross_notes(
    release: Release, cross: Cross, cells: Sequence[HeatCell], chosen: tuple[Sequence[str], Sequence[str]], lang: str
) -> tuple[Note, ...]:
    measures = (_GROUNDED.measure,) if cross.rows == _GROUNDED.dimension else ()
    notes = [*_example(release, lang), *_definitions((cross.rows, cross.columns, *measures), lang)]
    ends = zip((cross.rows, cross.columns), chosen, strict=True)
    if any(len(codes) < len(codes_in_use(release, dimension)) for dimension, codes in ends):
        notes.append(Note("selection", text("note.selection", lang)))
    statuses = [ZERO if cell.value == 0 else cell.status for cell in cells]
    return (*notes, *_hidden(release, statuses, lang))

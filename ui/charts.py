"""Charts: Vega-Lite specifications, built with Altair, of points that may be shown.

Each function is pure and remembers its answers: building a specification costs more than sending it. Suppressed numbers
are drawn as their range, breaks as a line between the years, events as a mark at the axis.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import altair as alt
import pandas  # noqa: F401 - Altair trips over one that another visitor's thread has half imported

from ui import chance, locale, theme
from ui.points import NOT_COLLECTED, PUBLISHED, SMALL_BASE, SUPPRESSED, Point
from ui.text import text

HEIGHT = 340
NARROW = "width < 440"  # a chart on a telephone, in the chart's own language; decided where it is drawn
SHORT_YEAR = f"{NARROW} ? '’' + slice(datum.label, 2) : datum.label"
Spec = dict[str, Any]
Form = Literal["count", "share", "index"]
FORMATS: dict[Form, str] = {"count": ",d", "share": ".0%", "index": ",d"}


@dataclass(frozen=True)
class Series:
    """How one code is drawn: its label, and its position in the code list, which decides its colour and shape."""

    code: str
    label: str
    position: int


@dataclass(frozen=True)
class Mark:
    """A break in series (`kind` "break": a line before `year`) or an event (a small mark at `year`)."""

    kind: str
    year: int
    words: str


@lru_cache(maxsize=512)
def trend(
    points: tuple[Point, ...],
    series: tuple[Series, ...],
    marks: tuple[Mark, ...],
    *,
    lang: str,
    share: bool,
    break_label: str,
) -> Spec:
    """Lines over the years, one for each series: counts, or shares (0 to 1) with their intervals."""
    return lines(points, series, marks, lang=lang, form="share" if share else "count", break_label=break_label)


def lines(
    points: tuple[Point, ...],
    series: tuple[Series, ...],
    marks: tuple[Mark, ...],
    *,
    lang: str,
    form: Form,
    break_label: str,
    title: str | None = None,
) -> Spec:
    """What `trend` draws, of an index (first year = 100) too. title: the legend's or, without one, the y axis's."""
    years = sorted({point.year for point in points})
    inside = [mark for mark in marks if years[0] <= mark.year <= years[-1]]
    breaks = sides(marks, years)
    events = {
        m.year: "; ".join(e.words for e in inside if (e.kind, e.year) == ("event", m.year))
        for m in inside
        if m.kind == "event"
    }
    place = {s.code: (i - (len(series) - 1) / 2) * min(0.11, 0.6 / len(series)) for i, s in enumerate(series)}
    labels = {s.code: s.label for s in series}
    rows = [
        {
            "at": round(point.year + place[point.code], 3),  # beside each other, so that ranges don't hide one another
            "year": str(point.year),
            "series": labels[point.code],
            "value": point.value,
            "low": point.low,
            "high": point.high,
            "words": point.words,
            # A line never runs across a break: each side is a line of its own.
            "side": sum(mark.year <= point.year for mark in breaks),
        }
        for point in points
        if point.status != NOT_COLLECTED
    ]
    drawn = [point.status for point in points if point.status != NOT_COLLECTED]

    def of(status: str) -> list[dict[str, Any]]:
        return [row for row, its in zip(rows, drawn, strict=True) if its == status]

    data = {
        SUPPRESSED: of(SUPPRESSED),
        PUBLISHED: of(PUBLISHED),
        SMALL_BASE: of(SMALL_BASE),
        "line": rows if PUBLISHED in drawn else [],
        "break": [{"at": m.year - 0.5, "words": m.words, "label": break_label} for m in breaks],
        "event": [{"at": year, "words": words} for year, words in events.items()],
        "years": [] if rows else [{"at": year} for year in years],
        "reference": [{"at": 100}] if form == "index" else [],
    }
    values = {
        "§labels": [s.label for s in series],
        "§colours": [theme.series_colours()[s.position] for s in series],
        "§shapes": [theme.SHAPES[s.position] for s in series],
        "§years": years,
        "§title": title,
        "§across": [years[0] - 0.5, years[-1] + 0.5],
        "§ends": [0, ceiling([row["high"] or row["value"] or 0 for row in rows] + [100] * (form == "index"), form)],
    }
    spec = _filled(_trend_template(form, legend=len(series) > 1), data, values)
    return spec | {"config": theme.config(locale.chart_locale(lang))}


@lru_cache
def _trend_template(form: Form, *, legend: bool) -> Spec:
    """The form of a trend, with names where data and values go: Altair checks it once, not at every filter change."""
    key = (
        alt.Legend(columns=alt.expr(f"{NARROW} ? 1 : width < 650 ? 2 : 3"), symbolOpacity=1, title="§title")
        if legend
        else None
    )
    colour = alt.Color("series:N", scale=alt.Scale(domain=["§labels"], range=["§colours"]), legend=key)
    shape = alt.Shape("series:N", scale=alt.Scale(domain=["§labels"], range=["§shapes"]), legend=key)
    across = alt.Scale(domain=["§across"], nice=False, zero=False)
    x = alt.X("at:Q", scale=across, axis=alt.Axis(values=["§years"], format="d", title=None, labelExpr=SHORT_YEAR))
    ends = alt.Scale(domain=["§ends"], nice=False)
    named = {"titleAngle": 0, "titleAlign": "left", "titleAnchor": "end", "titleX": 0, "titleY": -14}
    axis = alt.Axis(
        format=FORMATS[form],
        title="§title" if form == "index" and not legend else None,
        tickMinStep=0 if form == "share" else 1,
        **(named if form == "index" and not legend else {}),
    )
    y, low, high = (alt.Y(f"{field}:Q", scale=ends, axis=axis) for field in ("value", "low", "high"))
    tip = [alt.Tooltip(f"{field}:N", title=" " * i) for i, field in enumerate(("year", "series", "words"), start=1)]

    def layer(name: str) -> alt.Chart:
        return alt.Chart(alt.NamedData(name=name)).encode(x=x, color=colour, tooltip=tip)

    def mark(name: str) -> alt.Chart:
        return alt.Chart(alt.NamedData(name=name)).encode(x=x, tooltip=alt.Tooltip("words:N", title=" "))

    ink = theme.colours()["textColor"]
    reference = alt.Chart(alt.NamedData(name="reference"))
    # The ends keep a range visible that has hardly any length.
    ticks = layer(SUPPRESSED).mark_tick(thickness=2, width=10, opacity=0.9, orient="horizontal")
    layers = [
        # Nothing to be seen: it keeps the axes of a chart in which nothing was collected.
        alt.Chart(alt.NamedData(name="years"))
        .mark_point(opacity=0)
        .encode(x=x, y=alt.Y(datum=0, scale=ends, axis=axis)),
        reference.mark_rule(color=ink, strokeWidth=1).encode(y=alt.Y("at:Q", scale=ends, axis=axis)),
        layer(SUPPRESSED).mark_rule(strokeWidth=8, opacity=0.35, strokeCap="butt").encode(y=low, y2="high:Q"),
        ticks.encode(y=low),
        ticks.encode(y=high),
        *(
            [layer(PUBLISHED).mark_rule(strokeWidth=1.2, opacity=0.9).encode(y=low, y2="high:Q")]
            if form != "count"
            else []
        ),
        layer(SMALL_BASE).mark_text(text="×", fontSize=15, fontWeight="bold", dy=-6).encode(y=alt.value("height")),
        layer("line").mark_line(strokeWidth=2.2).encode(y=y, detail="side:N"),
        layer(PUBLISHED).mark_point(filled=True, size=65, opacity=1).encode(y=y, shape=shape),
        mark("break").mark_rule(color=ink, strokeDash=[5, 3], strokeWidth=1.4),
        mark("break")
        .mark_text(align="left", dx=4, baseline="top", color=ink, fontSize=12)
        .encode(y=alt.value(0), text="label:N"),
        mark("event")
        .mark_point(shape="triangle-up", filled=True, color="#5B6470", size=70, yOffset=6, opacity=1, clip=False)
        .encode(y=alt.value("height")),
    ]
    return _finished(alt.layer(*layers).properties(width="container", height=HEIGHT))


def ceiling(numbers: Sequence[float], form: Form) -> float:
    """The end of the axis: a round number above everything that is drawn; for shares whole ten percents, at most 1."""
    highest = max(numbers, default=0) or (0.1 if form == "share" else 1)
    if form == "share":
        return min(1.0, (int(highest * 10 - 1e-9) + 1) / 10)
    step = next(s for s in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 10**4, 10**5, 10**6) if highest / s <= 10)
    return (int(highest / step - 1e-9) + 1) * step


@dataclass(frozen=True)
class HeatCell:
    """One cell of a crossed table, with its labels and words; `value` is null where it is suppressed, and the range
    from `low` to `high` is what a flow needs then."""

    row: str
    column: str
    value: int | None
    words: str
    status: str
    low: int | None = None
    high: int | None = None


@lru_cache(maxsize=512)
def heat(cells: tuple[HeatCell, ...], *, rows: tuple[str, ...], columns: tuple[str, ...], unit: str, lang: str) -> Spec:
    """A table whose cells are the darker the more they hold; a suppressed one is grey and says its range.

    The last row and the last column are totals, and not coloured: they would outshine what they are made of.
    """
    data: dict[str, list[dict[str, Any]]] = {}
    for cell in cells:
        if cell.status != NOT_COLLECTED:
            name = f"{cell.status} total" if cell.row == rows[-1] or cell.column == columns[-1] else cell.status
            shown = {"row": cell.row, "column": cell.column, "value": cell.value, "words": cell.words}
            data.setdefault(name, []).append(shown)
    most = max((row["value"] for row in data.get(PUBLISHED, [])), default=0)
    values = {"§rows": list(rows), "§columns": list(columns), "§unit": unit, "§ends": [0, max(most, 1)]}
    spec = _filled(_heat_template(), data, values)
    return spec | {"height": 44 * len(rows) + 30, "config": theme.config(locale.chart_locale(lang))}


@lru_cache
def _heat_template() -> Spec:
    size = alt.expr(f"{NARROW} ? 11 : 13")
    x = alt.X(
        "column:N",
        sort=["§columns"],
        scale=alt.Scale(domain=["§columns"]),
        axis=alt.Axis(
            orient="top",
            title=None,
            domain=False,
            ticks=False,
            labelLimit=130,
            labelOverlap=False,
            labelFontSize=size,
            labelAngle=alt.expr(f"{NARROW} ? -50 : 0"),
            labelAlign=alt.expr(f"{NARROW} ? 'left' : 'center'"),
        ),
    )
    y = alt.Y(
        "row:N",
        sort=["§rows"],
        scale=alt.Scale(domain=["§rows"]),
        axis=alt.Axis(title=None, domain=False, ticks=False, labelLimit=190, labelFontSize=size),
    )
    tip = [
        alt.Tooltip("row:N", title=" "),
        alt.Tooltip("column:N", title="  "),
        alt.Tooltip("words:N", title="§unit"),
    ]
    layers: list[alt.Chart] = []
    for status in (SUPPRESSED, PUBLISHED):
        for name in (status, f"{status} total"):
            base = alt.Chart(alt.NamedData(name=name)).encode(x=x, y=y, tooltip=tip)
            boxes = base.mark_rect(
                stroke="#FFFFFF", strokeWidth=2, color="#E6E8EB" if status == SUPPRESSED else "#FFFFFF"
            )
            if name == PUBLISHED:
                scale = alt.Scale(domain=["§ends"], range=theme.colours()["chartSequentialColors"])
                boxes = boxes.encode(color=alt.Color("value:Q", legend=None, scale=scale))
            words = base.mark_text(
                color=theme.colours()["textColor"],
                fontSize=size,
                fontStyle="italic" if status == SUPPRESSED else "normal",
                fontWeight="bold" if name.endswith("total") else "normal",
            )
            layers += [boxes, words.encode(text="words:N")]
    return _finished(alt.layer(*layers).properties(width="container", height=HEIGHT))


def prepare() -> None:
    """Build the forms of all charts now, rather than for the first reader."""
    for form in FORMATS:
        for legend in (False, True):
            _trend_template(form, legend=legend)
    _heat_template()


def reading(form: Literal["stack", "panels", "flow", "change"], lang: str) -> str:
    """How a chart of that form is to be read, to stand below it."""
    return text(f"charts.reading.{form}", lang, minimum=chance.SMALLEST_BASE)


def layered(layers: Sequence[Spec], *, height: int, lang: str) -> Spec:
    """A chart of these layers, in the one look; a layer that has no data is left out."""
    return {
        "$schema": alt.SCHEMA_URL,
        "width": "container",
        "height": height,
        "autosize": {"type": "fit-x", "contains": "padding"},
        "config": theme.config(locale.chart_locale(lang)),
        "layer": [layer for layer in layers if layer["data"]["values"]],
    }


def sides(marks: Sequence[Mark], years: Sequence[int]) -> list[Mark]:
    """The breaks that fall between two of these years, which go up."""
    return [mark for mark in marks if mark.kind == "break" and years[0] < mark.year <= years[-1]]


def _finished(chart: alt.TopLevelMixin) -> Spec:
    return chart.to_dict() | {"autosize": {"type": "fit-x", "contains": "padding"}}


def _filled(template: Spec, data: dict[str, list[dict[str, Any]]], values: dict[str, Any]) -> Spec:
    """The template with its named data and values put in; a layer that has no data is left out."""

    def put(part: Any) -> Any:
        if isinstance(part, dict):
            return {key: put(value) for key, value in part.items()}
        if isinstance(part, list):
            named = len(part) == 1 and isinstance(part[0], str) and part[0] in values
            return values[part[0]] if named else [put(value) for value in part]
        return values.get(part, part) if isinstance(part, str) else part

    layers = [
        put(layer) | {"data": {"values": data[layer["data"]["name"]]}}
        for layer in template["layer"]
        if data.get(layer["data"]["name"])
    ]
    return {key: value for key, value in template.items() if key != "layer"} | {"layer": layers}

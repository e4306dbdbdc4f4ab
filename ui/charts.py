"""Charts: Vega-Lite specifications, built with Altair, of points that may be shown.

Each function is pure and remembers its answers: building a specification costs more than sending it. Suppressed numbers
are drawn as their range, breaks as a line between the years, events as a mark at the axis.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import altair as alt

from ui import locale, theme
from ui.points import NOT_COLLECTED, PUBLISHED, SMALL_BASE, SUPPRESSED, Point

HEIGHT = 340
NARROW = "width < 440"  # a chart on a telephone, in the chart's own language; decided where it is drawn
SHORT_YEAR = f"{NARROW} ? '’' + slice(datum.label, 2) : datum.label"
Spec = dict[str, Any]


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
    years = sorted({point.year for point in points})
    breaks = sorted(mark.year for mark in marks if mark.kind == "break" and years[0] < mark.year <= years[-1])
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
            "status": point.status,
            # A line never runs across a break: each side is a line of its own.
            "side": sum(year <= point.year for year in breaks),
        }
        for point in points
        if point.status != NOT_COLLECTED
    ]
    domain = [s.label for s in series]
    legend = alt.Legend(columns=alt.expr(f"{NARROW} ? 1 : 3"), symbolOpacity=1) if len(series) > 1 else None
    colour = alt.Color(
        "series:N",
        scale=alt.Scale(domain=domain, range=[theme.series_colours()[s.position] for s in series]),
        legend=legend,
    )
    shape = alt.Shape(
        "series:N",
        scale=alt.Scale(domain=domain, range=[theme.SHAPES[s.position] for s in series]),
        legend=legend,
    )
    across = alt.Scale(domain=[years[0] - 0.5, years[-1] + 0.5], nice=False, zero=False)
    x = alt.X("at:Q", scale=across, axis=alt.Axis(values=years, format="d", title=None, labelExpr=SHORT_YEAR))
    ends = alt.Scale(domain=[0, _ceiling(rows, share=share)], nice=False)
    axis = alt.Axis(format=".0%" if share else ",d", title=None, tickMinStep=0 if share else 1)
    y, low = (alt.Y(f"{field}:Q", scale=ends, axis=axis) for field in ("value", "low"))
    tip = [alt.Tooltip(f"{field}:N", title=" " * i) for i, field in enumerate(("year", "series", "words"), start=1)]

    def layer(kept: str | None) -> alt.Chart | None:
        mine = [{k: v for k, v in row.items() if k != "status"} for row in rows if kept in (None, row["status"])]
        return alt.Chart(alt.Data(values=mine)).encode(x=x, color=colour, tooltip=tip) if mine else None

    layers: list[alt.Chart] = []
    if hidden := layer(SUPPRESSED):
        layers.append(hidden.mark_rule(strokeWidth=8, opacity=0.35, strokeCap="butt").encode(y=low, y2="high:Q"))
        # The ends keep a range visible that has hardly any length.
        ticks = hidden.mark_tick(thickness=2, width=10, opacity=0.9, orient="horizontal")
        layers += [ticks.encode(y=low), ticks.encode(y=alt.Y("high:Q", scale=ends, axis=axis))]
    shown = layer(PUBLISHED)
    if shown and share:
        layers.append(shown.mark_rule(strokeWidth=1.2, opacity=0.7).encode(y=low, y2="high:Q"))
    if few := layer(SMALL_BASE):
        layers.append(few.mark_text(text="×", fontSize=15, fontWeight="bold", dy=-6).encode(y=alt.value("height")))
    lines = layer(None)
    if shown and lines:
        layers.append(lines.mark_line(strokeWidth=2.2).encode(y=y, detail="side:N"))
        layers.append(shown.mark_point(filled=True, size=65, opacity=1).encode(y=y, shape=shape))
    layers += _marks(marks, years, x, break_label)
    return _finish(alt.layer(*layers).properties(width="container", height=HEIGHT), lang)


def _ceiling(rows: list[dict[str, Any]], *, share: bool) -> float:
    """The end of the axis: a round number above everything that is drawn; for shares whole ten percents, at most 1."""
    highest = max((row["high"] or row["value"] or 0 for row in rows), default=0) or (0.1 if share else 1)
    if share:
        return min(1.0, (int(highest * 10 - 1e-9) + 1) / 10)
    step = next(s for s in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 10**4, 10**5, 10**6) if highest / s <= 10)
    return (int(highest / step - 1e-9) + 1) * step


def _marks(marks: tuple[Mark, ...], years: list[int], x: alt.X, break_label: str) -> list[alt.Chart]:
    text = theme.colours()["textColor"]
    inside = [mark for mark in marks if years[0] <= mark.year <= years[-1]]
    breaks = [m for m in inside if m.kind == "break" and m.year > years[0]]
    events = {
        m.year: "; ".join(e.words for e in inside if e.kind == "event" and e.year == m.year)
        for m in inside
        if m.kind == "event"
    }
    tip = alt.Tooltip("words:N", title=" ")
    layers: list[alt.Chart] = []
    if breaks:
        rows = [{"at": m.year - 0.5, "words": m.words, "label": break_label} for m in breaks]
        between = alt.Chart(alt.Data(values=rows)).encode(x=x, tooltip=tip)
        layers.append(between.mark_rule(color=text, strokeDash=[5, 3], strokeWidth=1.4))
        layers.append(
            between.mark_text(align="left", dx=4, baseline="top", color=text, fontSize=12).encode(
                y=alt.value(0), text="label:N"
            )
        )
    if events:
        rows = [{"at": year, "words": words} for year, words in events.items()]
        layers.append(
            alt.Chart(alt.Data(values=rows))
            .mark_point(shape="triangle-up", filled=True, color="#5B6470", size=70, yOffset=6, opacity=1, clip=False)
            .encode(x=x, y=alt.value("height"), tooltip=tip)
        )
    return layers


@dataclass(frozen=True)
class HeatCell:
    """One cell of a heat table, with its labels and words; `value` is null where it is suppressed."""

    row: str
    column: str
    value: int | None
    words: str
    status: str


@lru_cache(maxsize=512)
def heat(cells: tuple[HeatCell, ...], *, rows: tuple[str, ...], columns: tuple[str, ...], unit: str, lang: str) -> Spec:
    """A table whose cells are the darker the more they hold; a suppressed one is grey and says its range."""
    # The totals are not coloured: they would outshine what they are made of.
    totals = (rows[-1], columns[-1])
    most = max((c.value or 0 for c in cells if c.row != totals[0] and c.column != totals[1]), default=0)
    size = alt.expr(f"{NARROW} ? 11 : 13")
    x = alt.X(
        "column:N",
        sort=list(columns),
        scale=alt.Scale(domain=list(columns)),
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
        sort=list(rows),
        scale=alt.Scale(domain=list(rows)),
        axis=alt.Axis(title=None, domain=False, ticks=False, labelLimit=190, labelFontSize=size),
    )
    tip = [alt.Tooltip("row:N", title=" "), alt.Tooltip("column:N", title="  "), alt.Tooltip("words:N", title=unit)]
    layers: list[alt.Chart] = []
    for status, in_total in ((SUPPRESSED, False), (SUPPRESSED, True), (PUBLISHED, False), (PUBLISHED, True)):
        mine = [
            {"row": c.row, "column": c.column, "value": c.value, "words": c.words}
            for c in cells
            if c.status == status and in_total == (c.row == totals[0] or c.column == totals[1])
        ]
        if not mine:
            continue
        base = alt.Chart(alt.Data(values=mine)).encode(x=x, y=y, tooltip=tip)
        boxes = base.mark_rect(stroke="#FFFFFF", strokeWidth=2, color="#E6E8EB" if status == SUPPRESSED else "#FFFFFF")
        if status == PUBLISHED and not in_total:
            scale = alt.Scale(domain=[0, max(most, 1)], range=theme.colours()["chartSequentialColors"])
            boxes = boxes.encode(color=alt.Color("value:Q", legend=None, scale=scale))
        words = base.mark_text(
            color=theme.colours()["textColor"],
            fontSize=size,
            fontStyle="italic" if status == SUPPRESSED else "normal",
            fontWeight="bold" if in_total else "normal",
        ).encode(text="words:N")
        layers += [boxes, words]
    return _finish(alt.layer(*layers).properties(width="container", height=44 * len(rows) + 30), lang)


def _finish(chart: alt.TopLevelMixin, lang: str) -> Spec:
    spec = chart.to_dict()
    spec["config"] = theme.config(locale.chart_locale(lang))
    spec["autosize"] = {"type": "fit-x", "contains": "padding"}
    return spec

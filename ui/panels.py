"""Small multiples: one small chart a series, all with the same axes, so that levels can be compared as well as courses.

They are drawn in one view, each in a place of its own: Vega-Lite's own facets can't follow the width of the page.
"""

from functools import lru_cache
from typing import Any

from ui import charts, theme
from ui.charts import Form, Mark, Series, Spec
from ui.points import NOT_COLLECTED, PUBLISHED, SMALL_BASE, SUPPRESSED, Point
from ui.text import text

ROW = 190  # pixels for each row of panels
BELOW, ABOVE = 0.32, 0.38  # room for the years below a panel, and for its name above, in parts of its axis
NARROW = "width < 560"


@lru_cache(maxsize=512)
def panels(
    points: tuple[Point, ...], series: tuple[Series, ...], marks: tuple[Mark, ...], *, lang: str, share: bool
) -> Spec:
    """A panel for each series over the years: counts, or shares (0 to 1) with their intervals."""
    form: Form = "share" if share else "count"
    years = sorted({point.year for point in points})
    breaks = charts.sides(marks, years)
    top = charts.ceiling([point.high or point.value or 0 for point in points], form)
    across = 1 if len(series) == 1 else 2
    down = -(-len(series) // across)
    pitch = round(top * (1 + BELOW + ABOVE), 4)
    wide = len(years) + max(1.0, len(years) / 10)
    data: dict[str, list[dict[str, Any]]] = {}

    def put(name: str, **row: Any) -> None:
        data.setdefault(name, []).append(row)

    ticks = _ticks(top, share=share)
    for place, one in enumerate(series):
        left, floor = (place % across) * wide, round((down - 1 - place // across) * pitch, 4)

        def at(year: float, left: float = left) -> float:
            return round(left + year - years[0] + 0.5, 3)

        def up(value: float, floor: float = floor) -> float:
            return round(floor + value, 4)

        put("title", at=left, y=up(top), panel=one.label)
        for tick in ticks:
            put("grid", at=left, end=left + len(years), y=up(tick))
        for year in years:
            put("year", at=at(year), y=up(0), label=f"’{year % 100:02d}", year=year, end=year in (years[0], years[-1]))
        for mark in breaks:
            put("break", at=at(mark.year - 0.5), y=up(0), end=up(top), words=mark.words)
        mine = [point for point in points if point.code == one.code]
        blank = [point.year for point in mine if point.status == NOT_COLLECTED]
        if blank:
            put("blank", at=at((blank[0] + blank[-1]) / 2), y=up(0), words=text("charts.not_collected", lang))
        for point in mine:
            if point.status != NOT_COLLECTED:
                row = {"at": at(point.year), "year": str(point.year), "panel": one.label, "words": point.words}
                shown = {"value": point.value, "y": None if point.value is None else up(point.value)}
                reach: dict[str, float] = {}
                if point.low is not None and point.high is not None:
                    reach = {"low": point.low, "high": point.high, "from": up(point.low), "to": up(point.high)}
                put(point.status, **row, **shown, **reach, floor=floor)
                put("line", **row, **shown, side=sum(mark.year <= point.year for mark in breaks))
    span = [0, round(across * wide - (wide - len(years)), 3)]
    ends = [round(-top * BELOW, 4), round(down * pitch - top * BELOW, 4)]
    values = [round(row * pitch + tick, 4) for row in range(down) for tick in ticks]
    return charts.layered(
        _layers(data, series, _scales(span, ends, values, pitch, form), text("figure.break_label", lang), share=share),
        height=ROW * down,
        lang=lang,
    )


def _ticks(top: float, *, share: bool) -> list[float]:
    """Nothing, the end of the axis and, where it is a number that can be, the middle."""
    return [0, round(top / 2, 4), top] if share or top % 2 == 0 else [0, top]


def _scales(span: list[float], ends: list[float], values: list[float], pitch: float, form: Form) -> dict[str, Spec]:
    """The x and the y of every layer, without the field. The y axis says what a place is in its own panel."""
    number = f"datum.value - {pitch} * floor(datum.value / {pitch} + 0.001)"
    return {
        "x": {"type": "quantitative", "axis": None, "scale": {"domain": span, "nice": False, "zero": False}},
        "y": {
            "type": "quantitative",
            "scale": {"domain": ends, "nice": False, "zero": False},
            "axis": {
                "title": None, "grid": False, "values": values, "tickCount": len(values), "labelOverlap": False,
                "labelExpr": f"format({number}, '{charts.FORMATS[form]}')",
            },
        },
    }  # fmt: skip


def _layers(
    data: dict[str, list[dict[str, Any]]], series: tuple[Series, ...], scales: dict[str, Spec], cut: str, *, share: bool
) -> list[Spec]:
    ink = theme.colours()["textColor"]
    names = [one.label for one in series]
    colour = {
        "field": "panel",
        "type": "nominal",
        "legend": None,
        "scale": {"domain": names, "range": [theme.series_colours()[one.position] for one in series]},
    }
    shape = colour | {"scale": {"domain": names, "range": [theme.SHAPES[one.position] for one in series]}}
    tip = [
        {"field": name, "type": "nominal", "title": " " * i}
        for i, name in enumerate(("panel", "year", "words"), start=1)
    ]

    def layer(name: str, mark: Spec, y: str = "y", *, transform: list[Spec] | None = None, **channels: Any) -> Spec:
        """Marks of the data of that name, at its `at` and `y`."""
        found = {"data": {"values": data.get(name, [])}, "mark": mark}
        where = {"x": scales["x"] | {"field": "at"}, "y": scales["y"] | {"field": y}}
        return found | ({"transform": transform} if transform else {}) | {"encoding": where | channels}

    def words(field: str) -> Spec:
        return {"text": {"field": field, "type": "nominal"}}

    seen = {"color": colour, "tooltip": tip}
    ticks = {"type": "tick", "thickness": 2, "width": 8, "opacity": 0.9, "orient": "horizontal"}
    text_mark = {"type": "text", "color": ink, "fontSize": 12}
    title = {
        "align": "left",
        "dy": -26,
        "fontSize": {"expr": f"{NARROW} ? 11 : 13"},
        "fontWeight": {"expr": f"{NARROW} ? 'normal' : 'bold'"},
    }
    interval = [
        layer(PUBLISHED, {"type": "rule", "strokeWidth": 1.2, "opacity": 0.9}, "from", y2={"field": "to"}, **seen)
    ]
    return [
        layer("grid", {"type": "rule", "color": "#E3E6EA"}, x2={"field": "end"}),
        layer("title", text_mark | title, **words("panel")),
        layer(
            "year",
            text_mark | {"dy": 14},
            transform=[
                {"filter": f"!({NARROW}) || datum.end"},
                {"calculate": f"{NARROW} ? datum.label : toString(datum.year)", "as": "fitting"},
                {"filter": "width > 900 || datum.end || datum.year % 2 == 0"},
            ],
            **words("fitting"),
        ),
        layer("blank", text_mark | {"fontStyle": "italic", "dy": -10}, **words("words")),
        layer(SUPPRESSED, {"type": "rule", "strokeWidth": 7, "opacity": 0.35}, "from", y2={"field": "to"}, **seen),
        layer(SUPPRESSED, ticks, "from", **seen),
        layer(SUPPRESSED, ticks, "to", **seen),
        *(interval if share else []),
        layer(
            SMALL_BASE, {"type": "text", "text": "×", "fontSize": 15, "fontWeight": "bold", "dy": -6}, "floor", **seen
        ),
        layer("line", {"type": "line", "strokeWidth": 2}, detail={"field": "side", "type": "nominal"}, **seen),
        layer(PUBLISHED, {"type": "point", "filled": True, "size": 45, "opacity": 1}, shape=shape, **seen),
        layer(
            "break",
            {"type": "rule", "color": ink, "strokeDash": [5, 3], "strokeWidth": 1.4},
            y2={"field": "end"},
            tooltip={"field": "words", "type": "nominal", "title": " "},
        ),
        layer("break", text_mark | {"text": cut, "align": "center", "dy": -8, "fontSize": 11}, "end"),
    ]

"""A flow in steps: from all referrals to how they were assessed, and from each assessment to what came of it.

A bar for each number, the parts of a whole below it. What is suppressed has a solid bar to the least that it can be and
a light one to the most: no width is made up.
"""

import json
from functools import lru_cache
from typing import Any

from ui import charts, theme
from ui.charts import NARROW, HeatCell, Spec
from ui.points import NOT_COLLECTED, SUPPRESSED
from ui.text import text

STEP = 27  # pixels for each bar
ROOM = 1.3  # the axis goes on beyond the longest bar: its number stands there


@lru_cache(maxsize=512)
def flow(cells: tuple[HeatCell, ...], *, rows: tuple[str, ...], columns: tuple[str, ...], unit: str, lang: str) -> Spec:
    """The crossing of two steps, with the first step in rows; the last row and the last column are totals.

    What can't be (an intervention without being grounded) is left out, and so is a second step with one way only. The
    cells need their ranges: ValueError where a suppressed one has none. unit: what the whole counts.
    """
    found = {(cell.row, cell.column): cell for cell in cells if cell.status != NOT_COLLECTED}
    total = columns[-1]
    bars = [_bar(unit, found[rows[-1], total], None, 0, lang)] if (rows[-1], total) in found else []
    names = [row["at"] for row in bars]
    for row in rows[:-1]:
        if (row, total) not in found:
            continue
        whole = found[row, total]
        ways = [found[row, column] for column in columns[:-1] if (row, column) in found]
        group = [_bar(row, whole, None, 1, lang)]
        if len(ways) > 1:
            group += [_bar(cell.column, cell, whole, 2, lang) for cell in ways]
        # Names are told apart by what they are part of; the reader sees what stands before the bar.
        group = [bar | {"at": f"{bar['name']}|{row}"} for bar in group]
        names += [f"|{row}", *(bar["at"] for bar in group)]
        bars += group
    most = max((bar["high"] for bar in bars), default=1) or 1
    return charts.layered(_layers(bars, names, most), height=STEP * len(names), lang=lang)


def _bar(name: str, cell: HeatCell, whole: HeatCell | None, level: int, lang: str) -> dict[str, Any]:
    hidden = cell.status == SUPPRESSED
    low, high = (cell.low, cell.high) if hidden else (cell.value, cell.value)
    if low is None or high is None:
        raise ValueError(f"{cell.row}, {cell.column}: a suppressed number is drawn by its range, and has none")
    said = text("charts.hidden", lang, range=cell.words) if hidden else cell.words
    bar = {"at": name, "name": name, "level": level, "hidden": hidden, "of": _most(whole) if whole else None}
    return bar | {"from": 0, "low": low, "high": high, "words": cell.words, "said": said}


def _most(cell: HeatCell) -> int | None:
    return cell.high if cell.status == SUPPRESSED else cell.value


def _layers(bars: list[dict[str, Any]], names: list[str], most: float) -> list[Spec]:
    ink = theme.colours()["textColor"]
    bold = (
        f"indexof({json.dumps([bar['at'] for bar in bars if bar['level'] < 2], ensure_ascii=False)}, datum.value) >= 0"
    )
    y = {
        "field": "at",
        "type": "nominal",
        "sort": None,
        "scale": {"domain": names, "paddingInner": 0.2, "paddingOuter": 0},
        "axis": {
            "title": None, "domain": False, "ticks": False, "labelExpr": "split(datum.label, '|')[0]",
            "labelLimit": 220, "labelOverlap": False,
            "labelFontSize": {"expr": f"{NARROW} ? 12 : 13"},
            "labelFontWeight": {"condition": {"test": bold, "value": "bold"}, "value": "normal"},
        },
    }  # fmt: skip
    scale = {"domain": [0, most * ROOM], "nice": False, "zero": True}

    def x(field: str) -> dict[str, Any]:
        return {"field": field, "type": "quantitative", "scale": scale, "axis": None}

    tip = [{"field": name, "type": "nominal", "title": " " * i} for i, name in enumerate(("name", "said"), start=1)]
    blue = theme.colours()["primaryColor"]
    parts = [bar for bar in bars if bar["of"] is not None]
    hidden = [bar for bar in bars if bar["hidden"]]
    return [
        # What a part is part of: its whole's length goes on behind it, to a line.
        {
            "data": {"values": parts},
            "mark": {"type": "bar", "color": theme.LIGHT, "height": {"band": 1.25}},
            "encoding": {"y": y, "x": x("from"), "x2": {"field": "of"}},
        },
        {
            "data": {"values": parts},
            "mark": {
                "type": "tick", "orient": "vertical", "color": theme.QUIET, "thickness": 1, "height": {"band": 1.25},
            },
            "encoding": {"y": y, "x": x("of")},
        },
        {
            "data": {"values": hidden},
            "mark": {
                "type": "bar", "color": "#FFFFFF", "stroke": theme.QUIET, "strokeDash": [4, 2], "strokeWidth": 1.5,
                "height": {"band": 0.8},
            },
            "encoding": {"y": y, "x": x("low"), "x2": {"field": "high"}, "tooltip": tip},
        },
        {
            "data": {"values": bars},
            "mark": {"type": "bar", "color": blue, "height": {"band": 0.8}},
            "encoding": {"y": y, "x": x("from"), "x2": {"field": "low"}, "tooltip": tip},
        },
        {
            "data": {"values": bars},
            "transform": [{"calculate": f"{NARROW} ? datum.words : datum.said", "as": "fitting"}],
            "mark": {
                "type": "text", "align": "left", "baseline": "middle", "dx": 6, "color": ink,
                "fontSize": {"expr": f"{NARROW} ? 12 : 13"},
                "fontStyle": {"expr": "datum.hidden ? 'italic' : 'normal'"},
                "fontWeight": {"expr": "datum.level < 2 ? 'bold' : 'normal'"},
            },
            "encoding": {"y": y, "x": x("high"), "text": {"field": "fitting", "type": "nominal"}, "tooltip": tip},
        },
    ]  # fmt: skip

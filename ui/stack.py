"""Shares of a whole as stacked bars, one a year, every part labelled where it fits.

What is suppressed is drawn as what the published parts leave of the base: outlined and light, with its word.
"""

from collections.abc import Sequence
from functools import lru_cache
from string import ascii_uppercase
from typing import Any

from ui import chance, charts, locale, theme
from ui.charts import NARROW, Mark, Series, Spec
from ui.points import NOT_COLLECTED, Point
from ui.text import text

STEP = 32  # pixels for each year
END = 1.16  # the axis goes on beyond 100 percent: the base stands there
LETTER = 7  # pixels that a letter needs at most, on average
HIDDEN, UNCHOSEN = "hidden", "unchosen"


@lru_cache(maxsize=512)
def stack(points: tuple[Point, ...], series: tuple[Series, ...], marks: tuple[Mark, ...], *, lang: str) -> Spec:
    """Bars of the shares in `points`, which are all parts of each year's base; `series` are those to be told apart.

    ValueError where the parts of a year are of different bases or don't add up to theirs: then some are missing.
    """
    years = sorted({point.year for point in points})
    breaks = charts.sides(marks, years)
    # The letter tells parts apart for those who can't by colour.
    names = {s.code: f"{letter}  {s.label}" for s, letter in zip(series, ascii_uppercase, strict=False)}
    labels = {s.code: s.label for s in series}
    names |= {code: text(f"charts.{key}", lang) for code, key in ((UNCHOSEN, "not_chosen"), (HIDDEN, "suppressed"))}
    found = [_Bar(year, [p for p in points if p.year == year], labels, names, lang) for year in years]
    parts = [part for bar in found for part in bar.parts]
    # Every letter is explained, those too that only stand in what is suppressed.
    drawn = [n for c, n in names.items() if c in labels or any(part["part"] == n for part in parts)]
    grounds = _grounds(series)
    places = [str(y) if y not in [m.year for m in breaks] else [f"|{y}", str(y)] for y in years]
    rows = [row for place in places for row in ([place] if isinstance(place, str) else place)]
    return charts.layered(
        _layers(
            parts,
            [bar.said for bar in found if bar.said],
            [bar.base for bar in found if bar.base],
            [{"year": f"|{m.year}", "words": m.words, "label": text("figure.break_label", lang)} for m in breaks],
            rows,
            {names[code]: ground for code, ground in grounds.items() if names[code] in drawn},
        ),
        height=STEP * len(rows),
        lang=lang,
    )


class _Bar:
    """One year's bar: its parts from left to right, or what is said in place of them."""

    def __init__(
        self, year: int, points: Sequence[Point], labels: dict[str, str], names: dict[str, str], lang: str
    ) -> None:
        self.parts: list[dict[str, Any]] = []
        self.base: dict[str, str] | None = None
        self.said: dict[str, str] | None = None
        self._names, self._lang, self._year = names, lang, str(year)
        told = [point for point in points if point.status != NOT_COLLECTED]
        bases = {point.base for point in told}
        if len(bases) > 1:
            raise ValueError(f"{year}: parts of different bases, {bases}, are not parts of one whole")
        base = bases.pop() if bases else None
        if not told:
            self._say(text("charts.not_collected", lang))
        elif base is None:
            self._say(text("charts.base_hidden", lang))
        elif base < chance.SMALLEST_BASE:
            self._say(text("charts.base_small", lang, minimum=chance.SMALLEST_BASE))
            self._of(base)
        else:
            self._of(base)
            self._divide(told, labels, base)

    def _say(self, words: str) -> None:
        self.said = {"year": self._year, "words": words}

    def _of(self, base: int) -> None:
        self.base = {"year": self._year, "words": text("charts.of_base", self._lang, base=_number(base, self._lang))}

    def _divide(self, told: Sequence[Point], labels: dict[str, str], base: int) -> None:
        by_code = {point.code: point for point in told}
        for code in labels:
            if code in by_code and by_code[code].n is not None:
                self._add(code, by_code[code].n or 0, base, by_code[code].words)
        unchosen = [p for p in told if p.code not in labels and p.n is not None]
        number = sum(p.n or 0 for p in unchosen)
        self._add(UNCHOSEN, number, base, _share(number, base, self._lang))
        hidden = [p for p in told if p.n is None]
        rest = base - sum(p.n or 0 for p in told)
        if rest < 0 or (rest > 0 and not hidden):
            raise ValueError(f"{self._year}: the parts add up to {base - rest}, not to {base}; are all of them here?")
        parts = "; ".join(
            text("charts.part", self._lang, label=labels.get(p.code, self._names[UNCHOSEN]), words=p.words)
            for p in hidden
        )
        words = text("charts.rest", self._lang, share=_share(rest, base, self._lang), parts=parts)
        codes = {p.code for p in hidden}
        letters = " ".join(self._names[code][0] for code in labels if code in codes)
        if letters and not codes <= labels.keys():
            letters += " +"  # some that were not chosen are hidden in it too
        self._add(HIDDEN, rest, base, words, letters)

    def _add(self, code: str, n: int, base: int, words: str, letters: str = "") -> None:
        """A part of n of the base. letters: those of the series that are hidden in it."""
        if not n:
            return
        start = self.parts[-1]["end"] if self.parts else 0
        name = self._names[code]
        percent = locale.percent(n, base, self._lang).removesuffix(locale.PERCENT[self._lang])
        short = letters if code == HIDDEN else "" if code == UNCHOSEN else name[0]
        self.parts.append({
            "year": self._year, "part": name, "from": round(start / base, 4), "to": round((start + n) / base, 4),
            "n": n, "end": start + n, "label": f"{short} {name if code == HIDDEN else percent}".strip(),
            "short": short, "hidden": code == HIDDEN, "words": words,
        })  # fmt: skip


def _number(n: int, lang: str) -> str:
    return locale.number(n, lang)


def _share(n: int, base: int, lang: str) -> str:
    of = text("figure.of_base", lang, n=_number(n, lang), base=_number(base, lang))
    return f"{locale.percent(n, base, lang)} ({of})"


def _grounds(series: Sequence[Series]) -> dict[str, str]:
    colours = {s.code: theme.series_colours()[s.position] for s in series}
    return colours | {UNCHOSEN: theme.NEUTRAL, HIDDEN: theme.LIGHT}


def _layers(
    parts: list[dict[str, Any]],
    said: list[dict[str, str]],
    bases: list[dict[str, str]],
    breaks: list[dict[str, str]],
    rows: list[str],
    grounds: dict[str, str],
) -> list[Spec]:
    ink = theme.colours()["textColor"]
    y = {
        "field": "year",
        "type": "nominal",
        "sort": None,
        "scale": {"domain": rows, "paddingInner": 0.22, "paddingOuter": 0.1},
        "axis": {
            "title": None,
            "domain": False,
            "ticks": False,
            "labelExpr": "indexof(datum.label, '|') < 0 ? datum.label : ''",
        },
    }
    x = {
        "field": "from",
        "type": "quantitative",
        "scale": {"domain": [0, END], "nice": False},
        "axis": {
            "format": ".0%", "values": [0, 0.25, 0.5, 0.75, 1], "title": None, "grid": False, "domain": False,
            "labelFlush": True, "labelExpr": f"{NARROW} && datum.value % 0.5 ? '' : datum.label",
        },
    }  # fmt: skip
    key = {"columns": {"expr": f"{NARROW} ? 1 : 3"}, "symbolType": "square", "symbolStrokeColor": theme.QUIET}
    colour = {
        "field": "part",
        "type": "nominal",
        "scale": {"domain": list(grounds), "range": list(grounds.values())},
        "legend": key | {"symbolStrokeWidth": 1, "symbolSize": 140},
    }
    tip = [
        {"field": name, "type": "nominal", "title": " " * i}
        for i, name in enumerate(("year", "part", "words"), start=1)
    ]

    def bars(*, hidden: bool) -> Spec:
        edge = {"stroke": theme.QUIET, "strokeDash": [4, 2]} if hidden else {"stroke": "#FFFFFF"}
        return {
            "data": {"values": [part for part in parts if part["hidden"] == hidden]},
            "mark": {"type": "bar", "strokeWidth": 1.5, "binSpacing": 0, **edge},
            "encoding": {"y": y, "x": x, "x2": {"field": "to"}, "color": colour, "tooltip": tip},
        }

    def words(colour: str) -> Spec:
        mine = [part for part in parts if theme.ink_on(grounds[part["part"]]) == colour]
        middle = {"calculate": "(datum.from + datum.to) / 2", "as": "middle"}
        room = f"(datum.to - datum.from) * width / {END} - 2"
        fitting = {
            "calculate": f"[datum.label, datum.short, ''][({room} < {LETTER} * length(datum.label))"
            f" + ({room} < {LETTER} * length(datum.label) && {room} < {LETTER} * length(datum.short))]",
            "as": "fitting",
        }
        return {
            "data": {"values": mine},
            "transform": [fitting, middle],
            "mark": {"type": "text", "color": colour, "fontSize": 12, "baseline": "middle"},
            "encoding": {
                "y": y,
                "x": {**x, "field": "middle"},
                "text": {"field": "fitting", "type": "nominal"},
                "tooltip": tip,
            },
        }

    line = {"type": "text", "align": "left", "baseline": "middle", "color": ink, "fontSize": 12}
    text_of = {"text": {"field": "words", "type": "nominal"}}
    return [
        bars(hidden=False),
        bars(hidden=True),
        words("#FFFFFF"),
        words(ink),
        {
            "data": {"values": bases},
            "mark": {**line, "dx": 6},
            "encoding": {"y": y, "x": {"datum": 1, "type": "quantitative"}, **text_of},
        },
        {
            "data": {"values": said},
            "mark": {**line, "dx": 4, "fontStyle": "italic"},
            "encoding": {"y": y, "x": {"datum": 0, "type": "quantitative"}, **text_of},
        },
        {
            "data": {"values": breaks},
            "mark": {"type": "rule", "color": ink, "strokeDash": [5, 3], "strokeWidth": 1.4, "yOffset": 8},
            "encoding": {"y": y, "tooltip": {"field": "words", "type": "nominal", "title": " "}},
        },
        {
            "data": {"values": breaks},
            "mark": {**line, "dx": 4, "dy": -2},
            "encoding": {
                "y": y,
                "x": {"datum": 0, "type": "quantitative"},
                "text": {"field": "label", "type": "nominal"},
            },
        },
    ]

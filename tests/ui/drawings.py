"""One drawing of each chart form, made of numbers written by hand: what the golden specifications and tests look at."""

from collections.abc import Callable
from typing import Any

from tests.ui.answers import Number, count, share
from ui import change, charts, flow, locale, panels, stack
from ui.charts import HeatCell, Mark, Series
from ui.points import Point
from ui.text import label

PROFILES = ("resource_strong", "mixed", "vulnerable", "unknown")
STEPS = ("grounded", "not_grounded", "pending", "all")
OUTCOMES = ("intervention", "referred_on", "declined", "closed", "pending", "all")
# 70 referrals in 2019 as in the example release, and 60 in 2020; a base that is hidden, and one that is too small.
PARTS: dict[int, tuple[Number, dict[str, Number]]] = {
    2018: ((18, 22), {"resource_strong": (1, 4), "mixed": 6, "vulnerable": 8, "unknown": 0}),
    2019: (70, {"resource_strong": 16, "mixed": 20, "vulnerable": 28, "unknown": 6}),
    2020: (60, {"resource_strong": 15, "mixed": (8, 16), "vulnerable": 27, "unknown": (2, 10)}),
    2021: (12, {"resource_strong": 0, "mixed": 0, "vulnerable": 12, "unknown": 0}),
}
COUNTS: dict[str, tuple[Number, ...]] = {
    "resource_strong": (40, 60, (44, 50), 20),
    "mixed": (19, 30, 40, 50),
    "vulnerable": ((20, 30), 25, 25, 25),
    "unknown": (None, None, 20, 30),
}
# Row by row as in STEPS, column by column as in OUTCOMES: 2019 in the example release.
CROSS: tuple[tuple[Number, ...], ...] = (
    (17, (0, 8), (0, 8), (0, 11), 0, 28),
    (None, (9, 17), (0, 8), (17, 28), 0, 42),
    (None, None, None, None, 0, 0),
    (17, 17, 8, 28, 0, 70),
)
BREAK = {"da": "Ny definition", "en": "New definition"}


def series(lang: str, codes: tuple[str, ...] = PROFILES) -> tuple[Series, ...]:
    return tuple(Series(code, label("resource_profile", code, lang), PROFILES.index(code)) for code in codes)


def breaks(lang: str, year: int = 2020) -> tuple[Mark, ...]:
    return (Mark("break", year, BREAK[lang]),)


def parts(lang: str) -> tuple[Point, ...]:
    return tuple(share(y, n, base, code, lang) for y, (base, each) in PARTS.items() for code, n in each.items())


def counts(lang: str) -> tuple[Point, ...]:
    return tuple(count(2018 + i, n, code, lang) for code, each in COUNTS.items() for i, n in enumerate(each))


def cells(lang: str) -> tuple[HeatCell, ...]:
    return tuple(
        cell(label("assessment", row, lang), label("outcome_group", column, lang), n, lang)
        for row, numbers in zip(STEPS, CROSS, strict=True)
        for column, n in zip(OUTCOMES, numbers, strict=True)
    )


def cell(row: str, column: str, n: Number, lang: str = "da") -> HeatCell:
    if n is None:
        return HeatCell(row, column, None, "–", "not_collected")
    if isinstance(n, tuple):
        return HeatCell(row, column, None, locale.span(*n, lang), "suppressed", *n)
    return HeatCell(row, column, n, locale.number(n, lang), "published")


def ends(lang: str) -> dict[str, Any]:
    rows = tuple(label("assessment", code, lang) for code in STEPS)
    return {"rows": rows, "columns": tuple(label("outcome_group", code, lang) for code in OUTCOMES)}


UNIT = {"da": "Antal henvendelser", "en": "Number of referrals"}
CUT = {"da": "databrud", "en": "break"}
FORMS: dict[str, Callable[[str], dict[str, Any]]] = {
    "trend": lambda lang: charts.trend(
        counts(lang), series(lang), breaks(lang), lang=lang, share=False, break_label=CUT[lang]
    ),
    "trend_of_shares": lambda lang: charts.trend(
        parts(lang), series(lang), breaks(lang), lang=lang, share=True, break_label=CUT[lang]
    ),
    "heat": lambda lang: charts.heat(cells(lang), **ends(lang), unit=UNIT[lang], lang=lang),
    "stack": lambda lang: stack.stack(parts(lang), series(lang), breaks(lang), lang=lang),
    "panels": lambda lang: panels.panels(counts(lang), series(lang), breaks(lang), lang=lang, share=False),
    "panels_of_shares": lambda lang: panels.panels(parts(lang), series(lang), breaks(lang), lang=lang, share=True),
    "flow": lambda lang: flow.flow(cells(lang), **ends(lang), unit=UNIT[lang], lang=lang),
    "change": lambda lang: change.change(counts(lang), series(lang), breaks(lang), lang=lang),
}

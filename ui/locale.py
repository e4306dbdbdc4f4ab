"""Numbers as a Dane and an Englishman write them. The language is an argument, never the process's own."""

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal

from babel.dates import format_date
from babel.numbers import format_decimal

LOCALES = {"da": "da_DK", "en": "en_GB"}
PERCENT = {"da": " pct.", "en": " percent"}


def number(value: int, lang: str) -> str:
    """A whole number with the language's thousands separator."""
    return format_decimal(value, locale=LOCALES[lang])


def decimal(value: float, lang: str, digits: int = 1) -> str:
    """A number with `digits` decimals, halves rounded up as people expect."""
    rounded = Decimal(repr(value)).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    return format_decimal(rounded, format=pattern, locale=LOCALES[lang])


def percent(n: int, base: int, lang: str) -> str:
    """n of base as a whole percentage, rounded half up from the exact fraction: "40 pct."."""
    exact = Decimal(n) * 100 / Decimal(base)
    return f"{exact.quantize(Decimal(1), ROUND_HALF_UP)}{PERCENT[lang]}"


def span(low: int, high: int | None, lang: str) -> str:
    """A range of whole numbers: "1-7"; without an upper end "1+"."""
    return f"{number(low, lang)}+" if high is None else f"{number(low, lang)}-{number(high, lang)}"


def day(iso: str, lang: str) -> str:
    """A day, a month or a year ("2018-04-03", "2015-01", "2016") as people write it: "3. april 2018"."""
    patterns = {1: "y", 2: "MMMM y", 3: {"da": "d. MMMM y", "en": "d MMMM y"}[lang]}
    parts = [int(part) for part in iso.split("-")]
    date = dt.date(*parts, *[1] * (3 - len(parts)))
    return format_date(date, format=patterns[len(parts)], locale=LOCALES[lang])


def chart_locale(lang: str) -> dict[str, object]:
    """The number format of a chart (d3-format): every number in it is written as in the text."""
    separators = {"da": {"decimal": ",", "thousands": "."}, "en": {"decimal": ".", "thousands": ","}}[lang]
    return {"number": {**separators, "grouping": [3], "currency": ["", " kr."], "percent": PERCENT[lang]}}

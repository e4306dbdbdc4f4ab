"""Numbers are written as a Dane and an Englishman write them, and rounded as people round."""

from fractions import Fraction
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui import locale


@pytest.mark.parametrize(
    ("value", "danish", "english"),
    [(0, "0", "0"), (7, "7", "7"), (999, "999", "999"), (1234, "1.234", "1,234"), (1234567, "1.234.567", "1,234,567")],
)
def test_thousands_are_set_apart_as_the_language_does(value: int, danish: str, english: str):
    assert locale.number(value, "da") == danish
    assert locale.number(value, "en") == english


@pytest.mark.parametrize(
    ("value", "digits", "danish", "english"),
    [
        (1234.5, 1, "1.234,5", "1,234.5"),
        (0.25, 1, "0,3", "0.3"),
        (0.35, 1, "0,4", "0.4"),
        (2.5, 0, "3", "3"),
        (7, 2, "7,00", "7.00"),
        (-1234.56, 1, "-1.234,6", "-1,234.6"),
    ],
)
def test_decimals_have_the_sign_of_the_language_and_round_half_up(value: float, digits: int, danish: str, english: str):
    assert locale.decimal(value, "da", digits) == danish
    assert locale.decimal(value, "en", digits) == english


@pytest.mark.parametrize(
    ("n", "base", "danish", "english"),
    [
        (8, 20, "40 pct.", "40 percent"),
        (1, 8, "13 pct.", "13 percent"),  # 12.5, which rounding half to even would make 12
        (5, 1000, "1 pct.", "1 percent"),  # 0.5
        (8, 104, "8 pct.", "8 percent"),  # VINK's own 2016: 7.69
        (10, 85, "12 pct.", "12 percent"),  # and 2017: 11.76
        (0, 60, "0 pct.", "0 percent"),
        (60, 60, "100 pct.", "100 percent"),
        (1, 3, "33 pct.", "33 percent"),
    ],
)
def test_a_percentage_is_rounded_half_up_from_the_exact_fraction(n: int, base: int, danish: str, english: str):
    assert locale.percent(n, base, "da") == danish
    assert locale.percent(n, base, "en") == english


@pytest.mark.parametrize(
    ("low", "high", "danish", "english"),
    [(1, 4, "1-4", "1-4"), (0, 1000, "0-1.000", "0-1,000"), (1, None, "1+", "1+")],
)
def test_a_range_is_written_with_both_ends(low: int, high: int | None, danish: str, english: str):
    assert locale.span(low, high, "da") == danish
    assert locale.span(low, high, "en") == english


@given(st.integers(0, 10**12))
def test_every_whole_number_is_grouped_by_threes(value: int):
    assert locale.number(value, "en") == f"{value:,}"
    assert locale.number(value, "da") == f"{value:,}".replace(",", ".")


@given(st.integers(1, 10**6).flatmap(lambda base: st.tuples(st.integers(0, base), st.just(base))))
def test_every_percentage_is_the_nearest_whole_one(pair: tuple[int, int]):
    n, base = pair
    assert locale.percent(n, base, "da") == f"{floor(Fraction(100 * n, base) + Fraction(1, 2))} pct."


@given(st.decimals(0, 10**6, places=4), st.integers(0, 3))
def test_every_decimal_is_the_nearest_with_halves_up(value: object, digits: int):
    shift = 10**digits
    whole, rest = divmod(floor(Fraction(str(value)) * shift + Fraction(1, 2)), shift)
    expected = f"{whole:,}".replace(",", ".") + (f",{rest:0{digits}}" if digits else "")
    assert locale.decimal(float(str(value)), "da", digits) == expected


def test_charts_write_numbers_as_the_text_does():
    danish, english = (locale.chart_locale(lang)["number"] for lang in ("da", "en"))
    assert danish == {
        "decimal": ",", "thousands": ".", "grouping": [3], "currency": ["", " kr."], "percent": " pct.",
    }  # fmt: skip
    assert english == {
        "decimal": ".", "thousands": ",", "grouping": [3], "currency": ["", " kr."], "percent": " percent",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("iso", "danish", "english"),
    [
        ("2018-04-03", "3. april 2018", "3 April 2018"),
        ("2015-01", "januar 2015", "January 2015"),
        ("2016", "2016", "2016"),
    ],
)
def test_a_day_a_month_or_a_year_is_written_as_people_do(iso: str, danish: str, english: str):
    assert (locale.day(iso, "da"), locale.day(iso, "en")) == (danish, english)

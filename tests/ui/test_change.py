"""An index: first year = 100, never of a small or hidden first year, with what is chance and where a break is."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from tests.ui.answers import count
from tests.ui.drawings import breaks, counts, series
from ui import chance
from ui.change import change, indexed, unindexed
from ui.points import Point


def of(code: str, lang: str = "da") -> dict[int, Point]:
    return {point.year: point for point in indexed(counts(lang), lang) if point.code == code}


def rows(spec: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [row for layer in spec["layer"] if layer["mark"]["type"] == kind for row in layer["data"]["values"]]


def test_an_index_is_each_year_as_percent_of_the_first():
    """40, 60, 44-50 and 20 referrals."""
    found = of("resource_strong")
    assert [found[year].value for year in (2018, 2019, 2020, 2021)] == [100, 150, None, 50]
    assert [found[year].words for year in (2018, 2019, 2021)] == [
        "100 (40 mod 40 i 2018)", "150 (60 mod 40 i 2018)", "50 (20 mod 40 i 2018)",
    ]  # fmt: skip
    assert of("resource_strong", "en")[2019].words == "150 (60 against 40 in 2018)"


def test_halves_are_rounded_up():
    """45 of 40 is 112.5."""
    found = indexed((count(2018, 40, "a"), count(2019, 45, "a")), "en")
    assert found[1].words == "113 (45 against 40 in 2018)"


def test_a_suppressed_count_has_the_range_of_its_index():
    point = of("resource_strong")[2020]
    assert (point.status, point.low, point.high) == ("suppressed", 110, 125)
    assert point.words == "110-125 (44-50 mod 40 i 2018)"


def test_the_range_in_words_is_never_narrower_than_it_is():
    (_, point) = indexed((count(2018, 30, "a"), count(2019, (1, 4), "a")), "en")
    assert point.words == "3-14 (1-4 against 30 in 2018)"  # 3.3 to 13.3


@pytest.mark.parametrize("code", ["mixed", "vulnerable", "unknown"])
def test_there_is_no_index_on_a_first_year_under_20_or_suppressed_or_not_collected(code: str):
    found = of(code)
    assert {point.status for point in found.values()} <= {"small_base", "not_collected"}
    assert all(point.value is point.low is point.high is None for point in found.values())


def test_20_in_the_first_year_is_enough():
    assert indexed((count(2018, 20, "a"),), "da")[0].value == 100
    assert indexed((count(2018, 19, "a"),), "da")[0].value is None


def test_series_without_an_index_are_named_and_have_no_mark():
    assert unindexed(counts("da"), "da") == ("mixed", "vulnerable", "unknown")
    spec = change(counts("da"), series("da"), (), lang="da")
    (point,) = (layer for layer in spec["layer"] if layer["mark"]["type"] == "point" and "shape" in layer["encoding"])
    assert point["encoding"]["color"]["scale"]["domain"] == [
        "Ressourcestærk", "Blandet: intet indeks", "Udsat: intet indeks", "Uoplyst: intet indeks",
    ]  # fmt: skip
    assert {
        row["series"]
        for kind in ("point", "line", "rule", "tick", "text")
        for row in rows(spec, kind)
        if "series" in row
    } == {"Ressourcestærk"}


def test_the_years_stay_where_no_series_has_an_index():
    spec = change(tuple(p for p in counts("en") if p.code == "mixed"), series("en", ("mixed",)), (), lang="en")
    assert spec["layer"][0]["encoding"]["x"]["axis"]["values"] == [2018, 2019, 2020, 2021]


def test_a_line_at_100_and_words_say_what_the_index_is_of():
    spec = change(counts("da"), series("da"), (), lang="da")
    (line,) = (layer for layer in spec["layer"] if layer["data"]["values"] == [{"at": 100}])
    assert line["encoding"]["y"]["field"] == "at"
    assert "Indeks, 2018 = 100" in str(spec["layer"])
    alone = change(tuple(p for p in counts("en") if p.code == "mixed"), series("en", ("mixed",)), (), lang="en")
    assert alone["layer"][0]["encoding"]["y"]["axis"]["title"] == "Index, 2018 = 100"


def test_a_break_cuts_the_line_and_is_shown():
    spec = change(counts("en"), series("en"), breaks("en"), lang="en")
    assert {(row["year"], row["side"]) for row in rows(spec, "line")} == {
        ("2018", 0), ("2019", 0), ("2020", 1), ("2021", 1),
    }  # fmt: skip
    assert [row["words"] for row in rows(spec, "rule") if row.get("label") == "break"] == ["New definition"]


@given(st.integers(0, 200), st.integers(20, 200))
def test_the_interval_of_an_index_is_scipys(n: int, base: int):
    """Given both counts' sum, the one is binomial: its score interval, as odds."""
    ends = stats.binomtest(n, n + base).proportion_ci(0.95, method="wilson")
    low, high = chance.ratio(n, base)
    assert low == pytest.approx(ends.low / (1 - ends.low), abs=1e-9)
    assert high == pytest.approx(ends.high / (1 - ends.high), abs=1e-9)

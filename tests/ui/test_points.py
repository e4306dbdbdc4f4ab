"""A point shows what may be shown of a number, and never promises more than is known."""

import re
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ui.answers import Number, answer, count, share
from ui import points

# Counts


def test_a_published_count_is_its_number():
    point = count(2019, 1234)
    assert (point.status, point.value, point.low, point.high) == ("published", 1234, None, None)
    assert point.words == "1.234"
    assert count(2019, 1234, lang="en").words == "1,234"


def test_a_zero_is_a_number_like_others():
    point = count(2019, 0)
    assert (point.status, point.value, point.words) == ("published", 0, "0")


def test_a_suppressed_count_has_a_range_and_no_value():
    point = count(2019, (1, 7))
    assert (point.status, point.value, point.low, point.high) == ("suppressed", None, 1, 7)
    assert (point.words, point.n, point.lower, point.upper) == ("1-7", None, 1, 7)


def test_what_was_not_collected_is_neither_zero_nor_hidden():
    point = count(2019, None)
    assert (point.status, point.value, point.low, point.high) == ("not_collected", None, None, None)
    assert (point.words, point.n, point.lower, point.upper) == ("–", None, None, None)


def test_a_point_keeps_its_year_and_code():
    found = points.counts(answer((2018, "right_wing", 13, None), (2019, "left_wing", 12, None)), "da")
    assert [(p.year, p.code, p.value) for p in found] == [(2018, "right_wing", 13), (2019, "left_wing", 12)]


def test_an_answer_without_codes_counts_all():
    assert points.counts(answer((2018, "x", 27, None)).drop("code"), "da")[0].code == "all"


# Shares


def test_a_published_share_has_its_interval_and_its_counts():
    """28 of 70; the Wilson interval by scipy: 0.2933 to 0.5171."""
    point = share(2019, 28, 70)
    assert (point.status, point.value) == ("published", 0.4)
    assert point.low == pytest.approx(0.2933, abs=1e-4)
    assert point.high == pytest.approx(0.5171, abs=1e-4)
    assert point.words == "40 pct. (28 af 70)"
    assert share(2019, 28, 70, lang="en").words == "40 percent (28 of 70)"
    assert (point.n, point.base) == (28, 70)


def test_none_of_many_is_a_share_of_0():
    assert share(2019, 0, 70).words == "0 pct. (0 af 70)"


@pytest.mark.parametrize("base", [0, 5, 19])
def test_a_share_of_fewer_than_20_is_not_printed_as_a_percentage(base: int):
    point = share(2019, 0, base)
    assert (point.status, point.value, point.low, point.high) == ("small_base", None, None, None)
    assert point.words == f"0 af {base}"


def test_a_share_of_20_is_printed():
    assert share(2019, 5, 20).words == "25 pct. (5 af 20)"


def test_a_base_that_may_be_under_20_is_small():
    point = share(2019, 7, (19, 60))
    assert (point.status, point.value, point.words) == ("small_base", None, "7 af 19-60")


def test_a_suppressed_part_of_a_known_base_gives_the_range_of_the_share():
    point = share(2019, (1, 4), 70)
    assert (point.status, point.value) == ("suppressed", None)
    assert (point.low, point.high) == (1 / 70, 4 / 70)
    assert point.words == "1-6 pct. (1-4 af 70)"  # 1.43 to 5.71, outwards


def test_a_known_part_of_a_suppressed_base_gives_the_range_of_the_share():
    point = share(2019, 10, (40, 50))
    assert (point.status, point.value, point.low, point.high) == ("suppressed", None, 0.2, 0.25)
    assert point.words == "20-25 pct. (10 af 40-50)"


def test_a_suppressed_part_of_a_suppressed_base_gives_the_widest_range():
    point = share(2019, (2, 10), (20, 40))
    assert (point.status, point.low, point.high) == ("suppressed", 0.05, 0.5)
    assert point.words == "5-50 pct. (2-10 af 20-40)"


@pytest.mark.parametrize(
    ("part", "words"),
    [((1, 7), "1-7 pct. (1-7 af 100)"), ((29, 57), "29-57 pct. (29-57 af 100)"), ((1, 4), "1-4 pct. (1-4 af 100)")],
)
def test_whole_percentages_stay_as_they_are(part: tuple[int, int], words: str):
    """In binary fractions 7 of 100 is a little more than 7 percent."""
    assert share(2015, part, 100).words == words


def test_a_share_never_passes_100_percent():
    assert share(2019, (18, 30), (20, 40)).words == "45-100 pct. (18-30 af 20-40)"


def test_a_part_without_an_upper_end_may_be_the_whole():
    rows = answer((2019, "all", (3, 4), 40)).with_columns(upper=None)
    assert points.shares(rows, "da")[0].words == "7-100 pct. (3+ af 40)"


def test_what_was_not_collected_has_no_share_of_a_known_base():
    point = share(2019, None, 70)
    assert (point.status, point.value, point.words) == ("not_collected", None, "–")


def test_a_row_without_any_base_is_no_share():
    assert points.shares(answer((2019, "pending", 5, None)), "da") == ()


def written(words: str) -> tuple[int, int]:
    match = re.match(r"(\d+)-(\d+) pct\. \(", words)
    assert match is not None, words
    return int(match[1]), int(match[2])


def shown(draw: st.DrawFn, true: int) -> Number:
    """What a release may say of a count: the number, or a range that holds it."""
    if draw(st.booleans()):
        return true
    low, high = draw(st.tuples(st.integers(0, 30), st.integers(0, 30)))
    return max(0, true - low), true + high + 1


@st.composite
def truths(draw: st.DrawFn) -> tuple[int, int, Number, Number]:
    """A true count and base, and what a release says of both."""
    base = draw(st.integers(1, 240))
    n = draw(st.integers(0, base))
    return n, base, shown(draw, n), shown(draw, base)


@given(truths())
def test_a_range_is_never_narrower_than_the_counts_allow(truth: tuple[int, int, Number, Number]):
    """Whatever the true counts are, the true share lies in the range that is drawn and in the one that is written."""
    n, base, part, whole = truth
    point = share(2019, part, whole)
    if point.status != "suppressed":
        return
    assert point.low is not None
    assert point.high is not None
    assert point.low - 1e-12 <= n / base <= point.high + 1e-12
    low, high = written(point.words)
    assert low <= Fraction(100 * n, base) <= high


@given(truths())
def test_a_share_has_a_value_only_where_both_counts_are_published(truth: tuple[int, int, Number, Number]):
    _, base, part, whole = truth
    hidden = isinstance(part, tuple) or isinstance(whole, tuple)
    assert (share(2019, part, whole).value is None) == (hidden or base < 20)


@given(st.tuples(st.integers(0, 60), st.integers(1, 40)), st.integers(100, 240))
def test_a_range_is_as_narrow_as_whole_percentages_can_say(ends: tuple[int, int], base: int):
    lower, upper = ends[0], ends[0] + ends[1]
    low, high = written(share(2019, (lower, upper), base).words)
    assert low == max(p for p in range(101) if Fraction(p, 100) <= Fraction(lower, base))
    assert high == min(p for p in range(101) if Fraction(p, 100) >= Fraction(upper, base))

"""What is called chance agrees with scipy, and with examples from the papers."""

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from ui import chance

counts = st.integers(0, 400)
shares = st.integers(1, 400).flatmap(lambda base: st.tuples(st.integers(0, base), st.just(base)))


@pytest.mark.parametrize(
    ("n", "base", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0000, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_the_interval_is_that_of_newcombes_table(n: int, base: int, low: float, high: float):
    """Newcombe 1998, Statistics in Medicine 17, table I, method 3."""
    assert chance.wilson(n, base) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


@given(shares)
def test_the_interval_is_that_of_scipy(pair: tuple[int, int]):
    n, base = pair
    low, high = stats.binomtest(n, base).proportion_ci(0.95, method="wilson")
    assert chance.wilson(n, base) == (pytest.approx(low, abs=1e-9), pytest.approx(high, abs=1e-9))


@given(shares)
def test_the_interval_holds_the_share_and_stays_from_0_to_1(pair: tuple[int, int]):
    n, base = pair
    low, high = chance.wilson(n, base)
    assert 0 <= low <= n / base + 1e-12
    assert n / base - 1e-12 <= high <= 1


@pytest.mark.parametrize(("n", "base"), [(0, 0), (1, 0), (-1, 5), (6, 5), (0, -1)])
def test_what_is_no_share_has_no_interval(n: int, base: int):
    with pytest.raises(ValueError, match="not a share"):
        chance.wilson(n, base)


@pytest.mark.parametrize(
    ("one", "other", "differ"),
    [
        (0, 0, False),
        (0, 5, False),  # two-sided 2/32 = 0.0625
        (0, 6, True),  # 2/64 = 0.03125
        (6, 0, True),
        (1, 8, True),  # 2(1 + 9)/512 = 0.039
        (1, 7, False),  # 2(1 + 8)/256 = 0.070
        (104, 85, False),  # VINK 2016 and 2017
        (60, 100, True),  # VINK 2014 and 2015
    ],
)
def test_two_counts_differ_where_a_fair_coin_would_seldom_split_them_so(one: int, other: int, differ: bool):
    assert chance.counts_differ(one, other) is differ


def test_small_counts_differ_where_scipy_says_so():
    """Every pair under 30, so that the level of 5 percent is met from both sides."""
    for one in range(30):
        for other in range(1, 30):
            p = stats.binomtest(one, one + other, 0.5).pvalue
            assert chance.counts_differ(one, other) is bool(p < 0.05), (one, other, p)


@given(counts, counts)
def test_two_counts_differ_where_scipy_says_so(one: int, other: int):
    assume(one + other > 0)
    p = stats.binomtest(one, one + other, 0.5, alternative="two-sided").pvalue
    assume(abs(p - 0.05) > 1e-9)
    assert chance.counts_differ(one, other) is bool(p < 0.05)


@pytest.mark.parametrize(
    ("one", "other", "differ"),
    [
        ((3, 4), (1, 4), False),  # Fisher's lady tasting tea: 0.486
        ((10, 13), (2, 17), True),  # Fisher's twins of criminals: 0.0005
        ((8, 104), (10, 85), False),  # VINK 2016 and 2017
        ((8, 104), (18, 100), True),  # VINK 2016 and 2015: 0.036
        ((0, 20), (0, 30), False),
    ],
)
def test_two_shares_differ_where_fishers_exact_test_says_so(one: tuple[int, int], other: tuple[int, int], differ: bool):
    assert chance.shares_differ(*one, *other) is differ
    assert chance.shares_differ(*other, *one) is differ


def test_shares_of_small_bases_differ_where_scipy_says_so():
    for one in range(21):
        for other in range(25):
            found: Any = stats.fisher_exact([[one, 20 - one], [other, 24 - other]])
            assert chance.shares_differ(one, 20, other, 24) is bool(found.pvalue < 0.05), (one, other, found.pvalue)


@given(shares, shares)
def test_two_shares_differ_where_scipy_says_so(one: tuple[int, int], other: tuple[int, int]):
    table = [[one[0], one[1] - one[0]], [other[0], other[1] - other[0]]]
    found: Any = stats.fisher_exact(table, alternative="two-sided")
    p = found.pvalue
    assume(abs(p - 0.05) > 1e-9)
    assert chance.shares_differ(*one, *other) is bool(p < 0.05)

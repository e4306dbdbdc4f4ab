"""A sentence calls something a change only where it is more than chance, and says what can't be compared."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from tests.ui.answers import Number, count, share
from ui import sentence
from ui.page import HEADLINES
from ui.points import Point
from ui.text import LANGUAGES, words

CLAIMS = ("larger than random variation", "rise", "fall", "More than", "Fewer than", "larger share", "smaller share")
BEYOND = "Forskellen er større, end man kan forvente af tilfældig variation."


def headline(
    key: str, now: Point, before: Point | None, *, share: bool = False, broken: bool = False, lang: str = "da"
) -> tuple[str, ...]:
    shown = sentence.headline(key, now, before, share=share, broken=broken, lang=lang)
    return shown.value, shown.what, shown.base, shown.change


def change(now: Point, before: Point, *, share: bool = False, broken: bool = False, lang: str = "da") -> str:
    key = "grounded" if share else "referrals"
    return headline(key, now, before, share=share, broken=broken, lang=lang)[-1]


def told(
    key: str, now: Point, before: Point, *, share: bool = False, broken: str | None = None, lang: str = "da"
) -> str:
    title = {"da": "Andel begrundede", "en": "Share grounded"}[lang]
    return sentence.told(key, title, now, before, share=share, broken=broken, lang=lang)


# Headlines


def test_a_headline_of_a_count():
    assert headline("referrals", count(2019, 1070), count(2018, 75)) == (
        "1.070",
        "henvendelser",
        "i 2019",
        f"Flere end i 2018, hvor der var 75. {BEYOND}",
    )
    assert headline("referrals", count(2019, 70, lang="en"), count(2018, 75, lang="en"), lang="en") == (
        "70",
        "referrals",
        "in 2019",
        "In 2018 there were 75. The difference may be due to random variation.",
    )


def test_a_headline_of_a_share():
    assert headline("grounded", share(2019, 28, 70), share(2016, 8, 104), share=True) == (
        "40 pct.",
        "er begrundede (af de vurderede)",
        "28 af 70 i 2019",
        f"En større andel end i 2016, hvor den var 8 pct. (8 af 104). {BEYOND}",
    )
    now, before = share(2019, 28, 70, lang="en"), share(2018, 25, 75, lang="en")
    assert headline("resource_strong", now, before, share=True, lang="en") == (
        "40 percent",
        "are about resource-strong people",
        "28 of 70 in 2019",
        "In 2018 the share was 33 percent (25 of 75). The difference may be due to random variation.",
    )


def test_a_headline_without_a_year_before_speaks_of_no_change():
    assert headline("referrals", count(2014, 60), None) == ("60", "henvendelser", "i 2014", "")


def test_a_suppressed_headline_says_its_range_and_speaks_of_no_change():
    assert headline("referrals", count(2019, (1, 7)), count(2018, 75)) == (
        "1-7",
        "henvendelser",
        "i 2019. Tallet er diskretioneret og ligger et sted i intervallet.",
        "",
    )
    assert headline("political", share(2019, (10, 28), 100), share(2018, 25, 75), share=True) == (
        "10-28 pct.",
        "handler om politisk ekstremisme",
        "i 2019. Andelen er diskretioneret og ligger et sted i intervallet.",
        "",
    )
    now, before = share(2019, (10, 28), 100, lang="en"), share(2018, 25, 75, lang="en")
    assert headline("political", now, before, share=True, lang="en") == (
        "10-28 percent",
        "are about political extremism",
        "in 2019. The share is suppressed and lies somewhere in the range.",
        "",
    )


def test_a_headline_on_a_small_base_gives_counts_and_no_percentage():
    assert headline("grounded", share(2019, 7, 15), share(2018, 25, 75), share=True) == (
        "7 af 15",
        "er begrundede (af de vurderede)",
        "i 2019",
        "I 2018 var det 25 af 75. Basen er for lille til en sammenligning i pct.",
    )


# Changes


def test_more_and_fewer_are_told_apart():
    assert change(count(2015, 100), count(2014, 60)) == f"Flere end i 2014, hvor der var 60. {BEYOND}"
    assert change(count(2015, 60), count(2014, 100)) == f"Færre end i 2014, hvor der var 100. {BEYOND}"
    more, fewer = share(2019, 28, 70), share(2016, 8, 104)
    assert change(more, fewer, share=True) == (f"En større andel end i 2016, hvor den var 8 pct. (8 af 104). {BEYOND}")
    assert change(fewer, more, share=True) == (f"En mindre andel end i 2019, hvor den var 40 pct. (28 af 70). {BEYOND}")
    assert change(count(2015, 60), count(2014, 100), lang="en") == (
        "Fewer than in 2014, when there were 100. "
        "The difference is larger than random variation would be expected to produce."
    )


def test_equal_numbers_are_no_change():
    assert change(count(2019, 70), count(2018, 70)) == "Lige så mange som i 2018."
    assert change(share(2019, 20, 60), share(2018, 30, 90), share=True) == "Samme andel som i 2018 (30 af 90)."


def test_a_suppressed_year_before_cannot_be_compared():
    expected = "Tallet for 2019 eller 2018 er diskretioneret, så de to år kan ikke sammenlignes."
    assert change(count(2019, 70), count(2018, (1, 4))) == expected
    now = share(2019, 28, 70)
    hidden: list[tuple[Number, Number]] = [((1, 4), 70), (25, (60, 75)), ((1, 4), 12), (0, (5, 12))]
    for part, base in hidden:
        assert change(now, share(2018, part, base), share=True) == expected


def test_a_suppressed_number_on_a_small_base_cannot_be_compared():
    now, before = share(2019, (1, 4), 12, lang="en"), share(2018, 28, 70, lang="en")
    assert change(now, before, share=True, lang="en") == (
        "The number for 2019 or 2018 is suppressed, so the two years cannot be compared."
    )


def test_a_small_base_is_not_compared_as_percentages():
    now, before = share(2019, 28, 70, lang="en"), share(2018, 9, 15, lang="en")
    assert change(now, before, share=True, lang="en") == (
        "In 2018 it was 9 of 15. The base is too small for a comparison of percentages."
    )


def test_a_base_of_nobody_is_small_and_not_suppressed():
    """A year whose referrals all are pending."""
    assert change(share(2019, 28, 70), share(2018, 0, 0), share=True) == (
        "I 2018 var det 0 af 0. Basen er for lille til en sammenligning i pct."
    )


def test_a_break_is_told_and_no_change_is_claimed():
    now, before = share(2019, 28, 70), share(2016, 8, 104)
    assert change(now, before, share=True, broken=True) == (
        "I 2016 var andelen 8 pct. (8 af 104), men opgørelsen er ændret siden, "
        "så de to tal kan ikke uden videre sammenlignes."
    )


# Full sentences


def test_a_rise_is_told_with_both_numbers_and_their_bases():
    now, before = share(2019, 28, 70), share(2016, 8, 104)
    assert told("grounded", now, before, share=True) == (
        "I 2019 var 40 pct. af de vurderede henvendelser begrundede (28 af 70) mod 8 pct. i 2016 (8 af 104). "
        "Det er en stigning, som er større, end man kan forvente af tilfældig variation."
    )
    now, before = share(2019, 28, 70, lang="en"), share(2016, 8, 104, lang="en")
    assert told("grounded", now, before, share=True, lang="en") == (
        "In 2019, 40 percent of the assessed referrals were grounded (28 of 70), against 8 percent in 2016 (8 of 104). "
        "That is a rise larger than random variation would be expected to produce."
    )


def test_a_fall_is_told_as_a_fall():
    assert told("referrals", count(2019, 60), count(2016, 104)) == (
        "I 2019 modtog VINK 60 bekymringshenvendelser mod 104 i 2016. "
        "Det er et fald, som er større, end man kan forvente af tilfældig variation."
    )


def test_a_difference_within_chance_is_told_as_such():
    assert told("referrals", count(2017, 85), count(2016, 104)) == (
        "I 2017 modtog VINK 85 bekymringshenvendelser mod 104 i 2016. Forskellen kan skyldes tilfældig variation."
    )
    now, before = share(2017, 10, 85, lang="en"), share(2016, 8, 104, lang="en")
    assert told("political", now, before, share=True, lang="en") == (
        "In 2017, 12 percent of the referrals were about political extremism (10 of 85), "
        "against 8 percent in 2016 (8 of 104). The difference may be due to random variation."
    )


def test_equal_numbers_are_told_as_unchanged():
    assert told("referrals", count(2017, 85), count(2016, 85)) == (
        "I 2017 modtog VINK 85 bekymringshenvendelser mod 85 i 2016. Der er ingen ændring."
    )
    assert told("resource_strong", share(2017, 20, 60), share(2016, 30, 90), share=True) == (
        "I 2017 handlede 33 pct. af henvendelserne om ressourcestærke personer (20 af 60) "
        "mod 33 pct. i 2016 (30 af 90). Der er ingen ændring."
    )


def test_a_break_takes_the_place_of_the_verdict():
    now, before = share(2019, 28, 70), share(2016, 8, 104)
    assert told("grounded", now, before, share=True, broken="break_between") == (
        "I 2019 var 40 pct. af de vurderede henvendelser begrundede (28 af 70) mod 8 pct. i 2016 (8 af 104). "
        "Definitionen af »begrundet« er ændret mellem de to år, så tallene kan ikke uden videre sammenlignes."
    )
    assert told("political", now, before, share=True, broken="new_category").endswith(
        "Antimyndighedsekstremisme tælles først med fra 2021, så de to tal kan ikke uden videre sammenlignes."
    )


def test_a_suppressed_number_has_no_sentence_about_change():
    expected = "Andel begrundede: tallet for 2019 eller 2018 er diskretioneret, så udviklingen kan ikke opgøres."
    known = share(2018, 28, 70)
    hidden: list[tuple[Number, Number]] = [((1, 4), 70), (7, (15, 60)), ((1, 4), (5, 12))]
    for part, base in hidden:
        assert told("grounded", share(2019, part, base), known, share=True) == expected
    assert told("referrals", count(2019, (1, 4)), count(2018, 7)) == expected
    assert told("grounded", known, share(2019, (1, 4), 70), share=True, lang="en") == (
        "Share grounded: the number for 2018 or 2019 is suppressed, so the change cannot be stated."
    )


def test_a_small_base_is_told_in_counts():
    assert told("grounded", share(2019, 7, 15), share(2018, 28, 70), share=True) == (
        "Andel begrundede: 7 af 15 i 2019 mod 28 af 70 i 2018. Basen er for lille til en andel i pct."
    )


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("key", HEADLINES)
def test_every_headline_has_words_for_every_comparison(key: str, lang: str):
    """No break, no suppressed year and no small base meets a text that isn't there."""
    _, _, is_share, broken, title = HEADLINES[key]
    numbers: list[Number] = [0, 7, 60, 85, (1, 4), (60, 75)]
    bases: list[Number] = [0, 15, 85, 104, (10, 20), (85, 104)] if is_share else [None]
    found = [share(2019, n, b, lang=lang) if is_share else count(2019, n, lang=lang) for n in numbers for b in bases]
    found = [p for p in found if not (is_share and p.n and p.base is not None and p.n > p.base)]
    for now in found:
        for before in found:
            for cut in {None, broken[1] if broken else None}:
                assert told(key, now, before, share=is_share, broken=cut, lang=lang)
                assert headline(key, now, before, share=is_share, broken=cut is not None, lang=lang)[0]
    assert title in words()


# Nothing is claimed that the tests don't bear out

shares = st.integers(1, 200).flatmap(lambda base: st.tuples(st.integers(0, base), st.just(base)))


@given(shares, shares, st.booleans())
def test_a_change_of_a_share_is_claimed_only_where_it_is_more_than_chance(
    now: tuple[int, int], before: tuple[int, int], broken: bool
):
    one, other = share(2019, *now, lang="en"), share(2018, *before, lang="en")
    said = change(one, other, share=True, broken=broken, lang="en")
    said += told("grounded", one, other, share=True, broken="break_between" if broken else None, lang="en")
    test: Any = stats.fisher_exact([[now[0], now[1] - now[0]], [before[0], before[1] - before[0]]])
    claimed = any(claim in said for claim in CLAIMS)
    assert claimed == (test.pvalue < 0.05 and not broken and min(now[1], before[1]) >= 20)


@given(st.integers(0, 200), st.integers(0, 200))
def test_a_change_of_a_count_is_claimed_only_where_it_is_more_than_chance(now: int, before: int):
    one, other = count(2019, now, lang="en"), count(2018, before, lang="en")
    said = change(one, other, lang="en") + told("referrals", one, other, lang="en")
    p = stats.binomtest(now, now + before, 0.5).pvalue if now + before else 1
    assert any(claim in said for claim in CLAIMS) == (p < 0.05)
    if p < 0.05:
        assert ("rise" in said) == ("More than" in said) == (now > before)


# What a chart shows, for those who can't see it


def test_a_chart_is_described_by_its_first_and_last_numbers_and_its_suppressed_years():
    points = (count(2017, 12, "a"), count(2018, (1, 4), "a"), count(2019, 20, "a"), count(2017, None, "b"))
    points += (count(2018, (1, 4), "b"), count(2019, 7, "b"))
    described = sentence.described(points, {"a": "Højreekstremisme", "b": "Andet"}, share=False, lang="da")
    assert described == (
        "Linjediagram over antal henvendelser 2017-2019. Højreekstremisme: fra 12 i 2017 til 20 i 2019. "
        "I 2018 er tallet diskretioneret. Andet: 7 i 2019. I 2018 er tallet diskretioneret."
    )


def test_a_series_without_a_number_is_described_as_such():
    points = tuple(count(year, (1, 4), "a", "en") for year in range(2014, 2022))
    assert sentence.described(points, {"a": "Other"}, share=False, lang="en") == (
        "Line chart of the number of referrals 2014-2021. Other: no number that may be shown. "
        "In 2014, 2015, 2016, 2017, 2018, 2019 ... the number is suppressed."
    )


def test_shares_are_described_with_their_bases():
    points = (share(2018, 25, 75, lang="en"), share(2019, 28, 70, lang="en"))
    assert sentence.described(points, {"all": "Grounded"}, share=True, lang="en") == (
        "Line chart of shares 2018-2019. Grounded: from 33 percent (25 of 75) in 2018 to 40 percent (28 of 70) in 2019."
    )

"""What a figure's sentence says: base and period, breaks and what is hidden, and no change that may be chance."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from tests.ui.answers import Number, count, share
from ui import quotes
from ui.charts import HeatCell, Mark
from ui.figure import FIGURES
from ui.points import Point
from ui.text import LANGUAGES

BREAK = Mark("break", 2018, "Ny definition af »begrundet«")
RISE = "Det er en stigning, som er større, end man kan forvente af tilfældig variation."
FALL = "Det er et fald, som er større, end man kan forvente af tilfældig variation."
CHANCE = "Forskellen kan skyldes tilfældig variation."
CLAIMS = ("rise", "fall")


def said(
    name: str, *points: Point, labels: dict[str, str] | None = None, breaks: tuple[Mark, ...] = (), lang: str = "da"
) -> tuple[str, tuple[str, ...]]:
    named = labels or {code: code for code in dict.fromkeys(point.code for point in points)}
    years = {point.year for point in points}
    totals = {year: count(year, 72, lang=lang) for year in years}
    return quotes.of_years(quotes.Asked(name, FIGURES[name], named, points, totals, dict.fromkeys(named, breaks), lang))


def one(name: str, *points: Point, breaks: tuple[Mark, ...] = (), lang: str = "da") -> str:
    whole, each = said(name, *points, breaks=breaks, lang=lang)
    assert each == (whole,)
    return whole


# One year


def test_the_citys_grounded_share_of_2019():
    assert one("grounded_by_year", share(2019, 28, 70, "grounded")) == (
        "I 2019 var 40 pct. af de vurderede bekymringshenvendelser begrundede (28 af 70)."
    )
    assert one("grounded_by_year", share(2019, 28, 70, "grounded", "en"), lang="en") == (
        "In 2019, 40 percent of the assessed concern referrals were grounded (28 of 70)."
    )


def test_a_count():
    assert one("referrals_by_year", count(2016, 1104)) == "I 2016 modtog VINK 1.104 bekymringshenvendelser."
    assert one("referrals_by_ideology", count(2016, 0, "left_wing")) == (
        "I 2016 handlede ingen bekymringshenvendelser om venstreekstremisme."
    )


def test_a_suppressed_count_is_told_as_its_range():
    assert one("referrals_by_ideology", count(2016, (1, 7), "left_wing")) == (
        "I 2016 handlede mellem 1 og 7 bekymringshenvendelser om venstreekstremisme. "
        "Det præcise tal er diskretioneret og ligger inden for intervallet."
    )


def test_a_suppressed_share_is_told_as_its_range_with_the_counts():
    assert one("share_by_resource", share(2016, (1, 7), 70, "mixed")) == (
        "I 2016 handlede 1-10 pct. af bekymringshenvendelserne om personer med blandet ressourceprofil (1-7 af 70). "
        "Det præcise tal er diskretioneret og ligger inden for intervallet."
    )


def test_a_small_base_gives_no_percentage():
    whole = one("grounded_by_ideology", share(2019, 7, 19, "right_wing"))
    assert whole == (
        "I 2019 var 7 af 19 vurderede bekymringshenvendelser om højreekstremisme begrundede. "
        "Basen er eller kan være for lille til en andel i pct."
    )
    assert "40 pct." in one("grounded_by_ideology", share(2019, 8, 20, "right_wing"))


def test_a_year_without_any_base():
    assert one("grounded_by_ideology", share(2019, 0, 0, "right_wing")) == (
        "I 2019 var der ingen vurderede bekymringshenvendelser om højreekstremisme."
    )


def test_a_category_that_was_not_collected():
    points = tuple(count(year, None, "anti_authority") for year in (2016, 2017))
    assert one("referrals_by_ideology", *points).startswith("Der er ingen tal i 2016-2017: anti_authority.")


# Two years


def test_the_citys_fall_since_2016():
    """104 and 70: two-sided p = 0.012."""
    assert one("referrals_by_year", count(2016, 104), count(2017, 85), count(2019, 70)) == (
        f"I 2019 modtog VINK 70 bekymringshenvendelser mod 104 i 2016. {FALL}"
    )


def test_the_citys_10_and_40_percent_lie_on_either_side_of_a_break():
    assert one(
        "grounded_by_year", share(2016, 8, 80, "grounded"), share(2019, 28, 70, "grounded"), breaks=(BREAK,)
    ) == (
        "I 2019 var 40 pct. af de vurderede bekymringshenvendelser begrundede (28 af 70) mod 10 pct. (8 af 80) i 2016. "
        "Databrud 2018: ny definition af »begrundet«. Tallene før og efter kan ikke uden videre sammenlignes."
    )


def test_a_break_in_the_first_year_parts_nothing():
    points = (share(2018, 8, 80, "grounded"), share(2019, 28, 70, "grounded"))
    assert one("grounded_by_year", *points, breaks=(BREAK,)).endswith(f"i 2018. {RISE}")


def test_a_difference_within_chance_is_no_change():
    assert one("referrals_by_year", count(2016, 104), count(2017, 85)).endswith(f"mod 104 i 2016. {CHANCE}")


def test_what_is_hidden_is_not_compared():
    assert one("referrals_by_ideology", count(2016, (1, 7), "other"), count(2017, 20, "other")) == (
        "I 2017 handlede 20 bekymringshenvendelser om andre ideologier mod 1-7 i 2016. "
        "Tallet for 2016 er diskretioneret og ligger inden for intervallet. Udviklingen kan derfor ikke opgøres."
    )
    both = one("referrals_by_ideology", count(2016, (1, 7), "other"), count(2017, (1, 4), "other"))
    assert "Tallene for 2016 og 2017 er diskretionerede" in both


def test_a_category_that_begins_late_says_so():
    points = (count(2020, None, "anti_authority"), count(2021, 8, "anti_authority"), count(2022, 9, "anti_authority"))
    assert one("referrals_by_ideology", *points).endswith(
        f"mod 8 i 2021. {CHANCE} Kategorien er først opgjort fra og med 2021."
    )


# Several series


def test_two_series_have_a_sentence_each():
    whole, each = said("key_shares", share(2019, 22, 70, "political"), share(2019, 16, 70, "resource_strong"))
    assert each == (
        "I 2019 handlede 31 pct. af bekymringshenvendelserne om politisk ekstremisme (22 af 70).",
        "I 2019 handlede 23 pct. af bekymringshenvendelserne om ressourcestærke personer (16 af 70).",
    )
    assert whole == " ".join(each)


def test_three_series_and_more_are_listed_with_what_may_be_said_of_each():
    """60 to 20 is a fall (p < 0.001), 10 to 12 may be chance."""
    labels = {"militant_islamist": "Militant islamisme", "right_wing": "Højreekstremisme", "other": "Andet"}
    points = (
        count(2016, 60, "militant_islamist"), count(2016, 10, "right_wing"), count(2016, 5, "other"),
        count(2019, 20, "militant_islamist"), count(2019, 12, "right_wing"), count(2019, (1, 4), "other"),
    )  # fmt: skip
    whole, each = said("referrals_by_ideology", *points, labels=labels)
    assert len(each) == 3
    assert whole == (
        "I 2019 modtog VINK 72 bekymringshenvendelser. Fordelt efter ideologi: "
        "militant islamisme 20, højreekstremisme 12 og andet 1-4. "
        "Hvor der står et interval, er tallet diskretioneret og ligger inden for intervallet. "
        "Siden 2016 er der sket et fald, som er større, end man kan forvente af tilfældig variation: "
        "militant islamisme fra 60. "
        "Forskellen fra 2016 kan skyldes tilfældig variation: højreekstremisme. "
        "Udviklingen siden 2016 kan ikke opgøres, fordi et tal er diskretioneret: andet."
    )


# Crossed

NAMES = {"rows": "Ideologi", "columns": "Udfald"}
ROWS, COLUMNS = ("Andet", "Højreekstremisme", "I alt"), ("Indsats", "I alt")


def crossed(*numbers: Number) -> str:
    cells = []
    for (row, column), number in zip([(r, c) for r in ROWS for c in COLUMNS], numbers, strict=True):
        point = count(2019, number)
        cells.append(HeatCell(row, column, point.n, point.words, point.status))
    return quotes.of_cross(cells, ROWS, COLUMNS, NAMES, "2019", "da")


def test_a_crossed_table_names_its_largest_number_its_total_and_what_is_hidden():
    assert crossed((1, 4), 10, 9, 60, 12, 70) == (
        "I 2019 modtog VINK 70 bekymringshenvendelser. Når de fordeles efter ideologi og udfald, er det største tal, "
        "der må "
        "vises, 9 (højreekstremisme og indsats). 1 af de 6 tal i tabellen er diskretioneret."
    )


def test_numbers_that_are_equally_large_are_both_named():
    assert "9 (andet og indsats; højreekstremisme og indsats). Ingen af tallene" in crossed(9, 10, 9, 60, 18, 70)


def test_a_crossed_table_in_which_all_is_hidden_or_zero():
    hidden = crossed((1, 4), (5, 9), (1, 8), (60, 64), (2, 12), (65, 73))
    assert "modtog VINK 65-73 (diskretioneret) bekymringshenvendelser" in hidden
    assert "er der ingen tal, der må vises. 6 af de 6 tal" in hidden
    assert "er alle tal, der må vises, 0." in crossed(0, 10, None, 60, 0, 70)


# Nothing is claimed that the tests don't bear out, nothing hidden is told, and all numbers are there

numbers = st.one_of(st.integers(0, 120), st.tuples(st.integers(0, 9), st.integers(10, 19)))


@given(numbers, numbers, st.booleans(), st.sampled_from(LANGUAGES))
def test_a_sentence_of_counts_holds_its_numbers_and_claims_only_what_is_more_than_chance(
    before: Number, now: Number, broken: bool, lang: str
):
    points = (count(2016, before, lang=lang), count(2019, now, lang=lang))
    whole = one("referrals_by_year", *points, breaks=(BREAK,) if broken else (), lang=lang)
    assert "2016" in whole
    assert "2019" in whole
    known = isinstance(before, int) and isinstance(now, int)
    for number in (before, now):
        for end in number if isinstance(number, tuple) else (number,):
            assert end is None or re.search(rf"\b{end}\b", whole) or end == 0
    assert ("diskretioneret" in whole or "diskretionerede" in whole or "suppressed" in whole) == (not known)
    assert ("Databrud" in whole or "Break in series" in whole) == broken
    claimed = RISE in whole or FALL in whole or any(f"That is a {claim} larger" in whole for claim in CLAIMS)
    if isinstance(before, int) and isinstance(now, int):
        p = stats.binomtest(now, now + before, 0.5).pvalue if now + before else 1
        assert claimed == (p < 0.05 and not broken)
    else:
        assert not claimed


@given(st.integers(0, 60), st.integers(0, 60), st.sampled_from(LANGUAGES))
def test_a_percentage_is_told_exactly_where_the_base_is_at_least_20(n: int, rest: int, lang: str):
    whole = one("grounded_by_year", share(2019, n, n + rest, "grounded", lang), lang=lang)
    assert bool(re.search(r"\d (pct\.|percent) ", whole)) == (n + rest >= 20)
    if n + rest:
        assert re.search(rf"\b{n} (af|of) {n + rest}\b", whole)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_has_words_for_every_kind_of_number(name: str, lang: str):
    codes = {
        "total": ("all",),
        "assessment": ("grounded",),
        "ideology": ("militant_islamist", "right_wing", "left_wing", "anti_authority", "other", "unknown"),
        "resource_profile": ("resource_strong", "mixed", "vulnerable", "unknown"),
        "outcome_group": ("intervention", "referred_on", "declined", "closed", "pending"),
    }[FIGURES[name].dimension]
    known: list[Number] = [0, 7, 60, (1, 4), (3, 30), None]
    is_share = FIGURES[name].form == "share"
    made = share if is_share else lambda year, number, _, code, lang: count(year, number, code, lang)
    for code in FIGURES[name].codes or codes:
        for base in (0, 12, 70, (18, 25), (60, 70)) if is_share else (None,):
            for number in known:
                if isinstance(base, int) and isinstance(number, int) and number > base:
                    continue
                assert one(name, made(2019, number, base, code, lang), lang=lang).endswith(".")

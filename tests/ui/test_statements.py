"""Every public statement has the verdict that a person gives it who holds the source beside the release."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from queries import Release
from ui import statements
from ui.statements import AGREES, DIFFERS, UNCHECKED, Break, Place, Statement, Verdict

# Verdicts by hand. The example's yearly totals and grounded counts are those of data/example/targets.toml.
EXAMPLE = {
    "calls_2009_2015": (UNCHECKED, "outside"),  # begins in 2009; the example begins in 2014
    "referrals_2013": (UNCHECKED, "outside"),  # 2013 is before the example
    "referrals_2014": (AGREES, ""),  # 60 and 60
    "interventions_2014": (AGREES, ""),  # 22 grounded; then "grounded" meant that an intervention was started
    "syria_iraq_islamic_state_2014": (UNCHECKED, "topic"),  # no category of ours
    "referrals_2014_q4": (UNCHECKED, "period"),  # three months
    "referrals_2015_q1": (UNCHECKED, "period"),  # three months
    "referrals_2015": (AGREES, ""),  # 100 and 100
    "interventions_2015": (AGREES, ""),  # 18 grounded, as in 2014
    "referrals_2016": (AGREES, ""),  # 104 and 104
    "grounded_2016": (AGREES, ""),  # 8 and 8; the 24 that were not assessed yet make it 8 of 80
    "grounded_share_2016": (AGREES, ""),  # 8 of 80 is 10 percent
    "hotline_calls_2016": (UNCHECKED, "series"),  # the hotline alone
    "hotline_grounded_2016": (UNCHECKED, "series"),  # the hotline alone
    "referrals_2017": (AGREES, ""),  # 85 and 85
    "grounded_2017": (AGREES, ""),  # 10 and 10
    "grounded_militant_islamist_2017": (AGREES, ""),  # 8 and 8: said in public, so it isn't hidden
    "grounded_left_wing_2017": (UNCHECKED, "suppressed"),  # 2: below the threshold, hidden whatever it is
    "grounded_right_wing_2017": (AGREES, ""),  # none and none
    "grounded_share_2019": (AGREES, ""),  # 28 of 70 is 40 percent
}
YEARS = (2014, 2025)
REDEFINED = Break(2018, ("grounded", "grounded_share"), "Ny definition")
SAID = Statement(
    id="made_up",
    words="Der var 60 henvendelser i 2016.",
    who="Kommunen",
    said_on="2017-05",
    source="En artikel",
    url="",
    note="",
    first_day=dt.date(2016, 1, 1),
    last_day=dt.date(2016, 12, 31),
    series="vink_referrals",
    measure="referrals",
    dimension="all",
    category="all",
    value=60,
    unit="count",
    derived=False,
)
SHARE = replace(SAID, measure="grounded_share", unit="percent")


def row(n: int | tuple[int, int | None] | None, base: int | tuple[int, int] | None = None) -> dict:
    """A row of an answer: 7 is published, (1, 4) suppressed with that range, None not collected."""
    status = "suppressed" if isinstance(n, tuple) else {None: "not_collected", 0: "zero"}.get(n, "published")
    return {
        "status": status,
        **dict(zip(("n", "lower", "upper"), (None, *n) if isinstance(n, tuple) else (n, None, None), strict=True)),
        **dict(zip(("base", "base_lower", "base_upper"),
                   (None, *base) if isinstance(base, tuple) else (base, None, None), strict=True)),
    }  # fmt: skip


def verdict(said: Statement, found: dict, *, broken: bool = False) -> tuple[str, str]:
    one = statements.compare(said, found, broken=broken)
    return one.kind, one.reason


@pytest.mark.parametrize("lang", ["da", "en"])
def test_every_statement_has_the_verdict_that_was_given_by_hand(example: Release, lang: str):
    found = statements.every(example, lang)
    assert {one.statement.id: (one.verdict.kind, one.verdict.reason) for one in found} == EXAMPLE
    assert all(one.words and (one.answer is not None) == (one.verdict.reason in ("", "suppressed")) for one in found)


def test_what_differs_says_both_numbers(small: Release):
    """SMALL in conftest.py has 20 grounded of 35 assessed in 2019: 57 percent, where the city said 40."""
    found = {one.statement.id: one for one in statements.every(small, "da")}
    one = found.pop("grounded_share_2019")
    assert one.verdict == Verdict(DIFFERS)  # the definition is older than 2019, so no break explains it
    assert one.words == "Ifølge udtalelsen er tallet 40 pct., men ifølge udgivelsen er det 57 pct. (20 af 35) i 2019."
    assert {(one.verdict.kind, one.verdict.reason) for one in found.values()} <= {
        (UNCHECKED, "outside"), (UNCHECKED, "series"), (UNCHECKED, "topic"),
    }  # fmt: skip


def test_a_verdict_in_english_is_in_english(small: Release):
    one = next(one for one in statements.every(small, "en") if one.statement.id == "grounded_share_2019")
    assert one.words == "The statement says 40 percent, and the release says 57 percent (20 of 35) for 2019."


def test_a_count_agrees_only_where_it_is_the_same():
    assert verdict(SAID, row(60)) == (AGREES, "")
    assert verdict(SAID, row(61)) == (DIFFERS, "")
    assert verdict(replace(SAID, value=0), row(0)) == (AGREES, "")


@pytest.mark.parametrize(
    ("n", "base", "value"),
    [(28, 70, 40), (8, 80, 10), (1, 40, 3), (9, 40, 23), (49, 200, 25), (21, 200, 11), (70, 70, 100)],
)  # 2.5, 22.5, 24.5 and 10.5 percent are rounded up
def test_a_percentage_agrees_as_it_is_rounded_half_up(n: int, base: int, value: int):
    assert verdict(replace(SHARE, value=value), row(n, base)) == (AGREES, "")
    assert verdict(replace(SHARE, value=value - 1), row(n, base)) == (DIFFERS, "")
    assert statements.whole(Decimal(100 * n) / base) == value


def test_a_suppressed_number_cannot_be_checked_but_one_outside_its_range_differs():
    hidden = replace(SAID, value=2)
    assert verdict(hidden, row((1, 4))) == (UNCHECKED, "suppressed")
    assert verdict(replace(SAID, value=7), row((1, 4))) == (DIFFERS, "")
    assert verdict(replace(SAID, value=7), row((1, None))) == (UNCHECKED, "suppressed")
    assert verdict(hidden, row((2, 2))) == (UNCHECKED, "suppressed")  # not even then


def test_a_share_with_a_suppressed_part_cannot_be_checked_within_its_range():
    """5 to 9 of 60 to 64: from 7.8 to 15 percent."""
    for value, expected in ((7, DIFFERS), (8, UNCHECKED), (15, UNCHECKED), (16, DIFFERS)):
        assert verdict(replace(SHARE, value=value), row((5, 9), (60, 64)))[0] == expected
    assert verdict(replace(SHARE, value=16), row(10, (60, 64))) == (UNCHECKED, "suppressed")  # 15.6 to 16.7


def test_no_percentage_is_held_against_a_base_under_20():
    assert verdict(SHARE, row(9, 19)) == (UNCHECKED, "small_base")
    assert verdict(SHARE, row(12, 20)) == (AGREES, "")


def test_what_was_not_collected_cannot_be_checked():
    assert verdict(SAID, row(None)) == (UNCHECKED, "not_collected")


def test_a_break_is_named_only_where_it_came_between_the_year_and_the_statement():
    about_2016 = replace(SHARE, said_on="2020")
    assert statements.explaining(about_2016, [REDEFINED]) == REDEFINED
    assert statements.explaining(replace(about_2016, said_on="2017-12-31"), [REDEFINED]) is None
    assert statements.explaining(replace(about_2016, measure="referrals"), [REDEFINED]) is None
    about_2019 = replace(about_2016, first_day=dt.date(2019, 1, 1), last_day=dt.date(2019, 12, 31))
    assert statements.explaining(about_2019, [REDEFINED]) is None
    assert verdict(about_2016, row(8, 80), broken=True) == (DIFFERS, "break")
    assert verdict(replace(about_2016, value=10), row(8, 80), broken=True) == (AGREES, "")


def test_a_statement_is_held_against_the_figure_that_counts_the_same():
    def place(**changed: object) -> object:
        return statements.place(replace(SAID, **changed), YEARS, [REDEFINED])

    assert place() == Place("referrals_by_year", "all", 2016)
    assert place(measure="grounded") == Place("grounded_by_year", "grounded", 2016)
    assert place(measure="grounded_share", unit="percent") == Place("grounded_by_year", "grounded", 2016)
    right = {"dimension": "ideology", "category": "right_wing"}
    assert place(**right) == Place("referrals_by_ideology", "right_wing", 2016)
    assert place(**right, unit="percent") == Place("share_by_ideology", "right_wing", 2016)
    assert place(measure="intervention_started") == Place("grounded_by_year", "grounded", 2016)
    later = {"first_day": dt.date(2019, 1, 1), "last_day": dt.date(2019, 12, 31)}
    assert place(measure="intervention_started", **later) == Verdict(UNCHECKED, "measure")
    assert place(last_day=dt.date(2017, 12, 31)) == Verdict(UNCHECKED, "period")
    assert place(dimension="gender", category="male") == Verdict(UNCHECKED, "measure")

"""The example agrees with what was published, keeps the rules of every record and comes out the same."""

import csv
import datetime as dt
import hashlib
import tomllib
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from data import codes
from data.example import records

FILES = Path(__file__).parent / "files"
DATA = Path(codes.__file__).parent
SHA256 = "bfe56d7cb5fc13313dac05ee048d5fabfb35aa94571a1d74aa3b9df2980e4fdb"
YEARS = range(2014, 2026)
FIRST_YEAR_OF_THE_NEW_MEANING = 2018


def toml(path: str) -> dict[str, Any]:
    return tomllib.loads((DATA / path).read_text(encoding="utf-8"))


def published() -> list[dict[str, str]]:
    """Every publicly reported figure, as it was collected."""
    with (FILES / "dk_copenhagen_referrals.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def the_published(period: str, measure: str, category: str = "total") -> int:
    (value,) = (
        row["value"]
        for row in published()
        if (row["period"], row["measure"], row["category"]) == (period, measure, category)
        and row["series"] == "vink_referrals"
    )
    return int(value)


EXAMPLE = records().with_columns(
    year=pl.col("date").dt.year(),
    outcome_group=pl.col("outcome").replace_strict(codes.load().outcome_group),
)
TARGETS = toml("example/targets.toml")
CHANCES = TARGETS.pop("chances")
FIGURES = toml("published.toml")["figure"]
SOURCES = {source["id"]: source for source in toml("published.toml")["source"]}
MARKS = toml("breaks.toml")["mark"]


def count(year: int, **where: str) -> int:
    return EXAMPLE.filter(year=year, **where).height


def count_between(first: dt.date, last: dt.date, **where: str) -> int:
    return EXAMPLE.filter(pl.col("date").is_between(first, last), **where).height


def assessed(year: int) -> int:
    return count(year) - count(year, assessment="pending")


def percent(part: int, base: int) -> int:
    """A share as a person prints it: a half is rounded up."""
    return int((Decimal(100 * part) / base).quantize(Decimal(1), ROUND_HALF_UP))


# The published figures


@pytest.mark.parametrize(("year", "referrals"), [(2014, 60), (2015, 100), (2016, 104), (2017, 85)])
def test_a_year_has_the_published_number_of_referrals(year: int, referrals: int):
    assert count(year) == referrals == the_published(str(year), "referrals")


@pytest.mark.parametrize(
    ("year", "grounded", "measure"),
    [
        (2014, 22, "intervention_started"),
        (2015, 18, "intervention_started"),
        (2016, 8, "grounded"),
        (2017, 10, "grounded"),
    ],
)
def test_a_year_has_the_published_number_of_grounded_referrals(year: int, grounded: int, measure: str):
    assert count(year, assessment="grounded") == grounded == the_published(str(year), measure)


def test_in_2016_both_8_of_104_and_10_percent_hold_because_24_are_pending():
    """8 of 104 would be 8 percent. The base of a share is what has been assessed: 104 - 24 = 80."""
    assert percent(8, 104) == 8
    assert assessed(2016) == 80
    assert percent(count(2016, assessment="grounded"), assessed(2016)) == 10
    assert the_published("2016", "grounded_share") == 10


def test_in_2019_exactly_40_percent_of_the_assessed_are_grounded():
    assert (count(2019, assessment="grounded"), assessed(2019)) == (28, 70)
    assert percent(28, 70) == 40 == the_published("2019", "grounded_share")


@pytest.mark.parametrize(
    ("ideology", "name_in_the_source", "n"),
    [
        ("militant_islamist", "militant_islamism", 8),
        ("left_wing", "left_wing", 2),
        ("right_wing", "right_wing", 0),
    ],
)
def test_the_grounded_of_2017_divide_as_published(ideology: str, name_in_the_source: str, n: int):
    grounded = count(2017, assessment="grounded", ideology=ideology)
    assert grounded == n == the_published("2017", "grounded", name_in_the_source)


@pytest.mark.parametrize(
    ("quarter", "first", "last", "n"),
    [
        ("2014Q4", dt.date(2014, 10, 1), dt.date(2014, 12, 31), 34),
        ("2015Q1", dt.date(2015, 1, 1), dt.date(2015, 3, 31), 28),
    ],
)
def test_a_quarter_has_the_published_number_of_referrals(quarter: str, first: dt.date, last: dt.date, n: int):
    assert count_between(first, last) == n == the_published(quarter, "referrals")


def test_the_26_about_syria_iraq_and_islamic_state_fit_into_militant_islamism_in_2014():
    assert the_published("2014", "referrals", "syria_iraq_islamic_state") == 26
    assert count(2014, ideology="militant_islamist") >= 26


def test_the_hotline_of_2016_fits_into_its_days():
    """30 calls, 6 grounded, came by the hotline. No record says how it came: only this is checked."""
    days = dt.date(2016, 2, 1), dt.date(2016, 8, 29)
    assert count_between(*days) >= 30
    assert count_between(*days, assessment="grounded") >= 6


# The targets


@pytest.mark.parametrize("year", YEARS)
@pytest.mark.parametrize("dimension", ["ideology", "resource_profile"])
def test_each_year_divides_as_its_target_says(year: int, dimension: str):
    target = TARGETS[str(year)][dimension]
    for code in codes.load().codes(dimension):
        assert count(year, **{dimension: code}) == target.get(code, 0)


@pytest.mark.parametrize("year", YEARS)
def test_each_years_targets_add_up(year: int):
    target = TARGETS[str(year)]
    assert count(year) == target["referrals"]["n"]
    assert count(year, assessment="grounded") == target["grounded"]["n"]
    assert count(year, assessment="pending") == target["pending"]["n"]


@pytest.mark.parametrize("year", [year for year in YEARS if "grounded_share" in TARGETS[str(year)]])
def test_a_published_share_follows_from_the_targets(year: int):
    target = TARGETS[str(year)]
    base = target["referrals"]["n"] - target["pending"]["n"]
    assert percent(target["grounded"]["n"], base) == target["grounded_share"]["percent"]


def test_every_target_is_published_by_a_known_source_or_invented():
    for year, target in TARGETS.items():
        fixed = {**target, **{f"span {k}": v for k, v in target.get("span", {}).items() if k != "days"}}
        fixed.pop("span", None)
        for name, value in fixed.items():
            if "published" in value:
                assert set(value["published"].split("+")) <= SOURCES.keys(), (year, name)
            else:
                assert value["invented"] is True, (year, name)


def test_targets_that_do_not_add_up_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    text = (DATA / "example/targets.toml").read_text(encoding="utf-8")
    wrong = tmp_path / "targets.toml"
    wrong.write_text(text.replace("n = 85,", "n = 86,"), encoding="utf-8")
    monkeypatch.setattr("data.example.TARGETS", wrong)
    with pytest.raises(ValueError, match=r"targets.toml, \[2017\]: ideology adds up to 85, but referrals is 86"):
        records()


def chance_tables() -> list[dict[str, int]]:
    outcome = [table for kind in CHANCES["outcome"].values() for table in kind.values()]
    return outcome + [table for name, tables in CHANCES.items() if name != "outcome" for table in tables.values()]


def test_chances_add_up_to_100_percent():
    assert chance_tables()
    for table in chance_tables():
        assert sum(table.values()) == 100, table


# The rules of every record


@pytest.mark.parametrize("seed", [2009, 1, 2, 3])
def test_every_code_is_in_use_in_its_year(seed: int):
    known = codes.load()
    for row in records(seed).iter_rows(named=True):
        for dimension in row.keys() - {"id", "date"}:
            assert known.code(dimension, row[dimension]).in_use(row["date"].year), row


@pytest.mark.parametrize("seed", [2009, 1, 2, 3])
@pytest.mark.parametrize("rule", codes.load().rules, ids=lambda rule: rule.id)
def test_every_record_keeps_the_rules(rule: codes.Rule, seed: int):
    frame = records(seed).with_columns(outcome_group=pl.col("outcome").replace_strict(codes.load().outcome_group))
    concerned = frame.filter(*(pl.col(name).is_in(values) for name, values in rule.when.items()))
    broken = concerned.filter(~pl.all_horizontal(pl.col(k).is_in(v) for k, v in rule.then.items()))
    assert concerned.height > 0
    assert broken.is_empty(), broken


def test_through_2017_grounded_meant_an_intervention():
    early = EXAMPLE.filter(pl.col("year") < FIRST_YEAR_OF_THE_NEW_MEANING)
    grounded = early.filter(assessment="grounded")
    assert grounded.height == 22 + 18 + 8 + 10
    assert grounded["outcome_group"].unique().to_list() == ["intervention"]


def test_from_2018_a_grounded_referral_can_end_in_every_way_that_is_an_end():
    late = EXAMPLE.filter(pl.col("year") >= FIRST_YEAR_OF_THE_NEW_MEANING, assessment="grounded")
    assert set(late["outcome_group"]) == {"intervention", "referred_on", "declined", "closed"}


def test_ids_are_unique_and_number_each_year_by_date():
    assert EXAMPLE["id"].is_unique().all()
    assert EXAMPLE["date"].is_sorted()
    assert EXAMPLE["id"][0] == "EX-2014-001"
    assert EXAMPLE["id"][-1] == "EX-2025-072"


# What the city says, to be seen in the example


def share(frame: pl.DataFrame, dimension: str, values: set[str]) -> float:
    return frame.filter(pl.col(dimension).is_in(values)).height / frame.height


FIRST_YEARS = EXAMPLE.filter(pl.col("year") <= 2016)
LAST_YEARS = EXAMPLE.filter(pl.col("year") >= 2024)


def test_referrals_have_fallen_since_2016():
    assert [count(year) for year in range(2016, 2021)] == sorted(
        (count(year) for year in range(2016, 2021)), reverse=True
    )
    assert all(60 <= count(year) <= 80 for year in range(2021, 2026))


def test_political_extremism_grows_while_militant_islamism_stays_the_largest():
    political = {"right_wing", "left_wing", "anti_authority"}
    assert share(FIRST_YEARS, "ideology", political) == pytest.approx(0.20, abs=0.02)
    assert share(LAST_YEARS, "ideology", political) == pytest.approx(0.45, abs=0.02)
    assert LAST_YEARS["ideology"].mode().to_list() == ["militant_islamist"]


def test_the_resource_strong_grow_and_are_reached_less_often():
    assert share(FIRST_YEARS, "resource_profile", {"resource_strong"}) == pytest.approx(0.15, abs=0.02)
    assert share(LAST_YEARS, "resource_profile", {"resource_strong"}) == pytest.approx(0.35, abs=0.02)
    grounded = EXAMPLE.filter(pl.col("year") >= FIRST_YEAR_OF_THE_NEW_MEANING, assessment="grounded")
    strong = grounded.filter(resource_profile="resource_strong")
    vulnerable = grounded.filter(resource_profile="vulnerable")
    assert share(strong, "outcome_group", {"intervention"}) < share(vulnerable, "outcome_group", {"intervention"}) - 0.2
    unreached = {"declined", "closed", "ordinary_services"}
    assert share(strong, "outcome", unreached) > share(vulnerable, "outcome", unreached) + 0.2


def test_not_stated_exists_but_is_rare():
    for dimension in ["ideology", "resource_profile", "source", "age_group", "gender"]:
        assert 0 < share(EXAMPLE, dimension, {"unknown"}) <= 0.08, dimension


def test_most_are_young_men_referred_by_ssp_school_police_or_social_services():
    assert share(EXAMPLE, "gender", {"male"}) == pytest.approx(0.80, abs=0.05)
    assert share(EXAMPLE, "age_group", {"15-17", "18-24", "25-29"}) > 0.6
    assert share(EXAMPLE, "source", {"ssp", "school", "police", "social_services"}) > 0.6


# The same every time


def sha256(frame: pl.DataFrame) -> str:
    return hashlib.sha256(frame.write_csv().encode()).hexdigest()


def test_the_example_is_the_same_on_every_machine():
    """Targets or drawing changed? Look at what changed in the records, then write the new hash here."""
    assert sha256(records()) == SHA256
    assert sha256(records(2009)) == SHA256


def test_another_seed_gives_other_records_with_the_same_totals():
    def totals(frame: pl.DataFrame) -> dict[str, list[tuple[Any, ...]]]:
        by_year = frame.with_columns(year=pl.col("date").dt.year())
        return {
            name: sorted(by_year.group_by("year", *dimensions).len().rows())
            for name, dimensions in {
                "assessment": ["assessment"],
                "ideology": ["ideology"],
                "resource_profile": ["resource_profile"],
            }.items()
        }

    assert not records(1).equals(records())
    assert totals(records(1)) == totals(records())


# published.toml


IN_OUR_WORDS = {"total": "all", "militant_islamism": "militant_islamist"}


def test_published_toml_has_every_figure_that_was_collected_and_no_other():
    collected = [
        (
            row["period"],
            row["period_start"],
            row["period_end"],
            row["series"],
            row["measure"],
            IN_OUR_WORDS.get(row["dimension"], row["dimension"]),
            IN_OUR_WORDS.get(row["category"], row["category"]),
            int(row["value"]),
            row["unit"],
            row["value_kind"],
            row["source_id"],
        )
        for row in published()
    ]
    written = [
        (
            figure["period"],
            figure["period_start"].isoformat(),
            figure["period_end"].isoformat(),
            *(figure[key] for key in ("series", "measure", "dimension", "category", "value", "unit")),
            figure["kind"],
            figure["source_id"],
        )
        for figure in FIGURES
    ]
    assert len(written) == 20
    assert written == collected


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure["id"])
def test_a_published_figure_says_what_who_when_and_where(figure: dict[str, Any]):
    first, *others = figure["source_id"].split("+")
    assert figure["source_title"] == SOURCES[first]["title"]
    assert set(others) <= SOURCES.keys()
    assert all(figure[key] for key in ("text_da", "text_en", "who", "when"))
    assert ("note_da" in figure) == ("note_en" in figure)
    if figure["kind"] == "derived":
        assert figure["note_da"]


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure["id"])
def test_a_published_figure_carries_its_number_in_both_languages(figure: dict[str, Any]):
    if figure["value"] != 0:
        assert str(figure["value"]) in figure["text_da"]
        assert str(figure["value"]) in figure["text_en"]


@pytest.mark.parametrize("entries", [FIGURES, list(SOURCES.values()), MARKS], ids=["figures", "sources", "marks"])
def test_ids_are_unique(entries: list[dict[str, Any]]):
    ids = [entry["id"] for entry in entries]
    assert len(ids) == len(set(ids))


# breaks.toml


@pytest.mark.parametrize("mark", MARKS, ids=lambda mark: mark["id"])
def test_a_break_or_event_is_whole(mark: dict[str, Any]):
    assert mark["kind"] in {"break", "event"}
    assert ("first_year_after" in mark) == (mark["kind"] == "break")
    assert mark.get("first_year_after", mark["year"]) == mark["year"]
    assert mark.get("date", dt.date(mark["year"], 1, 1)).year == mark["year"]
    assert set(mark["measures"]) <= {"referrals", "grounded", "grounded_share"}
    assert set(mark["source_id"].split("+")) <= SOURCES.keys() | {"codes.toml"}
    assert all(mark[key] for key in ("text_da", "text_en", "note_da", "note_en"))


def test_the_meaning_of_grounded_breaks_between_2017_and_2018():
    (mark,) = (mark for mark in MARKS if mark["id"] == "grounded_redefined")
    assert mark["first_year_after"] == 2018
    assert "grounded" in mark["measures"]


def test_a_code_that_starts_late_has_a_break_in_its_first_year():
    broken = {(m["dimension"], m["category"]): m["first_year_after"] for m in MARKS if m["kind"] == "break"}
    late = {
        (name, code.code): code.first_year
        for name, dimension in codes.load().dimensions.items()
        for code in dimension
        if code.first_year is not None
    }
    assert late == {("ideology", "anti_authority"): 2021}
    assert late.items() <= broken.items()

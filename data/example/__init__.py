"""The example records: invented, but adding up to targets.toml, which tells published from invented."""

import datetime as dt
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from random import Random
from typing import Any

import polars as pl

TARGETS = Path(__file__).with_name("targets.toml")
LAST_YEAR_GROUNDED_MEANS_INTERVENTION = 2017
SCHEMA = {
    "id": pl.String,
    "date": pl.Date,
    "ideology": pl.String,
    "resource_profile": pl.String,
    "assessment": pl.String,
    "outcome": pl.String,
    "source": pl.String,
    "age_group": pl.String,
    "gender": pl.String,
}


def records(seed: int = 2009) -> pl.DataFrame:
    """One row a referral, 2014 to 2025: the same rows for the same seed, the same totals for every seed."""
    targets = tomllib.loads(TARGETS.read_text(encoding="utf-8"))
    chances = targets.pop("chances")
    rng = Random(seed)
    rows = [row for year, target in targets.items() for row in _referrals(rng, int(year), target, chances)]
    return pl.DataFrame(rows, schema=SCHEMA)


def _referrals(rng: Random, year: int, target: Mapping[str, Any], chances: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The referrals of one year, in order of date."""
    _check(year, target)
    grounded = _counts(target["grounded_ideology"])
    rest = {code: n - grounded.get(code, 0) for code, n in _counts(target["ideology"]).items()}
    ideologies = _shuffled(rng, _repeated(grounded)) + _shuffled(rng, _repeated(rest))
    assessments = ["grounded"] * sum(grounded.values()) + ["not_grounded"] * sum(rest.values())
    rows: list[dict[str, Any]] = [
        {"date": date, "ideology": ideology, "resource_profile": profile, "assessment": assessment}
        for date, ideology, profile, assessment in zip(
            _dates(rng, year, target),
            ideologies,
            _shuffled(rng, _repeated(_counts(target["resource_profile"]))),
            assessments,
            strict=True,
        )
    ]
    rows.sort(key=lambda row: row["date"])
    _leave_the_latest_pending(rows, target["pending"]["n"])
    for number, row in enumerate(rows, start=1):
        row["id"] = f"EX-{year}-{number:03}"
        row["gender"] = _drawn(rng, chances["gender"]["anyone"])
        row["age_group"] = _drawn(rng, _age_chances(row, chances["age_group"]))
        row["source"] = _drawn(rng, _source_chances(row, chances["source"]))
        row["outcome"] = _outcome(rng, row, chances["outcome"])
    return rows


def _check(year: int, target: Mapping[str, Any]) -> None:
    """Say which targets of a year do not add up."""
    for total, name in [
        ("referrals", "ideology"),
        ("referrals", "resource_profile"),
        ("grounded", "grounded_ideology"),
    ]:
        n, parts = target[total]["n"], sum(_counts(target[name]).values())
        if n != parts:
            raise ValueError(f"{TARGETS.name}, [{year}]: {name} adds up to {parts}, but {total} is {n}. Change one.")


def _dates(rng: Random, year: int, target: Mapping[str, Any]) -> list[dt.date]:
    """A day for every referral, those of the grounded ones first."""
    grounded = target["grounded"]["n"]
    rest = target["referrals"]["n"] - grounded
    days = _days(dt.date(year, 1, 1), dt.date(year, 12, 31))
    if "span" not in target:
        return _some(rng, days, grounded + rest)
    span = target["span"]
    inside = _days(span["days"]["from"], span["days"]["to"])
    outside = [day for day in days if day not in inside]
    grounded_inside = span["grounded"]["n"]
    rest_inside = span["referrals"]["n"] - grounded_inside
    return (
        _some(rng, inside, grounded_inside)
        + _some(rng, outside, grounded - grounded_inside)
        + _some(rng, inside, rest_inside)
        + _some(rng, outside, rest - rest_inside)
    )


def _leave_the_latest_pending(rows: list[dict[str, Any]], n: int) -> None:
    """Of rows in order of date, the last `n` that are not grounded are not assessed yet."""
    not_grounded = [row for row in rows if row["assessment"] == "not_grounded"]
    for row in not_grounded[len(not_grounded) - n :]:
        row["assessment"] = "pending"


def _age_chances(row: Mapping[str, Any], chances: Mapping[str, Any]) -> Mapping[str, int]:
    return chances["anti_authority" if row["ideology"] == "anti_authority" else "any_other"]


def _source_chances(row: Mapping[str, Any], chances: Mapping[str, Any]) -> Mapping[str, int]:
    return chances["under_18" if row["age_group"] in {"0-14", "15-17"} else "adult"]


def _outcome(rng: Random, row: Mapping[str, Any], chances: Mapping[str, Any]) -> str:
    """What came of one referral, by its assessment, its resource profile and what grounded meant then."""
    if row["assessment"] == "pending":
        return "pending"
    kind = row["assessment"]
    if kind == "grounded":
        early = row["date"].year <= LAST_YEAR_GROUNDED_MEANS_INTERVENTION
        kind = "grounded_through_2017" if early else "grounded_from_2018"
    return _drawn(rng, chances[kind][row["resource_profile"]])


# All chance goes through Random.random(), the one method whose numbers Python promises never to change.


def _shuffled(rng: Random, items: Iterable[str]) -> list[str]:
    return sorted(items, key=lambda _: rng.random())


def _some(rng: Random, days: list[dt.date], n: int) -> list[dt.date]:
    """`n` of the days, the same day perhaps more than once."""
    return [days[int(rng.random() * len(days))] for _ in range(n)]


def _drawn(rng: Random, percent: Mapping[str, int]) -> str:
    """One code, drawn by its chance in percent."""
    left = rng.random() * 100
    for code, chance in percent.items():
        left -= chance
        if left < 0:
            return code
    raise ValueError(f"targets.toml: the chances must add up to 100 percent, these do not: {percent}")


def _counts(target: Mapping[str, Any]) -> dict[str, int]:
    """The codes of a target and how many each has, without the mark of where it comes from."""
    return {code: n for code, n in target.items() if code not in {"published", "invented"}}


def _repeated(counts: Mapping[str, int]) -> list[str]:
    return [code for code, n in counts.items() for _ in range(n)]


def _days(first: dt.date, last: dt.date) -> list[dt.date]:
    return [first + dt.timedelta(days=d) for d in range((last - first).days + 1)]

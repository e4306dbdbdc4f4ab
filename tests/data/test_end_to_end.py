"""Whatever is counted under whatever policy: nothing that brute force or scipy finds is left in a release."""

import csv
import datetime as dt
from pathlib import Path

import numpy as np
import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data import build, release
from tests.data import tiny
from tests.data.attackers import Shown, ends, insiders_know

ROWS, COLUMNS = "abc", "xy"
LISTS = tiny.codes(ROWS, COLUMNS)
PERIOD = "{ first_year = 2005, last_year = 2006 }"


def published(place: Path) -> list[dict[str, str]]:
    with (place / "tables" / "cross.csv").open(encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def ranges(members: list[np.ndarray], shown: Shown, hidden: list[int], size: int, covers) -> dict:
    """What can be worked out: by sums, and then because no small count has a range that doesn't cover the mark's."""
    large: set[int] = set()
    while True:
        known = [*shown, *((members[at], covers.threshold, np.inf) for at in large)]
        found = {at: ends(size, known, members[at]) for at in hidden}
        new = {at for at in hidden if at not in large and not covers(*found[at])}
        if not new:
            return found
        if any(found[at][1] < covers.threshold - 0.5 for at in new):
            return found
        large |= new


class Covers:
    def __init__(self, threshold: int, protection: str) -> None:
        self.threshold = threshold
        self.least, self.most = (1, threshold - 1) if protection == "mark" else (0, threshold)

    def __call__(self, low: float, high: float) -> bool:
        return low <= self.least + 1e-6 and high >= self.most - 1e-6


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    numbers=st.lists(st.sampled_from([0, 1, 1, 2, 3, 4, 6, 9]), min_size=12, max_size=12).filter(
        lambda of: any(of[:6]) and any(of[6:])
    ),
    threshold=st.integers(3, 6),
    protection=st.sampled_from(["mark", "hidden"]),
    time=st.sampled_from(['["year"]', '["year", "all"]', '["year", "period"]']),
    insiders=st.sampled_from(["", tiny.BOTH]),
)
def test_a_release_leaves_no_leak(tmp_path_factory, numbers, threshold, protection, time, insiders):
    columns = [(year, row, column) for year in (2005, 2006) for row in ROWS for column in COLUMNS]
    schema = {"year": pl.Int32, "ideology": pl.String, "resource_profile": pl.String, "count": pl.Int64}
    records = pl.DataFrame([(*key, n) for key, n in zip(columns, numbers, strict=True)], schema=schema, orient="row")
    rules = tiny.policy(LISTS, threshold=threshold, protection=protection, time=time, insiders=insiders, periods=PERIOD)
    about = release.About("1", "real", dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    place = build.build(records, about, rules, LISTS, tmp_path_factory.mktemp("any"))

    true = np.array(numbers)
    members, shown, hidden = [], [], []
    for at, cell in enumerate(published(place)):
        first, last = int(cell["first_year"]), int(cell["last_year"])
        inside = [
            first <= year <= last and cell["ideology"] in (row, "all") and cell["resource_profile"] in (column, "all")
            for year, row, column in columns
        ]
        members.append(np.flatnonzero(inside))
        value = int(true[members[at]].sum())
        if cell["status"] == "suppressed":
            hidden.append(at)
            assert cell["n"] == ""
        else:
            assert int(cell["n"] or 0) == value and not 0 < value < threshold
            shown.append((members[at], value, value))

    covers = Covers(threshold, protection)
    for at, (low, high) in ranges(members, shown, hidden, len(true), covers).items():
        if 0 < true[members[at]].sum() < threshold:
            assert covers(low, high)
        assert high - low >= 2 - 1e-6
    if insiders and time == '["year"]':  # one table a year: small enough to go through all tables
        for half in (slice(0, 6), slice(6, 12)):
            inside = set(range(12)[half])
            mine = [at for at, of in enumerate(members) if set(of.tolist()) <= inside]
            mask = np.array([at in hidden for at in mine])
            assert not insiders_know([members[at] - half.start for at in mine], true[half], mask)

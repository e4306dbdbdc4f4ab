"""What is known beside a release: public statements and earlier releases, and what the build makes of them."""

import datetime as dt
from functools import partial
from pathlib import Path

import duckdb
import numpy as np
import polars as pl
import pytest

from data import build, count, knowledge, release, tables
from data.codes import Code, CodeLists
from data.knowledge import KnowledgeError
from data.policy import parse
from tests.data import tiny
from tests.data.attackers import Shown, ends

LISTS = tiny.codes()
RULES = tiny.policy(LISTS, time='["year", "all"]')
KEYS = [(row, column) for row in "abc" for column in "xy"]
# Two closed years; none of the counts of published.toml is about them.
FORMER = {2005: (12, 9, 20, 2, 7, 30), 2006: (6, 14, 9, 11, 15, 8)}
LATE = FORMER | {2005: (13, 9, 20, 2, 7, 30)}  # one more a/x

FIGURE = """
[[figure]]
id = "{id}"
period_start = {start}
period_end = {end}
series = "{series}"
measure = "{measure}"
dimension = "{dimension}"
category = "{category}"
value = {value}
unit = "{unit}"
"""


def figure(id_: str, value: int, **changed: str) -> str:
    usual = {"start": "2005-01-01", "end": "2005-12-31", "series": "vink_referrals", "measure": "referrals"}
    usual |= {"dimension": "all", "category": "all", "unit": "count"}
    return FIGURE.format(**(usual | changed), id=id_, value=value)


def records(numbers: dict[int, tuple[int, ...]]) -> pl.DataFrame:
    rows = [(year, *key, n) for year, of in numbers.items() for key, n in zip(KEYS, of, strict=True)]
    schema = {"year": pl.Int32, "ideology": pl.String, "resource_profile": pl.String, "count": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def made(folder: Path, version: str, numbers: dict[int, tuple[int, ...]], *, kind: str = "real", rules=RULES) -> Path:
    about = release.About(version, kind, dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    return build.build(records(numbers), about, rules, LISTS, folder)


Cell = tuple[int, int, str, str]


def cells(place: Path) -> dict[Cell, tuple[str, int | None, int | None, int | None]]:
    with duckdb.connect(str(place / "vink.duckdb"), read_only=True) as con:
        rows = con.sql(
            'select first_year, last_year, ideology, resource_profile, status, n, lower, upper from "cross"'
        ).fetchall()
    return {row[:4]: row[4:] for row in rows}


def columns_of(cell: Cell) -> np.ndarray:
    """The columns of a cell where each is a year, a row and a column of FORMER."""
    first, last, ideology, profile = cell
    every = [(year, *key) for year in FORMER for key in KEYS]
    inside = [first <= y <= last and ideology in (r, "all") and profile in (c, "all") for y, r, c in every]
    return np.flatnonzero(inside)


def verdicts(place: Path) -> dict[str, str]:
    with duckdb.connect(str(place / "vink.duckdb"), read_only=True) as con:
        return dict(con.sql("select cell, verdict from audit").fetchall())


# Statements


def test_statements_that_are_true_of_our_records_are_known(tmp_path):
    """2005: 400 assessed referrals, of which 120 grounded: 30 %. 29.5 % of 400 are 118, and 30.5 % are 122."""
    lists = CodeLists(
        {
            "ideology": (Code("a"), Code("b")),
            "assessment": (Code("grounded"), Code("not_grounded"), Code("pending")),
            "resource_profile": (Code("x"),),
            "outcome": (),
        },
        {},
        (),
    )
    text = tiny.policy(lists).text.replace('[["ideology", "resource_profile"]]', '[["ideology", "assessment"]]')
    rules = parse(text.replace(tiny.BOTH, '"ideology", "assessment"'), lists)
    layout = tables.layout(rules, lists, (2005, 2006))
    rows = [("a", "grounded", 118), ("b", "grounded", 2), ("a", "not_grounded", 280), ("b", "pending", 9)]
    schema = {"year": pl.Int32, "ideology": pl.String, "assessment": pl.String, "count": pl.Int64}
    counts = pl.DataFrame([(2005, *row) for row in rows], schema=schema, orient="row")
    path = tmp_path / "published.toml"
    path.write_text(
        figure("total", 409)
        + figure("not_true", 408)
        + figure("two_of_b", 2, measure="grounded", dimension="ideology", category="b")
        + figure("share", 30, measure="grounded_share", unit="percent")
        + figure("wrong_share", 31, measure="grounded_share", unit="percent")
        + figure("part_of_the_year", 409, end="2005-11-30")
        + figure("later_year", 0, start="2007-01-01", end="2007-12-31")
        + figure("two_years", 409, end="2006-12-31")
        + figure("hotline", 409, series="hotline_calls")
        + figure("theme", 409, dimension="topic", category="syria")
        + figure("other_measure", 409, measure="young_people")
        + figure("by_age", 409, dimension="age_group", category="18-24")
    )
    found = knowledge.statements(layout, count.combinations(counts, layout, lists), path)
    assert {one.source.removeprefix("statement "): (one.least, one.most) for one in found} == {
        "total": (409, 409),
        "two_of_b": (2, 2),
        "share": (118, 122),
        "two_years": (409, 409),
    }
    by_source = {one.source.removeprefix("statement "): one for one in found}
    assert by_source["two_of_b"].cell == "2005-2005, assessment=grounded, ideology=b"
    assert (by_source["two_years"].first_year, by_source["two_years"].last_year) == (2005, 2006)
    assert all(one.kind == knowledge.AGREES for one in found)


@pytest.mark.parametrize("parts", [(1, 1), (2, 0)])
def test_a_small_count_that_was_said_in_public_stays_out_of_the_file(tmp_path, monkeypatch, parts):
    """b of 2005 is 2, and everybody has read that."""
    path = tmp_path / "published.toml"
    path.write_text(figure("b_2", 2, dimension="ideology", category="b"))
    monkeypatch.setattr(build.knowledge, "statements", partial(knowledge.statements, path=path))
    numbers = {2005: (12, 9, *parts, 7, 30), 2006: (6, 14, 9, 11, 15, 8)}
    place = made(tmp_path / "releases", "1", numbers)
    assert cells(place)[2005, 2005, "b", "all"][:2] == ("suppressed", None)
    found = verdicts(place)
    assert found["2005-2005, ideology=b"] == "public"
    assert set(found.values()) <= {"safe", "public"}


# Earlier releases


@pytest.fixture(scope="module")
def two_releases(tmp_path_factory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("two")
    return made(folder, "1", FORMER), made(folder, "2", LATE)


def test_a_number_that_differs_by_one_is_hidden_and_the_others_stand(two_releases):
    """The late referral is in a/x, a, x and all, of 2005 and of both years."""
    first, second = map(cells, two_releases)
    differing = {(2005, to, row, column) for to in (2005, 2006) for row in ("a", "all") for column in ("x", "all")}
    assert any(first[cell][0] == "published" for cell in differing)
    for cell, (status, n, _, _) in first.items():
        if cell in differing:
            assert second[cell][0] == "suppressed" or status == "suppressed", cell
        elif second[cell][0] != "suppressed" and status != "suppressed":
            assert second[cell][:2] == (status, n), cell


def test_whoever_has_both_files_cannot_tell_a_small_difference(two_releases):
    """What the second shows, and the numbers of the first that still hold, leave the former number possible."""
    first, second = map(cells, two_releases)
    true = np.array([n for of in LATE.values() for n in of])
    shown: Shown = [(columns_of(cell), n or 0, n or 0) for cell, (s, n, _, _) in second.items() if s != "suppressed"]
    former = {cell: n for cell, (s, n, _, _) in first.items() if s != "suppressed" and second[cell][0] == "suppressed"}
    shown += [(columns_of(cell), n or 0, n or 0) for cell, n in former.items() if true[columns_of(cell)].sum() == n]
    differing = {cell: n for cell, n in former.items() if n is not None and true[columns_of(cell)].sum() != n}
    assert len(differing) >= 4
    for cell, n in differing.items():
        low, high = ends(len(true), shown, columns_of(cell))
        assert low <= n <= high and high - low + 1 >= 5, cell
        stored = second[cell][2:]
        assert stored[0] is not None and stored[0] <= n and (stored[1] is None or stored[1] >= n)


def test_unchanged_records_show_what_they_showed(tmp_path):
    first, second = cells(made(tmp_path, "1", FORMER)), cells(made(tmp_path, "2", FORMER))
    assert [c for c in first if first[c][0] != "suppressed" and second[c][:2] != first[c][:2]] == []


@pytest.mark.parametrize("change", ["years", "dimensions"])
def test_an_earlier_release_that_cannot_be_put_beside_this_one_stops_the_build(tmp_path, change):
    made(tmp_path, "1", FORMER)
    numbers, rules = {2006: FORMER[2006]}, tiny.policy(LISTS)
    if change == "dimensions":
        numbers = FORMER
        text = RULES.text.replace('joint = [["ideology", "resource_profile"]]', 'joint = [["ideology"]]')
        rules = parse(text.replace(f"dimensions = [{tiny.BOTH}]", 'dimensions = ["ideology"]'), LISTS)
    with pytest.raises(KnowledgeError, match="release 1 holds a number"):
        made(tmp_path, "2", numbers, rules=rules)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["1", "current"]


def test_an_example_tells_nothing_of_anybody(tmp_path):
    made(tmp_path, "example-1", FORMER, kind="example")
    place = made(tmp_path, "1", LATE)
    with duckdb.connect(str(place / "vink.duckdb"), read_only=True) as con:
        assert con.sql("select count(*) from knowledge").fetchall() == [(0,)]


def test_three_releases_side_by_side_leave_every_small_difference_open(tmp_path):
    """The second differs from the first by ten more a/x, which is published, the third from the second by one."""
    second = FORMER | {2005: (22, 9, 20, 2, 7, 30)}
    third = FORMER | {2005: (23, 9, 20, 2, 7, 30)}
    places = [made(tmp_path, version, numbers) for version, numbers in (("1", FORMER), ("2", second), ("3", third))]
    *earlier, last = map(cells, places)
    true = np.array([n for of in third.values() for n in of])
    shown: Shown = [(columns_of(cell), n or 0, n or 0) for cell, (s, n, _, _) in last.items() if s != "suppressed"]
    differing = {}
    for release_before in earlier:
        for cell, (status, n, _, _) in release_before.items():
            if status == "suppressed" or n is None:
                continue
            if true[columns_of(cell)].sum() == n:
                shown.append((columns_of(cell), n, n))
            elif abs(true[columns_of(cell)].sum() - n) < 5:
                differing[cell] = n
    assert len(differing) >= 4
    for cell, n in differing.items():
        assert last[cell][0] == "suppressed", cell
        low, high = ends(len(true), shown, columns_of(cell))
        assert low <= n <= high and high - low + 1 >= 5, cell
    for cell, (status, *_) in last.items():
        count = true[columns_of(cell)].sum()
        if 0 < count < 5:
            low, high = ends(len(true), shown, columns_of(cell))
            assert status == "suppressed" and low <= 1 and high >= 4, cell

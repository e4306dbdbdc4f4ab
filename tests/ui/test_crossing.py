"""A crossing shows the release's own numbers, whatever its layout, and any address gives a table that is published."""

import itertools

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import queries
from queries import Release
from ui import crossing
from ui.crossing import ALL, NONE, TIME
from ui.page import codes_in_use

# Counted by hand from the eight rows of SMALL in conftest.py: ideology by resource profile.
BY_HAND = {
    "2018": {
        "militant_islamist": {"resource_strong": 0, "mixed": 5, "vulnerable": 9, "unknown": 0, "all": 14},
        "right_wing": {"resource_strong": 7, "mixed": 0, "vulnerable": 6, "unknown": 0, "all": 13},
        "all": {"resource_strong": 7, "mixed": 5, "vulnerable": 15, "unknown": 0, "all": 27},
    },
    "2019": {
        "militant_islamist": {"resource_strong": 0, "mixed": 0, "vulnerable": 8, "unknown": 0, "all": 8},
        "right_wing": {"resource_strong": 0, "mixed": 0, "vulnerable": 10, "unknown": 0, "all": 10},
        "all": {"resource_strong": 12, "mixed": 0, "vulnerable": 18, "unknown": 5, "all": 35},
    },
}
ASKED = st.dictionaries(
    st.sampled_from(["rows", "columns", "panels", "show", "time", "years", "period", "sort", "totals", "ideology"]),
    st.one_of(
        st.sampled_from(
            ["ideology", "resource_profile", "gender", "source", "outcome", "assessment", "ideology_group", "time",
             "none", "year", "period", "all", "2018", "2018-2019", "2014-2017", "reverse", "0", "right_wing,other"]
        ),
        st.text(max_size=12),
    ),
)  # fmt: skip


def numbers(release: Release, **asked: str) -> dict[str, dict[str, dict[str, int | None]]]:
    """What a table shows: panel, row and column to count."""
    chosen = crossing.selection(release, asked)
    found = crossing.cells(release, chosen.choice.dimensions, chosen.of, "en")
    return {
        panel.code: {
            row: {
                column: None if cell is None else cell.count.n
                for column, cell in zip(panel.columns, cells, strict=True)
            }
            for row, cells in panel.rows
        }
        for panel in crossing.pivot(found, chosen.choice, chosen.codes, chosen.period, chosen.sort)
    }


def test_a_crossing_by_year_is_as_counted_by_hand(small: Release):
    shown = numbers(small, rows="ideology", columns="resource_profile", panels="time", years="2018-2019")
    for year, rows in BY_HAND.items():
        for row, columns in rows.items():
            assert shown[year][row] == columns


def test_rows_columns_and_panels_can_change_places(small: Release):
    axes = {"ideology": "right_wing", "resource_profile": "vulnerable", TIME: "2018"}
    for rows, columns, panels in itertools.permutations(axes):
        shown = numbers(small, rows=rows, columns=columns, panels=panels)
        assert shown[axes[panels]][axes[rows]][axes[columns]] == 6


def test_one_dimension_alone_is_the_total_over_all_others(small: Release):
    shown = numbers(small, rows="gender", columns=NONE)[ALL]
    assert {code: n[ALL] for code, n in shown.items()} == {"female": 21, "male": 36, "other": 0, "unknown": 5, ALL: 62}


def test_the_largest_comes_first_and_the_total_stays_last(small: Release):
    shown = numbers(small, rows="ideology", columns="time", sort="2019", ideology="right_wing,left_wing,unknown")
    assert list(shown[ALL]) == ["left_wing", "right_wing", "unknown", ALL]
    reverse = numbers(small, rows="ideology", columns="time", sort="reverse", ideology="right_wing,left_wing,unknown")
    assert list(reverse[ALL]) == ["unknown", "left_wing", "right_wing", ALL]


def test_a_number_that_is_not_known_sorts_by_where_its_range_begins(example: Release):
    chosen = crossing.selection(example, {"rows": "ideology", "columns": "time", "sort": "2016", "totals": "0"})
    found = crossing.cells(example, chosen.choice.dimensions, None, "en")
    (panel,) = crossing.pivot(found, chosen.choice, chosen.codes, chosen.period, chosen.sort)
    at = panel.columns.index("2016")
    sizes = [
        -1 if c.count.status == "not_collected" else c.count.n if c.count.n is not None else c.count.lower or 0
        for c in (cells[at] for _, cells in panel.rows)
        if c is not None
    ]
    assert sizes == sorted(sizes, reverse=True)


def test_without_totals_there_are_none(small: Release):
    shown = numbers(small, rows="ideology", columns="time", totals="0")[ALL]
    assert ALL not in shown
    assert all(ALL not in columns for columns in shown.values())


def test_years_are_shown_one_by_one_and_their_sum_only_where_it_is_published(small: Release):
    assert list(numbers(small, rows="time", columns="gender")[ALL]) == ["2018", "2019", ALL]
    assert list(numbers(small, rows="time", columns="gender", years="2018")[ALL]) == ["2018"]


# Shares


def shares(release: Release, of: str, **asked: str) -> dict[tuple[str, ...], crossing.Cell]:
    chosen = crossing.selection(release, {"show": of, **asked})
    return crossing.cells(release, chosen.choice.dimensions, chosen.of, "en")


def test_a_share_of_assessments_leaves_the_pending_ones_out_of_its_base(small: Release):
    """2018: 7 grounded of 22 assessed, 5 pending."""
    found = shares(small, "assessment", rows="assessment", columns="time")
    grounded, pending, whole = (found["2018", code] for code in ("grounded", "pending", ALL))
    assert grounded.share is not None
    assert (grounded.count.n, grounded.base, grounded.share.value) == (7, 22, 7 / 22)
    assert grounded.share.words == "32 percent [16-53] (7 of 22)"  # Wilson: 16.4 to 52.7
    assert pending.share is not None
    assert (pending.share_status, pending.share.value) == ("outside_base", None)
    assert (whole.share_status, whole.base) == ("base", 22)


def test_a_share_of_ideologies_has_all_referrals_as_its_base(small: Release):
    found = shares(small, "ideology", rows="ideology", columns="time")
    assert found["2018", "right_wing"].base == 27
    assert found["2019", "left_wing"].base == 35


def test_a_share_on_a_base_under_20_is_given_as_counts(small: Release):
    cell = shares(small, "resource_profile", rows="ideology", columns="resource_profile", period="2018")[
        "2018", "right_wing", "resource_strong"
    ]
    assert cell.share is not None
    assert (cell.share_status, cell.share.value, cell.share.words) == ("small_base", None, "7 of 13")


@pytest.mark.parametrize(
    ("question", "of", "asked"),
    [
        ("referrals_by_ideology", "ideology", {"rows": "ideology", "columns": "time"}),
        ("referrals_by_resource", "resource_profile", {"rows": "resource_profile", "columns": "time"}),
        ("grounded_by_ideology", "assessment", {"rows": "ideology", "columns": "assessment", "panels": "time"}),
        ("grounded_by_resource", "assessment", {"rows": "resource_profile", "columns": "assessment", "panels": "time"}),
        ("referrals_by_outcome", "outcome_group", {"rows": "outcome_group", "columns": "time"}),
    ],
)
def test_the_bases_are_those_of_the_other_pages(example: Release, question: str, of: str, asked: dict[str, str]):
    found = shares(example, of, **asked)
    answer = queries.ask(example, question, first_year=2014, last_year=2025)
    for row in answer.iter_rows(named=True):
        key = (str(row["year"]), row["code"], "grounded") if of == "assessment" else (str(row["year"]), row["code"])
        cell = found[key]
        assert cell.count.n == row["n"]
        if row["base"] is not None and row["status"] != "not_collected":
            assert cell.base == row["base"], key


@pytest.mark.parametrize("of", ["ideology", "resource_profile"])
def test_a_suppressed_base_or_part_gives_a_range_that_holds_every_possible_share(example: Release, of: str):
    found = shares(example, of, rows="ideology", columns="resource_profile", panels="time")
    hidden = [cell for cell in found.values() if cell.share_status == "suppressed"]
    assert hidden
    for cell in hidden:
        assert cell.share is not None
        assert cell.share.value is None
        assert cell.share.low is not None and cell.share.high is not None
        least = cell.count.n if cell.count.n is not None else cell.count.lower
        assert least is not None and cell.base_upper is not None
        assert cell.share.low <= least / cell.base_upper
        assert 0 <= cell.share.low <= cell.share.high <= 1


# What is published


def test_only_what_is_published_together_is_offered(small: Release):
    assert crossing.beside(small, ["gender"]) == [TIME, "ideology"]
    assert set(crossing.beside(small, ["ideology", "gender"])) == {TIME}
    assert crossing.times(small, ["ideology", "gender"]) == {"period", "all"}
    assert crossing.times(small, ["gender"]) == {"year", "period", "all"}  # from ideology by gender
    assert not crossing.times(small, ["gender", "source"])


def test_every_crossing_that_is_offered_has_every_number(example: Release):
    for rows in crossing.dimensions(example):
        for columns in [*crossing.beside(example, [rows]), NONE]:
            panels = [NONE] if columns == NONE else [NONE, *crossing.beside(example, [rows, columns])]
            for panel in panels:
                chosen = crossing.selection(example, {"rows": rows, "columns": columns, "panels": panel})
                assert (chosen.choice.rows, chosen.choice.columns, chosen.choice.panels) == (rows, columns, panel)
                shown = numbers(example, rows=rows, columns=columns, panels=panel)
                cells = crossing.cells(example, chosen.choice.dimensions, None, "en")
                assert shown
                laid = crossing.pivot(cells, chosen.choice, chosen.codes, chosen.period)
                assert all(cell is not None for p in laid for _, row in p.rows for cell in row)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(asked=ASKED)
def test_any_address_gives_a_table_that_is_published(example: Release, asked: dict[str, str]):
    chosen = crossing.selection(example, asked)
    found = crossing.cells(example, chosen.choice.dimensions, chosen.of, "da")
    panels = crossing.pivot(found, chosen.choice, chosen.codes, chosen.period, chosen.sort)
    listed = crossing.listed(panels)
    assert listed
    assert crossing.with_all(example, chosen.choice.dimensions)
    for dimension in chosen.choice.dimensions:
        assert set(chosen.codes[dimension]) <= {*codes_in_use(example, dimension), ALL}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100)
@given(asked=ASKED)
def test_the_pivot_is_the_tidy_rows_of_the_published_table(example: Release, asked: dict[str, str]):
    """Each number looked up in the release's own table, by another way: a polars filter."""
    chosen = crossing.selection(example, asked)
    of = chosen.choice.dimensions
    cells = crossing.listed(
        crossing.pivot(crossing.cells(example, of, None, "da"), chosen.choice, chosen.codes, chosen.period, chosen.sort)
    )
    assert len({(cell.period, cell.codes) for cell in cells}) == len(cells)
    name = crossing.with_all(example, of)[-1].name
    for cell in cells[:40]:
        matching = [
            queries.table(example, table.name).filter(
                pl.col("period") == cell.period,
                *(pl.col(d) == code for d, code in zip(of, cell.codes, strict=True)),
                *(pl.col(d) == ALL for d in table.dimensions if d not in of),
            )
            for table in crossing.with_all(example, of)
        ]
        rows = pl.concat([frame.select("n", "status", "lower", "upper") for frame in matching]).unique()
        assert rows.height == 1, (name, cell)
        assert rows.row(0)[0] == cell.count.n
        assert rows.row(0)[2:] == (cell.count.lower, cell.count.upper)

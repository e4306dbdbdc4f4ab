"""Real published tables with their totals and faults (files/SOURCE.md). All numbers are typed from them."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from data import codes, mapping
from data.read import read
from data.validate import Checked, validate

FILES = Path(__file__).parent / "files"
WIDE = ("uk_prevent_2015_16_AS_PUBLISHED_wide.csv", "uk_prevent_2015_16_wide.toml")
TIDY = ("uk_prevent_2015_16_stage_concern_quarter.csv", "uk_prevent_2015_16_tidy.toml")
SOUTH_EAST = ("uk_prevent_south_east_AS_PUBLISHED_dirty.csv", "uk_prevent_south_east.toml")

# Counted by hand. Referrals: 4 concerns over quarters, 4 quarters over concerns, the grand total twice: 10.
# Panel and channel have 3 concerns: 3 + 4 + 2 = 9 each.
SUMS = 10 + 9 + 9


def check(file: Path, toml: str) -> Checked:
    lists = codes.load()
    how = mapping.load(FILES / toml, lists)
    return validate(read(file, how), how, lists, date(2025, 6, 1))


def changed(tmp_path: Path, name: str, old: str, new: str) -> Path:
    """A copy of a file with `old` written as `new`, once."""
    text = (FILES / name).read_bytes().decode()
    assert text.count(old) == 1
    path = tmp_path / name
    path.write_bytes(text.replace(old, new).encode())
    return path


@pytest.mark.parametrize(("name", "toml"), [WIDE, TIDY])
def test_every_published_total_is_the_sum_of_its_parts(name, toml):
    checked = check(FILES / name, toml)
    assert checked.faults == ()
    assert checked.sums_checked == SUMS
    assert checked.sums_agreed == SUMS
    assert checked.bad_rows.is_empty()


@pytest.mark.parametrize(("name", "toml"), [WIDE, TIDY])
def test_the_cells_add_up_to_the_published_figures(name, toml):
    checked = check(FILES / name, toml)
    assert checked.by("stage").rows() == [
        ("channel_support", 381),
        ("discussed_at_panel", 1072),
        ("referral", 7631),
    ]
    referrals = checked.by("stage", "ideology").filter(pl.col("stage") == "referral").drop("stage")
    assert referrals.rows() == [
        ("militant_islamist", 4997),
        ("other", 702),
        ("right_wing", 759),
        ("unknown", 1173),
    ]
    quarters = checked.by("stage", "quarter").filter(pl.col("stage") == "discussed_at_panel")["count"]
    assert quarters.to_list() == [193, 146, 369, 364]
    assert checked.cells["year"].unique().to_list() == [2015]
    # 4 concerns and twice 3, by 4 quarters; among them the one that is written "-".
    assert checked.cells.height == 40
    assert checked.cells.filter(pl.col("count") == 0).height == 1


def test_a_changed_digit_in_a_cell_names_both_sums_that_it_breaks(tmp_path):
    """1,460 written as 1,461: the concern over its quarters, and the fourth quarter over its concerns."""
    checked = check(changed(tmp_path, WIDE[0], '"1,460"', '"1,461"'), WIDE[1])
    assert [(f.row, f.column, f.value, f.rule) for f in checked.faults] == [
        (2, "Total", "4,997", "total_differs"),
        (6, "Q4", "2,222", "total_differs"),
    ]
    over_quarters, over_concerns = (f.message for f in checked.faults)
    assert "over quarter" in over_quarters
    assert "ideology militant_islamist" in over_quarters
    assert "is 4997, but its 4 parts sum to 4998 (+1)" in over_quarters
    assert "over ideology" in over_concerns
    assert "quarter Q4" in over_concerns
    assert "is 2222, but its 4 parts sum to 2223 (+1)" in over_concerns
    assert checked.sums_checked == SUMS
    assert checked.sums_agreed == SUMS - 2


def test_a_changed_grand_total_is_named_once_for_each_way_to_sum_it(tmp_path):
    """381 written as 391: neither the four quarters nor the three concerns sum to it."""
    file = changed(tmp_path, TIDY[0], "channel_support,total,381,381", "channel_support,total,391,381")
    checked = check(file, TIDY[1])
    assert [(f.row, f.column, f.value) for f in checked.faults] == [
        (66, "count", "391"),
        (66, "count", "391"),
    ]
    assert "its 3 parts sum to 381 (-10)" in checked.faults[0].message
    assert "its 4 parts sum to 381 (-10)" in checked.faults[1].message
    assert all("stage channel_support" in f.message for f in checked.faults)


def test_totals_are_checked_within_each_value_of_an_extra_dimension(tmp_path):
    """A referral moved to the panel leaves the sum of all stages as it was, and breaks both stages."""
    file = changed(tmp_path, WIDE[0], "Discussed at Panel,Other,8,", "Discussed at Panel,Other,9,")
    file.write_bytes(file.read_bytes().replace(b"Prevent Referrals,Other,147,", b"Prevent Referrals,Other,146,"))
    checked = check(file, WIDE[1])
    assert {(f.row, f.column) for f in checked.faults} == {(4, "Total"), (6, "Q1"), (9, "Total"), (10, "Q1")}


def test_a_cell_that_cannot_be_read_leaves_its_sums_unchecked_and_no_others(tmp_path):
    checked = check(changed(tmp_path, WIDE[0], '"1,460"', "many"), WIDE[1])
    assert [(f.row, f.column, f.value, f.rule) for f in checked.faults] == [(2, "Q4", "many", "count_not_a_number")]
    assert checked.sums_checked == SUMS - 2
    assert checked.sums_agreed == SUMS - 2


def test_a_concern_that_is_not_known_leaves_in_doubt_what_it_may_belong_to(tmp_path):
    """It may be any of the concerns: all ten sums of the referrals wait until it is corrected."""
    file = changed(tmp_path, WIDE[0], "Prevent Referrals,Unspecified", "Prevent Referrals,Unspecifed")
    checked = check(file, WIDE[1])
    assert [(f.row, f.column, f.value) for f in checked.faults] == [(5, "Type of Concern", "Unspecifed")]
    assert 'nearest known one is "Unspecified"' in checked.faults[0].message
    assert checked.sums_checked == SUMS - 10
    assert checked.sums_agreed == SUMS - 10


def test_a_total_without_parts_is_a_fault(tmp_path):
    text = (FILES / TIDY[0]).read_bytes().decode()
    lines = [
        line for line in text.splitlines() if ",channel_support," not in line or ",FY,channel_support,total," in line
    ]
    path = tmp_path / TIDY[0]
    path.write_text("\n".join(lines) + "\n")
    checked = check(path, TIDY[1])
    assert [(f.row, f.value, f.rule) for f in checked.faults] == [(47, "381", "total_without_parts")]


def test_a_table_without_our_dimensions_can_be_checked_but_not_built():
    checked = check(FILES / WIDE[0], WIDE[1])
    assert not checked.buildable
    assert checked.records.is_empty()
    for name in ("resource_profile", "gender", "stage", "quarter"):
        assert name in checked.why_not


def test_the_south_east_table_is_refused_for_exactly_its_three_faults():
    checked = check(FILES / SOUTH_EAST[0], SOUTH_EAST[1])
    assert [(f.row, f.column, f.value, f.rule) for f in checked.faults] == [
        (2, "Financial year", "2019//20", "financial_year"),
        (3, "Financial year", "2020/19", "financial_year"),
        (7, "Financial year", "Grand total", "total_undeclared"),
    ]
    slashes, backwards, total = (f.message for f in checked.faults)
    assert '"2019//20" is no financial year' in slashes
    assert "the second year must follow the first" in backwards
    assert '[fields.year] total = "Grand total"' in total
    assert checked.bad_rows["#row"].to_list() == [2, 3, 7]
    assert checked.by("year").rows() == [(2021, 1115), (2022, 1106), (2023, 1200)]


def test_the_south_east_table_passes_when_its_faults_are_corrected_and_its_total_declared(tmp_path):
    """867 + 774 + 1,115 + 1,106 + 1,200 = 5,062, the published grand total."""
    text = (FILES / SOUTH_EAST[0]).read_bytes().decode()
    (tmp_path / "corrected.csv").write_text(text.replace("2019//20", "2019/20").replace("2020/19", "2020/21"))
    toml = (FILES / SOUTH_EAST[1]).read_text()
    toml = toml.replace('written = "financial"', 'written = "financial"\ntotal = "Grand total"')
    (tmp_path / "corrected.toml").write_text(toml)
    checked = check(tmp_path / "corrected.csv", str(tmp_path / "corrected.toml"))
    assert checked.faults == ()
    assert (checked.sums_checked, checked.sums_agreed) == (1, 1)
    assert checked.sums["published"].to_list() == [5062]

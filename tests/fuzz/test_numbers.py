"""Whatever the API is asked for, each number that it gives is the one that stands in the release, read here by hand."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlencode

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.browser.driver import Server
from tests.fuzz.bounds import BOUNDED
from tests.web.talk import ask
from ui.figure import figure_ids
from web.api import ROOT

# Where the numbers of a figure over the years stand: the table, what is fixed in it, and the column of the code.
OVER_YEARS = {
    "referrals_by_year": ("ideology_resource", {"ideology": "all"}, "resource_profile"),
    "grounded_by_year": ("assessment_ideology", {"ideology": "all"}, "assessment"),
    **dict.fromkeys(
        ("referrals_by_ideology", "share_by_ideology", "change_by_ideology"),
        ("ideology_resource", {"resource_profile": "all"}, "ideology"),
    ),
    "grounded_by_ideology": ("assessment_ideology", {"assessment": "grounded"}, "ideology"),
    **dict.fromkeys(
        ("referrals_by_resource", "share_by_resource", "change_by_resource"),
        ("ideology_resource", {"ideology": "all"}, "resource_profile"),
    ),
    "grounded_by_resource": ("assessment_resource", {"assessment": "grounded"}, "resource_profile"),
    **dict.fromkeys(
        ("referrals_by_outcome", "share_by_outcome"), ("ideology_outcome", {"ideology": "all"}, "outcome_group")
    ),
}
KEY = {
    "political": ("ideology_group", {"assessment": "all"}, "ideology_group"),
    "resource_strong": ("ideology_resource", {"ideology": "all"}, "resource_profile"),
}
CROSSED = {
    "ideology_by_resource": ("ideology_resource", "ideology", "resource_profile"),
    "ideology_by_outcome": ("ideology_outcome", "ideology", "outcome_group"),
    "resource_by_outcome": ("resource_outcome", "resource_profile", "outcome_group"),
    "assessment_by_outcome": ("assessment_outcome", "assessment", "outcome_group"),
}
YEARS = st.integers(2012, 2027).map(str)
CODES = st.lists(
    st.sampled_from(
        (
            *("all", "none", "militant_islamist", "right_wing", "left_wing", "anti_authority", "other", "unknown"),
            *("resource_strong", "mixed", "vulnerable", "political", "grounded", "intervention", "closed", "declined"),
        )
    ),
    max_size=4,
).map(",".join)
QUERY = st.dictionaries(
    st.sampled_from(
        ("lang", "first_year", "last_year", "years", "codes", "period", "row_codes", "column_codes", "release")
    ),
    st.one_of(CODES, YEARS, st.tuples(YEARS, YEARS).map("-".join), st.sampled_from(("da", "en", "", "-1", "2019.5"))),
    max_size=4,
)


@pytest.fixture(scope="module")
def release(example_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    """A copy of the release: other tests of this process may have opened it with settings of their own."""
    version = (example_folder / "current").read_text("utf-8").strip()
    copy = shutil.copy(example_folder / version / "vink.duckdb", tmp_path_factory.mktemp("numbers") / "vink.duckdb")
    return duckdb.connect(str(copy), read_only=True)


def stored(release: duckdb.DuckDBPyConnection, figure: str, row: Mapping[str, object]) -> tuple[object, ...]:
    """Count, least and most of the cell that a row of an answer is about."""
    if figure in CROSSED:
        table, *dimensions = CROSSED[figure]
        where = {name: row[name] for name in ("period", *dimensions)}
    else:
        table, fixed, column = KEY[str(row["code"])] if figure == "key_shares" else OVER_YEARS[figure]
        where = {"period": str(row["year"]), column: row["code"]} | fixed
    said = " and ".join(f"{name} = ?" for name in where)
    [found] = release.execute(f"select n, lower, upper from {table} where {said}", list(where.values())).fetchall()
    return found


@settings(BOUNDED, max_examples=150)
@given(figure=st.sampled_from(figure_ids()), query=QUERY)
def test_a_number_that_is_given_is_the_number_that_is_published(
    target: Server, release: duckdb.DuckDBPyConnection, figure: str, query: dict[str, str]
):
    got = ask(target, f"{ROOT}/figures/{figure}.json?{urlencode(query)}")
    assert got.status in (200, 400, 404), got.status
    if got.status != 200:
        return
    rows = json.loads(got.body)["rows"]
    assert rows
    for row in rows:
        n, least, most = stored(release, figure, row)
        assert row["n"] == n, row
        if row["status"] == "suppressed":
            assert (row["n"], row["lower"], row["upper"]) == (None, least, most), row


def test_what_is_asked_for_is_often_there(target: Server):
    """So the test above is not about refusals alone: one whole answer for each figure."""
    for figure in figure_ids():
        assert json.loads(ask(target, f"{ROOT}/figures/{figure}.json").body)["rows"]

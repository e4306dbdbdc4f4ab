"""The time until which a release is under embargo: given on the command line, kept in the release."""

import datetime as dt
import json
from pathlib import Path

import duckdb
import pytest

from data import build, codes, policy, release
from tests.conftest import EMBARGO
from tests.data.test_cli import folder, one_year, run  # noqa: F401 - a fixture among them


def test_the_time_stands_in_the_release_in_utc_with_the_version_that_it_follows(embargoed_folder: Path):
    told = json.loads((embargoed_folder / "2020.3" / "manifest.json").read_text("utf-8"))
    assert (told["publication_time"], told["follows"]) == ("2099-03-01T05:00:00+00:00", "2020.1")
    with duckdb.connect(str(embargoed_folder / "2020.3" / "vink.duckdb"), read_only=True) as con:
        assert con.sql("select publication_time from release").fetchall() == [("2099-03-01T05:00:00+00:00",)]
    first = json.loads((embargoed_folder / "2020.1" / "manifest.json").read_text("utf-8"))
    assert (first["publication_time"], first["follows"]) == (None, None)


def test_build_takes_the_time_and_says_who_sees_it_until_then(folder: Path):  # noqa: F811
    result = run("build", one_year(folder), "--version", "2026.1", "--publish-at", "2099-03-01T06:00+01:00")
    assert result.exit_code == 0, result.output
    assert "under embargo until 2099-03-01T05:00:00+00:00" in result.output
    assert release.publication_time(folder / "2026.1") == EMBARGO


@pytest.mark.parametrize(
    ("time", "said"),
    [
        ("2099-03-01T06:00", "lacks a time zone"),
        ("2099-03-01", "lacks a time zone"),
        ("tomorrow", "is no time"),
        ("1. marts 2099 kl. 6", "is no time"),
        ("2020-03-01T06:00+01:00", "has passed"),
    ],
)
def test_a_time_that_is_none_or_lacks_its_zone_or_has_passed_stops_the_build(
    folder: Path,  # noqa: F811
    time: str,
    said: str,
):
    result = run("build", one_year(folder), "--version", "2026.1", "--publish-at", time)
    assert result.exit_code == 1
    assert said in result.output
    assert not folder.exists() or not list(folder.glob("2026*"))


def test_a_release_that_would_be_public_before_one_under_embargo_is_not_built(tmp_path: Path):
    """Its notes and what it knows of earlier releases would give that one away."""
    (tmp_path / "2026.1").mkdir()
    (tmp_path / "2026.1" / "manifest.json").write_text(
        '{"kind": "real", "publication_time": "2099-03-01T05:00:00+00:00"}'
    )
    (tmp_path / "current").write_text("2026.1")
    now = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    for publish_at in (None, EMBARGO - dt.timedelta(seconds=1)):
        with pytest.raises(build.BuildError, match=r"2026\.1 is under embargo until 2099"):
            build._following(tmp_path, release.About("2026.2", "real", now, publication_time=publish_at))
    later = build._following(tmp_path, release.About("2026.2", "real", now, publication_time=EMBARGO))
    assert later.follows == "2026.1"


def test_an_embargo_changes_no_number_and_no_protection(embargoed_folder: Path, grown_folder: Path, tmp_path: Path):
    """The same records with and without an embargo: the tables are the same, row by row."""
    from tests.conftest import SMALL, _build_small

    _build_small(tmp_path, "2020.1", SMALL, EMBARGO)
    lists = codes.load()
    for table in policy.load(lists).tables:
        pair = []
        for home in (tmp_path / "2020.1", grown_folder / "2020.1"):
            with duckdb.connect(str(home / "vink.duckdb"), read_only=True) as con:
                pair.append(con.sql(f'select * from "{table.name}" order by all').fetchall())
        assert pair[0] == pair[1] != []

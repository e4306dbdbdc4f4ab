"""A release under embargo: until its time it isn't there, for all but the readers who may see it."""

import datetime as dt
import hashlib
import json
import shutil
from pathlib import Path

import duckdb
import pytest

import queries
from queries import DamagedReleaseError, NoReleaseError, NothingPublicError
from tests.conftest import EMBARGO
from ui import caution

SECOND = dt.timedelta(seconds=1)


@pytest.fixture
def releases(embargoed_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of one's own: 2020.1 is public, 2020.3 follows it at EMBARGO."""
    shutil.copytree(embargoed_folder, tmp_path, dirs_exist_ok=True)
    monkeypatch.setenv("VINK_RELEASES", str(tmp_path))
    return tmp_path


def at(monkeypatch: pytest.MonkeyPatch, moment: dt.datetime) -> None:
    monkeypatch.setattr(queries, "now", lambda: moment)


def change(home: Path, **manifest: object) -> None:
    told = json.loads((home / "manifest.json").read_text("utf-8")) | manifest
    (home / "manifest.json").write_text(json.dumps(told), "utf-8")


def test_before_its_time_a_release_is_as_if_it_were_not_there(releases: Path, monkeypatch: pytest.MonkeyPatch):
    at(monkeypatch, EMBARGO - SECOND)
    assert (queries.versions(), queries.current()) == (["2020.1"], "2020.1")
    with pytest.raises(NoReleaseError) as missing:
        queries.open_release("2020.3")
    with pytest.raises(NoReleaseError) as never:
        queries.open_release("2020.9")
    assert (type(missing.value), str(missing.value)[:-1]) == (type(never.value), str(never.value)[:-1])


def test_readers_with_the_right_see_it_before_its_time(releases: Path, monkeypatch: pytest.MonkeyPatch):
    at(monkeypatch, EMBARGO - SECOND)
    assert queries.versions(embargoed=True) == ["2020.1", "2020.3"]
    opened = queries.open_release(queries.current(embargoed=True), embargoed=True)
    assert (opened.version, opened.publication_time, opened.embargoed) == ("2020.3", EMBARGO, True)


def test_it_appears_when_the_clock_passes_and_hides_when_the_clock_is_set_back(
    releases: Path, monkeypatch: pytest.MonkeyPatch
):
    seen = []
    for moment in (EMBARGO - SECOND, EMBARGO, EMBARGO - SECOND, EMBARGO + SECOND):
        at(monkeypatch, moment)
        seen.append((queries.current(), queries.versions()))
    hidden, shown = ("2020.1", ["2020.1"]), ("2020.3", ["2020.1", "2020.3"])
    assert seen == [hidden, shown, hidden, shown]
    assert not queries.open_release("2020.3").embargoed


def test_only_the_moment_counts_and_not_how_a_clock_writes_it(releases: Path, monkeypatch: pytest.MonkeyPatch):
    """06.00 in Copenhagen in winter is 05.00 in London and 14.00 in Tokyo."""
    for hours, clock in ((0, 5), (9, 14), (-5, 0)):
        moment = dt.datetime(2099, 3, 1, clock, tzinfo=dt.timezone(dt.timedelta(hours=hours)))
        at(monkeypatch, moment)
        assert queries.current() == "2020.3"
        at(monkeypatch, moment - SECOND)
        assert queries.current() == "2020.1"


def test_a_chain_of_embargoes_falls_back_to_the_last_public_release(releases: Path, monkeypatch: pytest.MonkeyPatch):
    shutil.copytree(releases / "2020.3", releases / "2020.4")
    later = EMBARGO + dt.timedelta(days=1)
    change(releases / "2020.4", publication_time=later.isoformat(), follows="2020.3")
    (releases / "current").write_text("2020.4", "utf-8")
    for moment, version in ((EMBARGO - SECOND, "2020.1"), (EMBARGO, "2020.3"), (later, "2020.4")):
        at(monkeypatch, moment)
        assert queries.current() == version


@pytest.mark.parametrize("follows", [None, "2020.3", 7])
def test_the_first_release_under_embargo_is_nothing_public_yet_and_no_reason_to_make_an_example(
    releases: Path, monkeypatch: pytest.MonkeyPatch, follows: object
):
    at(monkeypatch, EMBARGO - SECOND)
    change(releases / "2020.3", follows=follows)
    with pytest.raises(NothingPublicError):
        queries.current()


@pytest.mark.parametrize("time", ["soon", "2020-01-01T00:00:00", "2020-01-01", 0, True, ""])
def test_a_release_whose_time_cannot_be_read_is_not_public(releases: Path, time: object):
    change(releases / "2020.3", publication_time=time)
    assert (queries.versions(), queries.current()) == (["2020.1"], "2020.1")


def test_a_manifest_that_was_given_another_time_opens_nothing(releases: Path):
    """The database says it too, and the manifest holds the database's hash: both would have to be changed."""
    change(releases / "2020.3", publication_time="2020-01-01T00:00:00+00:00")
    with pytest.raises(DamagedReleaseError) as problem:
        queries.open_release("2020.3")
    assert problem.value.reason == "damaged"
    change(releases / "2020.3", publication_time=None)
    with pytest.raises(DamagedReleaseError):
        queries.open_release("2020.3")


def test_a_release_that_was_built_before_there_were_embargoes_is_public(releases: Path):
    home = releases / "2020.1"
    with duckdb.connect(str(home / "vink.duckdb")) as con:
        con.execute("alter table release drop column publication_time")
    told = json.loads((home / "manifest.json").read_text("utf-8"))
    del told["publication_time"], told["follows"]
    told["files"]["vink.duckdb"] = hashlib.sha256((home / "vink.duckdb").read_bytes()).hexdigest()
    (home / "manifest.json").write_text(json.dumps(told), "utf-8")
    opened = queries.open_release("2020.1")
    assert (opened.version, opened.publication_time, opened.embargoed) == ("2020.1", None, False)


def test_the_mark_says_until_when_by_the_clock_in_copenhagen_and_goes_when_the_time_comes(
    releases: Path, monkeypatch: pytest.MonkeyPatch
):
    at(monkeypatch, EMBARGO - SECOND)
    opened = queries.open_release("2020.3", embargoed=True)
    assert caution.mark(opened, "da") == ("EMBARGO indtil 1. marts 2099 kl. 06.00 – må ikke citeres eller gives videre")
    assert "1 March 2099 at 06:00" in caution.mark(opened, "en")
    summer = dt.datetime(2026, 7, 1, 4, 30, tzinfo=dt.UTC)
    assert caution.moment(summer, "da") == "1. juli 2026 kl. 06.30"
    at(monkeypatch, EMBARGO)
    assert caution.mark(opened, "da") == ""

"""A release under embargo, by the HTTP API: not there for others, marked and never cached for those who may see it."""

import csv
import datetime as dt
import io
from pathlib import Path

import openpyxl
import pytest

import queries
from tests.conftest import EMBARGO
from tests.web.client import Client
from ui import doors, method, takeaway
from ui.answer import answer
from web import gate

SECOND = dt.timedelta(seconds=1)
FIGURE = "/figures/referrals_by_year.csv?lang=en"


@pytest.fixture
def asked(server: Client, embargoed_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Client:
    """The server over 2020.1, which is public, and 2020.3, which isn't for another second."""
    monkeypatch.setenv("VINK_RELEASES", str(embargoed_folder))
    monkeypatch.setattr(queries, "now", lambda: EMBARGO - SECOND)
    return server


def numbers(client: Client, address: str = FIGURE) -> dict[str, str]:
    rows = csv.DictReader(io.StringIO(client.get(address).body.decode("utf-8-sig")))
    return {row["year"]: row["n"] for row in rows}


def test_to_others_it_is_not_there_at_any_address(asked: Client):
    """35 referrals of 2019 are public, 46 are not: 11 more."""
    assert numbers(asked) == {"2018": "27", "2019": "35"}
    assert [one["version"] for one in asked.get("/releases").json()["releases"]] == ["2020.1"]
    assert b"2020.3" not in asked.get("/?lang=en").body
    for path in ("/figures", "/codes", "/openapi.json", "/", "/figures/key_shares.json", "/figures/key_shares.png"):
        got, never = (asked.get(f"{path}?release={version}") for version in ("2020.3", "2020.9"))
        assert got.status == 404
        assert got.body.replace(b"2020.3", b"2020.9") == never.body
        assert got.json()["allowed"] == ["2020.1"]


def test_it_appears_without_a_restart_and_a_clock_set_back_hides_it(asked: Client, monkeypatch: pytest.MonkeyPatch):
    seen = []
    for moment in (EMBARGO, EMBARGO - SECOND, EMBARGO + SECOND):
        monkeypatch.setattr(queries, "now", lambda moment=moment: moment)
        seen.append((numbers(asked)["2019"], asked.get("/codes?release=2020.3").status))
    assert seen == [("46", 200), ("35", 404), ("46", 200)]


def test_those_who_may_see_it_get_it_marked_and_nothing_keeps_it(asked: Client, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(gate, "sees_embargo", lambda request: True)
    assert numbers(asked)["2019"] == "46"
    mark = "EMBARGO until 1 March 2099 at 06:00 Copenhagen time – must not be quoted or passed on"
    (note,) = {row["note"] for row in csv.DictReader(io.StringIO(asked.get(FIGURE).body.decode("utf-8-sig")))}
    assert note == mark
    assert asked.get("/figures/key_shares.json?lang=en").json()["mark"] == mark
    assert mark in asked.get("/figures/key_shares.svg?lang=en").body.decode()
    sheet = openpyxl.load_workbook(io.BytesIO(asked.get("/figures/key_shares.xlsx?lang=en").body)).worksheets[0]
    assert mark in [cell.value for row in sheet.iter_rows() for cell in row]
    assert mark in asked.get("/?lang=en").body.decode()
    for path in (FIGURE, "/", "/releases", "/figures", "/codes", "/openapi.json", f"{FIGURE}&release=2020.3"):
        assert asked.get(path).headers["cache-control"] == "no-store", path
    public = asked.get(f"{FIGURE}&release=2020.1")
    assert public.headers["cache-control"] != "no-store"
    assert b"EMBARGO" not in public.body


def test_a_file_that_was_made_under_embargo_loses_its_mark_when_the_time_comes(
    asked: Client, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(gate, "sees_embargo", lambda request: True)
    assert b"EMBARGO" in asked.get(FIGURE).body
    monkeypatch.setattr(queries, "now", lambda: EMBARGO)
    assert b"EMBARGO" not in asked.get(FIGURE).body


def test_where_nothing_is_public_yet_the_answer_says_so_and_no_more(
    asked: Client, embargoed_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "2020.3").symlink_to(embargoed_folder / "2020.3")
    (tmp_path / "current").write_text("2020.3", "utf-8")
    monkeypatch.setenv("VINK_RELEASES", str(tmp_path))
    # What it follows isn't here, as where it was the first.
    monkeypatch.setattr(queries, "_told", lambda home: {"publication_time": EMBARGO.isoformat()})
    got = asked.get(FIGURE)
    assert (got.status, got.json()["detail"]) == (404, "No figures have been published yet.")


def test_beside_a_public_release_too_the_figures_of_one_under_embargo_are_marked(
    asked: Client, monkeypatch: pytest.MonkeyPatch
):
    """Who looks at 2020.1 is told what 2020.3 says, on the page and in the notes: 46 referrals of 2019, not 35."""
    public, hidden = queries.open_release("2020.1"), queries.open_release("2020.3", embargoed=True)
    mark = "EMBARGO until 1 March 2099 at 06:00 Copenhagen time – must not be quoted or passed on"
    said, _ = takeaway.compared(answer(public, "referrals_by_year", "en"), hidden)
    assert (mark in said, "46" in said) == (True, True)
    assert method.revisions(public, "en") == []
    monkeypatch.setattr(doors, "sees_embargo", lambda: True)
    ((version, notes),) = method.revisions(public, "en")
    assert (version, notes.startswith(f"**{mark}**"), "| 46 |" in notes) == ("2020.3", True, True)
    monkeypatch.setattr(queries, "now", lambda: EMBARGO)
    assert mark not in takeaway.compared(answer(public, "referrals_by_year", "en"), hidden)[0]

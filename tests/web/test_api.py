"""The HTTP API: every figure in every form at a fixed address, with the headers that caches and programs go by."""

import csv
import gzip
import io
import json
import re
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor, as_completed
from html.parser import HTMLParser
from itertools import islice
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from PIL import Image

from tests.web.client import Client, Got, served
from tests.web.conftest import NEW, OLD
from ui import picture
from ui.figure import CROSSES, FIGURES, figure_ids
from ui.text import LANGUAGES, text
from web import api, files
from web.files import BY_KEY, Kept
from web.reply import Body

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TYPES = {
    "csv": ("text/csv; charset=utf-8", b"\xef\xbb\xbf"),
    "json": ("application/json", b"{"),
    "xlsx": (XLSX, b"PK\x03\x04"),
    "svg": ("image/svg+xml; charset=utf-8", b"<svg "),
    "png": ("image/png", b"\x89PNG\r\n\x1a\n"),
}
LISTS = ("/", "/figures", "/releases", "/codes", "/openapi.json")


def rows(got: Got) -> list[dict[str, str]]:
    """The rows of an English CSV file."""
    return list(csv.DictReader(io.StringIO(got.body.decode("utf-8-sig"))))


# Files


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("form", TYPES)
@pytest.mark.parametrize("figure", figure_ids())
def test_every_figure_comes_in_every_form_and_language(client: Client, figure: str, form: str, lang: str):
    got = client.get(f"/figures/{figure}.{form}?lang={lang}")
    assert got.status == 200
    assert (got.headers["content-type"], got.body[: len(TYPES[form][1])]) == TYPES[form]
    assert got.headers["content-language"] == lang
    assert got.headers["x-content-type-options"] == "nosniff"
    assert f'filename="vink-{figure}-{NEW}-{lang}.{form}"' in got.headers["content-disposition"]
    assert int(got.headers["content-length"]) == len(got.body)


def test_the_api_has_the_forms_that_the_pages_have():
    assert BY_KEY.keys() == TYPES.keys()


def test_a_file_holds_the_numbers_that_were_counted_by_hand(client: Client):
    """2018: 7 of 22 that are not pending are grounded (5 are pending); 2019: 12 + 8 of 35; 2020: 11 of 44."""
    found = rows(client.get("/figures/grounded_by_year.csv?lang=en"))
    assert [(r["year"], r["n"], r["base"]) for r in found] == [
        ("2018", "7", "22"),
        ("2019", "20", "35"),
        ("2020", "11", "44"),
    ]


def test_years_and_codes_choose_what_is_in_the_file(client: Client):
    address = "/figures/referrals_by_ideology.csv?first_year=2018&last_year=2019&codes=right_wing,left_wing&lang=en"
    found = {(r["year"], r["code"]): r["n"] for r in rows(client.get(address))}
    assert found == {
        ("2018", "right_wing"): "13",
        ("2018", "left_wing"): "0",
        ("2019", "right_wing"): "10",
        ("2019", "left_wing"): "12",
    }


def test_a_crossed_figure_takes_a_period_rows_and_columns(client: Client):
    address = (
        "/figures/ideology_by_resource.json?period=2019&row_codes=left_wing,militant_islamist"
        "&column_codes=resource_strong,vulnerable"
    )
    found = {(r["ideology"], r["resource_profile"]): r["n"] for r in client.get(address).json()["rows"]}
    assert found == {
        ("left_wing", "resource_strong"): 12,
        ("left_wing", "vulnerable"): 0,
        ("left_wing", "all"): 12,
        ("militant_islamist", "resource_strong"): 0,
        ("militant_islamist", "vulnerable"): 8,
        ("militant_islamist", "all"): 8,
        ("all", "resource_strong"): 12,
        ("all", "vulnerable"): 18,
        ("all", "all"): 35,
    }


def test_without_parameters_it_is_danish_and_the_current_release(client: Client):
    got = client.get("/figures/referrals_by_year.json").json()
    assert (got["language"], got["release"]["version"]) == ("da", NEW)
    assert [r["n"] for r in got["rows"]] == [27, 35, 44]


def test_a_picture_and_a_workbook_open(client: Client):
    picture = Image.open(io.BytesIO(client.get("/figures/grounded_by_year.png").body))
    assert (picture.format, picture.width) == ("PNG", 1800)
    book = openpyxl.load_workbook(io.BytesIO(client.get("/figures/grounded_by_year.xlsx").body))
    assert text("figures.grounded_by_year.title", "da") == book.worksheets[0]["A1"].value


def test_an_example_carries_its_mark_in_every_text(
    client: Client, marked_folder: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("VINK_RELEASES", str(marked_folder))
    for path in (
        "/",
        "/figures",
        "/releases",
        "/codes",
        *(f"/figures/key_shares.{form}" for form in ("csv", "json", "svg")),
    ):
        assert text("site.example_mark", "en") in client.get(f"{path}?lang=en").body.decode(), path


# Links and caches


def test_an_address_with_a_release_still_says_the_same_when_a_newer_one_is_current(
    client: Client, small_folder: Path, monkeypatch: pytest.MonkeyPatch
):
    address = f"/figures/grounded_by_year.csv?lang=en&release={OLD}"
    now = client.get(address)
    monkeypatch.setenv("VINK_RELEASES", str(small_folder))
    before = client.get(address)
    assert before.body == now.body
    assert before.headers["etag"] == now.headers["etag"]
    assert [r["year"] for r in rows(now)] == ["2018", "2019"]


def test_only_an_address_with_a_release_may_be_kept_for_good(client: Client):
    pinned = client.get(f"/figures/key_shares.csv?release={NEW}")
    assert pinned.headers["cache-control"] == "public, max-age=31536000, immutable"
    for path in ("/figures/key_shares.csv", *LISTS, f"/figures?release={NEW}"):
        assert client.get(path).headers["cache-control"] == "public, max-age=60, must-revalidate", path


@pytest.mark.parametrize(
    ("asked", "canonical"),
    [
        ("key_shares.csv", "key_shares.csv?lang=da&release=2021.1"),
        ("key_shares.csv?release=2020.1&lang=en", "key_shares.csv?lang=en&release=2020.1"),
        (
            "referrals_by_ideology.json?codes=left_wing,right_wing&last_year=2020&first_year=2019",
            "referrals_by_ideology.json?first_year=2019&codes=right_wing,left_wing&lang=da&release=2021.1",
        ),
        (
            "ideology_by_outcome.json?lang=en&period=2019&column_codes=closed",
            "ideology_by_outcome.json?period=2019&column_codes=closed&lang=en&release=2021.1",
        ),
    ],
)
def test_every_file_names_the_address_that_always_returns_it(client: Client, asked: str, canonical: str):
    got = client.get(f"/figures/{asked}")
    link = re.match(r'<([^>]+)>; rel="canonical"', got.headers["link"])
    assert link and link[1] == f"/api/v1/figures/{canonical}"
    assert client.get(link[1]).body == got.body


def test_a_file_names_the_address_that_will_return_the_newest(client: Client):
    got = client.get(f"/figures/key_shares.csv?release={OLD}&first_year=2019")
    assert '</api/v1/figures/key_shares.csv?first_year=2019&lang=da>; rel="latest-version"' in got.headers["link"]


@pytest.mark.parametrize("path", [*LISTS, *(f"/figures/grounded_by_year.{form}" for form in TYPES)])
def test_who_has_it_already_gets_304_and_nothing_else(client: Client, path: str):
    first = client.get(path)
    tag = first.headers["etag"]
    assert re.fullmatch(r'"[\w.%-]+"', tag)
    for asked in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = client.get(path, if_none_match=asked)
        assert (again.status, again.body) == (304, b"")
        for name in ("etag", "cache-control", "vary", "content-language", "link"):
            assert again.headers[name] == first.headers[name], name
    for asked in ('"other"', tag.strip('"'), ""):
        assert client.get(path, if_none_match=asked).status == 200


def test_a_tag_names_the_release_and_changes_with_it(client: Client):
    tags = {release: client.get(f"/figures/key_shares.csv?release={release}").headers["etag"] for release in (OLD, NEW)}
    assert all(tag.startswith(f'"{release}-') for release, tag in tags.items())
    assert tags[OLD].removeprefix(f'"{OLD}') != tags[NEW].removeprefix(f'"{NEW}')


@pytest.mark.parametrize("form", TYPES)
def test_a_file_that_is_made_again_is_the_same_to_the_last_byte(client: Client, form: str):
    path = f"/figures/ideology_by_resource.{form}"
    once = client.get(path)
    picture._svg.cache_clear()
    with served() as other:  # nothing kept there
        again = other.get(path, host=client.url.removeprefix("http://"))
    assert (again.body, again.headers["etag"]) == (once.body, once.headers["etag"])


def test_text_comes_packed_to_who_unpacks_it_under_a_tag_of_its_own(client: Client):
    path = "/figures/grounded_by_year.csv"
    plain, packed = client.get(path), client.get(path, accept_encoding="gzip, br")
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    assert packed.headers["etag"] != plain.headers["etag"]
    assert plain.headers["vary"] == packed.headers["vary"] == "Accept-Encoding"
    assert client.get(path, accept_encoding="gzip", if_none_match=packed.headers["etag"]).status == 304
    assert "content-encoding" not in client.get("/figures/grounded_by_year.png", accept_encoding="gzip").headers


@pytest.mark.parametrize("path", [*LISTS, "/figures/grounded_by_year.xlsx"])
def test_head_says_what_get_would(client: Client, path: str):
    got, head = client.get(path), client.get(path, "HEAD")
    assert (head.status, head.body) == (200, b"")
    kept = ("etag", "content-type", "content-length", "cache-control")
    assert [head.headers[name] for name in kept] == [got.headers[name] for name in kept]


def test_links_in_a_file_begin_with_the_site_and_never_with_what_can_be_no_host(client: Client):
    path = "/figures/key_shares.json"
    assert client.get(path, host="vink.example:8443").json()["link"].startswith("http://vink.example:8443/overview?")
    for host in ("a b", "x@evil.example", "evil.example/x?", "<b>", "", "a" * 300):
        assert client.get(path, host=host).json()["link"].startswith("/overview?"), host


# Lists


def test_the_list_of_figures_has_all_with_their_filters_and_files(client: Client):
    listed = {one["id"]: one for one in client.get("/figures?lang=en").json()["figures"]}
    assert tuple(listed) == figure_ids()
    assert listed["grounded_by_year"]["title"] == "Share of referrals that are grounded"
    assert listed["grounded_by_year"]["filters"]["first_year"] == {"choose": "one", "allowed": ["2018", "2019", "2020"]}
    assert listed["ideology_by_outcome"]["filters"].keys() == {"period", "row_codes", "column_codes"}
    for one in listed.values():
        for form, address in one["files"].items():
            assert address.startswith(client.url)
            if form in ("csv", "json"):
                assert client.get(address.removeprefix(client.url)).status == 200


@pytest.mark.parametrize("figure", figure_ids())
def test_whatever_is_listed_as_allowed_is_answered(client: Client, figure: str):
    listed = {one["id"]: one for one in client.get("/figures").json()["figures"]}[figure]
    for name, choice in listed["filters"].items():
        for value in [*choice["allowed"], *([",".join(choice["allowed"])] if choice["choose"] == "several" else [])]:
            assert client.get(f"/figures/{figure}.json?{name}={value}").status == 200, (name, value)


def test_the_list_of_releases_says_which_is_current(client: Client):
    listed = client.get("/releases").json()["releases"]
    assert [(one["version"], one["current"], one["last_year"]) for one in listed] == [
        (OLD, False, 2019),
        (NEW, True, 2020),
    ]


def test_the_list_of_codes_has_their_names_in_the_language_asked_for(client: Client):
    for lang, word in (("da", "Højreekstremisme"), ("en", "Right-wing extremism")):
        got = client.get(f"/codes?lang={lang}").json()
        ideology = next(one for one in got["dimensions"] if one["dimension"] == "ideology")
        named = {code["code"]: code for code in ideology["codes"]}
        assert named["right_wing"]["label"] == word
        assert named["anti_authority"]["first_year"] == 2021
        assert [*named] == ["militant_islamist", "right_wing", "left_wing", "anti_authority", "other", "unknown"]


# What is wrong, and what is allowed


YEARS = ["2018", "2019", "2020"]
IDEOLOGIES = ["militant_islamist", "right_wing", "left_wing", "other", "unknown"]
WRONG = [
    ("referrals_by_year.csv?first_year=2017", "first_year", "2017", YEARS),
    ("referrals_by_year.csv?first_year=", "first_year", "", YEARS),
    ("referrals_by_year.csv?first_year=%D9%A2%D9%A0%D9%A1%D9%A8", "first_year", "\u0662\u0660\u0661\u0668", YEARS),
    ("referrals_by_year.csv?last_year=2019.0", "last_year", "2019.0", YEARS),
    ("referrals_by_year.csv?first_year=2020&last_year=2019", "last_year", "2019", ["2020"]),
    ("referrals_by_year.csv?lang=de", "lang", "de", ["da", "en"]),
    ("referrals_by_year.csv?lang=", "lang", "", ["da", "en"]),
    ("referrals_by_year.csv?lang=da&lang=en", "lang", "en", None),
    ("referrals_by_year.csv?years=2018", "years", "2018", ["lang", "release", "first_year", "last_year", "codes"]),
    ("referrals_by_year.csv?period=2018", "period", "2018", ["lang", "release", "first_year", "last_year", "codes"]),
    ("referrals_by_year.csv?%00=1", "\x00", "1", ["lang", "release", "first_year", "last_year", "codes"]),
    ("referrals_by_ideology.csv?codes=", "codes", "", IDEOLOGIES),
    ("referrals_by_ideology.csv?codes=right_wing,", "codes", "right_wing,", IDEOLOGIES),
    ("referrals_by_ideology.csv?codes=anti_authority", "codes", "anti_authority", IDEOLOGIES),
    ("referrals_by_ideology.csv?codes=right_wing,right_wing", "codes", "right_wing,right_wing", IDEOLOGIES),
    ("referrals_by_ideology.csv?codes=';drop table x", "codes", "';drop table x", IDEOLOGIES),
    (
        "ideology_by_outcome.csv?first_year=2018",
        "first_year",
        "2018",
        ["lang", "release", "period", "row_codes", "column_codes"],
    ),
    ("ideology_by_outcome.csv?period=2017", "period", "2017", None),
    ("ideology_by_outcome.csv?row_codes=all", "row_codes", "all", IDEOLOGIES),
]


@pytest.mark.parametrize(("path", "parameter", "value", "allowed"), WRONG, ids=[path for path, *_ in WRONG])
def test_a_wrong_parameter_is_named_with_what_is_allowed(
    client: Client, path: str, parameter: str, value: str, allowed: list[str] | None
):
    got = client.get(f"/figures/{path.replace(' ', '%20')}")
    problem = got.json()
    assert (got.status, got.headers["content-type"]) == (400, "application/problem+json")
    assert (problem["status"], problem["parameter"], problem["value"]) == (400, parameter, value)
    assert allowed is None or problem["allowed"] == allowed
    assert parameter in problem["detail"]
    assert got.headers["cache-control"] == "no-store"


def test_a_problem_speaks_the_language_asked_for(client: Client):
    english, danish = (client.get(f"/figures/key_shares.csv?first_year=1&lang={lang}") for lang in ("en", "da"))
    assert english.json()["detail"] == "“first_year” cannot be “1”. It may be: 2018, 2019, 2020."
    assert danish.json()["detail"] == "»first_year« kan ikke være »1«. Mulighederne er: 2018, 2019, 2020."
    assert (english.headers["content-language"], danish.headers["content-language"]) == ("en", "da")


@pytest.mark.parametrize(
    ("path", "parameter", "allowed"),
    [
        ("/figures/nothing.csv", "figure", [*FIGURES, *CROSSES]),
        ("/figures/nothing", "figure", [*FIGURES, *CROSSES]),
        ("/figures/.csv", "figure", [*FIGURES, *CROSSES]),
        ("/figures/key_shares", "form", [*TYPES]),
        ("/figures/key_shares.", "form", [*TYPES]),
        ("/figures/key_shares.pdf", "form", [*TYPES]),
        ("/figures/key_shares.CSV", "form", [*TYPES]),
        ("/figures/key_shares.csv?release=2019.1", "release", [OLD, NEW]),
        ("/figures?release=..", "release", [OLD, NEW]),
        ("/codes?release=", "release", [OLD, NEW]),
        ("/codes?release=%2Fetc%2Fpasswd", "release", [OLD, NEW]),
        (f"/codes?release={'a' * 900}", "release", [OLD, NEW]),
    ],
)
def test_what_there_is_not_is_404_with_what_there_is(client: Client, path: str, parameter: str, allowed: list[str]):
    got = client.get(path)
    assert (got.status, got.headers["content-type"]) == (404, "application/problem+json")
    assert got.json()["parameter"] == parameter
    assert sorted(got.json()["allowed"]) == sorted(allowed)
    assert len(got.json()["value"]) < 110


@pytest.mark.parametrize(
    "path",
    ["/api/v2", "/api/v1/nothing", "/api/v1/figures/", "/api/v1/figures/a/b.csv", "/api/v1//", "/api/%2e%2e/overview"],
)
def test_any_other_address_below_api_is_404_for_a_program(client: Client, path: str):
    got = client.get(path)
    assert (got.status, got.headers["content-type"]) == (404, "application/problem+json")


@pytest.mark.parametrize("path", ["/api", "/api/", "/api/v1"])
def test_a_shorter_address_leads_to_the_page_about_the_api(client: Client, path: str):
    got = client.get(f"{path}?lang=en")
    assert (got.status, got.headers["location"]) == (308, "/api/v1/?lang=en")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
@pytest.mark.parametrize("path", [*LISTS, "/figures/key_shares.csv"])
def test_an_address_can_only_be_read(client: Client, path: str, method: str):
    got = client.get(path, method)
    assert (got.status, got.json()["status"]) == (405, 405)
    assert sorted(got.headers["allow"].split(", ")) == ["GET", "HEAD"]


def test_a_query_that_is_too_long_is_not_read(client: Client):
    got = client.get(f"/figures/key_shares.csv?codes={'a' * 1000}")
    assert (got.status, got.json()["status"]) == (414, 414)


def test_without_a_release_the_answer_is_503_and_says_why(
    server: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("VINK_RELEASES", str(tmp_path))
    for path in ("/figures", "/codes", "/openapi.json", "/figures/key_shares.csv"):
        got = server.get(f"{path}?lang=en")
        assert (got.status, got.headers["retry-after"]) == (503, "60")
        assert got.json()["detail"] == text("api.problem.no_release", "en")
    page = server.get("/?lang=en")
    assert (page.status, page.headers["content-type"]) == (503, "text/html; charset=utf-8")
    assert text("api.problem.no_release", "en") in page.body.decode()
    assert server.get("/releases").json() == {"releases": []}


def test_a_damaged_release_is_503_and_the_others_are_answered(
    server: Client, two_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    folder = tmp_path / "releases"
    shutil.copytree(two_folder, folder)
    (folder / NEW / "vink.duckdb").write_bytes(b"not what the build wrote")
    monkeypatch.setenv("VINK_RELEASES", str(folder))
    for path in ("/codes?lang=en", f"/codes?lang=en&release={NEW}"):
        got = server.get(path)
        assert (got.status, got.json()["detail"]) == (503, text("api.problem.damaged", "en", version=NEW))
    assert server.get(f"/codes?release={OLD}").status == 200
    listed = server.get("/releases").json()["releases"]
    assert [(one["version"], one["readable"], one["current"]) for one in listed] == [
        (OLD, True, False),
        (NEW, False, True),
    ]


def test_a_newer_release_than_the_program_reads_is_503(
    server: Client, small_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    shutil.copytree(small_folder, tmp_path, dirs_exist_ok=True)
    manifest = tmp_path / OLD / "manifest.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text("utf-8")) | {"schema_version": 999}), "utf-8")
    monkeypatch.setenv("VINK_RELEASES", str(tmp_path))
    assert server.get("/codes?lang=en").json()["detail"] == text("api.problem.newer", "en", version=OLD)


def test_our_own_fault_is_500_and_tells_nothing_of_the_code(client: Client, monkeypatch: pytest.MonkeyPatch):
    def broken(_: Any) -> bytes:
        raise RuntimeError("a secret")

    broken_form = files.Form("csv", "text/csv", "", broken)
    monkeypatch.setitem(files.BY_KEY, "csv", broken_form)
    got = client.get("/figures/referrals_by_outcome.csv?first_year=2020&lang=en")
    assert (got.status, got.headers["content-type"]) == (500, "application/problem+json")
    assert got.json()["detail"] == text("api.problem.our_fault", "en")
    assert b"secret" not in got.body


@pytest.mark.parametrize("path", [*LISTS, "/figures/key_shares.csv", "/figures/nothing.csv"])
def test_every_address_asks_whether_it_may_answer(client: Client, path: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(api, "allowed", lambda request: False)
    got = client.get(path)
    assert (got.status, got.json()["status"]) == (401, 401)
    assert got.headers["cache-control"] == "no-store"


# Many at once


def test_sixteen_at_once_get_what_each_asked_for(client: Client):
    """Languages, releases and forms mixed: each answer is the one that a lone asker gets."""
    addresses = [
        f"/figures/{figure}.{form}?lang={lang}&release={release}"
        for figure in ("grounded_by_year", "share_by_ideology", "ideology_by_resource")
        for form in ("csv", "json", "xlsx", "svg")
        for lang in LANGUAGES
        for release in (OLD, NEW)
    ]
    alone = {address: client.get(address).body for address in addresses}
    assert len(set(alone.values())) == len(addresses)
    with served() as fresh, ThreadPoolExecutor(16) as threads:  # nothing kept there: all is made again at once
        host = client.url.removeprefix("http://")
        asked = addresses * 4
        together = list(threads.map(lambda address: fresh.get(address, host=host), asked))
    assert {got.status for got in together} == {200}
    assert [address for address, got in zip(asked, together, strict=True) if got.body != alone[address]] == []


def test_few_files_are_made_at_a_time_and_lists_are_answered_meanwhile(client: Client, monkeypatch: pytest.MonkeyPatch):
    """Making waits until it is let go; by then all askers have come, and no more than two of them are being served."""
    go, lock, now, most = threading.Event(), threading.Lock(), [0], [0]

    def slow(one: Any) -> bytes:
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        go.wait(20)
        with lock:
            now[0] -= 1
        return one.title.encode()

    monkeypatch.setitem(files.BY_KEY, "csv", files.Form("csv", "text/csv", "", slow))
    monkeypatch.setattr(api, "LONGEST_QUEUE", 4)
    with served() as fresh, ThreadPoolExecutor(12) as threads:
        asked = [threads.submit(fresh.get, f"/figures/{figure}.csv") for figure in figure_ids()[:12]]
        sent_away = [one.result() for one in islice(as_completed(asked, timeout=15), 12 - 2 - 4)]
        assert {(one.status, one.headers["retry-after"]) for one in sent_away} == {(503, "5")}
        assert fresh.get("/figures").status == 200
        go.set()
        statuses = [one.result().status for one in asked]
    assert most[0] == 2
    assert statuses.count(200) == 2 + 4


def test_what_is_kept_is_bounded_and_the_oldest_goes_first():
    kept = Kept(most=10)
    for name in "abc":
        kept._put(name, Body(name.encode() * 4, None, name))
    assert ([*kept._bodies], kept.size) == (["b", "c"], 8)
    kept._put("large", Body(b"x" * 11, None, "large"))
    assert ([*kept._bodies], kept.size) == (["b", "c"], 8)


def test_a_file_is_made_once(client: Client, monkeypatch: pytest.MonkeyPatch):
    made = []
    form = files.BY_KEY["svg"]
    counting = files.Form("svg", form.mime, "", lambda one: made.append(one.id) or form.make(one))
    monkeypatch.setitem(files.BY_KEY, "svg", counting)
    with served() as fresh:
        addresses = (
            "codes=right_wing,left_wing",
            "codes=left_wing,right_wing&lang=da",
            f"codes=left_wing,right_wing&release={NEW}",
        )
        bodies = {fresh.get(f"/figures/share_by_ideology.svg?{query}").body for query in addresses}
    assert (len(bodies), made) == (1, ["share_by_ideology"])


# The page that a person reads


class Page(HTMLParser):
    """What stands on a page: its elements, links, words and what is asked of elsewhere."""

    def __init__(self, got: Got) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.language = self.words = ""
        self.feed(got.body.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.append(tag)
        if tag == "a":
            self.links.append(given["href"] or "")
        if tag == "html":
            self.language = given["lang"] or ""

    def handle_data(self, data: str) -> None:
        self.words += data


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_is_in_the_language_asked_for_and_every_link_on_it_works(client: Client, lang: str):
    got = client.get(f"/?lang={lang}")
    page = Page(got)
    assert page.language == got.headers["content-language"] == lang
    assert text("api.title", lang) in page.words
    assert all(text(f"figures.{figure}.title", lang) in page.words for figure in FIGURES)
    inside = [link for link in page.links if not link.startswith("../")]
    assert len(inside) > len(figure_ids()) * len(TYPES)
    for link in inside:
        assert client.get(f"/{link}").status == 200, link


def test_the_page_runs_nothing_and_asks_nobody_else(client: Client):
    got = client.get("/")
    page = Page(got)
    assert not {"script", "img", "iframe", "form", "object"} & set(page.tags)
    assert not [link for link in page.links if link.startswith(("http:", "https:", "//"))]
    assert "default-src 'none'" in got.headers["content-security-policy"]
    assert b"style=" not in got.body


def test_the_page_of_a_release_links_to_that_release(client: Client):
    page = Page(client.get(f"/?release={OLD}"))
    assert all(f"release={OLD}" in link for link in page.links if link.startswith("figures"))


def test_nothing_asked_for_becomes_markup(client: Client):
    got = client.get("/?release=<script>alert(1)</script>", host="<script>.example")
    assert (got.status, got.headers["content-type"]) == (404, "application/problem+json")
    assert b"<script" not in client.get("/", host="<script>.example").body

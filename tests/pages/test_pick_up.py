"""A page shows one release from head to foot, whatever happens to the pointer and to the files meanwhile."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

import queries
from queries import DamagedReleaseError, Release
from ui import research_files, takeaway
from ui.answer import Answer
from ui.text import text
from web import api, health

ROOT = Path(__file__).parent.parent.parent
OLD, NEW = "2020.1", "2020.2"  # of the grown folder: 62 referrals, and the same with ten more in 2019
CONTENT = {OLD: "35", NEW: "45"}  # the referrals of 2019, by hand: 12 + 8 + 10 + 5, and ten more


@pytest.fixture
def releases(grown_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "releases"
    shutil.copytree(grown_folder, folder)
    monkeypatch.setenv("VINK_RELEASES", str(folder))
    return folder


def point_at(folder: Path, version: str) -> None:
    (folder / ".fresh").write_text(version + "\n", "utf-8")
    (folder / ".fresh").replace(folder / "current")


def opened(lang: str = "en", **query: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "pages" / "start.py"), default_timeout=60)
    for name, value in {"lang": lang, **query}.items():
        app.query_params[name] = value
    return app.run()


def named(app: AppTest) -> set[str]:
    """Every release that the page names: in its footer, its sources, and the sentences to copy."""
    kinds = ("markdown", "caption", "code", "title", "subheader", "info", "warning")
    said = "\n".join(str(getattr(element, "value", "")) for kind in kinds for element in app.get(kind))
    return set(re.findall(r"2020\.[12](?!\d)", said))


def headline(app: AppTest) -> str:
    return next(m.value for m in app.markdown if m.value.startswith("## ")).split("\n")[0].removeprefix("## ")


def shows(app: AppTest, version: str) -> bool:
    assert not app.exception
    return named(app) == {version} and headline(app) == CONTENT[version]


def test_a_new_release_is_shown_at_the_next_run_of_an_open_page_and_so_is_the_former_when_it_is_put_back(
    releases: Path,
):
    point_at(releases, OLD)
    app = opened()
    assert shows(app, OLD)
    for version in (NEW, OLD, NEW):
        point_at(releases, version)
        assert shows(app.run(), version)


def test_a_pointer_that_moves_while_a_page_is_drawn_changes_nothing_on_it(
    releases: Path, monkeypatch: pytest.MonkeyPatch
):
    """The pointer moves after the first figure of the page, and back and forth after each of the others."""
    point_at(releases, OLD)
    show, versions = takeaway.show, iter([NEW, OLD] * 50)

    def moved(one: Answer) -> None:
        point_at(releases, next(versions))
        show(one)

    monkeypatch.setattr(takeaway, "show", moved)
    app = opened()
    assert next(versions) == OLD, "an odd number of figures was drawn, so the pointer names the new release now"
    assert queries.current() == NEW
    assert shows(app, OLD)


def test_a_release_that_is_still_being_written_is_not_seen(releases: Path):
    """The pointer names it already, and its files come one by one, as when a folder is copied by hand."""
    point_at(releases, OLD)
    app = opened()
    whole = shutil.move(releases / NEW, releases.parent / "whole")
    (releases / NEW).mkdir()
    point_at(releases, NEW)
    assert app.run().title[0].value == text("problems.unreadable_title", "en")
    shutil.copy(Path(whole) / "manifest.json", releases / NEW)
    assert app.run().title[0].value == text("problems.unreadable_title", "en")
    content = (Path(whole) / "vink.duckdb").read_bytes()
    (releases / NEW / "vink.duckdb").write_bytes(content[: len(content) // 2])
    assert app.run().title[0].value == text("problems.damaged_title", "en")
    assert shows(opened(release=OLD), OLD) or headline(opened(release=OLD)) == CONTENT[OLD]
    (releases / NEW / "vink.duckdb").write_bytes(content)
    assert shows(app.run(), NEW)


def test_a_file_taken_from_an_open_page_is_of_the_release_that_the_page_shows(releases: Path):
    """Its button was drawn before the pointer moved, and is clicked after."""
    point_at(releases, OLD)
    shown = queries.open_release(queries.current())
    point_at(releases, NEW)
    assert shown.version == OLD
    assert research_files.database(shown) == (releases / OLD / "vink.duckdb").read_bytes()
    assert f'"version": "{OLD}"'.encode() in (releases / OLD / "manifest.json").read_bytes()


def test_a_program_that_asks_between_is_answered_from_one_release_each_time(releases: Path):
    client = TestClient(Starlette(routes=api.routes()))
    for version in (OLD, NEW, OLD):
        point_at(releases, version)
        got = client.get("/api/v1/figures/referrals_by_year.json?lang=en&first_year=2019").text
        assert set(re.findall(r"2020\.[12](?!\d)", got)) == {version}
        assert re.search(rf'"(?:n|value)": {CONTENT[version]}\b', got)


# What can be wrong with the current release


def damage(name: str, change: Callable[[bytes], bytes]) -> Callable[[Path], object]:
    return lambda folder: (folder / NEW / name).write_bytes(change((folder / NEW / name).read_bytes()))


def newer(content: bytes) -> bytes:
    return json.dumps(json.loads(content) | {"schema_version": 3}).encode()


WRONG: dict[str, tuple[Callable[[Path], object], str]] = {
    "truncated": (damage("vink.duckdb", lambda content: content[: len(content) // 3]), "damaged"),
    "a bit flipped at the beginning": (damage("vink.duckdb", lambda c: bytes([c[0] ^ 128]) + c[1:]), "damaged"),
    "a bit flipped at the end": (damage("vink.duckdb", lambda c: c[:-1] + bytes([c[-1] ^ 1])), "damaged"),
    "empty": (damage("vink.duckdb", lambda _: b""), "damaged"),
    "of a newer schema": (damage("manifest.json", newer), "newer"),
    "half a manifest": (damage("manifest.json", lambda content: content[:300]), "unreadable"),
    "a manifest of nonsense": (damage("manifest.json", lambda _: b"\x00\xff" * 50), "unreadable"),
    "an empty pointer": (lambda folder: (folder / "current").write_text("\n"), "pointer"),
    "a pointer out of the folder": (lambda folder: (folder / "current").write_text("../releases/2020.1"), "pointer"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_wrong_is_told_in_both_languages_and_mended_without_a_restart(releases: Path, wrong: str):
    """On the page, to programs and to machines; links to the former release work meanwhile."""
    client = TestClient(Starlette(routes=[*health.routes(), *api.routes()]))
    app = opened()
    kept = {path: path.read_bytes() for path in releases.rglob("*") if path.is_file()}
    harm, reason = WRONG[wrong]
    harm(releases)
    about = {"version": "current" if reason == "pointer" else NEW}
    for lang in ("da", "en"):
        page = opened(lang)
        assert not page.exception
        assert page.title[0].value == text(f"problems.{reason}_title", lang)
        assert page.error[0].value == text(f"problems.{reason}", lang, **about)
        got = client.get(f"/api/v1/codes?lang={lang}")
        assert (got.status_code, got.headers["content-type"]) == (503, "application/problem+json")
        assert got.json()["detail"] == text(f"api.problem.{reason}", lang, **about)
    assert client.get("/healthz").json()["reason"] == reason
    assert headline(opened(release=OLD)) == CONTENT[OLD]
    assert client.get(f"/api/v1/codes?release={OLD}").status_code == 200
    for path, content in kept.items():
        path.write_bytes(content)
    assert shows(app.run(), NEW)
    assert client.get("/api/v1/codes").status_code == client.get("/healthz").status_code == 200


def test_half_a_package_is_never_handed_out(releases: Path):
    release: Release = queries.open_release(NEW)
    assert research_files.package(release)
    table = releases / NEW / "tables" / "codes.csv"
    kept = table.read_bytes()
    table.write_bytes(kept + b"x")
    with pytest.raises(DamagedReleaseError):
        research_files.package(release)
    table.unlink()
    with pytest.raises(DamagedReleaseError):
        research_files.package(release)
    table.write_bytes(kept)
    assert research_files.package(release)

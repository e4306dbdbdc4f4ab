"""/healthz and /readyz: 200 while the current release can be shown, 503 with the reason in a word while it can't."""

import json
import os
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

import queries
from web import health

VERSION = "2020.1"  # of SMALL


@pytest.fixture
def releases(small_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "releases"
    shutil.copytree(small_folder, folder)
    monkeypatch.setenv("VINK_RELEASES", str(folder))
    return folder


@pytest.fixture
def client(releases: Path) -> TestClient:
    return TestClient(Starlette(routes=health.routes()))


def asked(client: TestClient, path: str) -> tuple[int, str]:
    got = client.get(path)
    assert got.headers["cache-control"] == "no-store"
    return got.status_code, got.json().get("reason", "")


def flip_a_bit(file: Path, at: float = 0.5) -> None:
    """As a disk does it: neither the size nor the time of the file changes."""
    before = file.stat()
    content = bytearray(file.read_bytes())
    content[int(len(content) * at)] ^= 1
    file.write_bytes(content)
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


def test_a_site_with_a_whole_release_is_well_and_ready_and_says_nothing_else(client: TestClient):
    for path in ("/healthz", "/readyz"):
        got = client.get(path)
        assert (got.status_code, got.json()) == (200, {"status": "ok"})
        assert client.head(path).status_code == 200
        assert client.post(path).status_code == 405


def newer(folder: Path) -> None:
    manifest = folder / VERSION / "manifest.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text("utf-8")) | {"schema_version": 999}), "utf-8")


WRONG: dict[str, tuple[Callable[[Path], object], str]] = {
    "no pointer": (lambda folder: (folder / "current").unlink(), "no_release"),
    "no folder": (shutil.rmtree, "no_release"),
    "an empty pointer": (lambda folder: (folder / "current").write_text(""), "pointer"),
    "a pointer that is a path": (lambda folder: (folder / "current").write_text("../../etc"), "pointer"),
    "a pointer of two lines": (lambda folder: (folder / "current").write_text("2020.1\n2020.2"), "pointer"),
    "a pointer that is no text": (lambda folder: (folder / "current").write_bytes(b"\xff\xfe"), "unreadable"),
    "a pointer to what is gone": (lambda folder: (folder / "current").write_text("2031.1"), "missing"),
    "a truncated file": (lambda folder: os.truncate(folder / VERSION / "vink.duckdb", 4096), "damaged"),
    "a flipped bit": (lambda folder: flip_a_bit(folder / VERSION / "vink.duckdb"), "damaged"),
    "a newer schema": (newer, "newer"),
    "half a manifest": (lambda folder: os.truncate(folder / VERSION / "manifest.json", 200), "unreadable"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_wrong_is_told_in_a_word(client: TestClient, releases: Path, wrong: str):
    harm, reason = WRONG[wrong]
    harm(releases)
    for path in ("/healthz", "/readyz"):
        assert asked(client, path) == (503, reason)


def test_while_the_first_release_is_under_embargo_the_site_is_well(client: TestClient, releases: Path):
    """Leadership and the steward look at it: a site that called itself ill would be started again and again."""
    manifest = releases / VERSION / "manifest.json"
    told = json.loads(manifest.read_text("utf-8")) | {"publication_time": "2099-03-01T06:00:00+01:00"}
    manifest.write_text(json.dumps(told), "utf-8")
    for path in ("/healthz", "/readyz"):
        assert asked(client, path) == (200, "")


@pytest.mark.parametrize("at", [0.02, 0.5, 0.98])
def test_a_bit_that_flips_while_the_release_is_open_is_found_and_the_release_is_shown_no_more(
    client: TestClient, releases: Path, monkeypatch: pytest.MonkeyPatch, at: float
):
    """Neither time nor size of the file changes, so only reading it again can find it; putting it back mends it."""
    assert asked(client, "/readyz") == (200, "")
    flip_a_bit(releases / VERSION / "vink.duckdb", at)
    assert asked(client, "/readyz") == (200, "")  # within the minute
    monkeypatch.setattr(health, "READ_AGAIN", 0)
    assert asked(client, "/readyz") == (503, "damaged")
    with pytest.raises(queries.DamagedReleaseError):
        queries.open_release(VERSION)
    assert asked(client, "/healthz") == (503, "damaged")
    flip_a_bit(releases / VERSION / "vink.duckdb", at)
    assert asked(client, "/readyz") == (200, "")
    assert queries.open_release(VERSION).version == VERSION


def test_a_table_that_is_lost_or_changed_takes_the_replica_out_of_service(client: TestClient, releases: Path):
    table = next((releases / VERSION / "tables").glob("*.csv"))
    kept = table.read_bytes()
    table.unlink()
    assert asked(client, "/readyz") == (503, "unreadable")
    table.write_bytes(kept.replace(b"published", b"suppresse"))
    assert asked(client, "/readyz") == (503, "damaged")
    table.write_bytes(kept)
    assert asked(client, "/readyz") == (200, "")


def test_the_files_are_read_again_a_minute_later_by_a_clock_that_cannot_jump(
    releases: Path, monkeypatch: pytest.MonkeyPatch
):
    """60 seconds by the given clock; the wall clock goes back ten years meanwhile, and nobody minds."""
    read, now = [], 1000.0
    monkeypatch.setattr(queries, "check", read.append)
    files = health.Files(lambda: now)
    for now, times in ((1000.0, 1), (1059.0, 1), (1060.0, 2), (1061.0, 2)):
        monkeypatch.setattr("time.time", lambda moment=now: 1e9 - moment)
        files.check()
        assert len(read) == times


def test_an_answer_that_does_not_come_is_503_and_the_next_question_is_answered(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
):
    let_go = threading.Event()
    monkeypatch.setattr(health, "LONGEST", 0.2)
    current = queries.current

    def stuck() -> str:
        let_go.wait(30)
        return current()

    monkeypatch.setattr(queries, "current", stuck)
    with client:  # one event loop for both questions
        assert asked(client, "/healthz") == (503, "too_slow")
        let_go.set()
        monkeypatch.setattr(health, "LONGEST", 30)
        assert asked(client, "/healthz") == (200, "")


def test_a_fault_of_ours_is_503_and_tells_nothing_of_it(client: TestClient, monkeypatch: pytest.MonkeyPatch):
    def broken() -> str:
        raise ZeroDivisionError("a secret")

    monkeypatch.setattr(queries, "current", broken)
    got = client.get("/healthz")
    assert (got.status_code, got.json()) == (503, {"status": "unavailable", "reason": "our_fault"})

"""A build on a disk that fills up, and on a machine whose clock jumps: the former release serves, and is not lost."""

import datetime as dt
import os
import resource
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

import queries
from data import build, policy, release
from data import codes as code_lists
from tests.conftest import SMALL, _build_small

ROOT = Path(__file__).parent.parent.parent
ROWS = [line.split() for line in SMALL.strip().splitlines()]


@pytest.fixture
def releases(small_folder: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "releases"
    shutil.copytree(small_folder, folder)
    return folder


def built(releases: Path, most_bytes: int) -> subprocess.CompletedProcess[str]:
    """`python -m data build` of a copy of SMALL, in a process that can write no file longer than `most_bytes`."""
    export = releases.parent / "export.csv"
    export.write_text("\n".join(",".join(row) for row in ROWS) + "\n", "utf-8")

    def fill_the_disk() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # a write fails, as on a full disk, and nobody is killed
        resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))

    return subprocess.run(
        [sys.executable, "-m", "data", "build", str(export), "--version", "2020.2"],
        cwd=ROOT,
        env=os.environ | {"VINK_RELEASES": str(releases)},
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=fill_the_disk,
    )


# The database grows over 2 MB; the greatest table is some KB, and the manifest the last that is written.
@pytest.mark.parametrize("most_bytes", [0, 1_000_000])
def test_a_full_disk_stops_the_build_with_a_sentence_and_the_former_release_serves(
    releases: Path, monkeypatch: pytest.MonkeyPatch, most_bytes: int
):
    before = {path: path.read_bytes() for path in sorted(releases.rglob("*")) if path.is_file()}
    ended = built(releases, most_bytes)
    told = " ".join((ended.stdout + ended.stderr).split())
    assert ended.returncode == 1, told
    assert "Traceback" not in told and "╭" not in told
    assert "No release was written" in told and "free" in told and "former release" in told
    assert {path: path.read_bytes() for path in sorted(releases.rglob("*")) if path.is_file()} == before
    assert list(releases.glob(".building-*")) == []
    monkeypatch.setenv("VINK_RELEASES", str(releases))
    assert queries.open_release(queries.current()).version == "2020.1"


def test_with_room_the_same_command_makes_the_release(releases: Path):
    ended = built(releases, 1 << 40)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert release.current(releases) == "2020.2"


def test_a_disk_that_fills_up_while_the_pointer_is_moved_leaves_the_former_pointer(
    releases: Path, monkeypatch: pytest.MonkeyPatch
):
    """The release is there, whole, and the former one is shown until somebody points at it."""

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(release, "_sync", full)
    with pytest.raises(OSError, match="No space"):
        release.point_at(releases, "2020.9")
    assert release.current(releases) == "2020.1"
    assert list(releases.glob(".current-*")) == []


@pytest.mark.parametrize("moment", [dt.datetime(1970, 1, 2, tzinfo=dt.UTC), dt.datetime(2099, 12, 31, tzinfo=dt.UTC)])
def test_a_clock_that_is_wrong_changes_the_day_in_a_release_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: dt.datetime
):
    """Two builds one after the other, the clock having jumped back or forth between them: the later one is current."""
    _build_small(tmp_path, "2020.1", SMALL)
    jumps = iter([moment.timestamp()] * 10_000)
    monkeypatch.setattr("time.time", lambda: next(jumps))
    lists = code_lists.load()
    records = pl.DataFrame(ROWS[1:], schema=ROWS[0], orient="row").cast({"year": pl.Int32, "count": pl.Int64})
    build.build(records, release.About("2020.2", "real", moment), policy.load(lists), lists, tmp_path)
    monkeypatch.setenv("VINK_RELEASES", str(tmp_path))
    assert queries.current() == "2020.2"
    opened = queries.open_release("2020.2")
    assert opened.created.startswith(str(moment.year))
    tables = {path.name for path in (tmp_path / "2020.1" / "tables").iterdir()} - {"certificate.csv"}  # says how long
    assert len(tables) > 10
    for name in tables:
        first, second = (tmp_path / version / "tables" / name for version in ("2020.1", "2020.2"))
        assert name == "knowledge.csv" or first.read_bytes() == second.read_bytes(), name

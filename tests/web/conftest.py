"""Two releases side by side, of which the newer one is current, and a server over them."""

import datetime as dt
import shutil
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from data import build, codes, policy, release
from tests.browser.driver import Server, serve
from tests.conftest import SMALL
from tests.web.client import Client, served

OLD, NEW = "2020.1", "2021.1"
# What the newer release has besides: every row holds at least 5, so nothing is suppressed.
LATER = """
2020 right_wing        resource_strong  grounded     mentor            school   15-17     male    11
2020 militant_islamist vulnerable       not_grounded closed            police   18-24     male    33
"""


def release_of(folder: Path, rows: str, version: str, kind: str = "real") -> None:
    """Build a release of `rows`, written as in SMALL, and make it the current one."""
    header, *counted = (line.split() for line in rows.strip().splitlines() if line)
    records = pl.DataFrame(counted, schema=header, orient="row").cast({"year": pl.Int32, "count": pl.Int64})
    lists = codes.load()
    about = release.About(version, kind, dt.datetime(2021, 6, 1, 12, tzinfo=dt.UTC))
    build.build(records, about, policy.load(lists), lists, folder)


@pytest.fixture(scope="session")
def two_folder(small_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The release of SMALL and a newer one with a year more: look, don't change."""
    folder = tmp_path_factory.mktemp("two") / "releases"
    shutil.copytree(small_folder, folder)
    release_of(folder, SMALL.strip() + LATER, NEW)
    return folder


@pytest.fixture(scope="session")
def marked_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The numbers of SMALL as an example release: look, don't change."""
    folder = tmp_path_factory.mktemp("marked")
    release_of(folder, SMALL, "example-1", "example")
    return folder


@pytest.fixture(scope="session")
def server() -> Iterator[Client]:
    """One server for all tests: which releases there are, the environment says at each request."""
    with served() as client:
        yield client


@pytest.fixture
def client(server: Client, two_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Client:
    """The server over the two releases."""
    monkeypatch.setenv("VINK_RELEASES", str(two_folder))
    return server


@pytest.fixture(scope="session")
def site(example_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The whole site as it is started for readers, over the example release."""
    with serve(example_folder, tmp_path_factory.mktemp("site") / "log") as running:
        yield running

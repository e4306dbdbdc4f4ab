"""Releases that many tests look at: the example, and one that is small enough to count by hand."""

import datetime as dt
import fcntl
import hashlib
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl
import pytest
from hypothesis import settings
from playwright.sync_api import Browser, sync_playwright

import queries
from data import build, codes, policy, release
from queries import Release
from tests.browser.driver import launch

settings.register_profile("vink", deadline=None)  # the time of one example says more of the machine than of the code
settings.load_profile("vink")

# Every row holds at least 5 referrals, so every sum of rows is 0 or at least 5 and nothing is suppressed.
SMALL = """
year ideology          resource_profile assessment   outcome           source   age_group gender  count
2018 right_wing        resource_strong  grounded     mentor            school   15-17     male    7
2018 right_wing        vulnerable       not_grounded closed            police   18-24     male    6
2018 militant_islamist vulnerable       not_grounded ordinary_services ssp      15-17     female  9
2018 militant_islamist mixed            pending      pending           ssp      18-24     male    5
2019 left_wing         resource_strong  grounded     advice            school   18-24     female  12
2019 militant_islamist vulnerable       grounded     police            relative 25-29     male    8
2019 right_wing        vulnerable       not_grounded closed            police   18-24     male    10
2019 unknown           unknown          not_grounded declined          citizen  unknown   unknown 5
"""


ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def example_folder(request: pytest.FixtureRequest) -> Path:
    """A folder of releases with the example one in it: look, don't change.

    Building it takes a minute or two, so all processes of a run share one, and so do runs until the build changes.
    """
    found = sorted(path for path in (ROOT / "data").rglob("*") if path.suffix in (".py", ".toml"))
    parts = [path for path in found if "releases" not in path.parts] + [ROOT / "requirements.txt"]
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in parts)).hexdigest()[:16]
    folder = request.config.cache.mkdir("releases") / digest
    _made_once(folder, build.build_example)
    return folder


def _made_once(folder: Path, make: Callable[[Path], object]) -> None:
    """Let one process make the folder's content, while the others wait for it."""
    done = folder / ".done"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            make(folder)
            done.touch()


@pytest.fixture(scope="session")
def small_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of releases with one of the 62 referrals of SMALL in it: look, don't change."""
    folder = tmp_path_factory.mktemp("small")
    _build_small(folder, "2020.1", SMALL)
    return folder


@pytest.fixture(scope="session")
def grown_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the releases of SMALL, 2020.1, and of SMALL with ten more pending referrals of 2019, 2020.2."""
    folder = tmp_path_factory.mktemp("grown")
    _build_small(folder, "2020.1", SMALL)
    more = "2019 left_wing resource_strong pending pending school 18-24 female 10\n"
    _build_small(folder, "2020.2", SMALL + more)
    return folder


EMBARGO = dt.datetime(2099, 3, 1, 6, tzinfo=dt.timezone(dt.timedelta(hours=1)))


@pytest.fixture(scope="session")
def embargoed_folder(tmp_path_factory: pytest.TempPathFactory, grown_folder: Path) -> Path:
    """A folder with the public release 2020.1, and 2020.3 with eleven more referrals, under embargo until EMBARGO."""
    folder = tmp_path_factory.mktemp("embargoed")
    shutil.copytree(grown_folder / "2020.1", folder / "2020.1")
    (folder / "current").write_text("2020.1\n", "utf-8")
    more = "2019 left_wing resource_strong pending pending school 18-24 female 11\n"
    _build_small(folder, "2020.3", SMALL + more, EMBARGO)
    return folder


def _build_small(folder: Path, version: str, referrals: str, publish_at: dt.datetime | None = None) -> None:
    header, *rows = (line.split() for line in referrals.strip().splitlines())
    records = pl.DataFrame(rows, schema=header, orient="row").cast({"year": pl.Int32, "count": pl.Int64})
    lists = codes.load()
    about = release.About(version, "real", dt.datetime(2020, 6, 1, 12, tzinfo=dt.UTC), publication_time=publish_at)
    build.build(records, about, policy.load(lists), lists, folder)


@pytest.fixture(scope="session")
def example(example_folder: Path) -> Iterator[Release]:
    """The example release, opened."""
    yield from _opened(example_folder)


@pytest.fixture(scope="session")
def small(small_folder: Path) -> Iterator[Release]:
    """The release of SMALL, opened."""
    yield from _opened(small_folder)


def _opened(folder: Path) -> Iterator[Release]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VINK_RELEASES", str(folder))
        opened = queries.open_release(queries.current())
    yield opened


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The one browser of the run. Without Chromium the tests fail, and say what to install."""
    with sync_playwright() as playwright:
        try:
            browser = launch(playwright)
        except RuntimeError as missing:
            pytest.fail(str(missing), pytrace=False)
        yield browser
        browser.close()

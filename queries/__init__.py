"""The only door to a release: `current` finds it, `open_release` checks and opens it, `ask` puts one question to it.

Every question is one .sql file beside this one: its first line asks it in plain words, then comes what it returns, then
one statement with named parameters.
"""

import datetime as dt
import hashlib
import json
import os
import re
import threading
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import duckdb
import polars as pl

HERE = Path(__file__).parent
SCHEMA_VERSION = 2
POINTER, DATABASE, MANIFEST = "current", "vink.duckdb", "manifest.json"
NAME = re.compile(r"[\w-][\w.-]{0,99}")  # what a version can be called, as the build holds it
HARDENED: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "memory_limit": "512MB",
    "threads": "2",
    "max_temp_directory_size": "0KB",
}

Parameter = str | int
Stamp = tuple[tuple[int, int], ...]
_opening = threading.Lock()
_opened: dict[Path, "Release"] = {}  # what is open now, by folder
_rotten: set[tuple[Path, Stamp]] = set()  # releases that `check` found to be other than their stamps say


class NoReleaseError(LookupError):
    """There is no release of `version`; None where there is none at all, because nothing was ever built."""

    def __init__(self, version: str | None = None) -> None:
        super().__init__(f"no release {version or ''}".rstrip())
        self.version = version


class NothingPublicError(NoReleaseError):
    """There are releases, but none that this reader may see yet."""


class DamagedReleaseError(ValueError):
    """The release can't be trusted. `reason` is a key below `problems`: damaged, unreadable, newer, pointer."""

    def __init__(self, version: str, reason: str) -> None:
        super().__init__(f"release {version}: {reason}")
        self.version, self.reason = version, reason


@dataclass(frozen=True)
class Release:
    """An opened release. `kind` is "example" or "real"; years and threshold are those of all its tables."""

    version: str
    kind: str
    created: str
    first_year: int
    last_year: int
    threshold: int
    connection: duckdb.DuckDBPyConnection
    publication_time: dt.datetime | None = None

    @property
    def embargoed(self) -> bool:
        """Whether its publication time is still to come."""
        return self.publication_time is not None and now() < self.publication_time


def now() -> dt.datetime:
    """The time by which an embargo ends. Asked at every look, so a clock that is set back hides a release again."""
    return dt.datetime.now(dt.UTC)


def folder() -> Path:
    """Where releases lie: data/releases, or what the environment variable VINK_RELEASES names."""
    return Path(os.environ.get("VINK_RELEASES") or HERE.parent / "data" / "releases")


def versions(*, embargoed: bool = False) -> list[str]:
    """The releases that lie in the folder, newest name last.

    embargoed: for a reader who may see what isn't public yet. To all others it is as if it weren't there, here as in
    `current` and `open_release`.
    """
    found = sorted(path.parent.name for path in folder().glob(f"[!.]*/{MANIFEST}"))
    return [version for version in found if embargoed or _is_public(version)]


def current(*, embargoed: bool = False) -> str:
    """The version that the pointer names, or else the last public one before it.

    Raises NoReleaseError, or DamagedReleaseError where the pointer can't be read.
    """
    try:
        version = (folder() / POINTER).read_text(encoding="utf-8").strip()
    except FileNotFoundError as error:
        raise NoReleaseError from error
    except (OSError, UnicodeDecodeError) as error:
        raise DamagedReleaseError(POINTER, "unreadable") from error
    if not NAME.fullmatch(version):
        raise DamagedReleaseError(POINTER, "pointer")
    seen = set()
    while not embargoed and not _is_public(version):
        seen.add(version)
        follows = _told(folder() / version).get("follows")
        if not isinstance(follows, str) or follows in seen:
            raise NothingPublicError
        version = follows
    return version


def _is_public(version: str) -> bool:
    """Whether everybody may see the release. One whose time can't be read is not public."""
    try:
        at = _time(_told(folder() / version).get("publication_time"))
    except (ValueError, TypeError):
        return False
    return at is None or now() >= at


def _time(said: object) -> dt.datetime | None:
    """A publication time as a release has it. ValueError or TypeError where it is none, or lacks its time zone."""
    if said is None:
        return None
    if not isinstance(said, str):
        raise TypeError(said)
    at = dt.datetime.fromisoformat(said)
    if at.tzinfo is None:
        raise ValueError(said)
    return at


def _told(home: Path) -> dict[str, object]:
    """What a release's manifest says; nothing where it can't be read: then the release can't be opened either."""
    path = home / MANIFEST
    try:
        stat = path.stat()
        return _manifest(path, stat.st_mtime_ns, stat.st_size)
    except (OSError, ValueError):
        return {}


@lru_cache(maxsize=256)
def _manifest(path: Path, _changed: int, _size: int) -> dict[str, object]:
    told = json.loads(path.read_text(encoding="utf-8"))
    return told if isinstance(told, dict) else {}


def open_release(version: str, *, embargoed: bool = False) -> Release:
    """The release of that version, its file checked against its manifest and opened read-only.

    Raises NoReleaseError, or DamagedReleaseError where the file isn't what the build wrote.
    """
    if version not in versions(embargoed=embargoed):
        # Looked up in a list: the name comes from the address, and may be a path or too long to be one.
        if version in (path.name for path in folder().glob("[!.]*/") if not (path / MANIFEST).exists()):
            raise DamagedReleaseError(version, "unreadable")
        raise NoReleaseError(version)
    home = folder() / version
    stamp = _stamp(home)
    if (home, stamp) in _rotten:
        raise DamagedReleaseError(version, "damaged")
    with _opening:  # two readers at once would open it twice, and the second find its configuration locked
        return _open(home, stamp)


def check(version: str) -> None:
    """Read every file of a release again and hold it against the manifest. Raises as `open_release` does.

    `open_release` reads a release once, and then trusts the time and size of its files. A disk that loses a bit
    changes neither, so what is found here is remembered: from then on the release isn't shown, until it is mended.
    """
    home = folder() / version
    stamp = _stamp(home)
    _rotten.discard((home, stamp))
    open_release(version)
    try:
        _hold(home, [*_hashes(home)])
    except DamagedReleaseError:
        _rotten.add((home, stamp))
        raise


def file_names(release: Release) -> list[str]:
    """The files that the build wrote, as the manifest lists them."""
    return sorted(_hashes(home(release)))


def content(release: Release, name: str) -> bytes:
    """One file of a release, as the build wrote it. Raises DamagedReleaseError where it isn't."""
    return _hold(home(release), [name])[name]


def _hold(home: Path, names: list[str]) -> dict[str, bytes]:
    """The files of a release by name, each held against the manifest."""
    expected, found = _hashes(home), {}
    for name in names:
        try:
            found[name] = (home / name).read_bytes()
        except OSError as error:
            raise DamagedReleaseError(home.name, "unreadable") from error
        if hashlib.sha256(found[name]).hexdigest() != expected.get(name):
            raise DamagedReleaseError(home.name, "damaged")
    return found


def _hashes(home: Path) -> dict[str, str]:
    try:
        return json.loads((home / MANIFEST).read_text(encoding="utf-8"))["files"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DamagedReleaseError(home.name, "unreadable") from error


def _stamp(home: Path) -> Stamp:
    return tuple(_time_and_size(path) for path in (home / DATABASE, home / MANIFEST))


def _time_and_size(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError:  # gone, or not ours to read
        return (0, 0)
    return found.st_mtime_ns, found.st_size


# Never forgotten: a release that a session still holds can't be opened a second time with its configuration locked.
@cache
def _open(home: Path, stamp: Stamp) -> Release:
    version = home.name
    try:
        manifest = json.loads((home / MANIFEST).read_text(encoding="utf-8"))
        newer = manifest["schema_version"] > SCHEMA_VERSION
        expected = None if newer else manifest["files"][DATABASE]
        found = None if newer else hashlib.sha256((home / DATABASE).read_bytes()).hexdigest()
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DamagedReleaseError(version, "unreadable") from error
    if newer:
        raise DamagedReleaseError(version, "newer")
    if found != expected:
        raise DamagedReleaseError(version, "damaged")
    if former := _opened.pop(home, None):
        # The files were written again, to mend them. DuckDB would go on reading what it has open, and wouldn't open the
        # same path twice. Whoever is amid a page of it gets the next run of that page from the mended one.
        former.connection.close()
    try:
        connection = duckdb.connect(str(home / DATABASE), read_only=True, config=HARDENED)
        connection.execute("set lock_configuration = true")
        row = connection.sql("select * from release").pl().row(0, named=True)
        said = row.get("publication_time")  # a release that was built before there were embargoes has none
        if said != manifest.get("publication_time"):
            raise DamagedReleaseError(version, "damaged")
        its = {name: row[name] for name in ("version", "kind", "created", "first_year", "last_year", "threshold")}
        _opened[home] = Release(**its, connection=connection, publication_time=_time(said))
        return _opened[home]
    except DamagedReleaseError:
        raise
    except (duckdb.Error, pl.exceptions.PolarsError, KeyError, ValueError, TypeError) as error:
        raise DamagedReleaseError(version, "unreadable") from error


def ask(release: Release, question: str, **parameters: Parameter) -> pl.DataFrame:
    """The answer of `release` to queries/<question>.sql, as the file's `returns` line promises.

    The same question with the same parameters is answered once: a release never changes.
    """
    return _answer(release, question, tuple(sorted(parameters.items())))


@lru_cache(maxsize=64)
def table(release: Release, name: str) -> pl.DataFrame:
    """All cells of one published table, as the release has them. LookupError where there is no such one."""
    if name not in ask(release, "published_tables")["name"].to_list():
        raise LookupError(name)
    return release.connection.cursor().sql(f'select * from "{name}" order by all').pl()


def home(release: Release) -> Path:
    """The folder that holds the files of an opened release."""
    return folder() / release.version


@lru_cache(maxsize=1024)
def _answer(release: Release, question: str, parameters: tuple[tuple[str, Parameter], ...]) -> pl.DataFrame:
    cursor = release.connection.cursor()  # a cursor each: many sessions ask at once
    return cursor.sql(_sql(question), params=dict(parameters)).pl()


@lru_cache
def _sql(question: str) -> str:
    return (HERE / f"{question}.sql").read_text(encoding="utf-8")

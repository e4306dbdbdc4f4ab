"""Release: a folder that holds everything published, written beside the others and moved into place last."""

import datetime as dt
import errno
import hashlib
import hmac
import json
import os
import secrets
import shutil
import tomllib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import duckdb
import numpy as np
import polars as pl

from data import knowledge
from data.codes import CodeLists
from data.knowledge import Known
from data.policy import Policy
from data.protect import Pattern
from data.tables import Layout

HERE = Path(__file__).parent
SCHEMA_VERSION = 2
METHOD = (
    "primary suppression; secondary suppression by cut generation (Fischetti and Salazar-González 2001) and linear "
    "programming (Kelly, Golden and Assad 1992); audit by linear programming, closed under its own rule"
)
POINTER, DATABASE, MANIFEST, PACKAGE = "current", "vink.duckdb", "manifest.json", "datapackage.json"
STAGING = ".building-"
KEY = "source-key"
EXPLAINING = ("codes", "breaks", "published_figures", "sources", "knowledge", "certificate", "certificate_tables")

COMMENTS = {
    "period": "The years that the count covers: one year, a fixed period such as 2018-2021, or all",
    "first_year": "First calendar year of the period",
    "last_year": "Last calendar year of the period",
    "n": "Number of concern referrals; null where status is suppressed or not_collected",
    "status": "published, zero, suppressed (hidden; lower and upper hold the count), or not_collected",
    "lower": "Least count that agrees with everything published; null unless suppressed",
    "upper": "Greatest count that agrees with everything published; null unless suppressed",
}


class ReleaseError(ValueError):
    """A release can't be written or found; the message says what to do."""


@dataclass(frozen=True)
class About:
    """What a release says of itself, beside its tables."""

    version: str
    kind: str  # "example" or "real"
    created: dt.datetime
    sources: tuple[str, ...] = ()  # a mark of each file that the records came from, see `mark`
    rejected_rows: int = 0
    notes: tuple[str, ...] = field(default=())
    publication_time: dt.datetime | None = None  # until then only the named roles see it; None: public at once
    follows: str | None = None  # the version that was current when it was built, which others go on seeing

    @property
    def published(self) -> str | None:
        """The publication time as the release has it: in UTC, to the second."""
        at = self.publication_time
        return None if at is None else at.astimezone(dt.UTC).isoformat(timespec="seconds")


FULL = (errno.ENOSPC, errno.EFBIG, errno.EDQUOT)


def is_full(error: Exception) -> bool:
    """Whether a write failed for want of room: the disk is full, or a quota or limit is reached."""
    words = [os.strerror(number).lower() for number in FULL]
    return getattr(error, "errno", None) in FULL or any(word in str(error).lower() for word in words)


def folder() -> Path:
    """Where releases lie: data/releases, or what the environment variable VINK_RELEASES names."""
    return Path(os.environ.get("VINK_RELEASES") or HERE / "releases")


def current(releases: Path) -> str | None:
    """The version that the pointer names, or None."""
    pointer = releases / POINTER
    return pointer.read_text(encoding="utf-8").strip() if pointer.exists() else None


def kind(release: Path) -> str | None:
    """What kind of release the manifest says `release` is; None where it has none that can be read."""
    try:
        return json.loads((release / MANIFEST).read_text(encoding="utf-8")).get("kind")
    except (OSError, json.JSONDecodeError):
        return None


def publication_time(release: Path) -> dt.datetime | None:
    """The time until which `release` is under embargo, as its manifest says; None where it has none."""
    try:
        said = json.loads((release / MANIFEST).read_text(encoding="utf-8")).get("publication_time")
        return None if said is None else dt.datetime.fromisoformat(said)
    except (OSError, ValueError, TypeError, AttributeError):
        return None


def mark(content: bytes, reports: Path) -> str:
    """What tells the unit, and nobody else, which file a release was built from: its hash under a key of their own.

    Without the key a reader could guess at a small file's content until the hash fits. The key is made once, beside the
    reports that never leave the unit's machine.
    """
    key = reports / KEY
    if not key.exists():
        fresh = key.with_suffix(f".{os.getpid()}")
        fresh.touch(mode=0o600)
        fresh.write_bytes(secrets.token_bytes(32))
        fresh.replace(key)
    return hmac.digest(key.read_bytes(), content, "sha256").hex()


def open_staging(releases: Path, version: str) -> Path:
    """An empty folder beside the releases to write `version` in. Clears what an interrupted build left."""
    if not version or not all(c.isalnum() or c in ".-_" for c in version) or version.startswith("."):
        raise ReleaseError(f"{version!r} can't be a version; use letters, digits, dots and hyphens, such as 2026.1.")
    releases.mkdir(parents=True, exist_ok=True)
    if (releases / version).exists():
        raise ReleaseError(f"Release {version} exists. A release is never changed: choose the next version.")
    for left in releases.glob(f"{STAGING}*"):
        if not _alive(int(left.name.removeprefix(STAGING).split("-")[0])):
            shutil.rmtree(left, ignore_errors=True)
    staging = releases / f"{STAGING}{os.getpid()}-{version}"
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir()
    return staging


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def put_in_place(staging: Path, releases: Path, version: str, *, make_current: bool) -> Path:
    """Move the finished folder to its name, then the pointer. Until this returns, the former release serves."""
    for path in sorted(staging.rglob("*")):
        if path.is_file():
            _sync(path)
    target = releases / version
    staging.rename(target)
    _sync(releases)
    if make_current:
        point_at(releases, version)
    return target


def point_at(releases: Path, version: str) -> None:
    """Let the pointer name `version`, in one step: a reader sees the former name or this one."""
    fresh = releases / f".{POINTER}-{os.getpid()}"
    try:
        fresh.write_text(version + "\n", encoding="utf-8")
        _sync(fresh)
        fresh.replace(releases / POINTER)
    finally:
        fresh.unlink(missing_ok=True)
    _sync(releases)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def published_cells(layout: Layout, margins: np.ndarray, pattern: Pattern) -> pl.DataFrame:
    """The layout's cells with what may be said of each: adds `n` and `status` (lower and upper come from the audit)."""
    at = layout.cells["margin"].to_numpy()
    shown = np.where(pattern.suppressed, 0, margins)  # the truth of a hidden cell goes no further than this line
    empty = np.array([len(members) == 0 for members in layout.margins])
    status = np.select(
        [empty[at], pattern.suppressed[at], margins[at] == 0],
        ["not_collected", "suppressed", "zero"],
        "published",
    )
    return (
        layout.cells.with_columns(n=pl.Series(shown[at], dtype=pl.Int64), status=pl.Series(status))
        .with_columns(pl.when(pl.col("status").is_in(["published", "zero"])).then(pl.col("n")))
        .with_columns(lower=pl.lit(None, pl.Int64), upper=pl.lit(None, pl.Int64))
    )


def write_database(
    file: Path,
    cells: pl.DataFrame,
    layout: Layout,
    policy: Policy,
    codes: CodeLists,
    about: About,
    known: Sequence[Known] = (),
) -> None:
    """Write `cells` and all that explains them as a DuckDB file. Only what may be published goes in."""
    marks = tomllib.loads((HERE / "breaks.toml").read_text(encoding="utf-8"))["mark"]
    statements = tomllib.loads((HERE / "published.toml").read_text(encoding="utf-8"))
    with duckdb.connect(str(file)) as con:
        for table in policy.tables:
            columns = [
                "period",
                "first_year",
                "last_year",
                *table.dimensions,
                "n",
                "status",
                "lower",
                "upper",
            ]
            kinds = [
                "varchar",
                "integer",
                "integer",
                *["varchar"] * len(table.dimensions),
                "integer",
                "varchar",
            ]
            _create(
                con,
                table.name,
                dict(zip(columns, [*kinds, "integer", "integer"], strict=True)),
                cells.filter(pl.col("table") == table.name).select(columns),
            )
            for column in columns:
                comment = COMMENTS.get(column, f"Code of {column} (table codes), or all")
                con.execute(f"comment on column \"{table.name}\".{column} is '{comment}'")
        _create(
            con,
            "tables",
            {"name": "varchar", "dimensions": "varchar[]", "time": "varchar[]"},
            pl.DataFrame([{"name": t.name, "dimensions": t.dimensions, "time": t.time} for t in policy.tables]),
        )
        _create(
            con,
            "codes",
            {
                "dimension": "varchar",
                "code": "varchar",
                "position": "integer",
                "first_year": "integer",
                "last_year": "integer",
                '"group"': "varchar",
                "derived_from": "varchar",
            },
            pl.DataFrame(
                [
                    (d, c.code, i, c.first_year, c.last_year, c.group, codes.derived_from.get(d))
                    for d, listed in codes.dimensions.items()
                    for i, c in enumerate(listed)
                ],
                schema=["dimension", "code", "position", "first_year", "last_year", "group", "derived_from"],
                orient="row",
                infer_schema_length=None,
            ),
        )
        _create(
            con,
            "rules",
            {"id": "varchar", '"when"': "varchar", '"then"': "varchar"},
            pl.DataFrame(
                [{"id": r.id, "when": json.dumps(r.when), "then": json.dumps(r.then)} for r in codes.rules],
                schema={"id": pl.String, "when": pl.String, "then": pl.String},
            ),
        )
        kinds = ["varchar", "varchar", "varchar", "integer", "integer", "varchar", "integer", "integer"]
        names = ["source", "kind", "cell", "first_year", "last_year", "named", "least", "most"]
        beside = pl.DataFrame(knowledge.rows(list(known)), schema=names, infer_schema_length=None)
        _create(con, "knowledge", dict(zip(names, kinds, strict=True)), beside)
        _create(con, "breaks", None, _strings(marks))
        _create(con, "published_figures", None, _strings(statements["figure"]))
        _create(con, "sources", None, _strings(statements["source"]))
        _create(
            con,
            "release",
            None,
            pl.DataFrame(
                [
                    {
                        "version": about.version,
                        "kind": about.kind,
                        "created": about.created.isoformat(timespec="seconds"),
                        "schema_version": SCHEMA_VERSION,
                        "first_year": layout.years[0],
                        "last_year": layout.years[-1],
                        "threshold": policy.threshold,
                        "protection": policy.protection,
                        "method": METHOD,
                        "policy": policy.text,
                        "publication_time": about.published,
                    }
                ],
                schema_overrides={"publication_time": pl.String},
            ),
        )


def _create(con: duckdb.DuckDBPyConnection, name: str, columns: dict[str, str] | None, frame: pl.DataFrame) -> None:
    con.register("frame_", frame.to_arrow())
    if columns is None:
        con.execute(f'create table "{name}" as select * from frame_')
    else:
        con.execute(f'create table "{name}" ({", ".join(f"{c} {t}" for c, t in columns.items())})')
        con.execute(f'insert into "{name}" select {", ".join(columns)} from frame_')
    con.unregister("frame_")


def _strings(rows: list[dict[str, object]]) -> pl.DataFrame:
    """TOML tables as a frame: lists joined by commas, days as text, numbers as they are, missing entries null."""
    names = list(dict.fromkeys(key for row in rows for key in row))

    def plain(value: object) -> object:
        if isinstance(value, list):
            return ",".join(map(str, value))
        return value.isoformat() if isinstance(value, dt.date) else value

    return pl.DataFrame([{name: plain(row.get(name)) for name in names} for row in rows], infer_schema_length=None)


def write_ranges(file: Path, audited: pl.DataFrame) -> None:
    """Put into every suppressed cell the range that can be worked out anyway, and keep the audit's cells."""
    shown = audited.with_columns(pl.col("tables").list.join(",")).filter(pl.col("status") == "suppressed")
    with duckdb.connect(str(file)) as con:
        _create(
            con,
            "audit",
            None,
            shown.select("cell", "tables", "first_year", "last_year", "lower", "upper", "verdict"),
        )
        tables: list[tuple[str, list[str]]] = con.sql("select name, dimensions from tables").fetchall()
        for table, dimensions in tables:
            words = [f"case when {d} = 'all' then '' else ', {d}=' || {d} end" for d in sorted(dimensions)]
            con.execute(
                f'update "{table}" set lower = a.lower, upper = a.upper from audit a '
                f"where status = 'suppressed' and a.cell = "
                f'"{table}".first_year || \'-\' || "{table}".last_year || {" || ".join(words)}'
            )
        con.execute("checkpoint")


def write_certificate(file: Path, items: dict[str, object], tables: pl.DataFrame) -> None:
    """Write the certificate: what was attacked, with what knowledge, and what was found (certificate.py)."""
    with duckdb.connect(str(file)) as con:
        rows = pl.DataFrame({"item": list(items), "value": [str(value) for value in items.values()]})
        _create(con, "certificate", None, rows)
        _create(con, "certificate_tables", None, tables)
        con.execute("checkpoint")


def certificate(file: Path) -> list[tuple[str, str]]:
    """The items of a release's certificate and their values; none where it was built without one."""
    with duckdb.connect(str(file), read_only=True) as con:
        names = {name for (name,) in con.sql("select table_name from duckdb_tables()").fetchall()}
        return con.sql("select item, value from certificate").fetchall() if "certificate" in names else []


def content_hash(file: Path) -> str:
    """A hash of what the tables hold, row by row in order: the same for two builds of the same data.

    Two DuckDB files of the same tables differ in their bytes. The day of the build and how long it took stay outside.
    """
    digest = hashlib.sha256()
    with duckdb.connect(str(file), read_only=True) as con:
        names = [name for (name,) in con.sql("select table_name from duckdb_tables() order by 1").fetchall()]
        for name in names:
            exclude = "exclude (created)" if name == "release" else ""
            only = "where item != 'seconds'" if name == "certificate" else ""
            rows = con.sql(f'select * {exclude} from "{name}" {only}').pl()
            plain = rows.with_columns(pl.col(pl.List(pl.String)).list.join(","))
            digest.update(name.encode() + plain.sort(plain.columns).write_csv().encode())
    return digest.hexdigest()


def write_files(staging: Path, policy: Policy, about: About) -> None:
    """Write the tables as CSV, the data package that describes them, and the manifest with every file's hash."""
    database = staging / DATABASE
    resources = []
    (staging / "tables").mkdir()
    with duckdb.connect(str(database), read_only=True) as con:
        for table in (*(t.name for t in policy.tables), *EXPLAINING):
            rows = con.sql(f'select * from "{table}"')
            rows.pl().write_csv(staging / "tables" / f"{table}.csv")
            described = con.sql(
                "select column_name, data_type, comment from duckdb_columns() "
                f"where table_name = '{table}' order by column_index"
            ).fetchall()
            resources.append(
                {
                    "name": table,
                    "path": f"tables/{table}.csv",
                    "format": "csv",
                    "mediatype": "text/csv",
                    "encoding": "utf-8",
                    "schema": {
                        "fields": [
                            {"name": name, "type": "integer" if "INT" in kind_ else "string"}
                            | ({"description": comment} if comment else {})
                            for name, kind_, comment in described
                        ],
                        "missingValues": [""],
                    },
                }
            )
    mark = "EXAMPLE, not to be quoted: " if about.kind == "example" else ""
    package = {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "vink-statistics",
        "id": f"vink-statistics-{about.version}",
        "title": f"{mark}Concern referrals about radicalisation and extremism, Copenhagen",
        "version": about.version,
        "created": about.created.isoformat(timespec="seconds"),
        "resources": resources,
    }
    _write_json(staging / PACKAGE, package)
    hashes = {
        str(path.relative_to(staging)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(staging.rglob("*"))
        if path.is_file()
    }
    manifest = asdict(about) | {
        "created": about.created.isoformat(timespec="seconds"),
        "publication_time": about.published,
        "schema_version": SCHEMA_VERSION,
        "method": METHOD,
        "threshold": policy.threshold,
        "protection": policy.protection,
        "content_sha256": content_hash(database),
        "files": hashes,
    }
    _write_json(staging / MANIFEST, manifest)


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n", encoding="utf-8")

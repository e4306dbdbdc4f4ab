"""The box for typed SQL: one statement over a release, in a process of its own that can be ended at any time.

The web process never parses or runs what a stranger typed: a statement that eats memory, crashes the parser or never
ends takes its own short-lived process with it (queries/box_child.py) and nothing else.
"""

import json
import subprocess
import sys
import threading
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import polars as pl

import queries
from queries import Release

CHILD = Path(__file__).with_name("box_child.py")
LONGEST = 4000  # characters of a statement: it stands in the address
MOST_ROWS = 10_000
MOST_BYTES = 4_000_000
SECONDS = 5
AT_ONCE = 2  # processes; who waits longer than PATIENCE is told to come back
PATIENCE = 10.0

_places = threading.BoundedSemaphore(AT_ONCE)


@dataclass(frozen=True)
class Outcome:
    """What came of a statement: a table, `cut` where it has more rows than are shown, or the reason why there is none.

    reason: a key of research.sql.error in text/research.toml; detail: a name or DuckDB's own words.
    """

    table: pl.DataFrame | None = None
    cut: bool = False
    reason: str = ""
    detail: str = ""


class _PassingError(Exception):
    """What may come out otherwise the next time. An exception, so that it isn't remembered."""


def run(release: Release, sql: str) -> Outcome:
    """The outcome of one typed statement. Never raises for what was typed; the same statement is run once."""
    sql = sql.encode("utf-8", "replace").decode("utf-8")  # half a character can't be handed on
    if not sql.strip():
        return Outcome(reason="empty")
    if len(sql) > LONGEST:
        return Outcome(reason="long")
    try:
        return _run(release, sql)
    except _PassingError as passing:
        return Outcome(reason=str(passing))


@lru_cache(maxsize=16)
def _run(release: Release, sql: str) -> Outcome:
    if not _places.acquire(timeout=PATIENCE):
        raise _PassingError("busy")
    try:
        said, late = _asked(queries.home(release), sql)
    finally:
        _places.release()
    if late:
        raise _PassingError("time")
    try:
        found = json.loads(said)
    except ValueError:
        raise _PassingError("stopped") from None  # it crashed, or the kernel ended it
    if "reason" in found:
        return Outcome(reason=found["reason"], detail=found["detail"])
    return Outcome(_table(found["columns"], found["rows"]), found["cut"])


def _asked(home: Path, sql: str) -> tuple[bytes, bool]:
    """What the child wrote within its bounds, and whether it had to be ended because of the time."""
    asked = {"sql": sql, "rows": MOST_ROWS, "bytes": MOST_BYTES, "seconds": SECONDS}
    late = threading.Event()
    with subprocess.Popen(
        [sys.executable, "-I", "-X", "utf8", str(CHILD)],
        cwd=home,
        env={},  # nothing of the server's environment
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as child:

        def end() -> None:
            late.set()
            child.kill()

        timer = threading.Timer(SECONDS, end)
        timer.start()
        try:
            assert child.stdin is not None
            assert child.stdout is not None
            try:
                child.stdin.write(json.dumps(asked).encode("utf-8"))
                child.stdin.close()
            except BrokenPipeError:
                return b"", late.is_set()
            said = child.stdout.read(2 * MOST_BYTES)
        finally:
            timer.cancel()
            child.kill()
    return said, late.is_set() or child.returncode == -24  # SIGXCPU


def _table(columns: list[str], rows: list[list[object]]) -> pl.DataFrame:
    """The rows under unlike names; a column in which something is no number is words throughout."""
    names: list[str] = []
    for column in columns:
        name, again = column, 1
        while name in names:
            again += 1
            name = f"{column}_{again}"
        names.append(name)
    return pl.DataFrame([_series(name, [row[i] for row in rows]) for i, name in enumerate(names)])


def _series(name: str, values: list[object]) -> pl.Series:
    kinds = {type(value) for value in values if value is not None}
    whole = all(abs(value) < 2**63 for value in values if isinstance(value, int))
    if kinds <= {bool}:
        return pl.Series(name, values, dtype=pl.Boolean)
    if kinds <= {int} and whole:
        return pl.Series(name, values, dtype=pl.Int64)
    if kinds <= {int, float} and whole:
        return pl.Series(name, [None if value is None else float(str(value)) for value in values], dtype=pl.Float64)
    return pl.Series(name, [None if value is None else str(value) for value in values], dtype=pl.String)

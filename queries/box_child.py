"""One typed statement over a release, answered in a process of its own, which the box (queries/box.py) ends in time.

Run with the release's folder as working directory: the statement comes as JSON on stdin, the answer goes as JSON to
stdout. No guard is trusted to hold alone: the file is opened read-only and hardened, the statement is parsed and each
thing that it reads is looked up in a list, and the kernel bounds memory, processor time and written bytes.
"""

import json
import os
import re
import resource
import sys
from collections.abc import Iterator
from typing import Any

import duckdb

DATABASE = "vink.duckdb"
MEMORY = 1_500_000_000  # bytes of address space; DuckDB itself keeps to far less
CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "python_enable_replacements": "false",  # else a variable of this file could be read like a table
    "memory_limit": "256MB",
    "threads": "1",
    "max_temp_directory_size": "0KB",
    "temp_directory": "",
    "secret_directory": "",
}
# The parser's names of what may stand after FROM; a sample elsewhere is something else.
REFERENCES = {"EMPTY", "BASE_TABLE", "SUBQUERY", "JOIN", "TABLE_FUNCTION", "EXPRESSION_LIST"} | {
    "SHOW_REF",
    "PIVOT",
    "CTE",
}
TABLE_FUNCTIONS = {"range", "generate_series", "unnest"}
SHOWN = {"tables", "databases", "__show_tables_expanded"}  # SHOW without a table: names alone
# Functions that look outside the tables: settings hold paths of the machine. Sleeping would only hold a place.
FORBIDDEN = {
    "current_setting",
    "getenv",
    "getvariable",
    "parse_duckdb_log_message",
    "pg_sleep",
    "sleep_ms",
    "write_log",
}


class RefusedError(Exception):
    """The statement isn't run. `reason` is a key of text/research.toml, `detail` a word to be put in."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason)
        self.reason, self.detail = reason, detail


def limit(seconds: int) -> None:
    """Bound this process: memory, processor time, no file written, no core; and let every other process go first."""
    os.nice(10)
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def opened() -> duckdb.DuckDBPyConnection:
    """The release of the working directory, read-only and closed to everything else."""
    connection = duckdb.connect(DATABASE, read_only=True, config=CONFIG)
    connection.execute("set lock_configuration = true")
    return connection


def check(connection: duckdb.DuckDBPyConnection, sql: str) -> None:
    """Raise RefusedError unless `sql` is one statement that reads the release's tables and nothing else."""
    statements = duckdb.extract_statements(sql)
    if not statements:
        raise RefusedError("empty")
    if len(statements) > 1:
        raise RefusedError("many")
    if statements[0].type is not duckdb.StatementType.SELECT:
        raise RefusedError("kind", statements[0].type.name.replace("_", " "))
    if statements[0].named_parameters:
        raise RefusedError("parameter")
    row = connection.execute("select json_serialize_sql(?)", [sql]).fetchone()
    tree = json.loads(row[0]) if row else {"error": True}
    if tree["error"]:
        raise RefusedError("kind", "?")
    tables = {name.lower() for (name,) in connection.execute("select table_name from duckdb_tables()").fetchall()}
    views = {name.lower() for (name,) in connection.execute("select view_name from duckdb_views()").fetchall()}
    nodes = list(walked(tree["statements"]))
    own = {entry["key"].lower() for node in nodes for entry in node.get("cte_map", {}).get("map", [])}
    if own & views:  # shadows it here, but perhaps not there
        raise RefusedError("table", min(own & views))
    for node in nodes:
        refuse(node, tables | own)


def walked(tree: Any) -> Iterator[dict[str, Any]]:
    """Every object of the parsed statement."""
    stack = [tree]
    while stack:
        one = stack.pop()
        if isinstance(one, dict):
            yield one
            stack += one.values()
        elif isinstance(one, list):
            stack += one


def refuse(node: dict[str, Any], known: set[str]) -> None:
    """Raise RefusedError where `node` reads something else than the `known` tables."""
    kind, function = node.get("type"), str(node.get("function_name", "")).lower()
    if "sample" in node and "select_list" not in node and kind not in REFERENCES:
        raise RefusedError("function", str(kind).lower())
    if function in FORBIDDEN:
        raise RefusedError("function", function)
    if kind == "TABLE_FUNCTION" and node["function"]["function_name"].lower() not in TABLE_FUNCTIONS:
        raise RefusedError("function", node["function"]["function_name"])
    if kind == "BASE_TABLE":
        name, schema, catalog = (node[key].lower() for key in ("table_name", "schema_name", "catalog_name"))
        if name not in known or schema not in ("", "main") or catalog not in ("", "vink"):
            raise RefusedError("table", node["table_name"])
    if kind == "SHOW_REF" and node.get("query") is None:
        name = node["table_name"].strip('"')
        if name.lower() not in SHOWN | known:
            raise RefusedError("table", name)


def plain(value: Any) -> Any:
    """A value as JSON can hold it; a number stays one."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return str(value)


def answer(connection: duckdb.DuckDBPyConnection, sql: str, most_rows: int, most_bytes: int) -> dict[str, Any]:
    """The statement's columns and rows, up to the limits."""
    cursor = connection.execute(sql)
    columns = [str(column[0]) for column in cursor.description or []]
    rows: list[list[Any]] = []
    size = len(json.dumps(columns))
    while batch := cursor.fetchmany(100):
        for found in batch:
            row = [plain(value) for value in found]
            size += len(json.dumps(row)) + 2
            if len(rows) == most_rows:
                return {"columns": columns, "rows": rows, "cut": True}
            if size > most_bytes:
                raise RefusedError("large")
            rows.append(row)
    return {"columns": columns, "rows": rows, "cut": False}


def failed(error: Exception, sql: str) -> dict[str, str]:
    """What went wrong, as the key of a text and DuckDB's own words without any path that wasn't typed."""
    if isinstance(error, RefusedError):
        return {"reason": error.reason, "detail": error.detail}
    words = " ".join(str(error).split("\n\nLINE")[0].split())
    words = re.sub(r"(?:/[^\s/\"']+)+", lambda found: found[0] if found[0] in sql else "...", words)[:400]
    for kinds, reason in (
        ((MemoryError, duckdb.OutOfMemoryException), "memory"),
        ((duckdb.ParserException, duckdb.SyntaxException), "syntax"),
        ((duckdb.PermissionException, duckdb.IOException), "outside"),
        ((duckdb.InterruptException,), "time"),
    ):
        if isinstance(error, kinds):
            return {"reason": reason, "detail": words if reason == "syntax" else ""}
    return {"reason": "failed", "detail": words}


def main() -> None:
    """Read one statement, write one answer."""
    asked = json.loads(sys.stdin.buffer.read())
    limit(asked["seconds"])
    sql = asked["sql"]
    try:
        connection = opened()
        check(connection, sql)
        found: dict[str, Any] = answer(connection, sql, asked["rows"], asked["bytes"])
    except (duckdb.Error, RefusedError, MemoryError, RecursionError, ValueError, RuntimeError) as error:
        found = failed(error, sql)
    sys.stdout.buffer.write(json.dumps(found).encode("utf-8"))
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()

"""Whatever is typed into the box for SQL can't leave the release, write, or hang the server."""

import hashlib
import os
import re
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import queries
from queries import Release, box

ROOT = str(Path(__file__).parent.parent.parent)
SECRET = "a-secret-of-the-server"

# A statement, and how it is refused. Each was thought of as an attack: reading files, the machine or the settings,
# writing, more than one statement, quoting, and statements that only other databases know.
REFUSED = {
    "": "empty",
    "   \n": "empty",
    ";": "empty",
    "-- nothing": "empty",
    "/* nothing */": "empty",
    "select 1 " + " " * 4000: "long",
    "select 1; select 2": "many",
    "from codes; drop table codes": "many",
    "select 1;;select 2": "many",
    "from read_csv('/etc/passwd')": "function",
    "from read_csv_auto('/etc/passwd')": "function",
    "from read_text('/etc/passwd')": "function",
    "from read_blob('/etc/passwd')": "function",
    "from read_json('/etc/passwd')": "function",
    "from read_parquet('https://example.org/x.parquet')": "function",
    "from parquet_metadata('x.parquet')": "function",
    "from sniff_csv('/etc/passwd')": "function",
    "from glob('/*')": "function",
    "from \"READ_TEXT\"('/etc/passwd')": "function",
    "select * from codes, lateral (from read_text('/etc/passwd'))": "function",
    "select (select content from read_text('/etc/passwd'))": "function",
    "with a as (from glob('/root/*')) from a": "function",
    "from codes where exists (from glob('*'))": "function",
    "from '/etc/passwd'": "table",
    'from "/etc/passwd"': "table",
    "from 'codes.csv'": "table",
    "from '../current'": "table",
    "describe 'x.csv'": "table",
    "summarize '/etc/passwd'": "table",
    "select getenv('HOME')": "function",
    "select 'HOME'.getenv()": "function",
    "select current_setting('temp_directory')": "function",
    "select \"current_setting\"('secret_directory')": "function",
    "from duckdb_settings()": "function",
    "from duckdb_secrets()": "function",
    "from duckdb_databases()": "function",
    "from duckdb_extensions()": "function",
    "from duckdb_temporary_files()": "function",
    "from pragma_database_list()": "function",
    "from query('from duckdb_settings()')": "function",
    "from query_table('codes')": "function",
    "from json_execute_serialized_sql(json_serialize_sql('from codes'))": "function",
    "from duckdb_settings": "table",
    "from pg_catalog.pg_settings": "table",
    "from system.main.duckdb_databases": "table",
    "from information_schema.tables": "table",
    "with duckdb_databases as (select 1) from duckdb_databases": "table",
    "select sleep_ms(10000)": "function",
    "select pg_sleep(10)": "function",
    "select write_log('x')": "function",
    "set memory_limit = '64GB'": "kind",
    "set enable_external_access = true": "kind",
    "reset memory_limit": "kind",
    "set variable x = 1": "kind",
    "pragma database_list": "kind",
    "pragma enable_profiling": "kind",
    "call pragma_version()": "kind",
    "attach '/tmp/other.duckdb'": "kind",
    "detach vink": "kind",
    "use memory": "kind",
    "install httpfs": "kind",
    "load httpfs": "kind",
    "load '/tmp/evil.so'": "kind",
    "copy codes to '/tmp/stolen.csv'": "kind",
    "copy (from codes) to '/dev/stdout'": "kind",
    "copy codes from '/etc/passwd'": "kind",
    "export database '/tmp/stolen'": "kind",
    "import database '/tmp/stolen'": "kind",
    "create table x as select 1": "kind",
    "create temp table x as select 1": "kind",
    "create or replace view codes as select 1": "kind",
    "create secret s (type http)": "kind",
    "create macro m() as 1": "kind",
    "insert into codes values (1)": "kind",
    "update codes set code = 'x'": "kind",
    "delete from codes": "kind",
    "drop table codes": "kind",
    "alter table codes add column x int": "kind",
    "truncate codes": "kind",
    "vacuum": "kind",
    "checkpoint": "kind",
    "begin": "kind",
    "prepare p as select 1": "kind",
    "explain analyze from range(1000000000)": "kind",
    "select $x": "parameter",
    "select ?": "parameter",
    "select 'open": "syntax",
    "/* never closed": "syntax",
    "selec 1": "syntax",
    ("(" * 1900) + "1": "syntax",
    "\x00select 1": "syntax",
    "ｓｅｌｅｃｔ 1": "syntax",
    "from nope": "table",
    "select nope from codes": "failed",
    "select 1/'x'": "failed",
    "select error('/root/secret')": "failed",
}
# Statements that would take all memory or time, or answer without end; each is stopped in one of these ways.
BOMBS = {
    "select count(*) from range(1000000000000)": "time",
    "with recursive t as (select 1 x union all select x + 1 from t) select max(x) from t": "time",
    "select count(*) from range(1000000) a, range(1000000) b where a.range + b.range = 7": "time",
    "select repeat('x', 2000000000)": "memory",
    "select list(range) from range(100000000)": "memory",
    "select string_agg(range::varchar, repeat('x', 1000)) from range(10000000)": "memory",
    "with recursive t as (select 'x' x union all select x || x from t) from t": "memory",
    "select a.*, b.*, c.* from codes a, codes b, codes c, codes d order by random()": "memory",
    "select repeat('x', 1000) from range(9000)": "large",
}
WORKS = {
    "select 1 -- ; drop table codes": [(1,)],
    "values ('a'';drop', 2)": [("a';drop", 2)],
    "select 'ø', '数'": [("ø", "数")],
    "with a as (select count(*) as n from release) select n from a": [(1,)],
    "select version from release": [("2020.1",)],
    "SELECT count(*) FROM vink.main.\"codes\" WHERE dimension = 'gender'": [(4,)],
    "select unnest([1, 2])": [(1,), (2,)],
    "select sum(range) from range(5)": [(10,)],
}


@pytest.fixture(autouse=True)
def _release(small_folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("VINK_RELEASES", str(small_folder))
    monkeypatch.setenv("VINK_TEST_SECRET", SECRET)


def told(outcome: box.Outcome) -> str:
    return f"{outcome.reason} {outcome.detail} {outcome.table}"


@pytest.mark.parametrize("sql", REFUSED, ids=range(len(REFUSED)))
def test_a_statement_that_does_more_than_read_the_release_is_refused(small: Release, sql: str):
    outcome = box.run(small, sql)
    assert outcome.table is None
    assert outcome.reason == REFUSED[sql], outcome
    for path in (ROOT, str(queries.home(small)), os.environ["HOME"], "site-packages"):
        assert path in sql or path not in outcome.detail


@pytest.mark.parametrize("sql", BOMBS, ids=range(len(BOMBS)))
def test_a_statement_that_would_take_everything_is_stopped_in_time(small: Release, sql: str):
    start = time.monotonic()
    outcome = box.run(small, sql)
    assert outcome.table is None
    # Which bound is met first depends on the machine.
    assert outcome.reason in {BOMBS[sql], "memory", "time", "stopped", "large"}, outcome
    assert time.monotonic() - start < box.SECONDS + 5
    assert box.run(small, "select 1").table is not None  # the next reader is answered


@pytest.mark.parametrize("sql", WORKS, ids=range(len(WORKS)))
def test_a_statement_that_reads_is_answered(small: Release, sql: str):
    outcome = box.run(small, sql)
    assert outcome.table is not None, outcome
    assert outcome.table.rows() == WORKS[sql]


@pytest.mark.parametrize("sql", ["describe codes", "show tables", "summarize codes", "from codes", "pivot (from codes) on dimension in ('gender') using count(*)"])  # fmt: skip  # noqa: E501
def test_every_form_of_reading_works(small: Release, sql: str):
    outcome = box.run(small, sql)
    assert outcome.table is not None, outcome
    assert outcome.table.height > 0


def test_what_is_shown_never_names_a_folder_of_the_machine(small: Release):
    """SHOW and the catalog could tell where the file lies."""
    for sql in ("show databases", "show all tables", "show tables", "select current_database()", "select version()"):
        said = told(box.run(small, sql))
        assert str(queries.home(small)) not in said
        assert not re.search(r"/(?:root|tmp|home|work)\b", said)


def test_the_environment_of_the_server_is_not_in_the_process(small: Release, monkeypatch: pytest.MonkeyPatch):
    """Even a child that could be made to tell all that it knows doesn't know it."""
    spy = Path(os.environ["VINK_RELEASES"]).parent / "spy.py"
    spy.write_text(
        "import json, os, sys\nsys.stdin.read()\n"
        'json.dump({"columns": ["a"], "rows": [[repr(sorted(os.environ))]], "cut": False}, sys.stdout)\n'
    )
    monkeypatch.setattr(box, "CHILD", spy)
    outcome = box.run(small, "select 'environment'")
    assert outcome.table is not None
    assert "VINK" not in outcome.table.item()
    assert SECRET not in outcome.table.item()


def test_a_process_that_dies_is_told_in_plain_words(small: Release, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    dead = tmp_path / "dead.py"
    dead.write_text("import os\nos.abort()\n")
    monkeypatch.setattr(box, "CHILD", dead)
    assert box.run(small, "select 'dies'") == box.Outcome(reason="stopped")


def test_a_process_that_waits_without_working_is_ended_by_the_clock(
    small: Release, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    """The kernel counts processor time alone."""
    idle = tmp_path / "idle.py"
    idle.write_text("import time\ntime.sleep(30)\n")
    monkeypatch.setattr(box, "CHILD", idle)
    monkeypatch.setattr(box, "SECONDS", 1)
    start = time.monotonic()
    assert box.run(small, "select 'idle'") == box.Outcome(reason="time")
    assert time.monotonic() - start < 10


def test_only_the_first_rows_are_answered_and_the_outcome_says_so(small: Release):
    outcome = box.run(small, "select range from range(1000000)")
    assert outcome.table is not None
    assert (outcome.table.height, outcome.cut) == (box.MOST_ROWS, True)
    whole = box.run(small, f"select range from range({box.MOST_ROWS})")
    assert whole.table is not None
    assert (whole.table.height, whole.cut) == (box.MOST_ROWS, False)


def test_columns_of_one_name_and_numbers_too_large_are_kept(small: Release):
    outcome = box.run(
        small, "select 1 as a, 2.5 as a, 2::hugeint ** 100 as b, 'nan'::double as c, null as d, true as e"
    )
    assert outcome.table is not None
    assert outcome.table.columns == ["a", "a_2", "b", "c", "d", "e"]
    assert outcome.table.row(0)[:2] == (1, "2.5")


def test_many_at_once_are_answered_or_told_to_wait(small: Release, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(box, "PATIENCE", 0.05)
    with ThreadPoolExecutor(12) as pool:
        outcomes = list(pool.map(lambda n: box.run(small, f"select {n} as crowd"), range(12)))
    answered = [o for o in outcomes if o.table is not None]
    assert answered
    assert {o.reason for o in outcomes if o.table is None} <= {"busy"}
    assert box.run(small, "select 'after the crowd'").table is not None


def test_half_a_character_is_answered_and_not_handed_on(small: Release):
    outcome = box.run(small, "select '\ud800'")
    assert outcome.table is not None
    assert outcome.table.item() == "?"


def test_the_release_is_the_same_after_every_attack(small: Release):
    """Every statement above that would write was refused before; here the file itself is looked at."""
    file = queries.home(small) / queries.DATABASE
    before = hashlib.sha256(file.read_bytes()).hexdigest(), sorted(p.name for p in file.parent.iterdir())
    for sql in ("drop table codes", "insert into codes values (1)", "create table x as select 1", "checkpoint"):
        box.run(small, sql)
    assert (hashlib.sha256(file.read_bytes()).hexdigest(), sorted(p.name for p in file.parent.iterdir())) == before

"""Every question keeps its promise and answers as counted by hand; a release is opened read-only or not at all."""

import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pytest

import queries
from queries import DamagedReleaseError, NoReleaseError, Release
from tests import certified

FILES = sorted(queries.HERE.glob("*.sql"))
QUESTIONS = [file.stem for file in FILES]
NUMBERS = {"INTEGER", "BIGINT", "DOUBLE", "VARCHAR", "BOOLEAN", "DATE"}  # DECIMAL and HUGEINT break Altair's JSON
STATUSES = {"published", "zero", "suppressed", "not_collected"}
ASKED: dict[str, queries.Parameter] = {"first_year": 2014, "last_year": 2025, "period": "all"}

# Counted by hand from the eight rows of SMALL in conftest.py. "7/22" is 7 of a base of 22, "-" is not collected.
BY_HAND = {
    "referrals_by_year": """
        2018 27
        2019 35
    """,
    "grounded_by_year": """
        2018 grounded 7/22
        2019 grounded 20/35
    """,
    "referrals_by_ideology": """
        2018 militant_islamist 14/27
        2018 right_wing 13/27
        2018 left_wing 0/27
        2018 anti_authority -/27
        2018 other 0/27
        2018 unknown 0/27
        2019 militant_islamist 8/35
        2019 right_wing 10/35
        2019 left_wing 12/35
        2019 anti_authority -/35
        2019 other 0/35
        2019 unknown 5/35
    """,
    "referrals_by_ideology_group": """
        2018 militant_islamist 14/27
        2018 political 13/27
        2018 other 0/27
        2018 unknown 0/27
        2019 militant_islamist 8/35
        2019 political 22/35
        2019 other 0/35
        2019 unknown 5/35
    """,
    "referrals_by_resource": """
        2018 resource_strong 7/27
        2018 mixed 5/27
        2018 vulnerable 15/27
        2018 unknown 0/27
        2019 resource_strong 12/35
        2019 mixed 0/35
        2019 vulnerable 18/35
        2019 unknown 5/35
    """,
    "referrals_by_outcome": """
        2018 intervention 7/22
        2018 referred_on 9/22
        2018 declined 0/22
        2018 closed 6/22
        2018 pending 5
        2019 intervention 12/35
        2019 referred_on 8/35
        2019 declined 5/35
        2019 closed 10/35
        2019 pending 0
    """,
    "key_shares": """
        2018 political 13/27
        2018 resource_strong 7/27
        2019 political 22/35
        2019 resource_strong 12/35
    """,
    "grounded_by_ideology": """
        2018 militant_islamist 0/9
        2018 right_wing 7/13
        2018 left_wing 0/0
        2018 anti_authority -
        2018 other 0/0
        2018 unknown 0/0
        2019 militant_islamist 8/8
        2019 right_wing 0/10
        2019 left_wing 12/12
        2019 anti_authority -
        2019 other 0/0
        2019 unknown 0/5
    """,
    "grounded_by_resource": """
        2018 resource_strong 7/7
        2018 mixed 0/0
        2018 vulnerable 0/15
        2018 unknown 0/0
        2019 resource_strong 12/12
        2019 mixed 0/0
        2019 vulnerable 8/18
        2019 unknown 0/5
    """,
}
CROSSED_BY_HAND = {
    "ideology_by_resource": """
        -                 resource_strong mixed vulnerable unknown all
        militant_islamist 0               5     17         0       22
        right_wing        7               0     16         0       23
        left_wing         12              0     0          0       12
        anti_authority    -               -     -          -       -
        other             0               0     0          0       0
        unknown           0               0     0          5       5
        all               19              5     33         5       62
    """,
    "ideology_by_outcome": """
        -                 intervention referred_on declined closed pending all
        militant_islamist 0            17          0        0      5       22
        right_wing        7            0           0        16     0       23
        left_wing         12           0           0        0      0       12
        anti_authority    -            -           -        -      -       -
        other             0            0           0        0      0       0
        unknown           0            0           5        0      0       5
        all               19           17          5        16     5       62
    """,
    "resource_by_outcome": """
        -                 intervention referred_on declined closed pending all
        resource_strong   19           0           0        0      0       19
        mixed             0            0           0        0      5       5
        vulnerable        0            17          0        16     0       33
        unknown           0            0           5        0      0       5
        all               19           17          5        16     5       62
    """,
    "assessment_by_outcome": """
        -                 intervention referred_on declined closed pending all
        grounded          19           8           0        0      0       27
        not_grounded      -            9           5        16     0       30
        pending           -            -           -        -      5       5
        all               19           17          5        16     5       62
    """,
}
LISTS = (
    "codes_in_order",
    "periods",
    "marks",
    "public_statements",
    "has_certificate",
    "certificate",
    "certificate_tables",
    "published_tables",
    "groupings",
    "schema",
)  # each has its own test below


def parameters(question: str) -> dict[str, queries.Parameter]:
    statement = duckdb.extract_statements((queries.HERE / f"{question}.sql").read_text("utf-8"))[0]
    return {name: ASKED[name] for name in statement.named_parameters}


def lines(grid: str) -> list[list[str]]:
    return [line.split() for line in grid.strip().splitlines()]


# What each file promises


@pytest.mark.parametrize("file", FILES, ids=QUESTIONS)
def test_a_query_opens_with_its_question_and_what_it_returns(file: Path):
    first, second, *rest = file.read_text("utf-8").splitlines()
    assert re.fullmatch(r"-- [A-Z][^?.]*\?( [A-Z][^?.]*\.)?", first)
    assert re.fullmatch(r"-- returns: \w+ [A-Z]+(, \w+ [A-Z]+)*", second)
    assert rest[0].startswith(("select", "with"))


@pytest.mark.parametrize("file", FILES, ids=QUESTIONS)
def test_a_query_is_one_statement_that_reads(file: Path):
    statements = duckdb.extract_statements(file.read_text("utf-8"))
    assert [s.type for s in statements] == [duckdb.StatementType.SELECT]


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_query_returns_the_columns_and_types_that_it_promises(example: Release, question: str):
    sql = (queries.HERE / f"{question}.sql").read_text("utf-8")
    promised = sql.splitlines()[1].removeprefix("-- returns: ").split(", ")
    described = example.connection.cursor().execute(f"describe\n{sql}", parameters(question)).fetchall()
    assert [f"{name} {kind}" for name, kind, *_ in described] == promised
    assert {kind for _, kind, *_ in described} <= NUMBERS


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_query_has_an_answer_for_the_example(example: Release, question: str):
    assert queries.ask(example, question, **parameters(question)).height > 0


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_number_has_a_status_that_agrees_with_it(example: Release, question: str):
    answer = queries.ask(example, question, **parameters(question))
    for row in answer.iter_rows(named=True) if "status" in answer.columns else []:
        assert row["status"] in STATUSES
        assert (row["n"] is None) == (row["status"] in ("suppressed", "not_collected")), row
        assert (row["n"] == 0) == (row["status"] == "zero"), row
        assert row["n"] is None or row["n"] == 0 or row["n"] >= 5, row
        assert (row["lower"] is None) == (row["status"] != "suppressed"), row
        assert row["upper"] is None or row["lower"] <= 1 or row["upper"] - row["lower"] >= 2, row


# Answers counted by hand


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_query_has_an_answer_by_hand(question: str):
    """A new .sql file comes with its answer for SMALL, counted by a person."""
    assert question in (*BY_HAND, *CROSSED_BY_HAND, *LISTS)


@pytest.mark.parametrize("question", BY_HAND)
def test_a_question_about_years_is_answered_as_counted_by_hand(small: Release, question: str):
    answer = queries.ask(small, question, first_year=2018, last_year=2019)
    found = []
    for row in answer.iter_rows(named=True):
        base = f"/{row['base']}" if row.get("base") is not None else ""
        n = "-" if row["status"] == "not_collected" else str(row["n"])
        found.append([str(row["year"]), *([row["code"]] if "code" in row else []), n + base])
    assert found == lines(BY_HAND[question])


@pytest.mark.parametrize("question", BY_HAND)
def test_years_outside_the_question_stay_out_of_the_answer(small: Release, question: str):
    assert set(queries.ask(small, question, first_year=2019, last_year=2030)["year"]) == {2019}
    assert queries.ask(small, question, first_year=2020, last_year=2030).is_empty()


@pytest.mark.parametrize("question", CROSSED_BY_HAND)
def test_a_crossed_question_is_answered_as_counted_by_hand(small: Release, question: str):
    (_, *columns), *rows = lines(CROSSED_BY_HAND[question])
    expected = [
        (row, column, None if n == "-" else int(n))
        for row, *numbers in rows
        for column, n in zip(columns, numbers, strict=True)
    ]
    answer = queries.ask(small, question, period="all")
    assert answer.select("row_code", "column_code", "n").rows() == expected
    assert [s == "not_collected" for s in answer["status"]] == [n is None for *_, n in expected]


def test_a_crossed_question_about_one_year_counts_that_year_alone(small: Release):
    answer = queries.ask(small, "ideology_by_resource", period="2018")
    found = {(row, column): n for row, column, n, *_ in answer.rows() if n}
    assert found == {
        ("militant_islamist", "mixed"): 5,
        ("militant_islamist", "vulnerable"): 9,
        ("militant_islamist", "all"): 14,
        ("right_wing", "resource_strong"): 7,
        ("right_wing", "vulnerable"): 6,
        ("right_wing", "all"): 13,
        ("all", "resource_strong"): 7,
        ("all", "mixed"): 5,
        ("all", "vulnerable"): 15,
        ("all", "all"): 27,
    }


def test_nothing_is_suppressed_in_the_small_release(small: Release):
    assert small.connection.cursor().execute("select count(*) from audit").fetchall() == [(0,)]


def test_periods_come_with_the_longest_first(small: Release, example: Release):
    assert queries.ask(small, "periods").rows() == [
        ("all", 2018, 2019),
        ("2019", 2019, 2019),
        ("2018", 2018, 2018),
    ]
    assert queries.ask(example, "periods").rows()[:5] == [
        ("all", 2014, 2025),
        ("2022-2025", 2022, 2025),
        ("2018-2021", 2018, 2021),
        ("2014-2017", 2014, 2017),
        ("2025", 2025, 2025),
    ]


def test_codes_come_in_the_order_of_the_code_lists(small: Release):
    answer = queries.ask(small, "codes_in_order").rows()
    assert [row for row in answer if row[0] == "ideology"] == [
        ("ideology", "militant_islamist", 0, None, None, "militant_islamist"),
        ("ideology", "right_wing", 1, None, None, "political"),
        ("ideology", "left_wing", 2, None, None, "political"),
        ("ideology", "anti_authority", 3, 2021, None, "political"),
        ("ideology", "other", 4, None, None, "other"),
        ("ideology", "unknown", 5, None, None, "unknown"),
    ]
    assert [row[:3] for row in answer if row[0] == "resource_profile"] == [
        ("resource_profile", "resource_strong", 0),
        ("resource_profile", "mixed", 1),
        ("resource_profile", "vulnerable", 2),
        ("resource_profile", "unknown", 3),
    ]


def test_breaks_and_events_come_by_year(small: Release):
    answer = queries.ask(small, "marks")
    assert answer.select("id", "kind", "year", "measures", "dimension", "category").rows() == [
        ("coordination_unit", "event", 2016, "grounded,grounded_share", "all", "all"),
        ("hotline_opened", "event", 2016, "referrals", "all", "all"),
        ("grounded_redefined", "break", 2018, "grounded,grounded_share", "all", "all"),
        ("action_plan_2020", "event", 2020, "referrals,grounded,grounded_share", "all", "all"),
        ("anti_authority_added", "break", 2021, "referrals,grounded,grounded_share", "ideology", "anti_authority"),
    ]
    for column in ("text_da", "text_en", "note_da", "note_en", "source_id"):
        assert all(answer[column])


def test_the_published_tables_come_with_their_dimensions_and_kinds_of_time(small: Release):
    told = {name: (dimensions, times) for name, dimensions, times in queries.ask(small, "published_tables").iter_rows()}
    assert told["ideology_resource"] == ("ideology,resource_profile", "year,period,all")
    assert told["gender"] == ("gender", "year,all")
    assert told["ideology_gender"] == ("ideology,gender", "period,all")
    assert len(told) == 15


def test_groupings_name_the_dimension_whose_codes_they_group(small: Release):
    assert queries.ask(small, "groupings").rows() == [("ideology_group", "ideology"), ("outcome_group", "outcome")]


def test_the_schema_tells_every_column_of_every_table_as_it_lies_in_the_file(small: Release):
    told = queries.ask(small, "schema")
    gender = told.filter(told["name"] == "gender")
    expected = ["period", "first_year", "last_year", "gender", "n", "status", "lower", "upper"]
    assert gender["column_name"].to_list() == expected
    assert gender["comment"].null_count() == 0
    assert {"release", "codes", "breaks", "audit"} <= set(told["name"])


def test_a_published_table_comes_whole_and_no_other_does(small: Release):
    """2 years and all years, 4 codes of gender and their total."""
    assert queries.table(small, "gender").height == 3 * 5
    with pytest.raises(LookupError):
        queries.table(small, "audit")
    with pytest.raises(LookupError):
        queries.table(small, 'gender" where 1=1; --')


def test_a_certificate_is_told_as_it_stands_item_by_item_and_table_by_table(
    small_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    certified.copy(small_folder, tmp_path, certified.ITEMS)
    monkeypatch.setenv("VINK_RELEASES", str(tmp_path))
    release = queries.open_release("2020.1")
    assert queries.ask(release, "has_certificate").rows() == [(True,)]
    assert dict(queries.ask(release, "certificate").iter_rows()) == certified.ITEMS
    dimensions = {"ideology_resource": "ideology,resource_profile", "gender": "gender"}
    told = [(name, dimensions[name], *row) for name, row in certified.TABLES.items()]
    assert queries.ask(release, "certificate_tables").rows() == told


def test_a_release_without_a_certificate_says_that_it_has_none(
    small_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    certified.copy(small_folder, tmp_path, None)
    monkeypatch.setenv("VINK_RELEASES", str(tmp_path))
    assert queries.ask(queries.open_release("2020.1"), "has_certificate").rows() == [(False,)]


# Suppressed parts of a base, in tables written by hand


def by_hand(table: str, dimensions: tuple[str, str], rows: list[tuple]) -> Release:
    """A release with one table; rows hold the two codes, n, lower and upper of one cell in 2018."""
    con = duckdb.connect()
    con.execute("create table codes (dimension varchar, code varchar, position integer)")
    for dimension, code, position in (
        ("ideology", "other", 0),
        ("outcome_group", "closed", 0),
        ("outcome_group", "pending", 1),
    ):
        con.execute("insert into codes values (?, ?, ?)", [dimension, code, position])
    con.execute(
        f"create table {table} (period varchar, first_year integer, last_year integer, {dimensions[0]} varchar, "
        f"{dimensions[1]} varchar, n integer, status varchar, lower integer, upper integer)"
    )
    for one, other, n, lower, upper in rows:
        status = "suppressed" if n is None else "published" if n else "zero"
        con.execute(
            f"insert into {table} values ('2018', 2018, 2018, ?, ?, ?, ?, ?, ?)", [one, other, n, status, lower, upper]
        )
    return Release("by hand", "real", "2020-01-01", 2018, 2018, 5, con)


GROUNDED = {
    "grounded_by_year": ("assessment_ideology", ("ideology", "assessment"), "all"),
    "grounded_by_ideology": ("assessment_ideology", ("ideology", "assessment"), "other"),
}


@pytest.mark.parametrize("question", GROUNDED)
def test_the_base_is_known_where_the_whole_and_the_pending_are(question: str):
    table, dimensions, code = GROUNDED[question]
    release = by_hand(
        table,
        dimensions,
        [
            (code, "grounded", None, 1, 7),
            (code, "not_grounded", None, 20, 26),
            (code, "pending", 0, None, None),
            (code, "all", 27, None, None),
        ],
    )
    (row,) = queries.ask(release, question, first_year=2018, last_year=2018).to_dicts()
    assert row["base"] == 27
    assert (row["n"], row["lower"], row["upper"]) == (None, 1, 7)


@pytest.mark.parametrize("question", GROUNDED)
def test_an_unknown_base_has_a_range_that_holds_all_that_it_can_be(question: str):
    """9 grounded, 3-8 not, 1-4 pending, 18 in all: the base is 18 less 1 to 4, so 14 to 17."""
    table, dimensions, code = GROUNDED[question]
    release = by_hand(
        table,
        dimensions,
        [
            (code, "grounded", 9, None, None),
            (code, "not_grounded", None, 3, 8),
            (code, "pending", None, 1, 4),
            (code, "all", 18, None, None),
        ],
    )
    (row,) = queries.ask(release, question, first_year=2018, last_year=2018).to_dicts()
    assert row["base"] is None
    assert row["base_lower"] <= 14
    assert row["base_upper"] >= 17


def test_pending_referrals_that_are_suppressed_leave_outcomes_a_range_as_base():
    """40 in all, of whom 1-6 are pending: the base is 34 to 39."""
    release = by_hand(
        "ideology_outcome",
        ("ideology", "outcome_group"),
        [("all", "closed", 30, None, None), ("all", "pending", None, 1, 6), ("all", "all", 40, None, None)],
    )
    closed, pending = queries.ask(release, "referrals_by_outcome", first_year=2018, last_year=2018).to_dicts()
    assert (closed["base"], closed["base_lower"], closed["base_upper"]) == (None, 34, 39)
    assert (pending["base"], pending["base_lower"], pending["base_upper"]) == (None, None, None)


# The door


def test_a_question_that_lacks_a_parameter_is_refused(small: Release):
    with pytest.raises(duckdb.InvalidInputException, match="last_year"):
        queries.ask(small, "referrals_by_year", first_year=2018)


def test_the_same_question_is_answered_once(small: Release):
    one = queries.ask(small, "referrals_by_year", first_year=2018, last_year=2019)
    assert queries.ask(small, "referrals_by_year", last_year=2019, first_year=2018) is one


def test_many_sessions_may_ask_at_once(small: Release):
    def total(first: int) -> object:
        return queries.ask(small, "referrals_by_year", first_year=first % 2019, last_year=2019)["n"].sum()

    with ThreadPoolExecutor(16) as pool:
        assert list(pool.map(total, range(200))) == [62] * 200


WRITES = [
    "insert into codes (code) values ('new')",
    "delete from codes",
    "drop table codes",
    "create table mine (x integer)",
    "update codes set code = 'new'",
]
REACHES_OUT = [
    "select * from read_csv('/etc/passwd')",
    "select * from read_text('/etc/passwd')",
    "copy codes to '/tmp/vink-codes.csv'",
    "attach '/tmp/vink-other.duckdb' as other",
    "install httpfs",
    "load httpfs",
    "set enable_external_access = true",
    "set lock_configuration = false",
    "set memory_limit = '64GB'",
]


@pytest.mark.parametrize("statement", WRITES)
def test_a_release_is_never_written_to(small: Release, statement: str):
    with pytest.raises(duckdb.InvalidInputException, match="read-only"):
        small.connection.cursor().execute(statement)


@pytest.mark.parametrize("statement", REACHES_OUT)
def test_a_release_reaches_neither_files_nor_net_nor_its_own_settings(small: Release, statement: str):
    with pytest.raises(duckdb.Error, match=r"disabled|locked|configuration"):
        small.connection.cursor().execute(statement)


# Opening


@pytest.fixture
def releases(small_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of releases of one's own to damage, with 2020.1 in it."""
    shutil.copytree(small_folder, tmp_path, dirs_exist_ok=True)
    monkeypatch.setenv("VINK_RELEASES", str(tmp_path))
    return tmp_path


def test_a_release_says_what_it_is(releases: Path):
    assert queries.current() == "2020.1"
    assert queries.versions() == ["2020.1"]
    opened = queries.open_release("2020.1")
    assert (opened.version, opened.kind, opened.created) == ("2020.1", "real", "2020-06-01T12:00:00+00:00")
    assert (opened.first_year, opened.last_year, opened.threshold) == (2018, 2019, 5)
    assert queries.open_release("2020.1") is opened


def test_an_empty_folder_has_no_release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("VINK_RELEASES", str(tmp_path))
    assert queries.versions() == []
    with pytest.raises(NoReleaseError):
        queries.current()


def test_a_folder_that_a_build_still_writes_is_no_release(releases: Path):
    (releases / "2020.1").rename(releases / ".building-1-2020.1")
    assert queries.versions() == []


OUTSIDE = ["2019.1", "../x", "..", ".", "2020.1/../2020.1", "2020.1/", "/etc", ".building-1-2020.1", "*", "a\0b"]


@pytest.mark.parametrize("version", [*OUTSIDE, pytest.param("9" * 5000, id="very long"), "å" * 200, "\ud800"])
def test_a_version_that_is_not_there_or_is_a_path_is_no_release(releases: Path, version: str):
    shutil.copytree(releases / "2020.1", releases.parent / "x", dirs_exist_ok=True)
    shutil.copytree(releases / "2020.1", releases / ".building-1-2020.1")
    with pytest.raises(NoReleaseError):
        queries.open_release(version)


def truncate(home: Path) -> None:
    os.truncate(home / "vink.duckdb", 100)


def flip_a_byte(home: Path) -> None:
    content = bytearray((home / "vink.duckdb").read_bytes())
    content[len(content) // 2] ^= 1
    (home / "vink.duckdb").write_bytes(content)


def change_manifest(**changed: object) -> Callable[[Path], None]:
    def change(home: Path) -> None:
        manifest = json.loads((home / "manifest.json").read_text("utf-8")) | changed
        (home / "manifest.json").write_text(json.dumps(manifest), "utf-8")

    return change


def write_manifest(text: str) -> Callable[[Path], object]:
    return lambda home: (home / "manifest.json").write_text(text, "utf-8")


DAMAGE: dict[str, tuple[Callable[[Path], object], str]] = {
    "a truncated file": (truncate, "damaged"),
    "a flipped byte": (flip_a_byte, "damaged"),
    "another file": (lambda home: (home / "vink.duckdb").write_bytes(b"not a database"), "damaged"),
    "a newer schema": (change_manifest(schema_version=999), "newer"),
    "a newer schema that names its files otherwise": (change_manifest(schema_version=999, files=[]), "newer"),
    "no file": (lambda home: (home / "vink.duckdb").unlink(), "unreadable"),
    "no manifest": (lambda home: (home / "manifest.json").unlink(), "unreadable"),
    "a manifest that is no JSON": (write_manifest("{"), "unreadable"),
    "a manifest that is a list": (write_manifest("[]"), "unreadable"),
    "a manifest without files": (change_manifest(files={}), "unreadable"),
    "a manifest whose schema is a word": (change_manifest(schema_version="one"), "unreadable"),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_release_is_not_opened_and_the_reason_is_told(releases: Path, damage: str):
    queries.open_release("2020.1")  # a release that was opened before it was damaged is checked again
    harm, reason = DAMAGE[damage]
    harm(releases / "2020.1")
    with pytest.raises(DamagedReleaseError) as problem:
        queries.open_release("2020.1")
    assert (problem.value.version, problem.value.reason) == ("2020.1", reason)


def test_a_database_that_agrees_with_its_manifest_but_is_no_release_is_unreadable(releases: Path):
    home = releases / "2020.1"
    (home / "vink.duckdb").unlink()
    with duckdb.connect(str(home / "vink.duckdb")) as con:
        con.execute("create table other (x integer)")
    digest = hashlib.sha256((home / "vink.duckdb").read_bytes()).hexdigest()
    change_manifest(files={"vink.duckdb": digest})(home)
    with pytest.raises(DamagedReleaseError) as problem:
        queries.open_release("2020.1")
    assert problem.value.reason == "unreadable"


def test_a_release_that_is_put_back_is_opened_again(releases: Path):
    kept = (releases / "2020.1" / "vink.duckdb").read_bytes()
    truncate(releases / "2020.1")
    with pytest.raises(DamagedReleaseError):
        queries.open_release("2020.1")
    (releases / "2020.1" / "vink.duckdb").write_bytes(kept)
    assert queries.open_release("2020.1").version == "2020.1"


def test_a_pointer_that_is_no_text_is_damaged_and_not_missing(releases: Path):
    """Where it is missing, the site makes the example release, which must not take the place of a real one."""
    (releases / "current").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DamagedReleaseError) as problem:
        queries.current()
    assert problem.value.reason == "unreadable"


def test_readers_who_come_at_the_same_moment_open_a_new_release_once(tmp_path, monkeypatch, small_folder):
    """A fresh copy, so that nobody has opened it yet; sixteen at once."""
    shutil.copytree(small_folder, tmp_path / "releases")
    monkeypatch.setenv("VINK_RELEASES", str(tmp_path / "releases"))
    with ThreadPoolExecutor(16) as pool:
        opened = list(pool.map(lambda _: queries.open_release(queries.current()), range(16)))
    assert {id(release) for release in opened} == {id(opened[0])}


def test_the_pages_never_add_cells_up():
    """A sum over a range of years that somebody chose would give suppressed cells away; see docs/disclosure-control.md.

    What a page shows comes from these questions, and points.py makes shares of two cells of one row.
    """
    questions = sorted((Path(queries.__file__).parent).glob("*.sql"))
    assert len(questions) > 10
    for question in questions:
        words = question.read_text(encoding="utf-8").lower()
        assert not re.search(r"\b(sum|avg|mean|count|list|string_agg|group by)\b\s*\(?", words), question.name


def test_every_public_statement_comes_with_its_first_source(small: Release):
    """data/published.toml: the 104 of 2016 stand in S02, and its page was seen; the 60 of 2014 are of S03."""
    found = {row["id"]: row for row in queries.ask(small, "public_statements").iter_rows(named=True)}
    assert len(found) == 20
    mine = found["referrals_2016"]
    assert (mine["value"], mine["unit"], mine["said_on"], mine["who"]) == (
        104,
        "count",
        "2018-04-03",
        "Københavns Kommune",
    )
    assert (mine["first_day"], mine["last_day"]) == ("2016-01-01", "2016-12-31")
    assert mine["url"].startswith("https://cecilialonningskovgaard.kk.dk/")
    assert (found["referrals_2014"]["source_title"], found["referrals_2014"]["url"]) == (
        "Forebyggelse af radikalisering",
        None,
    )

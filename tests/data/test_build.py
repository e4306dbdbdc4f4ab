"""The build from end to end: releases appear whole or not at all, and are never changed."""

import dataclasses
import datetime as dt
import hashlib
import json
import signal
import subprocess
import sys
from pathlib import Path

import duckdb
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data import build, release
from tests.data.tiny import codes as tiny_codes
from tests.data.tiny import policy as tiny_policy

ROOT = Path(__file__).parent.parent.parent
LISTS = tiny_codes()
RULES = tiny_policy(LISTS)
AX = "2019-2019, ideology=a, resource_profile=x"


def records(**counts: int) -> pl.DataFrame:
    """Records of 2019: ax=7 is seven referrals of ideology a and profile x."""
    rows = [(2019, key[0], key[1], n) for key, n in counts.items()]
    schema = {"year": pl.Int32, "ideology": pl.String, "resource_profile": pl.String, "count": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def about(version: str, kind: str = "real") -> release.About:
    return release.About(version, kind, dt.datetime(2026, 1, 2, 3, 4, tzinfo=dt.UTC), rejected_rows=2)


def made(folder: Path, version: str = "2026.1", kind: str = "real", **counts: int) -> Path:
    return build.build(
        records(**(counts or {"ax": 2, "ay": 9, "bx": 9, "by": 30})), about(version, kind), RULES, LISTS, folder
    )


def test_a_release_has_its_files_and_a_manifest_that_knows_their_hashes(tmp_path):
    place = made(tmp_path)
    manifest = json.loads((place / "manifest.json").read_text())
    assert sorted(p.name for p in place.iterdir()) == ["datapackage.json", "manifest.json", "tables", "vink.duckdb"]
    assert manifest["version"] == "2026.1" and manifest["kind"] == "real" and manifest["rejected_rows"] == 2
    assert manifest["threshold"] == 5
    explaining = {"codes", "breaks", "published_figures", "sources", "knowledge", "certificate", "certificate_tables"}
    assert {path.stem for path in (place / "tables").iterdir()} == {"cross", *explaining}
    for name, digest in manifest["files"].items():
        assert hashlib.sha256((place / name).read_bytes()).hexdigest() == digest


def test_the_certificate_counts_what_is_hidden(tmp_path):
    """A 2 and its three partners in a table of 12 cells, 3 of them of c, which holds nobody."""
    with duckdb.connect(str(made(tmp_path) / "vink.duckdb"), read_only=True) as con:
        items = dict(con.sql("select item, value from certificate").fetchall())
        beside = con.sql("select count(*) from knowledge").fetchall()
    counts = ["cells", "published", "zero", "suppressed", "primary", "secondary", "public", "insiders_tried"]
    assert [int(items[item]) for item in counts] == [12, 5, 3, 4, 1, 3, 0, 0]
    assert items["ended"] == "optimal" and items["narrowest"] == "12" and items["earlier_releases"] == ""
    assert beside == [(0,)]


def test_the_pointer_names_the_newest_build(tmp_path):
    made(tmp_path, "2026.1")
    made(tmp_path, "2026.2")
    assert release.current(tmp_path) == "2026.2"


def test_a_suppressed_cell_has_a_range_and_no_number_in_every_file(tmp_path):
    place = made(tmp_path)
    with duckdb.connect(str(place / "vink.duckdb"), read_only=True) as con:
        row = con.execute(
            "select n, status, lower, upper from \"cross\" where ideology = 'a' and resource_profile = 'x'"
        ).fetchone()
    assert row == (None, "suppressed", 0, 11)
    csv = pl.read_csv(place / "tables" / "cross.csv").filter(ideology="a", resource_profile="x")
    assert csv.select("n", "status", "lower", "upper").row(0) == (None, "suppressed", 0, 11)


def test_nothing_in_a_release_tells_primary_from_secondary(tmp_path):
    place = made(tmp_path)
    with duckdb.connect(str(place / "vink.duckdb"), read_only=True) as con:
        every = con.sql('select distinct status from "cross"').fetchall()
        verdicts = con.sql("select distinct verdict from audit").fetchall()
        columns = [name for (name,) in con.sql("select column_name from duckdb_columns()").fetchall()]
    assert set(every) <= {("published",), ("zero",), ("suppressed",)}
    assert verdicts == [("safe",)]
    assert not {"primary", "secondary", "true", "count"} & set(columns)


def test_two_builds_of_the_same_records_hold_the_same(tmp_path):
    hashes = []
    for folder in ("one", "two"):
        place = made(tmp_path / folder)
        hashes.append(json.loads((place / "manifest.json").read_text())["content_sha256"])
    assert hashes[0] == hashes[1]
    other = made(tmp_path / "three", ax=2, ay=9, bx=9, by=31)
    assert json.loads((other / "manifest.json").read_text())["content_sha256"] != hashes[0]


def test_a_version_is_built_once(tmp_path):
    made(tmp_path)
    with pytest.raises(release.ReleaseError, match="A release is never changed"):
        made(tmp_path)


@pytest.mark.parametrize("version", ["", "../x", ".hidden", "a/b", "2026 1"])
def test_a_version_that_is_no_folder_name_is_refused(tmp_path, version):
    with pytest.raises(release.ReleaseError, match="can't be a version"):
        made(tmp_path, version)


def test_no_referrals_make_no_release(tmp_path):
    with pytest.raises(build.BuildError, match="no referrals"):
        build.build(records(ax=0), about("2026.1"), RULES, LISTS, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_an_example_never_takes_the_place_of_a_real_release(tmp_path):
    made(tmp_path, "2026.1", "real")
    made(tmp_path, "example-1", "example")
    assert release.current(tmp_path) == "2026.1"


def test_a_build_whose_audit_fails_writes_no_release(tmp_path, monkeypatch):
    made(tmp_path, "2026.1")

    def forgets_partners(self):
        return build.protect.Pattern(self.small, self.small)

    monkeypatch.setattr(build.protect.Protection, "pattern", forgets_partners)
    with pytest.raises(build.BuildError, match="the audit still finds 1 cells open"):
        made(tmp_path, "2026.2")
    assert release.current(tmp_path) == "2026.1"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["2026.1", "current"]


def test_what_the_audit_finds_open_goes_back_to_protection(tmp_path, monkeypatch):
    """Protection that forgets partners the first time gets them right when it is told which cells are open."""
    whole = build.protect.Protection.pattern
    calls = []

    def forgets_once(self):
        calls.append(self)
        return whole(self) if len(calls) > 1 else build.protect.Pattern(self.small, self.small)

    monkeypatch.setattr(build.protect.Protection, "pattern", forgets_once)
    place = made(tmp_path)
    assert len(calls) == 2
    assert build.auditing.audit(place / "vink.duckdb").passed


def test_what_no_table_of_whole_numbers_allows_gets_more_room(tmp_path, monkeypatch):
    """An audit that finds a/x open in whole numbers the first time: its range then reaches one further each way.

    a/x 3, a/y 12, b/x 7, b/y 2 hidden: a/x can fall as far as b/y, to 1, which is enough. For 0 it takes more cells.
    """
    whole = build.auditing.audit
    calls = []

    def doubts_once(file, **given):
        found = whole(file, **given)
        calls.append(found)
        if len(calls) > 1:
            return found
        verdict = pl.when(pl.col("cell") == AX).then(pl.lit("narrow")).otherwise("verdict")
        return dataclasses.replace(found, cells=found.cells.with_columns(verdict=verdict), whole=(1, 1, 0))

    widened = []
    widen = build.protect.Protection.widen
    monkeypatch.setattr(build.auditing, "audit", doubts_once)
    monkeypatch.setattr(build.protect.Protection, "widen", lambda self, of: (widened.append(of), widen(self, of)))
    made(tmp_path, ax=3, ay=12, bx=7, by=2)
    assert len(calls) == 2 and [len(of) for of in widened] == [1]
    lows = [found.cells.filter(cell=AX)["lower"].item() for found in calls]
    assert lows == [1, 0]


@pytest.mark.parametrize("step", ["count", "gap", "audit", "release"])
def test_killed_at_any_step_the_former_release_still_serves(tmp_path, step):
    """A build in a process of its own is killed the moment that it reports the step."""
    made(tmp_path, "2026.1")
    script = (
        "import sys, os, signal\n"
        "from pathlib import Path\n"
        "from tests.data.test_build import *\n"
        "def report(step, done, of):\n"
        f"    if step == {step!r}: os.kill(os.getpid(), signal.SIGKILL)\n"
        "build.build(records(ax=2, ay=9, bx=9, by=30), about('2026.2'), RULES, LISTS, "
        "Path(sys.argv[1]), report=report)\n"
    )
    ended = subprocess.run([sys.executable, "-c", script, str(tmp_path)], cwd=ROOT, check=False)
    assert ended.returncode == -signal.SIGKILL
    assert release.current(tmp_path) == "2026.1"
    assert not (tmp_path / "2026.2").exists()
    assert made(tmp_path, "2026.2").name == "2026.2"
    assert not list(tmp_path.glob(".building-*")), "the next build clears what the killed one left"


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(numbers=st.lists(st.integers(0, 12), min_size=6, max_size=6).filter(any))
def test_whatever_is_counted_a_release_passes_the_audit_of_one_who_knows_its_rule(tmp_path_factory, numbers):
    """From outside, with the conclusions drawn: every count from 1 to 4 keeps a range that holds 1 to 4."""
    keys = [f"{row}{column}" for row in "abc" for column in "xy"]
    counts = dict(zip(keys, numbers, strict=True))
    place = made(tmp_path_factory.mktemp("any"), **counts)
    found = build.auditing.audit(place / "vink.duckdb")
    assert found.passed
    ends = {cell: (low, high) for cell, low, high in found.cells.select("cell", "lower", "upper").iter_rows()}
    for key, n in counts.items():
        if 1 <= n <= 4:
            low, high = ends[f"2019-2019, ideology={key[0]}, resource_profile={key[1]}"]
            assert low <= 1 and (high is None or high >= 4)


# The example release


def test_the_published_figures_come_out_of_the_example_release(example_folder):
    """tests/data/files/dk_copenhagen_referrals.csv: every yearly figure that the release has a cell for."""
    published = pl.read_csv(ROOT / "tests/data/files/dk_copenhagen_referrals.csv").filter(
        pl.col("series") == "vink_referrals", pl.col("period").str.contains(r"^\d{4}$"), pl.col("period") != "2013"
    )
    place = next(example_folder.glob("example-*"))
    with duckdb.connect(str(place / "vink.duckdb"), read_only=True) as con:

        def cell(table: str, year: str, **codes_of: str) -> tuple:
            where = " and ".join(f"{k} = '{v}'" for k, v in codes_of.items())
            row = con.execute(
                f"select n, status, lower, upper from {table} where period = '{year}' and {where}"
            ).fetchone()
            assert row
            return row

        checked = set()
        for row in published.iter_rows(named=True):
            year, value = row["period"], row["value"]
            key = (year, row["measure"], row["category"])
            if row["dimension"] == "topic":
                continue  # Syria, Iraq or Islamic State is a theme, not a dimension of ours
            if row["measure"] == "referrals":
                assert cell("ideology_resource", year, ideology="all", resource_profile="all")[0] == value
            elif row["measure"] == "intervention_started":
                assert cell("ideology_outcome", year, ideology="all", outcome_group="intervention")[0] == value
                assert cell("assessment_ideology", year, ideology="all", assessment="grounded")[0] == value
            elif row["measure"] == "grounded_share":
                grounded, rest = (
                    cell("assessment_ideology", year, ideology="all", assessment=a)[0]
                    for a in ("grounded", "not_grounded")
                )
                assert int(100 * grounded / (grounded + rest) + 0.5) == value
            elif row["dimension"] == "total":
                assert cell("assessment_ideology", year, ideology="all", assessment="grounded")[0] == value
            else:  # 8 and 2 of 10: hidden, within a range that holds the published number, or a shown zero
                code = {"militant_islamism": "militant_islamist"}.get(str(row["category"]), str(row["category"]))
                n, status, lower, upper = cell("assessment_ideology", year, ideology=code, assessment="grounded")
                assert (status == "suppressed" and lower <= value <= upper) or n == value
                if value == 2:  # said in public: the release doesn't print it, and tells nothing beside it
                    assert (status, lower, upper) == ("suppressed", 1, 4)
            checked.add(key)
    assert len(checked) == 13


def test_the_headline_margins_of_the_example_stay_published(example_folder):
    """Each year's total, grounded count, political extremism and the resource-strong: what leadership asks for."""
    place = next(example_folder.glob("example-*"))
    with duckdb.connect(str(place / "vink.duckdb"), read_only=True) as con:
        for table, codes_of in (
            ("ideology_resource", "ideology = 'all' and resource_profile = 'all'"),
            ("assessment_ideology", "ideology = 'all' and assessment = 'grounded'"),
            ("ideology_group", "ideology_group = 'political' and assessment = 'all'"),
            ("ideology_resource", "ideology = 'all' and resource_profile = 'resource_strong'"),
        ):
            query = f"select status from {table} where first_year = last_year and {codes_of}"
            assert con.sql(query).fetchall() == [("published",)] * 12


def test_the_example_is_built_once(example_folder):
    before = {p: p.stat().st_mtime_ns for p in example_folder.rglob("*") if p.is_file() and p.name != "current"}
    build.build_example(example_folder)
    assert before == {p: p.stat().st_mtime_ns for p in example_folder.rglob("*") if p.is_file() and p.name != "current"}


def test_the_release_knows_its_columns(example_folder):
    place = next(example_folder.glob("example-*"))
    package = json.loads((place / "datapackage.json").read_text())
    table = next(r for r in package["resources"] if r["name"] == "ideology_resource")
    names = [field["name"] for field in table["schema"]["fields"]]
    assert names == [
        "period",
        "first_year",
        "last_year",
        "ideology",
        "resource_profile",
        "n",
        "status",
        "lower",
        "upper",
    ]
    assert all(field["description"] for field in table["schema"]["fields"])
    assert "not to be quoted" in package["title"]
    assert (place / table["path"]).exists()

"""The commands, as a person types them."""

import json
import shutil
from pathlib import Path

import duckdb
import polars as pl
import pytest
from typer.testing import CliRunner

from data.__main__ import app
from data.example import records

FILES = Path(__file__).parent / "files"
DANISH = str(FILES.parent.parent.parent / "data" / "mappings" / "danish.toml")


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """An empty folder for releases; reports go beside it."""
    monkeypatch.setenv("VINK_RELEASES", str(tmp_path / "releases"))
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path / "releases"


def run(*words: object):
    result = CliRunner().invoke(app, [str(word) for word in words])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def one_year(folder: Path) -> Path:
    """The example's referrals of 2019 as an export: enough to build, quick to protect."""
    path = folder.parent / "export.csv"
    records().filter(pl.col("date").dt.year() == 2019).write_csv(path)
    return path


def test_check_names_all_ten_planted_faults_and_ends_with_1(folder):
    result = run("check", FILES / "ten_faults.csv", "--mapping", DANISH)
    assert result.exit_code == 1
    assert "10 faults" in result.output
    report = pl.read_excel(folder.parent / "reports" / "faults.xlsx")
    assert report.height == 10
    assert report.columns == ["file", "row", "column", "value", "rule", "message"]
    assert report["row"].to_list() == sorted(report["row"].to_list())


def test_build_stops_at_the_ten_faults_and_writes_no_release(folder):
    result = run("build", FILES / "ten_faults.csv", "--version", "2026.1", "--mapping", DANISH)
    assert result.exit_code == 1
    assert "10 faults" in result.output
    assert "No release was written" in result.output
    assert not folder.exists() or not list(folder.iterdir())


def test_check_reads_the_published_table_and_its_sums_agree(folder):
    table = FILES / "uk_prevent_2015_16_AS_PUBLISHED_wide.csv"
    result = run("check", table, "--mapping", FILES / "uk_prevent_2015_16_wide.toml")
    assert result.exit_code == 0
    assert "28 published sums checked and 28 agree" in result.output


def test_a_table_with_other_dimensions_is_checked_but_not_built(folder):
    table = FILES / "uk_prevent_2015_16_AS_PUBLISHED_wide.csv"
    result = run("build", table, "--version", "1", "--mapping", FILES / "uk_prevent_2015_16_wide.toml")
    assert result.exit_code == 1
    assert "no release can be built on it" in result.output


def test_the_messy_table_is_refused_with_its_three_faults(folder):
    table = FILES / "uk_prevent_south_east_AS_PUBLISHED_dirty.csv"
    result = run("check", table, "--mapping", FILES / "uk_prevent_south_east.toml")
    assert result.exit_code == 1
    assert "3 faults" in result.output
    for value in ("2019//20", "2020/19", "Grand total"):
        assert value in result.output


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("empty.csv", b"", "empty"),
        ("rows.csv", ",".join(records().columns).encode() + b"\n", "no rows"),
        ("book.xlsx", b"date,ideology\n2019-01-01,right_wing\n", "xlsx"),
        ("notes.txt", b"hello", "ending"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_a_sentence(folder, tmp_path, name, content, said):
    (tmp_path / name).write_bytes(content)
    result = run("build", tmp_path / name, "--version", "1")
    assert result.exit_code == 1
    assert said in result.output.lower()
    assert "Traceback" not in result.output


def test_build_makes_a_release_that_audit_passes(folder):
    result = run("build", one_year(folder), "--version", "2026.1")
    assert result.exit_code == 0, result.output
    assert (folder / "current").read_text() == "2026.1\n"
    assert json.loads((folder / "2026.1" / "manifest.json").read_text())["kind"] == "real"
    assert "70 referrals" in result.output

    audited = run("audit", "2026.1")
    assert audited.exit_code == 0, audited.output
    assert "can be worked out" in audited.output
    attack_filled_in(folder)
    attack_partner(folder)


def copied(folder: Path, name: str) -> Path:
    place = folder / name
    shutil.copytree(folder / "2026.1", place)
    return place


def attack_filled_in(folder: Path) -> None:
    """A small suppressed cell, one ideology's share of the 28 grounded referrals of 2019, is filled in."""
    place = copied(folder, "filled")
    with duckdb.connect(str(place / "vink.duckdb")) as con:
        hidden = con.execute(
            "select ideology from assessment_ideology where period = '2019' and assessment = 'grounded' "
            "and status = 'suppressed' and ideology <> 'all'"
        ).fetchall()
        true = {"militant_islamist": 17, "right_wing": 6, "left_wing": 3, "other": 2, "unknown": 0}
        small = next(code for (code,) in hidden if 0 < true[code] < 5)
        con.execute(
            f"update assessment_ideology set n = {true[small]}, status = 'published', lower = null, upper = null "
            f"where period in ('2019', 'all') and assessment = 'grounded' and ideology = '{small}'"
        )
    result = run("audit", "filled")
    assert result.exit_code == 1
    assert "small_shown" in result.output


def attack_partner(folder: Path) -> None:
    """The partners of a small cell are published: what is left can be worked out."""
    place = copied(folder, "partner")
    true = {"militant_islamist": 17, "right_wing": 6, "left_wing": 3, "other": 2, "unknown": 0}
    with duckdb.connect(str(place / "vink.duckdb")) as con:
        for code in ("militant_islamist", "right_wing", "unknown"):
            n = true[code]
            con.execute(
                f"update assessment_ideology set n = {n}, status = '{'published' if n else 'zero'}', lower = null, "
                f"upper = null where period in ('2019', 'all') and assessment = 'grounded' and ideology = '{code}' "
                "and status = 'suppressed'"
            )
    result = run("audit", "partner")
    assert result.exit_code == 1
    assert "not the file that was built" in result.output
    assert "are open" in result.output and "narrow" in result.output


def test_bad_rows_are_set_aside_and_counted_when_that_is_asked_for(folder):
    path = one_year(folder)
    lines = path.read_text().splitlines()
    bad = lines[1].replace("EX-2019-001", "EX-2019-999").split(",")
    bad[2] = "martian"
    path.write_text("\n".join([*lines, ",".join(bad)]) + "\n")
    result = run("build", path, "--version", "2026.1", "--reject-bad-rows")
    assert result.exit_code == 0, result.output
    assert json.loads((folder / "2026.1" / "manifest.json").read_text())["rejected_rows"] == 1
    aside = (folder.parent / "reports" / "rejected-2026.1-export.csv").read_text("utf-8-sig")
    assert "martian" in aside and len(aside.splitlines()) == 2


def test_a_real_release_cannot_take_an_examples_name(folder):
    result = run("build", one_year(folder), "--version", "example-1")
    assert result.exit_code == 1
    assert "kept for example releases" in result.output


def test_audit_of_a_missing_release_says_so(folder):
    result = run("audit", "2031.1")
    assert result.exit_code == 1
    assert "There is no release 2031.1" in result.output


@pytest.mark.parametrize("command", ["example", "check", "build", "audit", "diff"])
def test_every_command_explains_itself(command):
    assert len(run(command, "--help").output) > 200

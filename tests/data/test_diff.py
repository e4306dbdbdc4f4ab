"""What changed between two releases, held against releases small enough to compare by hand."""

import shutil
import zipfile
from collections.abc import Iterable
from pathlib import Path

import duckdb
import polars as pl
import pytest
from typer.testing import CliRunner

from data import diff, policy
from data.__main__ import app
from data.codes import Code, CodeLists
from tests.data import tiny

LISTS = tiny.codes("ab", "xy")
RULES = tiny.policy(LISTS)
Cell = tuple[str, str, str]


def made(
    folder: Path,
    counts: dict[tuple[int, str, str], int],
    *,
    lists: CodeLists = LISTS,
    rules: policy.Policy = RULES,
    hidden: Iterable[Cell] = (),
    ranges: dict[Cell, tuple[int, int | None]] | None = None,
    version: str = "1",
    kind: str = "real",
) -> Path:
    """A release's database that hides just these cells and gives them these ranges."""
    folder.mkdir(parents=True)
    case = tiny.Case(counts, lists, rules)
    file = case.written(folder, case.hiding(*hidden))
    with duckdb.connect(str(file)) as con:
        con.execute("update release set version = ?, kind = ?", [version, kind])
        for cell, ends in (ranges or {}).items():
            con.execute(
                'update "cross" set lower = ?, upper = ? where period = ? and ideology = ? and resource_profile = ?',
                [*ends, *cell],
            )
    return file


def with_table(lists: CodeLists, extra: str, **settings: str | int) -> policy.Policy:
    """The tiny policy with one table more."""
    filled = {
        "threshold": 5,
        "protection": "mark",
        "time": '["year"]',
        "spared": "",
        "periods": "",
        "insiders": "",
    } | settings
    return policy.parse(tiny.POLICY.format(**filled) + extra, lists)


def year(number: int, ax: int, ay: int, bx: int, by: int) -> dict[tuple[int, str, str], int]:
    return {(number, "a", "x"): ax, (number, "a", "y"): ay, (number, "b", "x"): bx, (number, "b", "y"): by}


@pytest.fixture
def pair(tmp_path) -> tuple[Path, Path]:
    """One year: ax goes from 7 to 8; by comes into sight and ay out of it; the range of bx moves."""
    old = made(
        tmp_path / "releases" / "1",
        year(2019, 7, 9, 2, 30),
        hidden=[("2019", "b", "x"), ("2019", "b", "y")],
        ranges={("2019", "b", "x"): (0, 4), ("2019", "b", "y"): (28, 32)},
    )
    new = made(
        tmp_path / "releases" / "2",
        year(2019, 8, 9, 2, 30),
        hidden=[("2019", "a", "y"), ("2019", "b", "x")],
        ranges={("2019", "a", "y"): (7, 11), ("2019", "b", "x"): (0, None)},
        version="2",
    )
    return old, new


# Cells

State = tuple[str, int | None, int | None, int | None]


def shown(n: int) -> State:
    """Status, n, lower and upper of a cell that shows n."""
    return ("published", n, None, None)


def hidden(lower: int | None, upper: int | None) -> State:
    return ("suppressed", None, lower, upper)


def test_every_cell_that_differs_is_a_row_and_no_other_is(pair):
    found = diff.changes(*pair)
    assert set(found["first_year"]) | set(found["last_year"]) == {2019}
    assert {tuple(tables) for tables in found["tables"]} == {("cross",)}
    assert found.drop("tables", "first_year", "last_year").rows() == [
        (cell, kind, *old, *new)
        for cell, kind, old, new in (
            ("2019-2019", "revised", shown(48), shown(49)),
            ("2019-2019, resource_profile=x", "revised", shown(9), shown(10)),
            ("2019-2019, ideology=a", "revised", shown(16), shown(17)),
            ("2019-2019, ideology=a, resource_profile=x", "revised", shown(7), shown(8)),
            ("2019-2019, ideology=b, resource_profile=y", "newly_published", hidden(28, 32), shown(30)),
            ("2019-2019, ideology=a, resource_profile=y", "newly_suppressed", shown(9), hidden(7, 11)),
            ("2019-2019, ideology=b, resource_profile=x", "range", hidden(0, 4), hidden(0, None)),
        )
    ]


def test_the_columns_are_the_same_with_and_without_rows(pair):
    some, none = diff.changes(*pair), diff.changes(pair[0], pair[0])
    assert tuple(some.columns) == diff.COLUMNS
    for_both = [f"{side}_{column}" for side in ("old", "new") for column in ("status", "n", "lower", "upper")]
    assert some.columns == ["cell", "tables", "first_year", "last_year", "kind", *for_both]
    assert none.schema == some.schema


def test_a_release_and_its_copy_do_not_differ(pair, tmp_path):
    copy = Path(shutil.copy(pair[1], tmp_path / "copy.duckdb"))
    for other in (pair[1], copy):
        assert diff.changes(pair[1], other).is_empty()
        assert diff.design_changes(pair[1], other) == []


ZERO: State = ("zero", 0, None, None)
GONE: State = ("not_collected", None, None, None)
STATES = {
    (shown(7), shown(7)): None,
    (shown(7), shown(8)): "revised",
    (shown(7), ZERO): "revised",
    (ZERO, shown(7)): "revised",
    (ZERO, ZERO): None,
    (hidden(1, 9), shown(7)): "newly_published",
    (hidden(1, 9), ZERO): "newly_published",
    (GONE, shown(7)): "newly_published",
    (GONE, ZERO): "newly_published",
    (shown(7), hidden(1, 9)): "newly_suppressed",
    (ZERO, hidden(1, 9)): "newly_suppressed",
    (GONE, hidden(1, 9)): "newly_suppressed",
    (hidden(1, 9), hidden(1, 9)): None,
    (hidden(1, 9), hidden(0, 9)): "range",
    (hidden(1, 9), hidden(1, 8)): "range",
    (hidden(1, 9), hidden(1, None)): "range",
    (hidden(1, None), hidden(1, None)): None,
    (GONE, GONE): None,
    (shown(7), GONE): "removed",
    (ZERO, GONE): "removed",
    (hidden(1, 9), GONE): "removed",
}


def test_each_change_of_a_status_has_its_kind(tmp_path):
    """One cell is set to each state in both releases."""
    files = made(tmp_path / "old", year(2019, 7, 9, 9, 30)), made(tmp_path / "new", year(2019, 7, 9, 9, 30))
    found = {}
    for states in STATES:
        for file, state in zip(files, states, strict=True):
            with duckdb.connect(str(file)) as con:
                con.execute(
                    'update "cross" set status = ?, n = ?, lower = ?, upper = ? '
                    "where ideology = 'a' and resource_profile = 'x'",
                    state,
                )
        changed = diff.changes(*files)
        assert changed.height <= 1
        found[states] = None if changed.is_empty() else changed["kind"].item()
    assert found == STATES


def test_a_number_that_stands_in_two_tables_is_one_row_with_both(tmp_path):
    rules = with_table(LISTS, '[tables.alone]\ndimensions = ["ideology"]\ntime = ["year"]')
    old = made(tmp_path / "old", year(2019, 7, 9, 9, 30), rules=rules)
    new = made(tmp_path / "new", year(2019, 8, 8, 9, 31), rules=rules)
    changed = dict(diff.changes(old, new).select("cell", "tables").iter_rows())
    assert changed == {
        "2019-2019": ["cross", "alone"],
        "2019-2019, ideology=b": ["cross", "alone"],
        "2019-2019, resource_profile=x": ["cross"],
        "2019-2019, ideology=a, resource_profile=x": ["cross"],
        "2019-2019, ideology=a, resource_profile=y": ["cross"],
        "2019-2019, ideology=b, resource_profile=y": ["cross"],
    }, "a stays 16, y 39 and bx 9"


def test_a_new_year_adds_its_cells_and_moves_the_years_that_all_covers(tmp_path):
    rules = tiny.policy(LISTS, time='["year", "all"]')
    old = made(tmp_path / "old", year(2018, 7, 9, 9, 30) | year(2019, 7, 9, 9, 30), rules=rules)
    three = year(2018, 7, 9, 9, 30) | year(2019, 7, 9, 9, 30) | year(2020, 7, 9, 9, 30)
    new = made(tmp_path / "new", three, rules=rules)
    counted = diff.changes(old, new).group_by("kind", "first_year", "last_year").len()
    assert set(counted.iter_rows()) == {("added", 2020, 2020, 9), ("added", 2018, 2020, 9), ("removed", 2018, 2019, 9)}
    assert diff.design_changes(old, new) == [diff.DesignChange("years", "", (2018, 2019), (2018, 2020))]


def test_in_a_release_of_one_year_the_year_and_all_years_are_one_number(tmp_path):
    rules = tiny.policy(LISTS, time='["year", "all"]')
    old = made(tmp_path / "old", year(2019, 7, 9, 9, 30), rules=rules)
    new = made(tmp_path / "new", year(2019, 8, 9, 9, 30), rules=rules)
    assert diff.changes(old, new)["tables"].to_list() == [["cross"]] * 4


def test_totals_come_before_details_and_years_before_periods(tmp_path):
    rules = tiny.policy(LISTS, time='["all", "year"]')
    old = made(tmp_path / "old", year(2018, 7, 9, 9, 30) | year(2019, 7, 9, 9, 30), rules=rules)
    new = made(tmp_path / "new", year(2018, 8, 9, 9, 30) | year(2019, 8, 9, 9, 30), rules=rules)
    assert diff.changes(old, new)["cell"].head(5).to_list() == [
        "2018-2018",
        "2019-2019",
        "2018-2019",
        "2018-2018, resource_profile=x",
        "2018-2018, ideology=a",
    ]


# Design


def test_every_change_of_design_is_named_with_what_it_was_and_is(tmp_path):
    before = CodeLists(
        {
            "ideology": (Code("a"), Code("b", last_year=2019), Code("c")),
            "resource_profile": (Code("x"), Code("y")),
            "outcome": (),
        },
        {},
        (),
    )
    after = CodeLists(
        {
            "ideology": (Code("d"), Code("a"), Code("b", last_year=2018)),
            "resource_profile": (Code("x"), Code("y")),
            "outcome": (),
        },
        {},
        (),
    )
    periods = "{ first_year = 2018, last_year = 2019 }"
    # The second period reaches beyond the years that there are: nothing of it is published.
    more = "{ first_year = 2017, last_year = 2018 }, { first_year = 2019, last_year = 2030 }"
    old = made(
        tmp_path / "old",
        year(2017, 7, 9, 9, 30) | year(2019, 7, 9, 9, 30),
        lists=before,
        rules=with_table(before, '[tables.gone]\ndimensions = ["ideology"]\ntime = ["year"]', periods=periods),
    )
    new = made(
        tmp_path / "new",
        year(2017, 7, 9, 9, 30) | {(2019, "a", "x"): 7},
        lists=after,
        rules=with_table(
            after,
            '[tables.fresh]\ndimensions = ["resource_profile"]\ntime = ["all"]',
            periods=more,
            threshold=4,
            protection="hidden",
            time='["year", "period"]',
        ),
    )
    code = {"first_year": None, "last_year": None, "group": None, "derived_from": None}
    both = ["ideology", "resource_profile"]
    assert [(one.what, one.name, one.old, one.new) for one in diff.design_changes(old, new)] == [
        ("threshold", "", 5, 4),
        ("protection", "", "mark", "hidden"),
        ("period", "2018-2019", (2018, 2019), None),
        ("period", "2017-2018", None, (2017, 2018)),
        ("table", "cross", {"dimensions": both, "time": ["year"]}, {"dimensions": both, "time": ["year", "period"]}),
        ("table", "gone", {"dimensions": ["ideology"], "time": ["year"]}, None),
        ("table", "fresh", None, {"dimensions": ["resource_profile"], "time": ["all"]}),
        ("code", "ideology=b", code | {"last_year": 2019}, code | {"last_year": 2018}),
        ("code", "ideology=c", code, None),
        ("code", "ideology=d", None, code),
    ], "a code that only moved in its list is the same"


def test_a_file_that_is_no_release_is_refused(pair, tmp_path):
    (tmp_path / "text.duckdb").write_text("hello")
    duckdb.connect(str(tmp_path / "empty.duckdb")).close()
    for name in ("text", "empty", "missing"):
        with pytest.raises(diff.DiffError, match="not a release that can be compared"):
            diff.changes(pair[0], tmp_path / f"{name}.duckdb")


# Notes


def words(*codes: Code) -> CodeLists:
    """Codes that have labels, so that notes speak in words."""
    profiles = (Code("resource_strong"), Code("vulnerable"))
    return CodeLists({"ideology": codes, "resource_profile": profiles, "outcome": ()}, {}, ())


def spoken(number: int, *counts: int) -> dict[tuple[int, str, str], int]:
    cells = [(i, p) for i in ("right_wing", "left_wing") for p in ("resource_strong", "vulnerable")]
    return {(number, *cell): n for cell, n in zip(cells, counts, strict=True)}


@pytest.fixture
def told(tmp_path) -> tuple[Path, Path]:
    """2019 again with 34 more right-wing referrals, and 2020 with a new ideology, a new table and stricter rules."""
    before = words(Code("right_wing"), Code("left_wing"))
    after = words(Code("right_wing"), Code("left_wing"), Code("anti_authority", first_year=2020))
    old = made(
        tmp_path / "old",
        spoken(2019, 1200, 9, 7, 2),
        lists=before,
        rules=tiny.policy(before, time='["year", "all"]'),
        hidden=[("2019", "right_wing", "vulnerable"), ("2019", "left_wing", "vulnerable")],
        ranges={("2019", "left_wing", "vulnerable"): (0, 7), ("all", "left_wing", "vulnerable"): (0, 7)},
        version="2026.1",
    )
    new = made(
        tmp_path / "new",
        spoken(2019, 1234, 9, 7, 2) | {(2020, "anti_authority", "vulnerable"): 8},
        lists=after,
        rules=with_table(
            after,
            '[tables.profile]\ndimensions = ["resource_profile"]\ntime = ["year"]\n'
            '[tables.ideologies]\ndimensions = ["ideology"]\ntime = ["year"]',
            threshold=6,
            protection="hidden",
            time='["year", "all"]',
        ),
        hidden=[("2019", i, p) for i, p in (("all", "resource_strong"), ("left_wing", "resource_strong"))]
        + [("2019", "left_wing", "vulnerable")],
        ranges={("2019", "left_wing", "vulnerable"): (0, 9)},
        version="2026.2",
    )
    return old, new


DANISH = """\
# Udgivelse 2026.2: ændringer siden udgivelse 2026.1

Tallene er antal bekymringshenvendelser.

## Nyt i udgivelsen

- Nye år: 2020
- Udgivelsen dækker nu 2019-2020 (før: 2019)
- Ny tabel: Ressourceprofil (enkelte år)
- Ny tabel: Ideologi (enkelte år)
- Nye kategorier under Ideologi: Antimyndighedsekstremisme

## Reviderede tal (3)

| År | Henvendelser | Før | Nu |
| --- | --- | --: | --: |
| 2019 | Alle henvendelser | 1.218 | 1.252 |
| 2019 | Ideologi: Højreekstremisme | 1.209 | 1.243 |
| 2019 | Ideologi: Højreekstremisme; Ressourceprofil: Ressourcestærk | 1.200 | 1.234 |

## Ændret diskretionering

Nu vist: 1. Det er tal, der før var diskretionerede eller ikke blev opgjort. Nu diskretioneret: 2. \
Et tal, der står i flere tabeller, er talt med ved hver af dem nedenfor.

| Tabel | Nu vist | Nu diskretioneret |
| --- | --: | --: |
| Ideologi og ressourceprofil | 1 | 2 |
| Ressourceprofil | 0 | 1 |

Diskretionerede tal, hvis interval er ændret: 1.

## Ændringer i opgørelsen

- Tal under 6, bortset fra 0, diskretioneres (før: under 5)
- Små tal beskyttes strengere end før: et interval kan ikke længere vise, at et tal er lille
"""

ENGLISH = """\
# Release 2026.2: changes since release 2026.1

The figures are numbers of concern referrals.

## What is new

- Years added: 2020
- The release now covers 2019-2020 (before: 2019)
- New table: Resource profile (single years)
- New table: Ideology (single years)
- New categories under Ideology: Anti-authority extremism

## Revised figures (3)

| Years | Referrals | Before | Now |
| --- | --- | --: | --: |
| 2019 | All referrals | 1,218 | 1,252 |
| 2019 | Ideology: Right-wing extremism | 1,209 | 1,243 |
| 2019 | Ideology: Right-wing extremism; Resource profile: Resource-strong | 1,200 | 1,234 |

## Changes in suppression

Now shown: 1. These figures used to be suppressed or were not collected. Now suppressed: 2. \
A figure that stands in several tables is counted below under each of them.

| Table | Now shown | Now suppressed |
| --- | --: | --: |
| Ideology and resource profile | 1 | 2 |
| Resource profile | 0 | 1 |

Suppressed figures whose range has changed: 1.

## Changes in how the figures are compiled

- Counts under 6, other than 0, are suppressed (before: under 5)
- Small counts are protected more strictly than before: a range can no longer tell that a count is small
"""


@pytest.mark.parametrize(("lang", "expected"), [("da", DANISH), ("en", ENGLISH)])
def test_the_notes_tell_all_this_in_words(told: tuple[Path, Path], lang, expected):
    assert diff.notes(*told, lang) == expected


def test_the_notes_never_name_the_former_number_of_a_figure_that_is_suppressed_now(told: tuple[Path, Path]):
    """The 1,207 resource-strong of 2019 were shown and are hidden now."""
    assert 1207 in diff.changes(*told)["old_n"].to_list()
    assert not {"1.207", "1,207", "1207"} & set(diff.notes(*told, "da").split() + diff.notes(*told, "en").split())


def test_what_is_dropped_is_told_too(told):
    back = diff.notes(told[1], told[0], "da").splitlines()
    assert back[-6:] == [
        "- Tal under 5, bortset fra 0, diskretioneres (før: under 6)",
        "- Små tal beskyttes mindre strengt end før: et interval kan nu vise, at et tal er lille, men ikke hvor lille",
        "- Udgåede år: 2020",
        "- Udgået tabel: Ressourceprofil (enkelte år)",
        "- Udgået tabel: Ideologi (enkelte år)",
        "- Udgåede kategorier under Ideologi: Antimyndighedsekstremisme",
    ]


def test_years_may_come_and_go_at_both_ends(tmp_path):
    old = made(tmp_path / "old", year(2017, 7, 9, 9, 30) | year(2019, 7, 9, 9, 30))
    new = made(tmp_path / "new", year(2018, 0, 0, 0, 0) | year(2021, 7, 9, 9, 30))
    forth, back = diff.notes(old, new, "en").splitlines(), diff.notes(new, old, "en").splitlines()
    assert "- Years added: 2020, 2021" in forth and "- Years dropped: 2017" in forth
    assert "- Years added: 2017" in back and "- Years dropped: 2020, 2021" in back


def test_a_changed_table_period_and_code_are_told_in_words(tmp_path):
    before, after = (
        words(Code("right_wing"), Code("left_wing")),
        words(Code("right_wing", group="political"), Code("left_wing", first_year=2018, last_year=2019)),
    )
    counts = spoken(2018, 7, 9, 9, 30) | spoken(2019, 7, 9, 9, 30)
    period = "{ first_year = 2018, last_year = 2019 }"
    old = made(tmp_path / "old", counts, lists=before, rules=tiny.policy(before))
    rules = tiny.policy(after, time='["year", "period"]', periods=period)
    new = made(tmp_path / "new", counts, lists=after, rules=rules)
    lines = diff.notes(old, new, "en").splitlines()
    assert [line for line in lines if line.startswith("- ")] == [
        "- New fixed period: 2018-2019",
        "- Table changed: Ideology and resource profile (single years, fixed periods) "
        "(before: Ideology and resource profile (single years))",
        "- Category changed under Ideology: Right-wing extremism: all years, Political extremism (before: all years)",
        "- Category changed under Ideology: Left-wing extremism: from 2018 until 2019 (before: all years)",
    ]


def test_a_code_that_is_worked_out_is_told_with_what_it_is_worked_out_from():
    code = {"first_year": None, "last_year": None, "group": None, "derived_from": "source"}
    assert diff._use("outcome_group", code, "en") == "all years, Source of referral"


def test_notes_of_the_same_release_say_that_nothing_changed(told):
    assert diff.notes(told[1], told[1], "en").splitlines()[-1] == (
        "The figures are the same in both releases, and they are compiled in the same way."
    )


def test_notes_of_an_example_say_that_it_must_not_be_quoted(tmp_path):
    old = made(tmp_path / "old", year(2019, 7, 9, 9, 30))
    new = made(tmp_path / "new", year(2019, 7, 9, 9, 30), kind="example")
    assert "**Eksempeldata – må ikke citeres.**" in diff.notes(old, new, "da")
    assert "**Example data – must not be quoted.**" in diff.notes(old, new, "en")
    assert "Eksempel" not in diff.notes(new, old, "da")


def many_years(tmp_path: Path, years: int) -> tuple[Path, Path]:
    """Every one of the 9 cells of each year is revised."""
    old = {cell: n for y in range(years) for cell, n in year(2010 + y, 7, 9, 9, 30).items()}
    folder = tmp_path / "releases"
    return made(folder / "1", old), made(folder / "2", {cell: n + 1 for cell, n in old.items()}, version="2")


def test_the_notes_list_twenty_revised_figures_and_say_how_many_more(tmp_path):
    lines = diff.notes(*many_years(tmp_path, 3), "da").splitlines()
    assert "## Reviderede tal (27)" in lines
    assert len([line for line in lines if line.startswith("| 20")]) == 20
    assert lines[-1] == "Dertil kommer 7 andre, se tabellen over ændringer."


def test_a_code_without_a_label_is_told_as_it_is(pair: tuple[Path, Path]):
    assert "| 2019 | Ideologi: a; Ressourceprofil: x | 7 | 8 |" in diff.notes(*pair, "da").splitlines()


@pytest.mark.parametrize("lang", diff.LANGUAGES)
def test_a_table_is_named_by_its_dimensions_and_a_name_with_a_comma_is_closed(lang):
    expected = {"da": "Ideologi, grupperet, og ressourceprofil", "en": "Ideology, grouped, and resource profile"}
    assert diff._title(["ideology_group", "resource_profile"], lang) == expected[lang]


@pytest.mark.parametrize("lang", diff.LANGUAGES)
def test_every_level_and_kind_of_time_of_a_policy_has_words(lang):
    for key in (*(f"protection_{level}" for level in policy.LEVELS), *(f"time_{time}" for time in policy.TIMES)):
        assert diff._say(f"release_notes.{key}", lang)


# The command


@pytest.fixture
def run(tmp_path, monkeypatch):
    """The command `diff` on the releases of this test."""
    monkeypatch.setenv("VINK_RELEASES", str(tmp_path / "releases"))
    monkeypatch.setattr("data.__main__.console.width", 200)

    def command(*given: object):
        result = CliRunner().invoke(app, ["diff", *map(str, given)])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    return command


def rows_of(output: str) -> list[list[str]]:
    """The rows of the tables on the screen."""
    return [[cell.strip() for cell in line.strip("│").split("│")] for line in output.splitlines() if "│" in line]


def test_the_command_counts_by_table_and_kind_and_then_lists_the_cells(pair, run):
    result = run("1", "2")
    assert result.exit_code == 0
    rows = rows_of(result.output)
    assert rows[0] == ["cross", "4", "1", "1", "1", "", ""]
    assert rows[1:3] == [
        ["2019-2019", "cross", "revised", "48", "49"],
        ["2019-2019, resource_profile=x", "cross", "revised", "9", "10"],
    ]
    assert rows[5:] == [
        ["2019-2019, ideology=b, resource_profile=y", "cross", "newly_published", "suppressed, 28-32", "30"],
        ["2019-2019, ideology=a, resource_profile=y", "cross", "newly_suppressed", "9", "suppressed, 7-11"],
        ["2019-2019, ideology=b, resource_profile=x", "cross", "range", "suppressed, 0-4", "suppressed, 0+"],
    ]
    assert "Different cells that changed: 7" in result.output
    assert "more are not shown" not in result.output


def test_the_command_shows_fifty_cells_and_says_how_many_more(tmp_path, run):
    many_years(tmp_path, 6)
    result = run("1", "2")
    assert len([row for row in rows_of(result.output) if "revised" in row]) == 50
    assert result.output.splitlines()[-1].startswith("4 more")


def test_the_command_sums_up_whole_years_and_the_design_and_lists_no_cell_of_them(tmp_path, run):
    folder = tmp_path / "releases"
    time = '["year", "all"]'
    before, after = tiny.policy(LISTS, time=time), tiny.policy(LISTS, time=time, threshold=4)
    made(folder / "1", year(2018, 7, 9, 9, 30) | year(2019, 7, 9, 9, 30), rules=before)
    made(folder / "2", year(2019, 7, 9, 9, 30) | year(2020, 7, 9, 9, 30), rules=after)
    result = run("1", "2")
    assert result.exit_code == 0
    assert rows_of(result.output) == [
        ["threshold", "5", "4"],
        ["years", "2018-2019", "2019-2020"],
        ["cross", "", "", "", "", "18", "18"],
        ["cross", "added", "2020: 9, 2019-2020: 9"],
        ["cross", "removed", "2018: 9, 2018-2019: 9"],
    ]


def test_the_command_says_where_nothing_changed(pair, run):
    result = run("2", "2")
    assert result.exit_code == 0
    assert "The two releases are the same." in result.output


@pytest.mark.parametrize("versions", [("1", "2031.1"), ("2031.1", "1"), ("[/x]", "1")])
def test_an_unknown_version_is_said_in_a_sentence(pair, run, versions):
    result = run(*versions)
    assert result.exit_code == 1
    missing = next(v for v in versions if v != "1")
    assert f"There is no release {missing} in" in result.output


@pytest.mark.parametrize("name", ["changes.xlsx", "changes.csv", "CHANGES.CSV"])
def test_the_changes_are_written_as_a_table_that_excel_opens(pair, run, tmp_path, name):
    path = tmp_path / name
    result = run("1", "2", "--output", path)
    assert result.exit_code == 0
    assert name in result.output.replace("\n", "")
    if path.suffix == ".xlsx":
        table = pl.read_excel(path)
        assert b"#,##0" not in zipfile.ZipFile(path).read("xl/styles.xml"), "a year is 2019, not 2,019"
    else:
        assert path.read_bytes().startswith(b"\xef\xbb\xbf"), "without it Excel takes UTF-8 for something else"
        table = pl.read_csv(path, separator=";")
    assert tuple(table.columns) == diff.COLUMNS
    changed = diff.changes(*pair).with_columns(pl.col("tables").list.join(", "))
    assert table.rows() == changed.rows()


def test_another_ending_is_refused_before_anything_is_written(pair, tmp_path):
    with pytest.raises(diff.DiffError, match=r"written as \.xlsx or \.csv"):
        diff.write(diff.changes(*pair), tmp_path / "changes.pdf")
    assert not (tmp_path / "changes.pdf").exists()


def test_an_output_that_cannot_be_written_is_said_in_a_sentence(pair, run, tmp_path):
    other = run("1", "2", "--output", tmp_path / "changes.pdf")
    assert other.exit_code == 1
    assert "written as .xlsx or .csv" in other.output
    nowhere = run("1", "2", "--output", tmp_path / "no" / "changes.csv")
    assert nowhere.exit_code == 1
    assert "can't be written" in nowhere.output

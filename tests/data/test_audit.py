"""The audit against answers by hand, against a separate attacker, and against releases that were tampered with."""

import itertools

import duckdb
import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from data import audit
from data.protect import Pattern
from tests.data.attackers import insiders_know
from tests.data.tiny import Case
from tests.data.tiny import codes as tiny_codes
from tests.data.tiny import policy as tiny_policy


def case_of(rows: dict[str, tuple[int, ...]], columns: str = "xy", **options) -> Case:
    lists = tiny_codes("".join(rows), columns)
    counts = {(2017, row, c): n for row, numbers in rows.items() for c, n in zip(columns, numbers, strict=True)}
    return Case(counts, lists, tiny_policy(lists, **options))


def ranges(found: audit.Audit) -> dict[str, tuple[int, int | None]]:
    hidden = found.cells.filter(status="suppressed")
    return {
        cell.removeprefix("2017-2017, ideology=").replace(", resource_profile=", "/"): (low, high)
        for cell, low, high in hidden.select("cell", "lower", "upper").iter_rows()
    }


def test_ranges_by_hand(tmp_path):
    """Hidden a/x, a/y, b/x, b/y; rows 11, 39 and columns 11, 39: a/x from max(0, 11 + 11 - 50) = 0 to min(11, 11)."""
    case = case_of({"a": (2, 9), "b": (9, 30)})
    found = audit.audit(case.written(tmp_path, case.protected()))
    assert ranges(found) == {"a/x": (0, 11), "a/y": (0, 11), "b/x": (0, 11), "b/y": (28, 39)}
    assert found.passed


def test_hiding_the_2_alone_leaves_10_minus_8(tmp_path):
    case = case_of({"a": (8, 47), "b": (2, 7), "c": (0, 21)})
    found = audit.audit(case.written(tmp_path, case.hiding(("2017", "b", "x"))))
    assert ranges(found) == {"b/x": (2, 2)}
    assert not found.passed
    assert found.failures["verdict"].to_list() == ["narrow"]


def test_a_small_count_that_is_shown_is_found(tmp_path):
    case = case_of({"a": (8, 47), "b": (2, 7)})
    found = audit.audit(case.written(tmp_path, case.hiding()))
    assert found.failures.select("cell", "verdict").rows() == [
        ("2017-2017, ideology=b, resource_profile=x", "small_shown")
    ]


def test_two_hidden_cells_whose_sum_is_small_are_open(tmp_path):
    """a/x 1 and b/x 1 of a published 2: each is 0, 1 or 2, so everybody knows that it is under 4."""
    case = case_of({"a": (1, 9), "b": (1, 9), "c": (0, 9)}, threshold=5)
    hidden = [("2017", row, column) for row in "ab" for column in "xy"]
    found = audit.audit(case.written(tmp_path, case.hiding(*hidden)))
    assert ranges(found)["a/x"] == (0, 2)
    assert "narrow" in found.failures["verdict"].to_list()


def test_numbers_that_contradict_each_other_are_found(tmp_path):
    case = case_of({"a": (8, 47), "b": (6, 7)})
    file = case.written(tmp_path, case.hiding(("2017", "a", "x"), ("2017", "a", "y")))
    with duckdb.connect(str(file)) as con:
        con.execute("update \"cross\" set n = 99 where ideology = 'b' and resource_profile = 'x'")
    assert set(audit.audit(file).cells["verdict"]) == {"contradiction"}


def test_where_the_true_counts_are_known_a_range_that_starts_above_1_is_open(tmp_path):
    """a 4 + 3 = 7, b 9 + 2 = 11, columns 13 and 5. a/y is 0 to 5, so a/x is 2 to 7.

    Who doesn't know the count can't tell whether a/x is small. The build does know, and must not publish that.
    """
    case = case_of({"a": (4, 3), "b": (9, 2)})
    file = case.written(tmp_path, case.hiding(*[("2017", row, column) for row in "ab" for column in "xy"]))
    outside = audit.audit(file, conclude=False)
    assert ranges(outside) == {"a/x": (2, 7), "a/y": (0, 5), "b/x": (6, 11), "b/y": (0, 5)}
    assert outside.passed
    small = {f"2017-2017, ideology={row}, resource_profile={column}" for row, column in ("ax", "ay", "by")}
    inside = audit.audit(file, primary=small)
    assert inside.failures["cell"].to_list() == ["2017-2017, ideology=a, resource_profile=x"]


def test_a_cell_that_can_only_be_large_is_large_and_what_follows_is_counted(tmp_path):
    """a 6 + 3 = 9, b 2 + 9 = 11, c 9 + 9 = 18, columns 17 and 21; hidden: all of a and b.

    By sums alone a/x is 0 to 8 (b/x = 8 - a/x), a/y 1 to 9, b/y 3 to 11: 3 to 11 can't be a small count, so whoever
    knows the rule knows b/y >= 5. Then b/x <= 6, a/x >= 2 and a/y <= 7: a/x 2 to 8 can't be small either, so a/x >= 5,
    b/x <= 3, which is less than the mark of a small count leaves open.
    """
    case = case_of({"a": (6, 3), "b": (2, 9), "c": (9, 9)})
    hidden = case.hiding(*[("2017", row, column) for row in "ab" for column in "xy"])
    file = case.written(tmp_path, hidden)
    plain = audit.audit(file, conclude=False)
    assert ranges(plain) == {"a/x": (0, 8), "a/y": (1, 9), "b/x": (0, 8), "b/y": (3, 11)}
    assert plain.passed
    small = {"2017-2017, ideology=a, resource_profile=y", "2017-2017, ideology=b, resource_profile=x"}
    wise = audit.audit(file, primary=small)
    assert ranges(wise) == {"a/x": (5, 8), "a/y": (1, 4), "b/x": (0, 3), "b/y": (8, 11)}
    assert wise.failures["cell"].to_list() == ["2017-2017, ideology=b, resource_profile=x"]
    assert wise.large == {"2017-2017, ideology=a, resource_profile=x", "2017-2017, ideology=b, resource_profile=y"}


def test_a_file_that_is_no_release_is_refused(tmp_path):
    file = tmp_path / "vink.duckdb"
    file.write_bytes(b"not a database at all")
    with pytest.raises(audit.AuditError, match="not a release"):
        audit.audit(file)


def attacked_by_enumeration(case: Case, hidden: np.ndarray) -> dict[int, tuple[int, int]]:
    """The range of each hidden margin over all tables of whole numbers that agree with the shown ones: brute force."""
    top = int(case.combinations.sum())
    size = case.layout.size
    tables = np.array(list(itertools.product(range(top + 1), repeat=size)))
    for margin, members in enumerate(case.layout.margins):
        if len(members) and not hidden[margin]:
            tables = tables[tables[:, members].sum(axis=1) == case.margins[margin]]
    return {
        int(m): (int(sums.min()), int(sums.max()))
        for m in np.flatnonzero(hidden)
        for sums in [tables[:, case.layout.margins[m]].sum(axis=1)]
    }


def attacked_by_scipy(case: Case, hidden: np.ndarray) -> dict[int, tuple[int, int | None]]:
    """The same by scipy's own linear programs, each built from nothing."""
    shown = [m for m in range(len(case.margins)) if not hidden[m] and len(case.layout.margins[m])]
    matrix = np.zeros((len(shown), case.layout.size))
    for row, margin in enumerate(shown):
        matrix[row, case.layout.margins[margin]] = 1
    found = {}
    for margin in np.flatnonzero(hidden):
        aim = np.zeros(case.layout.size)
        aim[case.layout.margins[margin]] = 1
        ends = [linprog(sign * aim, A_eq=matrix, b_eq=case.margins[shown]) for sign in (1, -1)]
        assert ends[0].success
        low = int(np.ceil(ends[0].fun - 1e-6))
        found[int(margin)] = (low, None if ends[1].status == 3 else int(np.floor(-ends[1].fun + 1e-6)))
    return found


def audited(case: Case, file) -> dict[int, tuple[int, int | None]]:
    found = {}
    for cell, low, high in (
        audit.audit(file, conclude=False).cells.filter(status="suppressed").select("cell", "lower", "upper").iter_rows()
    ):
        years, *named = cell.split(", ")
        codes = {"ideology": "all", "resource_profile": "all"} | dict(part.split("=") for part in named)
        first, last = map(int, years.split("-"))
        rows = case.layout.cells.filter(first_year=first, last_year=last, **codes)
        found[rows["margin"][0]] = (low, high)
    return found


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    numbers=st.lists(st.integers(0, 2), min_size=4, max_size=4), hide=st.lists(st.booleans(), min_size=8, max_size=8)
)
def test_the_audit_finds_what_brute_force_finds(tmp_path, numbers, hide):
    """One year, two by two: a table of whole numbers reaches every end that a linear program finds."""
    case = case_of({"a": tuple(numbers[:2]), "b": tuple(numbers[2:])})
    total = case.margin("2017", "all", "all")
    mask = np.zeros(len(case.margins), dtype=bool)
    others = [margin for margin in range(len(mask)) if margin != total]
    mask[[margin for margin, hidden in zip(others, hide, strict=True) if hidden]] = True
    file = case.written(tmp_path, Pattern(mask, mask))
    assert audited(case, file) == attacked_by_enumeration(case, mask)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(numbers=st.lists(st.integers(0, 12), min_size=12, max_size=12), seed=st.integers(0, 2**20))
def test_the_audit_finds_what_another_solver_call_finds(tmp_path, numbers, seed):
    """Two years with totals over both: linear programs that scipy solves one by one."""
    lists = tiny_codes("abc", "xy")
    rules = tiny_policy(lists, time='["year", "all"]')
    keys = [(year, row, column) for year in (2018, 2019) for row in "abc" for column in "xy"]
    case = Case(dict(zip(keys, numbers, strict=True)), lists, rules)
    mask = np.random.default_rng(seed).random(len(case.margins)) < 0.4
    mask[case.margin("all", "all", "all")] = False
    assert audited(case, case.written(tmp_path, Pattern(mask, mask))) == attacked_by_scipy(case, mask)


@pytest.mark.parametrize("seed", range(12))
def test_the_insiders_are_those_that_enumeration_finds(tmp_path, seed):
    """Patterns that guard against nobody, and all tables of whole numbers in which the insider's cell is 1."""
    numbers = np.random.default_rng(seed).choice([0, 1, 1, 2, 5, 7], (3, 2))
    case = case_of({row: tuple(map(int, of)) for row, of in zip("abc", numbers, strict=True)})
    pattern = case.protected()
    found = audit.audit(case.written(tmp_path, pattern), alone=case.alone(), conclude=False)
    assert found.passed
    told = insiders_know(case.layout.margins, case.combinations, pattern.suppressed)
    assert set(found.insiders) == {(case.name(insider), case.name(other)) for insider, other in told}


def test_an_insider_by_hand(tmp_path):
    """Hidden a/x 1, a/y 3, b/x 4, b/y 9 with all totals: who is the 1 knows the other three."""
    case = case_of({"a": (1, 3), "b": (4, 9)}, threshold=3)
    hidden = case.hiding(*[("2017", row, column) for row in "ab" for column in "xy"])
    himself = {"2017-2017, ideology=a, resource_profile=x": [{"year": 2017, "ideology": "a", "resource_profile": "x"}]}
    found = audit.audit(case.written(tmp_path, hidden), alone=himself, conclude=False)
    assert {other.removeprefix("2017-2017, ideology=") for _, other in found.insiders} == {
        "a, resource_profile=y",
        "b, resource_profile=x",
        "b, resource_profile=y",
    }


def test_every_suppressed_cell_of_the_example_release_is_protected(example_folder):
    place = next(example_folder.glob("example-*"))
    found = audit.audit(place / "vink.duckdb")
    assert found.passed
    hidden = found.cells.filter(status="suppressed")
    assert hidden.height > 1000
    assert (hidden["lower"] == hidden["stored_lower"]).all()
    assert (hidden["upper"] == hidden["stored_upper"]).all()
    for table in (place / "tables").glob("*.csv"):
        columns = pl.read_csv(table, infer_schema=False)
        if "status" in columns.columns:
            shown = columns["n"].drop_nulls().cast(pl.Int64)
            assert not shown.is_between(1, 4).any(), table.name

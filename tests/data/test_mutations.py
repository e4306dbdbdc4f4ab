"""Protection that forgets something is found out by the audit, which shares nothing with it."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from data import audit, protect, tables
from data.codes import Code, CodeLists
from data.knowledge import AGREES, Known
from data.optimise import Problem
from data.policy import parse
from tests.data import tiny
from tests.data.test_protect import one_year
from tests.data.tiny import Case

Forget = Callable[[Problem, Case], Problem]
GENDER = '[tables.gender]\ndimensions = ["ideology", "gender"]\ntime = ["year"]\n'


def upwards(problem: Problem, case: Case) -> Problem:
    return replace(problem, needs=tuple(tuple(move for move in moves if move > 0) for moves in problem.needs))


def downwards(problem: Problem, case: Case) -> Problem:
    return replace(problem, needs=tuple(tuple(move for move in moves if move < 0) for moves in problem.needs))


def without(problem: Problem, margins: set[int]) -> Problem:
    """As if these margins weren't published: they hold nothing together, and nobody hides them for another's sake."""
    nothing = np.array([], dtype=int)
    at = np.isin(np.arange(len(problem.members)), list(margins))
    return replace(
        problem,
        members=tuple(nothing if margin in margins else of for margin, of in enumerate(problem.members)),
        may=problem.may & ~at,
        needs=tuple(() if margin in margins else moves for margin, moves in enumerate(problem.needs)),
        width=np.where(at, 0.0, problem.width),
        sums=tuple(one for one in problem.sums if not margins & {one[0], *one[1]}),
    )


def no_row_totals(problem: Problem, case: Case) -> Problem:
    return without(problem, {case.margin("2017", row, "all") for row in "ab"})


def no_all_years(problem: Problem, case: Case) -> Problem:
    return without(problem, set(case.layout.cells.filter(period="all")["margin"]))


def no_second_table(problem: Problem, case: Case) -> Problem:
    first = set(case.layout.cells.filter(table="cross")["margin"])
    return without(problem, set(case.layout.cells["margin"]) - first)


def no_ties(problem: Problem, case: Case) -> Problem:
    return replace(problem, ties=(), sums=())


def no_limits(problem: Problem, case: Case) -> Problem:
    may = np.array([len(of) > 0 for of in problem.members])
    return replace(problem, limits=(), may=may)


def two_years() -> Case:
    """A small count in 2005; the rectangle around it must be taken in 2006 as well, for the sums of both years."""
    lists = tiny.codes("ab", "xy")
    numbers = {2005: (2, 9, 9, 30), 2006: (20, 20, 20, 20)}
    keys = [("a", "x"), ("a", "y"), ("b", "x"), ("b", "y")]
    counts = {(year, *key): n for year, of in numbers.items() for key, n in zip(keys, of, strict=True)}
    return Case(counts, lists, tiny.policy(lists, time='["year", "all"]'))


def two_groups() -> Case:
    """Ideology by profile, where nothing is small, and by gender, where a/f is 2: 2 of the 11 of a, and 9 are m."""
    lists = tiny.codes("ab", "xy")
    lists = CodeLists(lists.dimensions | {"gender": (Code("f"), Code("m"))}, {}, ())
    joint = '[["ideology", "resource_profile"], ["ideology", "gender"]]'
    text = tiny.policy(lists).text.replace('[["ideology", "resource_profile"]]', joint) + GENDER
    rows = [("a", "x", "f", 2), ("a", "x", "m", 4), ("a", "y", "m", 5), ("b", "x", "f", 9), ("b", "y", "m", 9)]
    schema = {"year": pl.Int32, "ideology": pl.String, "resource_profile": pl.String, "gender": pl.String}
    records = pl.DataFrame([(2017, *row) for row in rows], schema=schema | {"count": pl.Int64}, orient="row")
    return Case({}, lists, parse(text, lists), records=records)


def row_known(case: Case) -> list[Known]:
    """An earlier release had the 9 in a/y."""
    named = {"ideology": "a", "resource_profile": "y"}
    of = tables.members(case.layout, named, 2017, 2017)
    assert of is not None
    return [Known("release 1", AGREES, 2017, 2017, named, 9, 9, of)]


CASES = {
    # a/x 4 and a/y 3 are small, and so is b/y: with b/x all four are hidden, and a/x is 2 to 7.
    "a move down": (lambda: one_year({"a": (4, 3), "b": (9, 2)}), upwards),
    # 1 + 2 of a published 3: neither can be 4.
    "a move up": (lambda: one_year({"a": (1, 9), "b": (2, 9)}), downwards),
    # Without the totals of rows a/x needs a partner in its column alone.
    "the totals of rows": (lambda: one_year({"a": (2, 9), "b": (9, 30)}), no_row_totals),
    "the totals of all years": (two_years, no_all_years),
    "a table": (two_groups, no_second_table),
    "the ties between groups": (two_groups, no_ties),
    # y is the cheapest partner of x, and known.
    "what is known": (lambda: one_year({"a": (2, 9, 40), "b": (9, 9, 40)}, "xyz"), no_limits),
}


@pytest.mark.parametrize("forgotten", CASES)
def test_what_protection_forgets_the_audit_finds(tmp_path, monkeypatch, forgotten):
    make, forget = CASES[forgotten]
    case: Case = make()
    known = row_known(case) if forgotten == "what is known" else []
    small = case.names(case.small)
    whole = protect._problem

    def found() -> audit.Audit:
        file = case.written(tmp_path, case.protected(known), known)
        return audit.audit(file, primary=small, conclude=False)

    assert found().passed
    monkeypatch.setattr(protect, "_problem", lambda *given: forget(whole(*given), case))
    assert "narrow" in found().failures["verdict"].to_list()

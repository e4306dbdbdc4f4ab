"""Releases small enough to count by hand or to enumerate: code lists, a policy and records of the tests' own."""

import datetime as dt
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import polars as pl

from data import count, protect, release, tables
from data.codes import Code, CodeLists
from data.knowledge import Known
from data.policy import Policy, parse

POLICY = """
threshold = {threshold}
protection = "{protection}"
periods = [{periods}]
insiders = [{insiders}]
joint = [["ideology", "resource_profile"]]
[weights]
by_dimensions = [1000, 30, 1]
pooled_factor = 0.5
per_referral = 0.02
zero = 1.0
spared_factor = 4.0
[weights.spared]
{spared}
[tables.cross]
dimensions = ["ideology", "resource_profile"]
time = {time}
"""
BOTH = '"ideology", "resource_profile"'


def codes(rows: str = "abc", columns: str = "xy") -> CodeLists:
    """Two dimensions with one-letter codes."""
    return CodeLists(
        {
            "ideology": tuple(Code(c) for c in rows),
            "resource_profile": tuple(Code(c) for c in columns),
            "outcome": (),
        },
        {},
        (),
    )


def policy(
    lists: CodeLists,
    *,
    threshold: int = 5,
    protection: str = "mark",
    time: str = '["year"]',
    spared: str = "",
    periods: str = "",
    insiders: str = "",
) -> Policy:
    """insiders: BOTH, or "" for a policy that guards against nobody."""
    text = POLICY.format(
        threshold=threshold, protection=protection, time=time, spared=spared, periods=periods, insiders=insiders
    )
    return parse(text, lists)


class Case:
    """One set of counts with everything that the build makes of it. The key of a count: its year, then its codes."""

    def __init__(
        self,
        counts: dict[tuple[int, str, str], int],
        lists: CodeLists,
        rules: Policy,
        dimensions: tuple[str, str] = ("ideology", "resource_profile"),
        records: pl.DataFrame | None = None,
    ) -> None:
        self.codes, self.policy = lists, rules
        if records is None:
            records = pl.DataFrame(
                [(*key, n) for key, n in counts.items()],
                schema={"year": pl.Int32} | dict.fromkeys(dimensions, pl.String) | {"count": pl.Int64},
                orient="row",
            )
        years = sorted(set(records["year"]))
        self.layout = tables.layout(rules, lists, tuple(range(years[0], years[-1] + 1)))
        self.combinations = count.combinations(records, self.layout, lists)
        self.margins = count.margins(self.combinations, self.layout)

    def protected(self, known: Iterable[Known] = ()) -> protect.Pattern:
        given = (self.layout, self.combinations, self.margins, self.policy)
        return protect.Protection(*given, known=known).pattern()

    def shown(self, pattern: protect.Pattern) -> dict[tuple[str, str, str], str | int]:
        """What each cell shows: its number, or its status where that is not "published"."""
        cells = release.published_cells(self.layout, self.margins, pattern)
        return {
            (row["period"], row["ideology"], row["resource_profile"]): row["n"]
            if row["status"] in ("published", "zero")
            else row["status"]
            for row in cells.iter_rows(named=True)
        }

    @property
    def small(self) -> np.ndarray:
        return (self.margins > 0) & (self.margins < self.policy.threshold)

    def only_primary(self) -> protect.Pattern:
        return protect.Pattern(self.small, self.small)

    def margin(self, period: str, row: str, column: str) -> int:
        return self.layout.cells.filter(period=period, ideology=row, resource_profile=column)["margin"].item()

    def name(self, margin: int) -> str:
        """What the audit calls a margin: its years, and its codes in the order of the dimensions' names."""
        cell = self.layout.cells.filter(margin=margin).row(0, named=True)
        outside = ("table", "period", "first_year", "last_year", "margin")
        named = {d: code for d, code in cell.items() if d not in outside and code not in (None, "all")}
        return ", ".join([f"{cell['first_year']}-{cell['last_year']}", *(f"{d}={named[d]}" for d in sorted(named))])

    def names(self, mask: np.ndarray) -> set[str]:
        return {self.name(int(margin)) for margin in np.flatnonzero(mask)}

    def alone(self) -> dict[str, list[dict[str, str | int]]]:
        """The cells that hold a single referral, by the audit's names, and where that one is (one joint group)."""
        combinations = self.layout.groups[0].frame.select("year", "ideology", "resource_profile")
        found = {}
        for margin in np.flatnonzero(self.margins == 1).tolist():
            (at,) = (c for c in self.layout.margins[margin].tolist() if self.combinations[c])
            found[self.name(margin)] = [combinations.row(at, named=True)]
        return found

    def hiding(self, *cells: tuple[str, str, str]) -> protect.Pattern:
        """The pattern that hides just these cells, whether that protects anything or not."""
        mask = np.zeros(len(self.margins), dtype=bool)
        mask[[self.margin(*cell) for cell in cells]] = True
        return protect.Pattern(mask, mask & self.small)

    def written(self, folder: Path, pattern: protect.Pattern, known: Iterable[Known] = ()) -> Path:
        """The case as a release's database file."""
        file = folder / release.DATABASE
        file.unlink(missing_ok=True)
        about = release.About("test", "example", dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
        cells = release.published_cells(self.layout, self.margins, pattern)
        release.write_database(file, cells, self.layout, self.policy, self.codes, about, list(known))
        return file

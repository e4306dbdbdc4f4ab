"""The layout of what is published: every cell of every table, and of which combinations of codes it is the sum.

The joint cross-classification of all dimensions has far more combinations than records. It is not needed: where every
table lies within one joint group of dimensions (policy.toml), the combinations of each group, tied together by what the
groups share, allow exactly the same tables (docs/disclosure-control.md).
"""

from dataclasses import dataclass
from itertools import product

import numpy as np
import polars as pl

from data.codes import ALL, CodeLists, Rule
from data.policy import Policy, group_of, shared_with

OUTSIDE = ("table", "period", "first_year", "last_year", "margin")  # the columns of cells that are no dimensions


@dataclass(frozen=True)
class Group:
    """The combinations of year and the dimensions of one joint group that the code lists and rules allow.

    frame: one row a combination; columns year, the group's dimensions, and what is derived from them.
    first: the position of its first row among all combinations of the layout.
    earlier, shared: the group before it that it is tied to, and the columns that both have (None and () for the first).
    """

    frame: pl.DataFrame
    first: int
    earlier: int | None
    shared: tuple[str, ...]

    @property
    def positions(self) -> np.ndarray:
        """The positions of its combinations in the layout."""
        return np.arange(self.first, self.first + self.frame.height)


@dataclass(frozen=True)
class Layout:
    """Everything about the published tables but the numbers.

    cells: one row for each cell of each table: table, period ("2019", "2018-2021", "all"), first_year, last_year, the
    dimensions (code, `all`, or null where the table lacks it), margin (its position in `margins`).
    margins: the different sums behind the cells: for each one the positions of the combinations that it adds up. A cell
    that stands in several tables, or an `all` with one possible part, is one margin and so has one status. An empty
    margin can't hold a record: no code of it was in use.
    """

    years: tuple[int, ...]
    groups: tuple[Group, ...]
    size: int
    cells: pl.DataFrame
    margins: tuple[np.ndarray, ...]

    @property
    def dimensions(self) -> list[str]:
        """The columns of `cells` that are dimensions."""
        return [d for d in self.cells.columns if d not in OUTSIDE]


def layout(policy: Policy, codes: CodeLists, years: tuple[int, ...]) -> Layout:
    """The layout of all tables of `policy` over `years`, which are consecutive."""
    groups: list[Group] = []
    first = 0
    for number, dimensions in enumerate(policy.joint):
        earlier, shared = shared_with(policy.joint, number, codes) if number else (None, ())
        groups.append(Group(_combinations(codes, years, dimensions), first, earlier, shared))
        first += groups[-1].frame.height

    known: dict[tuple[int, ...], int] = {}
    margins: list[np.ndarray] = []
    rows: list[tuple[object, ...]] = []
    times = _times(policy, years)
    dimensions = [d for d in codes.dimensions if any(d in t.dimensions for t in policy.tables)]
    for table in policy.tables:
        masks: dict[tuple[int, str, str], np.ndarray] = {}
        for values in product(*[(ALL, *codes.codes(d)) for d in table.dimensions]):
            named = tuple((d, v) for d, v in zip(table.dimensions, values, strict=True) if v != ALL)
            number = group_of(policy.joint, tuple(d for d, _ in named), codes)
            part = groups[number]
            inside = np.ones(part.frame.height, dtype=bool)
            for dimension, value in named:
                key = (number, dimension, value)
                if key not in masks:
                    masks[key] = (part.frame[dimension] == value).to_numpy()
                inside = inside & masks[key]
            year = part.frame["year"].to_numpy()
            for kind, period, first_year, last_year in times:
                if kind not in table.time:
                    continue
                members = part.first + np.flatnonzero(inside & (year >= first_year) & (year <= last_year))
                margin = known.setdefault(tuple(members.tolist()), len(margins))
                if margin == len(margins):
                    margins.append(members)
                codes_of = dict(zip(table.dimensions, values, strict=True))
                rows.append((table.name, period, first_year, last_year, *map(codes_of.get, dimensions), margin))
    schema = {"table": pl.String, "period": pl.String, "first_year": pl.Int32, "last_year": pl.Int32}
    schema |= dict.fromkeys(dimensions, pl.String) | {"margin": pl.Int32}
    return Layout(years, tuple(groups), first, pl.DataFrame(rows, schema=schema, orient="row"), tuple(margins))


def _combinations(codes: CodeLists, years: tuple[int, ...], dimensions: tuple[str, ...]) -> pl.DataFrame:
    derived = {d: of for d, of in codes.derived_from.items() if of in dimensions}
    rows = []
    for year in years:
        in_use = [[c.code for c in codes.dimensions[d] if c.in_use(year)] for d in dimensions]
        for values in product(*in_use):
            row = dict(zip(dimensions, values, strict=True))
            row |= {d: codes.groups(of)[row[of]] for d, of in derived.items()}
            if all(allowed(rule, row) for rule in codes.rules):
                rows.append({"year": year} | row)
    schema = {"year": pl.Int32} | dict.fromkeys((*dimensions, *derived), pl.String)
    return pl.DataFrame(rows, schema=schema)


def allowed(rule: Rule, row: dict[str, str]) -> bool:
    """Whether a combination keeps a rule of the code lists; a rule about dimensions that it lacks is kept."""
    if not all(dimension in row for dimension in (*rule.when, *rule.then)):
        return True
    if not all(row[dimension] in values for dimension, values in rule.when.items()):
        return True
    return all(row[dimension] in values for dimension, values in rule.then.items())


def _times(policy: Policy, years: tuple[int, ...]) -> list[tuple[str, str, int, int]]:
    """Each published time: kind, name, first year, last year. A period counts where all its years are there."""
    times = [("year", str(year), year, year) for year in years]
    times += [
        ("period", f"{first}-{last}", first, last)
        for first, last in policy.periods
        if first >= years[0] and last <= years[-1]
    ]
    return [*times, ("all", ALL, years[0], years[-1])]


def sums(layout: Layout) -> tuple[tuple[int, tuple[int, ...]], ...]:
    """The equations between margins that the tables show: (total, parts), over each dimension and over the years."""
    possible = {margin for margin, of in enumerate(layout.margins) if len(of)}
    found: dict[tuple[int, tuple[int, ...]], None] = {}

    def add(total: int, parts: list[int]) -> None:
        kept = tuple(sorted(set(parts) & possible))
        if total in possible and kept and total not in kept:
            found[total, kept] = None

    for _, rows in layout.cells.group_by("table", maintain_order=True):
        named = [d for d in layout.dimensions if not rows[d].null_count()]
        for dimension in named:
            keys = ["first_year", "last_year", *(d for d in named if d != dimension)]
            for _, cells in rows.group_by(keys, maintain_order=True):
                total = cells.filter(pl.col(dimension) == ALL)["margin"][0]  # years with two names are one margin
                add(total, cells.filter(pl.col(dimension) != ALL)["margin"].to_list())
        for _, cells in rows.group_by(named, maintain_order=True):
            spans = list(cells.select("first_year", "last_year", "margin").unique(maintain_order=True).iter_rows())
            for first, last, total in spans:
                inside = [span for span in spans if first <= span[0] and span[1] <= last and span[:2] != (first, last)]
                years = [span for span in inside if span[0] == span[1]]
                for parts in (years, [span for span in inside if span[0] < span[1]]):
                    if parts and sum(to - start + 1 for start, to, _ in parts) == last - first + 1:
                        add(total, [margin for _, _, margin in parts])
    return tuple(found)


def ties(layout: Layout) -> tuple[tuple[np.ndarray, np.ndarray], ...]:
    """What ties the groups together: combinations, and signs with which they add up to 0 in every table."""
    found = []
    for group in layout.groups:
        if group.earlier is None:
            continue
        keys = ["year", *group.shared]
        here, there = _by(group, keys), _by(layout.groups[group.earlier], keys)
        for key, positions in here.items():
            opposite = there[key]
            signs = np.concatenate([np.ones(len(positions)), -np.ones(len(opposite))])
            found.append((np.concatenate([positions, opposite]), signs))
    return tuple(found)


def _by(group: Group, keys: list[str]) -> dict[tuple[object, ...], np.ndarray]:
    """The positions of a group's combinations for each value of `keys`."""
    at = group.frame.with_row_index("at").group_by(keys, maintain_order=True).agg("at")
    return {tuple(row[:-1]): group.first + np.array(row[-1]) for row in at.iter_rows()}


def years_of(layout: Layout) -> np.ndarray:
    """The year of each combination: int, shape (layout.size,)."""
    return np.concatenate([group.frame["year"].to_numpy() for group in layout.groups])


def members(layout: Layout, named: dict[str, str], first_year: int, last_year: int) -> np.ndarray | None:
    """The combinations that a cell of these codes and years adds up; None where no group holds its dimensions.

    A code that no combination has gives an empty array, and so do years outside the layout.
    """
    found = (members_in(group, named, first_year, last_year) for group in layout.groups)
    return next((of for of in found if of is not None), None)


def members_in(group: Group, named: dict[str, str], first_year: int, last_year: int) -> np.ndarray | None:
    """The same within one group; None where it lacks one of the dimensions."""
    if not set(named) <= set(group.frame.columns):
        return None
    inside = group.frame["year"].is_between(first_year, last_year).to_numpy()
    for dimension, code in named.items():
        inside = inside & (group.frame[dimension] == code).to_numpy()
    return group.first + np.flatnonzero(inside)

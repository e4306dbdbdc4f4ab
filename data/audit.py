"""Audit: an attacker who has the finished release and knows the code lists and rules, and nothing else.

For every suppressed cell two linear programs ask for the least and the greatest count that any table could have there
that agrees with everything published. This module shares no code with protection: it reads the file, and finds out for
itself which combinations of codes each cell adds up.
"""

import json
import tomllib
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import duckdb
import highspy
import numpy as np
import polars as pl

EPSILON = 1e-6
WORKERS = 2
CHUNK = 40  # cells that a worker takes at a time
KEPT = 200  # answers that are kept to look for zeros in
SAFE, NARROW, SMALL_SHOWN, CONTRADICTION = "safe", "narrow", "small_shown", "contradiction"


# One row of the program: columns, their signs, and the least and the most that they add up to.
Row = tuple[tuple[int, ...], tuple[float, ...], float, float]


class AuditError(ValueError):
    """The file can't be audited: it isn't a release, or its tables don't fit its own design."""


@dataclass(frozen=True)
class Audit:
    """What the attacker found.

    cells: one row a different cell: cell (its codes and years in words), tables (where it stands), first_year,
    last_year, status, n, lower, upper (what can be worked out; null without bound), verdict: `safe`; `narrow` (a
    suppressed cell that can be worked out too closely); `small_shown` (a count under the threshold that is not
    suppressed); `contradiction` (published numbers that no table agrees with).
    large: the suppressed cells that show by their range that they reach the threshold.
    """

    cells: pl.DataFrame
    threshold: int
    protection: str
    large: frozenset[str]

    @property
    def failures(self) -> pl.DataFrame:
        """The cells whose verdict is not `safe`."""
        return self.cells.filter(pl.col("verdict") != SAFE)

    @property
    def passed(self) -> bool:
        return self.failures.is_empty()


def audit(
    file: Path,
    *,
    primary: set[str] | None = None,
    conclude: bool = True,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> Audit:
    """Attack the release in `file` (vink.duckdb).

    primary: the cells (by `cell`) whose true count is small, where the caller knows them, as the build does. Without it
    a suppressed cell whose range reaches the threshold gets the benefit of the doubt: a reader can't tell either.
    conclude: whether the attacker knows the rule of the audit and draws conclusions from it, see `_ranges_of`.
    Raises AuditError where the file is no release.
    """
    try:
        with duckdb.connect(str(file), read_only=True) as con:
            design = _design(con)
            cells = _cells(con, design)
            program = _Attack(con, design, cells)
    except duckdb.Error as error:
        raise AuditError(f"{file}: this is not a release that can be audited ({error}).") from error

    found, large = _ranges_of(program, cells, design, primary, conclude, progress)
    if found is None:
        verdict = pl.lit(CONTRADICTION)
        cells = cells.with_columns(lower=pl.lit(None, pl.Int64), upper=pl.lit(None, pl.Int64))
    else:
        cells = cells.join(found, on="at", how="left", maintain_order="left")
        verdict = _verdict(design, primary)
    large_cells = frozenset(cells.filter(pl.col("at").is_in(large))["cell"])
    cells = cells.with_columns(verdict=verdict).drop("at", "named")
    return Audit(cells, design.threshold, design.protection, large_cells)


def _ranges_of(
    program: "_Attack",
    cells: pl.DataFrame,
    design: "_Design",
    primary: set[str] | None,
    conclude: bool,
    progress: Callable[[int, int], None],
) -> tuple[pl.DataFrame | None, list[int]]:
    """What can be worked out of each suppressed cell, and which ones show by their range that they are large.

    Whoever knows the rule of the audit knows more than the numbers: a small count never has a range that falls short of
    the mark's own, so a suppressed cell with such a range reaches the threshold. That is added to what is known and all
    is worked out anew, until it says nothing new.
    """
    hidden = cells.filter(pl.col("status") == "suppressed").select("at", "cell")
    large: list[int] = []
    while True:
        ranges = program.ranges(hidden["at"].to_list(), progress)
        if ranges is None:
            return None, large
        ends = {"lower": [low for low, _ in ranges], "upper": [high for _, high in ranges]}
        found = hidden.with_columns(
            pl.Series(name, values, dtype=pl.Int64, strict=False) for name, values in ends.items()
        )
        short = found.filter(~_covers(design), ~pl.col("at").is_in(large))
        # Where a small count stands open the release fails, and nothing can be concluded from its passing.
        stands_open = not short.filter(_small(design, primary)).is_empty()
        if short.is_empty() or stands_open or not conclude:
            return found.drop("cell"), large
        for at in short["at"]:
            program.know(at, design.threshold, highspy.kHighsInf)
            large.append(at)


def _covers(design: "_Design") -> pl.Expr:
    """Whether a range leaves open all that the mark of a small count leaves open."""
    most, least = (design.threshold - 1, 1) if design.protection == "mark" else (design.threshold, 0)
    return (pl.col("lower") <= least) & (pl.col("upper").fill_null(2**31) >= most)


def _small(design: "_Design", primary: set[str] | None) -> pl.Expr:
    """Whether a suppressed count is small, or the range says by itself that it is under the threshold."""
    says_so = pl.col("upper").fill_null(2**31) < design.threshold
    return says_so if primary is None else says_so | pl.col("cell").is_in(list(primary))


def _verdict(design: "_Design", primary: set[str] | None) -> pl.Expr:
    upper = pl.col("upper").fill_null(2**31)
    wide = upper - pl.col("lower") >= 2
    small, covers = _small(design, primary), _covers(design)
    return (
        pl.when(pl.col("status") == "suppressed")
        .then(pl.when(wide & (covers | ~small)).then(pl.lit(SAFE)).otherwise(pl.lit(NARROW)))
        .when(pl.col("n").is_between(1, design.threshold - 1))
        .then(pl.lit(SMALL_SHOWN))
        .otherwise(pl.lit(SAFE))
    )


@dataclass(frozen=True)
class _Design:
    tables: dict[str, list[str]]
    joint: list[list[str]]
    derived: dict[str, str]
    rules: list[tuple[dict[str, list[str]], dict[str, list[str]]]]
    threshold: int
    protection: str
    years: tuple[int, int]


def _design(con: duckdb.DuckDBPyConnection) -> _Design:
    policy, first, last, threshold, protection = con.sql(
        "select policy, first_year, last_year, threshold, protection from release"
    ).fetchall()[0]
    return _Design(
        tables=dict(con.sql("select name, dimensions from tables").fetchall()),
        joint=tomllib.loads(policy)["joint"],
        derived=dict(
            con.sql("select distinct dimension, derived_from from codes where derived_from is not null").fetchall()
        ),
        rules=[(json.loads(a), json.loads(b)) for a, b in con.sql('select "when", "then" from rules').fetchall()],
        threshold=threshold,
        protection=protection,
        years=(first, last),
    )


def _cells(con: duckdb.DuckDBPyConnection, design: _Design) -> pl.DataFrame:
    """Every different cell once: the same codes and years in two tables are the same number, and must agree."""
    parts = []
    for table, dimensions in design.tables.items():
        words = [f"case when {d} = 'all' then '' else ', {d}=' || {d} end" for d in sorted(dimensions)]
        codes = ", ".join(f"{d} := nullif({d}, 'all')" for d in dimensions)
        parts.append(
            con.sql(
                f"select first_year || '-' || last_year || {' || '.join(words)} as cell, '{table}' as \"table\", "
                f"first_year, last_year, status, n, lower as stored_lower, upper as stored_upper, "
                f'struct_pack({codes})::json::varchar as named from "{table}"'
            ).pl()
        )
    rows = pl.concat(parts)
    shown = ["status", "n", "stored_lower", "stored_upper"]
    clash = rows.group_by("cell").agg(pl.struct(shown).n_unique().alias("k")).filter(pl.col("k") > 1)
    if not clash.is_empty():
        raise AuditError(f"The cell {clash['cell'][0]} stands in two tables with two different numbers.")
    return (
        rows.group_by("cell", maintain_order=True)
        .agg(pl.col("table").alias("tables"), pl.col("first_year", "last_year", *shown, "named").first())
        .with_row_index("at")
    )


class _Attack:
    """The linear program over all tables: a column for each combination, a row for each published cell."""

    def __init__(self, con: duckdb.DuckDBPyConnection, design: _Design, cells: pl.DataFrame) -> None:
        self.columns = 0
        worlds = [self._world(con, design, dimensions) for dimensions in design.joint]
        self.of: list[np.ndarray] = []
        lookup: dict[tuple[int, str, str], np.ndarray] = {}
        for named, first, last in cells.select("named", "first_year", "last_year").iter_rows():
            codes = {d: code for d, code in json.loads(named).items() if code is not None}
            at = next((i for i, world in enumerate(worlds) if set(codes) <= set(world.columns)), None)
            if at is None:
                raise AuditError(f"No joint group of the policy holds {', '.join(codes)} together.")
            world = worlds[at]
            key = (at, "years", f"{first}-{last}")
            if key not in lookup:
                lookup[key] = world["year"].is_between(first, last).to_numpy()
            chosen = lookup[key]
            for d, code in codes.items():
                if (at, d, code) not in lookup:
                    lookup[at, d, code] = (world[d] == code).to_numpy()
                chosen = chosen & lookup[at, d, code]
            self.of.append(world["column"].to_numpy()[chosen])

        self.alive = np.ones(self.columns, dtype=bool)
        equations: list[tuple[np.ndarray, np.ndarray, float, float]] = []
        for status, n, of in zip(cells["status"], cells["n"], self.of, strict=True):
            if status == "zero" or (status == "published" and n == 0) or status == "not_collected":
                self.alive[of] = False
            elif status == "published":
                equations.append((of, np.ones(len(of)), n, n))
        for later, world in enumerate(worlds[1:], start=1):
            met = set().union(*(w.columns for w in worlds[:later])) & set(world.columns)
            earlier = next((w for w in worlds[:later] if met <= set(w.columns)), None)
            if earlier is None:
                raise AuditError(
                    "The policy's joint groups don't share what they share with a single one; see policy.toml."
                )
            keys = sorted(met - {"column"})
            both = [
                {tuple(row[:-1]): row[-1] for row in w.group_by(keys).agg("column").iter_rows()}
                for w in (world, earlier)
            ]
            for key in both[0].keys() | both[1].keys():
                plus, minus = (of.get(key, []) for of in both)
                signs = np.array([1.0] * len(plus) + [-1.0] * len(minus))
                equations.append((np.array([*plus, *minus], dtype=int), signs, 0, 0))
        self.equations = equations

    def _world(self, con: duckdb.DuckDBPyConnection, design: _Design, dimensions: list[str]) -> pl.DataFrame:
        """The combinations that the code lists and rules allow; `column` numbers them over all worlds."""
        derived = {d: of for d, of in design.derived.items() if of in dimensions}
        first, last = design.years
        joins = " ".join(
            f"join codes {d}_ on {d}_.dimension = '{d}' and coalesce({d}_.first_year, year) <= year "
            f"and coalesce({d}_.last_year, year) >= year"
            for d in dimensions
        )
        columns = [f"{d}_.code as {d}" for d in dimensions] + [f'{of}_."group" as {d}' for d, of in derived.items()]
        combos = con.sql(
            f"select year, {', '.join(columns)} from (select unnest(range({first}, {last} + 1)) as year) {joins}"
        ).pl()
        for when, then in design.rules:
            if set(when) | set(then) <= set(combos.columns):
                applies = pl.all_horizontal([pl.col(d).is_in(c) for d, c in when.items()])
                kept = pl.all_horizontal([pl.col(d).is_in(c) for d, c in then.items()])
                combos = combos.filter(~applies | kept)
        combos = combos.with_columns(pl.int_range(self.columns, self.columns + pl.len()).alias("column"))
        self.columns += combos.height
        return combos

    def know(self, at: int, least: float, most: float) -> None:
        """Add what the attacker concludes about a cell."""
        self.equations.append((self.of[at], np.ones(len(self.of[at])), least, most))

    def program(self) -> "_Program":
        """The linear program without an objective."""
        column = self._numbered()
        rows: dict[Row, None] = {}
        for of, signs, least, most in self.equations:
            here = self.alive[of]
            row: Row = (tuple(column[of[here]].tolist()), tuple(signs[here].tolist()), least, most)
            if row[0] or least:
                rows[row] = None
        return _Program(int(self.alive.sum()), list(rows))

    def _numbered(self) -> np.ndarray:
        """The column of each combination in the program; -1 where it can only be zero and has none."""
        column = np.full(self.columns, -1)
        column[self.alive] = np.arange(self.alive.sum())
        return column

    def ranges(self, wanted: list[int], progress: Callable[[int, int], None]) -> list[tuple[int, int | None]] | None:
        """The least and greatest count of each wanted cell (None: no bound); None where no table agrees at all."""
        column = self._numbered()
        program = self.program()
        if not program.possible():
            return None
        # Cells that add up the same combinations are one number: a code that is its group's only one, say.
        sums = [tuple(column[of[self.alive[of]]].tolist()) for of in (self.of[at] for at in wanted)]
        different = list(dict.fromkeys(sums))
        found: dict[tuple[int, ...], tuple[int, int | None]] = {}
        parts = [different[i : i + CHUNK] for i in range(0, len(different), CHUNK)]
        for ranges in _attack(program, parts):
            found |= dict(zip(different[len(found) :], ranges, strict=False))
            progress(len(found), len(different))
        return [found[of] for of in sums]


def _attack(program: "_Program", parts: list[list[tuple[int, ...]]]) -> Iterator[list[tuple[int, int | None]]]:
    """The ranges of each part, in order; over several processes where that is worth their start."""
    if len(parts) <= WORKERS * 2:
        _Program.of_this_process = program
        yield from map(_ranges, parts)
        return
    with ProcessPoolExecutor(WORKERS, get_context("spawn"), _take, (program.columns, program.rows)) as pool:
        yield from pool.map(_ranges, parts)


def _take(columns: int, rows: list[Row]) -> None:
    _Program.of_this_process = _Program(columns, rows)


def _ranges(part: list[tuple[int, ...]]) -> list[tuple[int, int | None]]:
    program = _Program.of_this_process
    assert program is not None
    return [(program.least(of), program.greatest(of)) for of in part]


class _Program:
    """All tables that agree with what is published, as a linear program whose objective is set anew for each cell."""

    of_this_process: "_Program | None" = None

    def __init__(self, columns: int, rows: list[Row]) -> None:
        self.columns, self.rows = columns, rows
        self.highs = highspy.Highs()
        # The primal simplex goes on from the last cell's answer, which the next objective leaves possible.
        for option, value in {
            "output_flag": False,
            "threads": 1,
            "solver": "simplex",
            "simplex_strategy": 4,
        }.items():
            self.highs.setOptionValue(option, value)
        self.highs.addVars(columns, np.zeros(columns), np.full(columns, highspy.kHighsInf))
        for index, value, least, most in rows:
            self.highs.addRow(least, most, len(index), np.array(index, dtype=np.int32), np.array(value))
        self.answers: list[np.ndarray] = []

    def possible(self) -> bool:
        """Whether any table agrees with what is published."""
        self.highs.run()
        return self.highs.getModelStatus() in (
            highspy.HighsModelStatus.kOptimal,
            highspy.HighsModelStatus.kModelEmpty,
        )

    def least(self, of: tuple[int, ...]) -> int:
        """The least sum of the columns `of` over all tables, as a whole number."""
        columns = list(of)
        # No count is below zero, so an earlier answer that has zero here is the least, and saves a solve.
        if any(answer[columns].sum() <= EPSILON for answer in self.answers):
            return 0
        return int(np.ceil((self._extreme(columns, 1) or 0.0) - EPSILON))

    def greatest(self, of: tuple[int, ...]) -> int | None:
        """The greatest sum of the columns `of` over all tables, as a whole number; None where it has no bound."""
        value = self._extreme(list(of), -1)
        return None if value is None else int(np.floor(value + EPSILON))

    def _extreme(self, of: list[int], sign: int) -> float | None:
        if not of:
            return 0.0
        index = np.array(of, dtype=np.int32)
        self.highs.changeColsCost(len(index), index, np.full(len(index), float(sign)))
        self.highs.run()
        status = self.highs.getModelStatus()
        value = sign * self.highs.getObjectiveValue()
        self.answers = [*self.answers[-KEPT:], np.array(self.highs.getSolution().col_value)]
        self.highs.changeColsCost(len(index), index, np.zeros(len(index)))
        if status in (highspy.HighsModelStatus.kUnbounded, highspy.HighsModelStatus.kUnboundedOrInfeasible):
            return None
        if status != highspy.HighsModelStatus.kOptimal:
            raise AuditError(f"The solver gave no answer ({status}); the release can't be called safe.")
        return value

"""Audit: an attacker who has the finished release, knows the code lists and rules, and whatever else the release names:
earlier releases and public statements (table `knowledge`).

For every suppressed cell two linear programs ask for the least and the greatest count that any table could have there
that agrees with everything published. This module shares no code with protection: it reads the file, and finds out for
itself which combinations of codes each cell adds up.
"""

import json
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from multiprocessing import get_context
from pathlib import Path

import duckdb
import highspy
import numpy as np
import polars as pl

EPSILON = 1e-6
WORKERS = 2
CHUNK = 40  # cells that a worker takes at a time
ITERATIONS = 20_000  # steps after which a linear program is tried another way
KEPT = 200  # answers that are kept to look for zeros in
SAFE, NARROW, SMALL_SHOWN, CONTRADICTION, PUBLIC = "safe", "narrow", "small_shown", "contradiction", "public"
MIXTURES = 24  # tables mixed to see what moves while an insider's cell stands still
SHAKEN = 6  # further tables made for one insider, each to move all at once that hasn't moved yet
CLOSE_BY = 0  # how far beyond the mark a range may reach and still be called close to it
WHOLE_COLUMNS = 500  # with more combinations a search for a table of whole numbers takes minutes a cell
NODES = 200  # branches after which the search for a table of whole numbers gives up


# One row of the program: columns, their signs, and the least and the most that they add up to.
Row = tuple[tuple[int, ...], tuple[float, ...], float, float]
# The same over combinations.
Equation = tuple[np.ndarray, np.ndarray, float, float]
# Where a referral is counted: its year, and its code in each dimension of one joint group.
Place = Mapping[str, str | int]


class AuditError(ValueError):
    """The file can't be audited: it isn't a release, or its tables don't fit its own design."""


@dataclass(frozen=True)
class Audit:
    """What the attacker found.

    cells: one row a different cell: cell (its codes and years in words), tables (where it stands), first_year,
    last_year, status, n, lower, upper (what can be worked out; null without bound; for `public` cells no closer than
    the mark of a small count), verdict: `safe`; `narrow` (a
    suppressed cell that can be worked out too closely); `small_shown` (a count under the threshold that is not
    suppressed); `contradiction` (published numbers that no table agrees with); `public` (what the release doesn't tell
    is known anyway, from elsewhere).
    large: the suppressed cells that show by their range that they reach the threshold.
    insiders: pairs of cells (insider, other): whoever is alone in the first can work out the second exactly, it holds
    somebody else, and he could not without the release. Empty where the caller didn't say who is alone, and where the
    audit fails anyway.
    whole: how many ends of ranges were asked for in whole numbers because no such table had turned up, how many of
    these have none, and how many stayed undecided.
    """

    cells: pl.DataFrame
    threshold: int
    protection: str
    large: frozenset[str]
    insiders: tuple[tuple[str, str], ...] = ()
    whole: tuple[int, int, int] = (0, 0, 0)

    @property
    def failures(self) -> pl.DataFrame:
        """The cells whose verdict is neither `safe` nor `public`."""
        return self.cells.filter(~pl.col("verdict").is_in([SAFE, PUBLIC]))

    @property
    def passed(self) -> bool:
        return self.failures.is_empty()


def audit(
    file: Path,
    *,
    primary: set[str] | None = None,
    alone: Mapping[str, Sequence[Place]] | None = None,
    conclude: bool = True,
    whole: bool = True,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> Audit:
    """Attack the release in `file` (vink.duckdb).

    primary: the cells (by `cell`) whose true count is small, where the caller knows them, as the build does. Without it
    a suppressed cell whose range reaches the threshold gets the benefit of the doubt: a reader can't tell either.
    alone: the cells whose true count is 1, where the caller knows them, each with the places of that referral, one for
    each joint group that holds the cell's dimensions: whoever it is about is tried as an insider.
    conclude: whether the attacker knows the rule of the audit and draws conclusions from it, see `_ranges_of`.
    whole: whether the ends of ranges that matter are also asked for in whole numbers.
    Raises AuditError where the file is no release.
    """
    try:
        with duckdb.connect(str(file), read_only=True) as con:
            design = _design(con)
            cells = _cells(con, design)
            attack = _Attack(con, design, cells)
    except duckdb.Error as error:
        raise AuditError(f"{file}: this is not a release that can be audited ({error}).") from error

    found = _ranges_of(attack, cells, design, primary, conclude, progress)
    if found is None:
        verdict = pl.lit(CONTRADICTION)
        cells = cells.with_columns(lower=pl.lit(None, pl.Int64), upper=pl.lit(None, pl.Int64), verdict=verdict)
        return Audit(cells.drop("at", "named"), design.threshold, design.protection, frozenset())
    cells = cells.join(found.ranges, on="at", how="left", maintain_order="left")
    cells = cells.with_columns(verdict=_verdict(design, primary, attack.revised))
    public = pl.col("at").is_in(sorted(found.public)) & (pl.col("verdict") == NARROW)
    cells = cells.with_columns(verdict=pl.when(public).then(pl.lit(PUBLIC)).otherwise(pl.col("verdict")))
    asked, pairs = (0, 0, 0), ()
    if whole and not cells["verdict"].is_in([NARROW, SMALL_SHOWN]).any():
        cells, asked = _in_whole_numbers(attack, cells, design, primary)
    if not cells["verdict"].is_in([NARROW, SMALL_SHOWN]).any():  # else the release fails, and there is none to be in
        pairs = _insiders(attack, cells, alone or {})
    large = frozenset(cells.filter(pl.col("at").is_in(found.large))["cell"])
    cells = _no_closer_than_the_mark(cells, design)
    return Audit(cells.drop("at", "named"), design.threshold, design.protection, large, pairs, asked)


def _no_closer_than_the_mark(cells: pl.DataFrame, design: "_Design") -> pl.DataFrame:
    """The cells with the mark's own range where more is known from elsewhere: the release does not repeat that."""
    least, most = design.mark
    public = pl.col("verdict") == PUBLIC
    return cells.with_columns(
        lower=pl.when(public).then(pl.min_horizontal("lower", pl.lit(least))).otherwise(pl.col("lower")),
        upper=pl.when(public).then(pl.max_horizontal("upper", pl.lit(most))).otherwise(pl.col("upper")),
    )


@dataclass(frozen=True)
class _Found:
    """ranges: at, lower, upper of each suppressed cell; large, public: positions of cells (see Audit)."""

    ranges: pl.DataFrame
    large: list[int]
    public: set[int]


def _ranges_of(
    attack: "_Attack",
    cells: pl.DataFrame,
    design: "_Design",
    primary: set[str] | None,
    conclude: bool,
    progress: Callable[[int, int], None],
) -> _Found | None:
    """What can be worked out of each suppressed cell, and which ones show by their range that they are large.

    Whoever knows the rule of the audit knows more than the numbers: a small count never has a range that falls short of
    the mark's own, so a suppressed cell with such a range reaches the threshold. That is added to what is known and all
    is worked out anew, until it says nothing new. None where no table agrees with what is published.
    """
    hidden = cells.filter(pl.col("status") == "suppressed").select("at", "cell")
    large: list[int] = []
    public: set[int] = set()
    asked: set[int] = set()
    while True:
        ranges = attack.ranges(hidden["at"].to_list(), progress)
        if ranges is None:
            return None
        ends = {"lower": [low for low, _ in ranges], "upper": [high for _, high in ranges]}
        found = hidden.with_columns(
            pl.Series(name, values, dtype=pl.Int64, strict=False) for name, values in ends.items()
        )
        short = found.filter(~_covers(design), ~pl.col("at").is_in(large))
        new = [at for at in short["at"] if at not in asked]
        asked |= set(new)
        public |= attack.public(new, design)
        short = short.filter(~pl.col("at").is_in(sorted(public)))
        # Where a small count stands open the release fails, and nothing can be concluded from its passing.
        stands_open = not short.filter(_small(design, primary)).is_empty()
        if short.is_empty() or stands_open or not conclude:
            return _Found(found.drop("cell"), large, public)
        for at in short["at"]:
            attack.know(at, design.threshold, highspy.kHighsInf)
            large.append(at)


def _insiders(
    attack: "_Attack", cells: pl.DataFrame, alone: Mapping[str, Sequence[Place]]
) -> tuple[tuple[str, str], ...]:
    """Pairs of suppressed cells: whoever is alone in the first can work out the second, and somebody else is in it."""
    hidden = cells.filter(pl.col("status") == "suppressed")
    names = dict(hidden.select("at", "cell").iter_rows())
    # What is known anyway, or to the reader without being in a cell, is nothing that the insider adds.
    moves = hidden.filter(pl.col("lower") != pl.col("upper").fill_null(2**31))["at"].to_list()
    pairs = []
    for at, cell in names.items():
        if cell in alone and at in moves:
            pairs += [(cell, names[other]) for other in attack.known_to_insider(at, alone[cell], moves)]
    return tuple(pairs)


def _in_whole_numbers(
    attack: "_Attack", cells: pl.DataFrame, design: "_Design", primary: set[str] | None
) -> tuple[pl.DataFrame, tuple[int, int, int]]:
    """Ask for tables of whole numbers where no table met so far was one: the cells with their new verdicts, and how
    many ends were asked for, have no such table, and stayed undecided."""
    least, most = design.mark
    safe = cells.filter(pl.col("status") == "suppressed", pl.col("verdict") == SAFE)
    covering = safe.filter(_covers(design) & (_small(design, primary) if primary is not None else pl.lit(True)))
    asked = none = undecided = 0
    open_cells = []
    for at, lower, upper in covering.select("at", "lower", "upper").iter_rows():
        for end, high in ((least, False), (most, True)):
            # Where fractions reach further than needed, so far always some table of whole numbers reached far enough.
            close = (upper is not None and upper <= most + CLOSE_BY) if high else lower > 0
            if not close or attack.met_whole(at, end, high=high):
                continue
            asked += 1
            answer = attack.whole(at, end, high=high)
            if answer is None:
                undecided += 1
            elif not answer:
                none += 1
                open_cells.append(at)
    failing = pl.col("at").is_in(open_cells)
    cells = cells.with_columns(verdict=pl.when(failing).then(pl.lit(NARROW)).otherwise(pl.col("verdict")))
    return cells, (asked, none, undecided)


def _covers(design: "_Design") -> pl.Expr:
    """Whether a range leaves open all that the mark of a small count leaves open."""
    least, most = design.mark
    return (pl.col("lower") <= least) & (pl.col("upper").fill_null(2**31) >= most)


def _small(design: "_Design", primary: set[str] | None) -> pl.Expr:
    """Whether a suppressed count is small, or the range says by itself that it is under the threshold."""
    says_so = pl.col("upper").fill_null(2**31) < design.threshold
    return says_so if primary is None else says_so | pl.col("cell").is_in(list(primary))


def _verdict(design: "_Design", primary: set[str] | None, revised: dict[int, int]) -> pl.Expr:
    upper = pl.col("upper").fill_null(2**31)
    wide = upper - pl.col("lower") >= 2
    small, covers = _small(design, primary), _covers(design)
    verdict = (
        pl.when(pl.col("status") == "suppressed")
        .then(pl.when(wide & (covers | ~small)).then(pl.lit(SAFE)).otherwise(pl.lit(NARROW)))
        .when(pl.col("n").is_between(1, design.threshold - 1))
        .then(pl.lit(SMALL_SHOWN))
        .otherwise(pl.lit(SAFE))
    )
    for at, former in revised.items():
        # An earlier release has another number: the difference must be able to be nothing, and not only a little.
        tells = (pl.col("lower") > former) | (upper < former) | (upper - pl.col("lower") < design.threshold - 1)
        concerned = (pl.col("at") == at) & (pl.col("status") == "suppressed") & tells
        verdict = pl.when(concerned).then(pl.lit(NARROW)).otherwise(verdict)
    return verdict


@dataclass(frozen=True)
class _Design:
    tables: dict[str, list[str]]
    joint: list[list[str]]
    derived: dict[str, str]
    rules: list[tuple[dict[str, list[str]], dict[str, list[str]]]]
    threshold: int
    protection: str
    years: tuple[int, int]
    knowledge: list[tuple[str, str, int, int, str, int, int]]

    @property
    def mark(self) -> tuple[int, int]:
        """The least and the most that the mark of a small count leaves open."""
        return (1, self.threshold - 1) if self.protection == "mark" else (0, self.threshold)


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
        knowledge=con.sql("select kind, cell, first_year, last_year, named, least, most from knowledge").fetchall(),
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


def _codes(named: str) -> dict[str, str]:
    return {d: code for d, code in json.loads(named).items() if code is not None}


class _Attack:
    """The linear program over all tables: a column for each combination, a row for each published cell."""

    def __init__(self, con: duckdb.DuckDBPyConnection, design: _Design, cells: pl.DataFrame) -> None:
        self.columns = 0
        self.worlds = worlds = [self._world(con, design, dimensions) for dimensions in design.joint]
        self.lookup: dict[tuple[int, str, str], np.ndarray] = {}
        beside = [(named, first, last) for _, _, first, last, named, _, _ in design.knowledge]
        spans = [*cells.select("named", "first_year", "last_year").iter_rows(), *beside]
        self.span = [(_codes(named), first, last) for named, first, last in spans]
        self.of = [self._members(codes, first, last)[0] for codes, first, last in self.span]
        self.alive = np.ones(self.columns, dtype=bool)
        self.revised: dict[int, int] = {}
        self.said = self._said(cells, design)
        self.equations = list(self.said)
        for status, n, of in zip(cells["status"], cells["n"], self.of, strict=False):
            if status == "zero" or (status == "published" and n == 0) or status == "not_collected":
                self.alive[of] = False
            elif status == "published":
                self.equations.append((of, np.ones(len(of)), n, n))
        self.ties = self._ties(worlds)
        self.equations += self.ties
        self.sums: dict[int, tuple[int, ...]] = {}
        self.ends: dict[tuple[int, ...], _Ends] = {}
        self.different: list[tuple[int, ...]] = []
        self.position: dict[tuple[int, ...], int] = {}
        self.met: list[_Met] = []

    def _members(self, codes: dict[str, str], first: int, last: int) -> list[np.ndarray]:
        """The combinations that a cell of these codes and years adds up, in each world that holds its dimensions."""
        found = []
        for at, world in enumerate(self.worlds):
            if not set(codes) <= set(world.columns):
                continue
            key = (at, "years", f"{first}-{last}")
            if key not in self.lookup:
                self.lookup[key] = world["year"].is_between(first, last).to_numpy()
            chosen = self.lookup[key]
            for d, code in codes.items():
                if (at, d, code) not in self.lookup:
                    self.lookup[at, d, code] = (world[d] == code).to_numpy()
                chosen = chosen & self.lookup[at, d, code]
            found.append(world["column"].to_numpy()[chosen])
        if not found:
            raise AuditError(f"No joint group of the policy holds {', '.join(codes)} together.")
        return found

    def _said(self, cells: pl.DataFrame, design: _Design) -> list[Equation]:
        """What earlier releases and statements say that still holds; fills `revised` with what no longer does."""
        at_of = dict(cells.select("cell", "at").iter_rows())
        said: list[Equation] = []
        for (kind, cell, _, _, _, least, most), of in zip(design.knowledge, self.of[cells.height :], strict=True):
            if kind == "agrees":
                said.append((of, np.ones(len(of)), least, most))
            elif cell in at_of:
                self.revised[at_of[cell]] = least
        return said

    @staticmethod
    def _ties(worlds: list[pl.DataFrame]) -> list[Equation]:
        """What ties the worlds of the joint groups together: what they share adds up to the same in each."""
        ties: list[Equation] = []
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
            for key in sorted(both[0].keys() | both[1].keys()):
                plus, minus = (sorted(of.get(key, [])) for of in both)
                signs = np.array([1.0] * len(plus) + [-1.0] * len(minus))
                ties.append((np.array([*plus, *minus], dtype=int), signs, 0, 0))
        return ties

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
        """Add what the attacker concludes about a cell. Answers that don't agree with it are forgotten."""
        self.equations.append((self.of[at], np.ones(len(self.of[at])), least, most))
        here = self.position[self._sum(at)]
        for key, ends in self.ends.items():
            self.ends[key] = _Ends(
                *(end if end and end.within(here, least, most) else None for end in (ends.low, ends.high))
            )
        self.met = [met for met in self.met if least - EPSILON <= met.sums[here] <= most + EPSILON]

    def _sum(self, at: int) -> tuple[int, ...]:
        """The columns of the program that a cell adds up. Cells that add up the same ones are one number."""
        if at not in self.sums:
            of = self.of[at]
            self.sums[at] = tuple(self.numbered[of[self.alive[of]]].tolist())
        return self.sums[at]

    def program(self, equations: list[Equation] | None = None) -> "_Program":
        """The linear program without an objective."""
        column = self.numbered
        rows: dict[Row, None] = {}
        for of, signs, least, most in self.equations if equations is None else equations:
            here = self.alive[of]
            row: Row = (tuple(column[of[here]].tolist()), tuple(signs[here].tolist()), least, most)
            if row[0] or least:
                rows[row] = None
        return _Program(int(self.alive.sum()), list(rows))

    @cached_property
    def numbered(self) -> np.ndarray:
        """The column of each combination in the program; -1 where it can only be zero and has none."""
        column = np.full(self.columns, -1)
        column[self.alive] = np.arange(self.alive.sum())
        return column

    def ranges(self, wanted: list[int], progress: Callable[[int, int], None]) -> list[tuple[int, int | None]] | None:
        """The least and greatest count of each wanted cell (None: no bound); None where no table agrees at all."""
        if not self.different:
            self.different = list(dict.fromkeys(self._sum(at) for at in wanted))
            self.position = {key: at for at, key in enumerate(self.different)}
        program = self.program()
        if not program.possible():
            return None
        lacking = [key for key in self.different if not (key in self.ends and self.ends[key].known)]
        parts = [lacking[i : i + CHUNK] for i in range(0, len(lacking), CHUNK)]
        done = len(self.different) - len(lacking)
        for part, answers in zip(parts, _attack(program, self.different, parts), strict=True):
            for key, (low, high) in zip(part, answers, strict=True):
                before = self.ends.get(key, _Ends(None, None))
                self.ends[key] = _Ends(before.low or low, before.high or high)
                self.met += [_Met(end.sums, end.whole, end.held) for end in (low, high) if end.sums is not None]
            done += len(part)
            progress(done, len(self.different))
        found = [self.ends[self._sum(at)] for at in wanted]
        return [(ends.low.value or 0, ends.high.value) for ends in found if ends.low and ends.high]

    def public(self, asked: list[int], design: _Design) -> set[int]:
        """The cells of which the mark's range can't be kept up even where nothing at all is published here."""
        if not self.said or not asked:
            return set()
        outside = _Outside(self)
        return {at for at in asked if not outside.covers(at, design)}

    def known_to_insider(self, insider: int, places: Sequence[Place], others: list[int]) -> list[int]:
        """Those of `others` that whoever is alone in `insider` can work out, and in which somebody else is.

        He knows where he is counted, so all else that his cell adds up is 0, in every world that holds its dimensions.
        """
        himself = {int(self._column(place)) for place in places}
        seen = set(np.concatenate(self._members(*self.span[insider])).tolist())
        empty = np.array(sorted(seen - himself), dtype=int)
        empty = self.numbered[empty[self.alive[empty]]]
        own = self.position[self._sum(insider)]
        # What is 0 to him can't fall, so no table in which it isn't 0 is a part of a mixture in which it is.
        sums = self.all_sums[~self.all_held[:, empty].any(axis=1)]
        points = []
        below, above = np.flatnonzero(sums[:, own] <= 1 + EPSILON), np.flatnonzero(sums[:, own] >= 1 - EPSILON)
        for number in range(MIXTURES if len(below) and len(above) else 0):  # spread over all, the same ones each time
            low = below[(number * 7919) % len(below)]
            high = above[(number * 104729) % len(above)]
            width = sums[high, own] - sums[low, own]
            share = (1 - sums[low, own]) / width if width > EPSILON else 0.0
            points.append(sums[low] * (1 - share) + sums[high] * share)
        moves = np.ptp(np.array(points), axis=0) > 1e-3 if points else np.zeros(len(self.different), dtype=bool)
        seats = {int(self.numbered[column]) for column in himself}
        left = [other for other in others if other != insider and not moves[self.position[self._sum(other)]]]
        if not left:
            return []
        program = self.insider_program
        program.fix(dict.fromkeys(empty.tolist(), 0.0) | dict.fromkeys(seats, 1.0))
        left = program.unmoved({other: self._sum(other) for other in left})
        known = []
        for other in left:
            key = self._sum(other)
            low, high = program.least(key), program.greatest(key)
            if low == high and low > (not seats.isdisjoint(key)):
                known.append(other)
        program.release()
        if known and self.said:
            given = _Outside(self).known_to_insider(seen, himself, known)
            known = [other for other in known if other not in given]
        return known

    def _column(self, place: Place) -> int:
        """The combination that a place is."""
        world = next(w for w in self.worlds if set(place) == set(w.columns) - {"column"})
        return world.filter(pl.all_horizontal([pl.col(d) == code for d, code in place.items()]))["column"].item()

    @cached_property
    def all_sums(self) -> np.ndarray:
        """The tables met on the way, each by its sums: shape (tables, different sums)."""
        return np.array([met.sums for met in self.met])

    @cached_property
    def all_held(self) -> np.ndarray:
        """The same tables, by which columns hold anything: bool, shape (tables, columns of the program)."""
        return np.array([met.held for met in self.met])

    @cached_property
    def insider_program(self) -> "_Program":
        return self.program()

    def met_whole(self, at: int, end: int, *, high: bool) -> bool:
        """Whether a table of whole numbers was met in which the cell reaches `end`."""
        column = self.whole_sums[:, self.position[self._sum(at)]]
        return bool((column >= end - EPSILON).any() if high else (column <= end + EPSILON).any())

    @cached_property
    def whole_sums(self) -> np.ndarray:
        return np.array([met.sums for met in self.met if met.whole]).reshape(-1, len(self.different))

    def whole(self, at: int, end: int, *, high: bool) -> bool | None:
        """Whether there is a table of whole numbers in which the cell reaches `end`; None where that stays open."""
        if self.alive.sum() > WHOLE_COLUMNS:
            return None
        return self.program().whole(self._sum(at), end, high=high)


@dataclass(frozen=True)
class _End:
    """An end of a range: the value (None: no bound), and a table that reaches it, by its sums. whole: whether that
    table holds whole numbers; held: which columns are not 0 in it."""

    value: int | None
    sums: np.ndarray | None
    whole: bool
    held: np.ndarray | None

    def within(self, position: int, least: float, most: float) -> bool:
        """Whether the end stands when the sum at `position` is known to be from `least` to `most`."""
        if self.value is None:
            return True  # what grows without bound still does: no count is below zero
        return self.sums is not None and least - EPSILON <= self.sums[position] <= most + EPSILON


@dataclass(frozen=True)
class _Ends:
    low: _End | None
    high: _End | None

    @property
    def known(self) -> bool:
        return self.low is not None and self.high is not None


@dataclass(frozen=True)
class _Met:
    sums: np.ndarray
    whole: bool
    held: np.ndarray | None


class _Outside:
    """The attacker who has only what was known before: statements and earlier releases."""

    def __init__(self, attack: _Attack) -> None:
        column = np.arange(attack.columns)
        rows: dict[Row, None] = {}
        for of, signs, least, most in [*attack.said, *attack.ties]:
            rows[tuple(column[of].tolist()), tuple(signs.tolist()), least, most] = None
        self.attack = attack
        self.program = _Program(attack.columns, list(rows))

    def covers(self, at: int, design: _Design) -> bool:
        """Whether the cell could be all that the mark says, as far as is known beside the release."""
        key = tuple(self.attack.of[at].tolist())
        high = self.program.greatest(key)
        least, most = design.mark
        return self.program.least(key) <= least and (high is None or high >= most)

    def known_to_insider(self, seen: set[int], himself: set[int], others: list[int]) -> set[int]:
        """Those of `others` that he knows without any release, who is alone in what the columns `seen` add up."""
        self.program.fix(dict.fromkeys(seen, 0.0) | dict.fromkeys(himself, 1.0))
        known = set()
        for other in others:
            key = tuple(self.attack.of[other].tolist())
            if self.program.least(key) == self.program.greatest(key):
                known.add(other)
        self.program.release()
        return known


def _attack(
    program: "_Program", different: list[tuple[int, ...]], parts: list[list[tuple[int, ...]]]
) -> Iterator[list[tuple[_End, _End]]]:
    """The ends of each part, in order; over several processes where that is worth their start."""
    if len(parts) <= WORKERS * 2:
        _take(program.columns, program.rows, different)
        yield from map(_ends, parts)
        return
    given = (program.columns, program.rows, different)
    with ProcessPoolExecutor(WORKERS, get_context("spawn"), _take, given) as pool:
        yield from pool.map(_ends, parts)


def _take(columns: int, rows: list[Row], different: list[tuple[int, ...]]) -> None:
    _Program.of_this_process = _Program(columns, rows)
    _Program.of_this_process.watch(different)


def _ends(part: list[tuple[int, ...]]) -> list[tuple[_End, _End]]:
    program = _Program.of_this_process
    assert program is not None
    return [(program.low(of), program.high(of)) for of in part]


class _Program:
    """All tables that agree with what is published, as a linear program whose objective is set anew for each cell."""

    of_this_process: "_Program | None" = None

    def __init__(self, columns: int, rows: list[Row]) -> None:
        self.columns, self.rows = columns, rows
        self.highs = highspy.Highs()
        # The primal simplex goes on from the last cell's answer, which the next objective leaves possible.
        self.options = {
            "output_flag": False,
            "threads": 1,
            "solver": "simplex",
            "simplex_strategy": 4,
            "simplex_iteration_limit": ITERATIONS,
        }
        for option, value in self.options.items():
            self.highs.setOptionValue(option, value)
        self.highs.addVars(columns, np.zeros(columns), np.full(columns, highspy.kHighsInf))
        for index, value, least, most in rows:
            self.highs.addRow(least, most, len(index), np.array(index, dtype=np.int32), np.array(value))
        self.answers: list[np.ndarray] = []
        self.fixed = np.array([], dtype=np.int32)

    def watch(self, different: list[tuple[int, ...]]) -> None:
        """From now on every answer comes with these sums of it."""
        self.index = np.concatenate([np.array(of, dtype=int) for of in different]) if different else np.array([], int)
        lengths = np.array([len(of) for of in different], dtype=int)
        self.filled = np.flatnonzero(lengths > 0)
        self.starts = np.concatenate([[0], np.cumsum(lengths[lengths > 0])[:-1]]).astype(int)
        self.different = len(different)

    def _end(self, value: int | None, answer: np.ndarray | None) -> _End:
        if answer is None:
            return _End(value, None, whole=False, held=None)
        sums = np.zeros(self.different)
        if len(self.filled):
            sums[self.filled] = np.add.reduceat(answer[self.index], self.starts)
        whole = bool((np.abs(answer - np.round(answer)) < EPSILON).all())
        return _End(value, sums.astype(np.float32), whole, answer > EPSILON)

    def possible(self) -> bool:
        """Whether any table agrees with what is published."""
        self.highs.run()
        return self.highs.getModelStatus() in (
            highspy.HighsModelStatus.kOptimal,
            highspy.HighsModelStatus.kModelEmpty,
        )

    def low(self, of: tuple[int, ...]) -> _End:
        """The least sum of the columns `of`, with a table that has it."""
        columns = list(of)
        # No count is below zero, so an earlier answer that has zero here is the least, and saves a solve.
        for answer in self.answers:
            if answer[columns].sum() <= EPSILON:
                return self._end(0, answer)
        value, answer = self._extreme(columns, 1)
        return self._end(int(np.ceil((value or 0.0) - EPSILON)), answer)

    def high(self, of: tuple[int, ...]) -> _End:
        """The greatest sum of the columns `of`, with a table that has it; no value where it has no bound."""
        value, answer = self._extreme(list(of), -1)
        return self._end(None if value is None else int(np.floor(value + EPSILON)), answer)

    def least(self, of: tuple[int, ...]) -> int:
        """The least sum of the columns `of` over all tables, as a whole number."""
        value, _ = self._extreme(list(of), 1)
        return int(np.ceil((value or 0.0) - EPSILON))

    def greatest(self, of: tuple[int, ...]) -> int | None:
        """The greatest sum of the columns `of` over all tables, as a whole number; None where it has no bound."""
        value, _ = self._extreme(list(of), -1)
        return None if value is None else int(np.floor(value + EPSILON))

    def fix(self, values: dict[int, float]) -> None:
        """From now on these columns have these values, until `release`."""
        self.fixed = np.array(list(values), dtype=np.int32)
        value = np.array(list(values.values()))
        self.highs.changeColsBounds(len(value), self.fixed, value, value)

    def release(self) -> None:
        """Forget what `fix` asked for."""
        size = len(self.fixed)
        self.highs.changeColsBounds(size, self.fixed, np.zeros(size), np.full(size, highspy.kHighsInf))

    def unmoved(self, sums: dict[int, tuple[int, ...]]) -> list[int]:
        """Those of `sums` that were the same in every one of a few tables, each made to move all of them."""
        first: np.ndarray | None = None
        left = dict(sums)
        for number in range(SHAKEN):
            # Each sum up or down, in another mixture each time, the same ones whenever this is asked again.
            aim = np.zeros(self.columns)
            for at, of in left.items():
                aim[list(of)] += 1.0 if ((at + 1) * 2654435761 >> (number + 7)) & 1 else -1.0
            index = np.flatnonzero(aim)
            _, answer = self._least(index.astype(np.int32), aim[index])
            if answer is None:
                continue
            if first is None:
                first = answer
            moved = answer - first
            left = {at: of for at, of in left.items() if abs(moved[list(of)].sum()) <= 1e-3}
        return list(left)

    def whole(self, of: tuple[int, ...], end: int, *, high: bool) -> bool | None:
        """Whether a table of whole numbers has at least (high) or at most `end` here; None where that stays open."""
        least, most = (end, highspy.kHighsInf) if high else (0, end)
        self.highs.addRow(least, most, len(of), np.array(of, dtype=np.int32), np.ones(len(of)))
        every = np.arange(self.columns, dtype=np.int32)
        self.highs.changeColsIntegrality(self.columns, every, np.full(self.columns, highspy.HighsVarType.kInteger))
        for option, value in {
            "mip_max_nodes": NODES,
            "simplex_strategy": 1,
            "simplex_iteration_limit": 2**31 - 1,
        }.items():
            self.highs.setOptionValue(option, value)
        self.highs.run()
        status = self.highs.getModelStatus()
        if status == highspy.HighsModelStatus.kInfeasible:
            return False
        return True if status == highspy.HighsModelStatus.kOptimal else None

    def _extreme(self, of: list[int], sign: int) -> tuple[float | None, np.ndarray | None]:
        if not of:
            return 0.0, None
        value, answer = self._least(np.array(of, dtype=np.int32), np.full(len(of), float(sign)))
        if answer is not None:
            self.answers = [*self.answers[-KEPT:], answer]
        return (None if value is None else sign * value), answer

    def _least(self, index: np.ndarray, weights: np.ndarray) -> tuple[float | None, np.ndarray | None]:
        """The least weighted sum of some columns, with a table that has it; (None, None) where it has no bound."""
        self.highs.changeColsCost(len(index), index, weights)
        self.highs.run()
        status = self.highs.getModelStatus()
        unbounded = (highspy.HighsModelStatus.kUnbounded, highspy.HighsModelStatus.kUnboundedOrInfeasible)
        if status not in (highspy.HighsModelStatus.kOptimal, *unbounded):
            # The primal simplex can walk in circles: start again by another way.
            for option, value in {"simplex_strategy": 1, "simplex_iteration_limit": 2**31 - 1}.items():
                self.highs.setOptionValue(option, value)
            self.highs.clearSolver()
            self.highs.run()
            status = self.highs.getModelStatus()
            for option, value in self.options.items():
                self.highs.setOptionValue(option, value)
        value = self.highs.getObjectiveValue()
        answer = np.array(self.highs.getSolution().col_value)
        self.highs.changeColsCost(len(index), index, np.zeros(len(index)))
        if status in unbounded:
            return None, None
        if status != highspy.HighsModelStatus.kOptimal:
            raise AuditError(f"The solver gave no answer ({status}); the release can't be called safe.")
        return value, answer

"""Protect: which cells are suppressed, so that no small count can be worked out.

Primary suppression hides every count from 1 up to the threshold. Secondary suppression then gives every hidden cell
partners, by the heuristic of Kelly, Golden and Assad (1992, Networks 22): a linear program looks for another table that
agrees with everything published, in which the cell takes the value that the protection level asks for, and which
touches the cheapest cells. The cells that it touches are hidden too. Since the true table and the other one are then
both possible, the reader can't narrow the cell down further.

This is the place where a better choice of partners goes (an optimum over all cells together): `protect` is the only
function that the build calls. The audit (audit.py) shares nothing with this module: it reads the finished file.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import highspy
import numpy as np
import polars as pl

from data.codes import ALL
from data.policy import Policy
from data.tables import Layout

INFINITY = highspy.kHighsInf
CLOSE = 1e-6  # linear programs answer in floating point; counts are whole numbers, so this is far from both sides
SECONDARY_WIDTH = 2  # how wide the range of a cell that was hidden for the others' sake must be


class ProtectionError(ValueError):
    """The solver failed to find partners for a cell."""


@dataclass(frozen=True)
class Pattern:
    """What is hidden: two masks over the layout's margins. `primary` is a part of `suppressed`."""

    suppressed: np.ndarray
    primary: np.ndarray


def protect(
    layout: Layout,
    combinations: np.ndarray,
    margins: np.ndarray,
    policy: Policy,
    *,
    still_open: Iterable[int] = (),
    former: Pattern | None = None,
    known_large: Iterable[int] = (),
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> Pattern:
    """A pattern in which every suppressed margin meets the policy's protection level.

    combinations, margins: the true counts (count.py). still_open: margins that an audit of `former` found open;
    the search starts from `former` and looks for partners for these anew. known_large: margins that show by their range
    that they are not small, so that no other table may make them so. progress is called with the number of
    margins looked at, and how many there are so far.
    Raises ProtectionError where the solver fails.
    """
    primary = (margins > 0) & (margins < policy.threshold)
    start = primary if former is None else former.suppressed
    search = _Search(layout, combinations, margins, policy, start, again=former is not None)
    for margin in known_large:
        search.keep_large(margin)
    queue: list[int] = sorted(np.flatnonzero(search.suppressed).tolist(), key=lambda m: (search.detail[m], -margins[m]))
    if former is not None:
        queue = list(still_open)
    for looked_at, margin in enumerate(queue, start=1):
        queue += search.find_partners(margin, primary[margin])
        progress(looked_at, len(queue))
    return Pattern(search.suppressed, primary)


def costs(layout: Layout, margins: np.ndarray, policy: Policy) -> np.ndarray:
    """What hiding each margin costs under the policy's weights: float64, shape of `margins`."""
    detail, pooled, spared = _detail(layout, policy)
    weights = policy.weights
    cost = np.array(weights.by_dimensions)[detail] * np.where(pooled, weights.pooled_factor, 1.0)
    cost *= weights.spared_factor**spared
    return np.where(margins == 0, cost * weights.zero, cost * (1 + weights.per_referral * margins))


def _detail(layout: Layout, policy: Policy) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """For each margin, as its simplest cell has it: by how many dimensions it is detailed, whether it pools several
    years, and how many of its codes the policy spares."""
    outside = ("table", "period", "first_year", "last_year", "margin")
    named = [(pl.col(d) != ALL).fill_null(value=False).cast(pl.Int32) for d in layout.cells.columns if d not in outside]
    spared = [
        pl.col(d).is_in(listed).fill_null(value=False).cast(pl.Int32)
        for d, listed in policy.weights.spared.items()
        if d in layout.cells.columns
    ]
    by_margin = (
        layout.cells.select(
            "margin",
            detail=pl.sum_horizontal(named),
            pooled=pl.col("first_year") != pl.col("last_year"),
            spared=pl.sum_horizontal(spared) if spared else pl.lit(0),
        )
        .group_by("margin")
        .agg(pl.col("detail").min(), pl.col("pooled").all(), pl.col("spared").max())
        .sort("margin")
    )
    return by_margin["detail"].to_numpy(), by_margin["pooled"].to_numpy(), by_margin["spared"].to_numpy()


class _Search:
    """The pattern so far, and what the tables found so far prove about each margin."""

    def __init__(
        self,
        layout: Layout,
        combinations: np.ndarray,
        margins: np.ndarray,
        policy: Policy,
        suppressed: np.ndarray,
        again: bool,
    ) -> None:
        self.layout, self.margins, self.policy = layout, margins, policy
        self.suppressed = suppressed.copy()
        self.detail = _detail(layout, policy)[0]
        self.cost = costs(layout, margins, policy)
        cost = np.where(self.suppressed, 0.0, self.cost)
        self.up = np.zeros(len(margins))  # how far above and below the truth a table was found that could be published
        self.down = np.zeros(len(margins))
        # The small programs are asked first, the whole one last: a table found with most years left as they are is as
        # good a proof as one found over all. A program of one group trusts that the others can follow; where they
        # can't, the audit says so, and the cell is looked at again with all groups together.
        every = tuple(range(len(layout.groups)))
        blocks = list(dict.fromkeys([*_blocks(layout.years, policy.periods), layout.years]))
        groups = [every] if again else [*((number,) for number in every), every]
        self.programs = [
            _Program(layout, chosen, block, combinations, margins, cost) for chosen in groups for block in blocks
        ]

    def keep_large(self, margin: int) -> None:
        """From now on no other table may take `margin` under the threshold."""
        for program in self.programs:
            program.limit_fall(margin, max(0, int(self.margins[margin]) - self.policy.threshold))

    def find_partners(self, margin: int, primary: bool) -> list[int]:
        """Hide what `margin` needs hidden; returns the newly hidden margins."""
        wanted = self._wanted(margin, primary)
        # Any way that is possible already costs nothing. Forcing one way of several would hide totals for no gain, and
        # would let a reader who repeats the search tell which tables lead to this pattern.
        if any(all(self._proven(margin, move) for move in moves) for moves in wanted):
            return []
        programs = [program for program in self.programs if margin in program.position]
        priced = [(self._price(programs, margin, moves), moves) for moves in wanted] if len(wanted) > 1 else []
        way = min(priced, key=lambda pair: pair[0])[1] if priced else wanted[0]
        new: list[int] = []
        for move in way:
            if self._proven(margin, move):
                continue  # perhaps since the move before was made possible
            found = self._first(programs, margin, move)
            if found is None:
                # Over all groups and years every margin may move, so some other table always exists.
                raise ProtectionError(f"The solver found no partners for margin {margin}: a fault of the program.")
            self._hide(*found, new)
        return new

    def _proven(self, margin: int, move: int) -> bool:
        """Whether a table was found already in which `margin` moves that far."""
        return self.up[margin] >= move - CLOSE if move > 0 else self.down[margin] >= -move - CLOSE

    def _price(self, programs: list["_Program"], margin: int, moves: tuple[int, ...]) -> float:
        """What making all `moves` possible would cost; infinite where it can't be done."""
        price = 0.0
        for move in moves:
            if not self._proven(margin, move):
                found = self._first(programs, margin, move)
                if found is None:
                    return INFINITY
                program, moved = found
                price += float(self.cost[program.margins] @ (np.abs(moved) * ~self.suppressed[program.margins]))
        return price

    def _wanted(self, margin: int, primary: bool) -> list[tuple[int, ...]]:
        """Ways to protect a margin: for each, the moves from the truth that must be possible."""
        n, t = int(self.margins[margin]), self.policy.threshold
        highest, lowest = (t - 1, 1) if self.policy.protection == "mark" else (t, 0)
        if primary:
            return [tuple(move for move in (highest - n, lowest - n) if move)]
        if n == 0:
            return [(highest,)]  # a hidden zero must look like a small count, else it is known to be one
        half = SECONDARY_WIDTH // 2
        return [(SECONDARY_WIDTH,), (-SECONDARY_WIDTH,), (half, half - SECONDARY_WIDTH)]

    @staticmethod
    def _first(programs: list["_Program"], margin: int, move: int) -> "tuple[_Program, np.ndarray] | None":
        """The cheapest change that moves `margin` so far, of the first program that has one."""
        for program in programs:
            moved = program.cheapest(margin, move)
            if moved is not None:
                return program, moved
        return None

    def _hide(self, program: "_Program", moved: np.ndarray, new: list[int]) -> None:
        here = program.margins
        self.up[here] = np.maximum(self.up[here], moved)
        self.down[here] = np.maximum(self.down[here], -moved)
        for touched in here[(np.abs(moved) > CLOSE) & ~self.suppressed[here]].tolist():
            self.suppressed[touched] = True
            new.append(touched)
            for other in self.programs:
                other.hide(touched)


def _blocks(years: tuple[int, ...], periods: tuple[tuple[int, int], ...]) -> list[tuple[int, ...]]:
    """The years by the policy's periods; years outside them stand together."""
    blocks = [tuple(y for y in years if first <= y <= last) for first, last in periods]
    inside = {year for block in blocks for year in block}
    return [block for block in [*blocks, tuple(y for y in years if y not in inside)] if block]


class _Program:
    """The linear program over some groups in some years: how could the true table be changed, and what would it touch?

    A column for how much each combination rises, one for how much it falls (where it holds anyone), the same for each
    margin; a row ties a margin to its combinations, and one ties what two groups share. What a group shares with one
    that is left out stays as it is.
    """

    def __init__(
        self,
        layout: Layout,
        groups: tuple[int, ...],
        years: tuple[int, ...],
        combinations: np.ndarray,
        margins: np.ndarray,
        cost: np.ndarray,
    ) -> None:
        chosen = {number: layout.groups[number] for number in groups}
        in_years = {n: group.positions[group.frame["year"].is_in(years).to_numpy()] for n, group in chosen.items()}
        mine = np.concatenate(list(in_years.values()))
        column = np.full(layout.size, -1)
        column[mine] = np.arange(len(mine))
        held_groups = np.zeros(layout.size, dtype=bool)
        for group in chosen.values():
            held_groups[group.positions] = True
        self.margins = np.array(
            [m for m, of in enumerate(layout.margins) if len(of) and held_groups[of[0]] and (column[of] >= 0).any()],
            dtype=int,
        )
        self.position = {int(margin): at for at, margin in enumerate(self.margins)}

        held = np.flatnonzero(combinations[mine] > 0)
        falls = np.full(len(mine), -1)
        falls[held] = len(mine) + np.arange(len(held))
        self.rise = len(mine) + len(held) + np.arange(len(self.margins))
        self.fall = self.rise + len(self.margins)
        self.may_fall = margins[self.margins].astype(float)

        self.highs = highspy.Highs()
        for option, value in {
            "output_flag": False,
            "threads": 1,
            "presolve": "off",
            "solver": "simplex",
        }.items():
            self.highs.setOptionValue(option, value)
        self._columns(len(mine), np.full(len(mine), INFINITY))
        self._columns(len(held), combinations[mine][held].astype(float))
        self._columns(len(self.margins), np.full(len(self.margins), INFINITY), cost[self.margins])
        self._columns(len(self.margins), self.may_fall, cost[self.margins])
        for at, margin in enumerate(self.margins):
            of = column[layout.margins[margin]]
            self._row(_signed(of[of >= 0], falls, 1.0), ([self.rise[at], self.fall[at]], [-1.0, 1.0]))
        for group in chosen.values():
            if group.earlier is None:
                continue
            keys = ["year", *group.shared]
            here = _by(group.frame, keys, group.first)
            there = _by(layout.groups[group.earlier].frame, keys, layout.groups[group.earlier].first)
            for key, positions in here.items():
                if key[0] in years:
                    other = column[there[key]] if group.earlier in chosen else np.array([], dtype=int)
                    self._row(_signed(column[positions], falls, 1.0), _signed(other, falls, -1.0))

    def _columns(self, number: int, upper: np.ndarray, cost: np.ndarray | None = None) -> None:
        first = self.highs.getNumCol()
        self.highs.addVars(number, np.zeros(number), upper)
        if cost is not None:
            self.highs.changeColsCost(number, np.arange(first, first + number, dtype=np.int32), cost)

    def _row(self, *terms: tuple[list[int], list[float]]) -> None:
        index = np.array([i for columns, _ in terms for i in columns], dtype=np.int32)
        value = np.array([v for _, values in terms for v in values])
        self.highs.addRow(0.0, 0.0, len(index), index, value)

    def hide(self, margin: int) -> None:
        """From now on touching `margin` costs nothing: it is hidden."""
        at = self.position.get(margin)
        if at is not None:
            columns = np.array([self.rise[at], self.fall[at]], dtype=np.int32)
            self.highs.changeColsCost(2, columns, np.zeros(2))

    def limit_fall(self, margin: int, most: int) -> None:
        """From now on `margin` falls by no more than `most`."""
        at = self.position.get(margin)
        if at is not None:
            self.may_fall[at] = most
            self.highs.changeColBounds(int(self.fall[at]), 0.0, float(most))

    def cheapest(self, margin: int, move: int) -> np.ndarray | None:
        """The cheapest change in which `margin` moves by `move`: each margin's move, or None where there is none."""
        at = self.position[margin]
        if move < 0 and -move > self.may_fall[at]:
            return None
        forward, back = (self.rise, self.fall) if move > 0 else (self.fall, self.rise)
        self.highs.changeColBounds(int(forward[at]), float(abs(move)), float(abs(move)))
        self.highs.changeColBounds(int(back[at]), 0.0, 0.0)
        self.highs.clearSolver()  # from the empty change each time: the path of earlier answers must not steer this one
        self.highs.run()
        status = self.highs.getModelStatus()
        solution = np.array(self.highs.getSolution().col_value)
        self.highs.changeColBounds(int(self.rise[at]), 0.0, INFINITY)
        self.highs.changeColBounds(int(self.fall[at]), 0.0, float(self.may_fall[at]))
        if status == highspy.HighsModelStatus.kInfeasible:
            return None
        if status != highspy.HighsModelStatus.kOptimal:
            raise ProtectionError(
                f"The solver gave up on a cell's partners ({status}); this is a fault of the program."
            )
        return solution[self.rise] - solution[self.fall]


def _by(frame: pl.DataFrame, keys: list[str], first: int) -> dict[tuple[object, ...], np.ndarray]:
    """The positions of a group's combinations for each value of `keys`."""
    at = frame.with_row_index("at").group_by(keys, maintain_order=True).agg("at")
    return {tuple(row[:-1]): first + np.array(row[-1]) for row in at.iter_rows()}


def _signed(columns: np.ndarray, falls: np.ndarray, sign: float) -> tuple[list[int], list[float]]:
    """The change of some combinations as terms of a row: what rises, less what falls."""
    index, value = columns.tolist(), [sign] * len(columns)
    fall = falls[columns]
    fall = fall[fall >= 0].tolist()
    return index + fall, value + [-sign] * len(fall)

"""Protect: which cells are suppressed, so that no small count can be worked out.

Primary suppression hides every count from 1 up to the threshold, and every number that differs by less than that from
the one that an earlier release has. This module says what each hidden cell needs; data/optimise.py then finds the
cheapest further cells (secondary suppression). The audit shares nothing with either: it reads the finished file.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from data import optimise, tables
from data.codes import ALL
from data.knowledge import AGREES, Known
from data.policy import Policy
from data.tables import Layout

MANY = 5000  # cells, from which on partners are looked for within a year first
SECONDARY_WIDTH = 2  # how wide the range of a cell that was hidden for the others' sake must be


class ProtectionError(ValueError):
    """No pattern protects what must be; the message names a cell and what to do."""


@dataclass(frozen=True)
class Pattern:
    """What is hidden: two masks over the layout's margins. `primary` is a part of `suppressed`.

    cost, bound, gap, rounds, ended: how good it is, see optimise.Result.
    """

    suppressed: np.ndarray
    primary: np.ndarray
    cost: float = 0.0
    bound: float = 0.0
    gap: float = 0.0
    rounds: int = 0
    ended: str = "optimal"


class Protection:
    """The protection of one set of tables. What the audit finds goes back into it by `know_large`."""

    def __init__(
        self,
        layout: Layout,
        combinations: np.ndarray,
        margins: np.ndarray,
        policy: Policy,
        *,
        known: Iterable[Known] = (),
        conclude: bool = True,
        progress: Callable[[str, int, int], None] = lambda step, done, of: None,
    ) -> None:
        """combinations, margins: the true counts (count.py). known: what a reader knows beside the release.

        conclude: whether the reader draws conclusions from the audit's rule (audit.py).
        """
        self.conclude, self.progress = conclude, progress
        self.layout, self.margins, self.policy = layout, margins, policy
        self.small = (margins > 0) & (margins < policy.threshold)
        self.problem = _problem(layout, combinations, margins, policy, list(known))
        self.primary = self.problem.must[: len(margins)]
        self.years = tables.years_of(layout)
        self.unlike: set[int] = set()  # large margins that must look small if they are hidden
        self.tried: set[int] = set()  # those, and the ones that can't
        self.wider: list[list[int]] = []
        self.apart: list[tuple[int, ...]] = []
        try:
            self._begin()
        except optimise.OptimiseError as error:
            raise ProtectionError(f"No release was written: {error}") from error

    def _begin(self) -> None:
        """Start the search from nothing, with what the audit asked for."""
        needs = list(self.problem.needs)
        least, most = self.policy.mark
        for margin in self.unlike:
            ends = {float(end - self.margins[margin]) for end in (least, most)}
            needs[margin] = tuple(sorted({*needs[margin], *ends} - {0.0}))
        self.search = optimise.Search(replace(self.problem, needs=tuple(needs)), self.progress)
        for margins in self.wider:
            self.search.widen(margins)
        self.search.keep_apart(self.apart)
        self.result: optimise.Result | None = None
        self.large: set[int] = set()

    def pattern(self) -> Pattern:
        """A pattern in which every suppressed margin meets the policy's protection level.

        The first call looks for a good one, within the policy's rounds and seconds; later calls only add to it what the
        knowledge that came since asks for. Raises ProtectionError where there is none.
        """
        while True:
            try:
                return self._pattern()
            except optimise.OptimiseError as error:
                if error.cell is None:
                    raise ProtectionError(f"No release was written: {error}") from error
                if not self._unlike(error.cell):
                    raise self._says(error, error.cell) from error

    def _unlike(self, cell: int) -> bool:
        """Start again, and let none of the same years that was known to be large beside `cell` look so if it is hidden.

        That costs more than to let the reader know it, so it is done only where knowing it leaves a cell open. False
        where there is none left.
        """
        years = set(self.years[self.search.problem.members[cell]])
        beside = {m for m in self.large - self.tried if years == set(self.years[self.layout.margins[m]])}
        if cell in self.unlike:
            self.unlike.remove(cell)
        elif not beside:
            return False
        self.unlike |= beside
        self.tried |= beside
        self._begin()
        return True

    def _says(self, error: optimise.OptimiseError, cell: int) -> ProtectionError:
        return ProtectionError(
            f"No release was written: the count of {self._words(cell)} can't be protected at level "
            f"{self.policy.protection}: {error}, given what else must stay published or is known from elsewhere. "
            "Publish fewer or coarser tables, or choose the level mark."
        )

    def _words(self, cell: int) -> str:
        rows = self.layout.cells.filter(pl.col("margin") == cell)
        if rows.is_empty():
            return "a cell of an earlier release"
        row = rows.row(0, named=True)
        named = [f"{d}={code}" for d in self.layout.dimensions if (code := row[d]) not in (None, ALL)]
        return f"{', '.join([row['period'], *named])} (table {row['table']})"

    def _pattern(self) -> Pattern:
        if self.result is None:
            effort = self.policy.optimise
            self.result = self.search.run(rounds=effort.rounds, seconds=effort.seconds, gap=effort.gap)
        else:
            self.result = self.search.repaired(self.result)
        while self.conclude and (large := self._looks_large(self.result.hidden)):
            self.know_large(large)
            self.result = self.search.repaired(self.result)
        found = self.result
        suppressed = found.hidden[: len(self.margins)]
        return Pattern(suppressed, self.primary, found.cost, found.bound, found.gap, found.rounds, found.ended)

    def _looks_large(self, hidden: np.ndarray) -> list[int]:
        """The hidden margins that can't fall as low as the mark of a small count.

        Whoever knows the rule knows that they are large. The audit concludes that too, and would send the pattern back.
        """
        least, _ = self.policy.mark
        large = np.flatnonzero(hidden[: len(self.margins)] & ~self.primary & (self.margins >= self.policy.threshold))
        moves = {cell: float(least - self.margins[cell]) for cell in large.tolist() if cell not in self.large}
        return self.search.short_of(moves, hidden)

    def know_large(self, margins: Iterable[int]) -> None:
        """From now on the reader knows that these margins reach the threshold."""
        for margin in margins:
            self.large.add(margin)
            self.search.know(margin, self.policy.threshold)

    def widen(self, margins: Iterable[int]) -> None:
        """From now on these margins must be able to move by one more than before, up and down."""
        self.wider.append(list(margins))
        self.search.widen(self.wider[-1])

    def keep_apart(self, pairs: Iterable[tuple[int, ...]]) -> None:
        """From now on whoever is alone in the first margin of a pair must not know the second."""
        self.apart += pairs
        self.search.keep_apart(self.apart)


def _problem(
    layout: Layout, combinations: np.ndarray, margins: np.ndarray, policy: Policy, known: list[Known]
) -> optimise.Problem:
    """What optimise.py is asked. A cell that is known but not published here is a further cell behind the margins."""
    t = policy.threshold
    lowest, highest = policy.mark
    number = {tuple(of.tolist()): margin for margin, of in enumerate(layout.margins)}
    further = {
        tuple(one.of.tolist()): one.of for one in known if one.kind == AGREES and tuple(one.of.tolist()) not in number
    }
    members = (*layout.margins, *further.values())
    number |= {key: len(margins) + at for at, key in enumerate(further)}

    values = np.concatenate([margins, [combinations[of].sum() for of in further.values()]]).astype(int)
    must = np.concatenate([(margins > 0) & (margins < t), np.zeros(len(further), dtype=bool)])
    may = np.array([len(of) > 0 for of in layout.margins] + [False] * len(further))
    moves: list[set[int]] = [set() for _ in values]
    for cell, n in enumerate(values.tolist()):
        if must[cell]:
            moves[cell] = {highest - n, lowest - n}
        elif n == 0:
            moves[cell] = {highest}  # a hidden zero must look like a small count, else it is known to be one

    limits = []
    for one in known:
        cell = number.get(tuple(one.of.tolist()))
        if cell is None:
            continue
        n = int(values[cell])
        if one.kind == AGREES:
            if one.named or one.least < one.most:
                limits.append((cell, one.least, one.most))  # a year's total limits no other cell once it is published
            if one.least == one.most:
                may[cell] = False  # hiding it would hide nothing
            elif cell >= len(margins):
                must[cell] = True  # it moves within its limits, and is not for us to publish
        else:
            # The difference must be able to be nothing, and all that a small difference can be.
            must[cell] = True
            former = one.least
            step = 1 if n > former else -1
            moves[cell] |= {former - n, max(0, former + step * (t - 1)) - n}
    width = np.where(may & ~must & (values > 0), SECONDARY_WIDTH, 0).astype(float)
    in_reach = np.isin(np.arange(len(values)), _within(layout, policy.insiders))
    certain = {cell for cell, least, most in limits if least == most}
    return optimise.Problem(
        members=members,
        columns=combinations.astype(float),
        cost=np.concatenate([costs(layout, margins, policy), np.zeros(len(further))]),
        must=must,
        may=may,
        needs=tuple(tuple(float(move) for move in sorted(wanted) if move) for wanted in moves),
        width=width,
        ties=tables.ties(layout),
        sums=tables.sums(layout),
        blocks=_blocks(layout, policy),
        limits=tuple(limits),
        single=tuple(np.flatnonzero(in_reach & (values == 1)).tolist()),
        others=tuple(cell for cell in np.flatnonzero(in_reach & (values > 0)).tolist() if cell not in certain),
    )


def _within(layout: Layout, dimensions: tuple[str, ...]) -> np.ndarray:
    """The margins that are detailed by no other dimension than these."""
    others = [d for d in layout.dimensions if d not in dimensions]
    inside = pl.all_horizontal([pl.col(d).is_null() | (pl.col(d) == ALL) for d in others]) if others else pl.lit(True)
    if not dimensions:
        return np.array([], dtype=int)
    return layout.cells.filter(inside)["margin"].unique().to_numpy()


def _blocks(layout: Layout, policy: Policy) -> tuple[np.ndarray, ...]:
    """The combinations of each of the policy's periods, where there are several: most cells find partners in theirs.

    With very many cells those of each year come first: much faster, and about a fifth dearer.
    """
    year = tables.years_of(layout)
    years = [(each, each) for each in layout.years] if len(layout.margins) > MANY else []
    spans = [*years, *policy.periods]
    blocks = [np.flatnonzero((year >= first) & (year <= last)) for first, last in spans]
    return tuple(block for block in blocks if 0 < len(block) < layout.size)


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
    named = [(pl.col(d) != ALL).fill_null(value=False).cast(pl.Int32) for d in layout.dimensions]
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

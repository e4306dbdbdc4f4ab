"""Optimise: which further cells to hide, so that every hidden cell keeps the room that it needs, at the least cost.

The problem is that of Fischetti and Salazar-González ("Solving the cell suppression problem on tabular data with linear
constraints", Management Science 47, 2001): a master program chooses the hidden cells; for each hidden cell the
attacker's linear program asks how far the cell can move from the truth while all that is published stands. Where that
is not far enough, the dual solution names cells of which at least one must be hidden as well: a cut, which is added to
the master. The master's optimum is a lower bound at every moment. A safe pattern comes from the master's answer,
completed by the heuristic of Kelly, Golden and Assad (Networks 22, 1992: another table that agrees with all that is
published, in which the cell moves as it must, at the least cost), and freed of what turns out not to be needed.

Everything here is about changes from the true table: a cell that can move from the truth by +3 and by -1 has a range of
at least that. Nothing in it is random, and the work is measured in rounds, so the same input gives the same answer.
"""

import math
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import highspy
import numpy as np

INFINITY = highspy.kHighsInf
CLOSE = 1e-6  # linear programs answer in floating point; counts are whole numbers, so this is far from both sides
OPTIMAL = 1e-4  # a relative gap under this is none
NODES = 300  # branches that the master may look at in one round
NONE = np.array([], dtype=int)
ITERATIONS = 20_000  # steps after which a linear program is tried another way
SMALL = 2000  # with more cells the master chooses shares of cells instead of whole ones
GUIDED = 0.9  # how much cheaper a cell gets that the master would hide
MANY = 60  # so many cells hidden or shown at once are worked out anew rather than one by one
TRIED = 6  # how many cells are asked anew when a cell is shown again


class OptimiseError(ValueError):
    """The solver failed, or no pattern gives a cell what it needs; then `cell` is that one."""

    def __init__(self, message: str, cell: int | None = None) -> None:
        super().__init__(message)
        self.cell = cell


@dataclass(frozen=True)
class Problem:
    """Cells, each the sum of some columns, and what each needs if it is hidden.

    members: for each cell the columns that it adds up. columns: the true values, float, none below 0.
    cost: float, what hiding each cell costs. must, may: bool; which cells are hidden in any case, and which may be.
    needs: for each cell the moves from the truth that must be possible if it is hidden; width: the least difference
    between its greatest and its least possible value if it is hidden.
    ties: equations between columns that hold in every table: (columns, signs). sums: equations between cells that are
    known beforehand: (total, parts); they only make the bound better.
    blocks: sets of columns to look for tables in before all columns are tried.
    limits: what is known of cells though it isn't published here: (cell, least, most). Where that alone keeps a hidden
    cell from what it needs, it needs what is left, and a cell that would be hidden for others is not.
    single: the cells that an insider may be alone in; others: the cells that no insider may know exactly. He knows in
    which of the columns he is, so that his cell's others are 0 to him.
    """

    members: tuple[np.ndarray, ...]
    columns: np.ndarray
    cost: np.ndarray
    must: np.ndarray
    may: np.ndarray
    needs: tuple[tuple[float, ...], ...]
    width: np.ndarray
    ties: tuple[tuple[np.ndarray, np.ndarray], ...] = ()
    sums: tuple[tuple[int, tuple[int, ...]], ...] = ()
    blocks: tuple[np.ndarray, ...] = ()
    limits: tuple[tuple[int, float, float], ...] = ()
    single: tuple[int, ...] = ()
    others: tuple[int, ...] = ()

    @cached_property
    def values(self) -> np.ndarray:
        """The true value of each cell."""
        return np.array([self.columns[of].sum() for of in self.members])

    def seen_by(self, insider: int) -> np.ndarray:
        """The columns whose values are known to whoever is alone in a cell: the cell's own, and what is tied to them.

        Where all of one side of a tie is known, the other side adds up to 0, or to the insider himself.
        """
        seen = set(self.members[insider].tolist())
        sides = [(of[signs > 0].tolist(), of[signs < 0].tolist()) for of, signs in self.ties]
        before = -1
        while len(seen) != before:
            before = len(seen)
            for one, other in sides:
                if seen.issuperset(one) or seen.issuperset(other):
                    seen |= {*one, *other}
        return np.array(sorted(seen), dtype=int)

    @cached_property
    def highest(self) -> np.ndarray:
        """The greatest move that each cell needs; 0 where it needs none."""
        return np.array([max((*needs, 0.0)) for needs in self.needs])

    @cached_property
    def lowest(self) -> np.ndarray:
        """The greatest move down that each cell needs, below 0; 0 where it needs none."""
        return np.array([min((*needs, 0.0)) for needs in self.needs])


@dataclass(frozen=True)
class Result:
    """A safe pattern. cost counts the cells hidden beyond `must`; no safe pattern costs less than bound."""

    hidden: np.ndarray
    cost: float
    bound: float
    rounds: int
    ended: str  # "optimal", "gap", "rounds", "time" or "interrupted", or "repaired"

    @property
    def optimal(self) -> bool:
        return self.ended == "optimal"

    @property
    def gap(self) -> float:
        """How much less another pattern could cost at most, as a part of this one's cost."""
        return 0.0 if self.cost <= 0 else max(0.0, 1 - self.bound / self.cost)


Progress = Callable[[str, int, int], None]


def optimise(
    problem: Problem,
    *,
    rounds: int = 50,
    seconds: float = INFINITY,
    gap: float = 0.0,
    progress: Progress = lambda step, done, of: None,
) -> Result:
    """The cheapest safe pattern for `problem`, or the best one found in so many rounds and seconds.

    Raises OptimiseError where no pattern is safe.
    """
    return Search(problem, progress).run(rounds=rounds, seconds=seconds, gap=gap)


class Search:
    """The search for one problem. What it has learnt serves further calls of `run`, after more became known."""

    def __init__(self, problem: Problem, progress: Progress = lambda step, done, of: None) -> None:
        self.problem, self.progress = problem, progress
        self.values = problem.values
        self.cost = np.where(problem.must, 0.0, problem.cost)
        self.least = -self.values  # how far each cell can fall: no count is below 0, and some are known to be large
        self.most = np.full(len(self.values), INFINITY)
        everything = np.arange(len(problem.columns))
        self.programs = [_Program(self, part) for part in [*problem.blocks, everything]]
        self.programs_of: list[list[_Program]] = [[] for _ in self.values]
        for program in self.programs:
            for cell in program.inside:
                self.programs_of[cell].append(program)
        self.seen = {insider: problem.seen_by(insider) for insider in problem.single}
        self.tables = _Tables(len(self.values), [of[problem.columns[of] == 0] for of in self.seen.values()])
        for cell, least, most in problem.limits:
            self.know(cell, least, most)
        self._give_up_what_is_known()
        self.master = _Master(self)
        self.bound = 0.0
        self.pairs: set[tuple[int, int]] = set()
        self.given: set[tuple[int, int]] = set()  # what an insider knows from elsewhere, whatever is hidden here

    def _give_up_what_is_known(self) -> None:
        """Ask of each cell no more than it could have if all were hidden that may be."""
        problem = self.problem
        known = {int(column) for cell, _, _ in problem.limits for column in problem.members[cell]}
        if not known:
            return
        limited = [c for c in np.flatnonzero(problem.may | problem.must) if known >= set(problem.members[c].tolist())]
        needs, may = list(problem.needs), problem.may.copy()
        while True:
            before = may.copy()
            everything = (may | problem.must).astype(float)
            for program in self.programs:
                program.open(everything)
            for cell in map(int, limited):
                asked = problem.needs[cell] or ((1.0, -1.0) if problem.width[cell] else ())
                reached = tuple(self._furthest(cell, move, everything > 0) for move in asked)
                if problem.must[cell]:
                    needs[cell] = tuple(move for move in reached if abs(move) > CLOSE)
                elif problem.width[cell]:
                    may[cell] = before[cell] and any(abs(move) > CLOSE for move in reached)
                else:
                    may[cell] = before[cell] and reached == asked
            if (may == before).all():  # else a cell that must be shown may be what another one's room rested on
                break
        self.problem = replace(problem, needs=tuple(needs), may=may)

    def _furthest(self, cell: int, move: float, hidden: np.ndarray) -> float:
        up, down = self.tables.reach(cell, hidden)
        if (up if move > 0 else down) >= abs(move) - CLOSE:
            return move
        distance = 0.0
        for program in self.programs_of[cell]:
            reach = program.push(cell, move)
            self.tables.add(reach.table)
            if reach.far_enough:
                return move
            distance = reach.distance
        whole = math.floor(distance + CLOSE)
        return math.copysign(whole, move) if whole else 0.0

    def know(self, cell: int, least: float, most: float = INFINITY) -> None:
        """From now on the reader knows that `cell` holds from `least` to `most`; the truth does."""
        self.least[cell] = max(self.least[cell], least - self.values[cell])
        self.most[cell] = min(self.most[cell], most - self.values[cell])
        self.tables.keep_within(cell, self.least[cell], self.most[cell])
        for program in self.programs:
            program.forget()

    def widen(self, cells: Iterable[int]) -> None:
        """From now on these cells need to move by one more than before, up and down, as far as they can."""
        needs = list(self.problem.needs)
        for cell in cells:
            moves = [*needs[cell], 0.0]
            ends = min(max(moves) + 1, self.most[cell]), max(min(moves) - 1, self.least[cell])
            needs[cell] = tuple(float(end) for end in ends if end)
        self.problem = replace(self.problem, needs=tuple(needs))

    def keep_apart(self, pairs: Iterable[tuple[int, ...]]) -> None:
        """From now on whoever is alone in the first of a pair must not know the second, beside what `single` asks."""
        self.pairs |= {(insider, other) for insider, other in pairs}
        if both := self.pairs & self.given:
            raise OptimiseError("an insider knows it, whatever else is hidden", min(both)[1])

    def run(self, *, rounds: int, seconds: float = INFINITY, gap: float = 0.0) -> Result:
        """The best safe pattern when its gap is small enough, or when the rounds or the time are over."""
        deadline = time.monotonic() + seconds
        best: np.ndarray | None = None
        cost, done, ended = INFINITY, 0, "rounds"
        try:
            for done in range(1, rounds + 1):
                found = self._by_choice() if len(self.values) <= SMALL else self._by_shares(cut=done < rounds)
                found = self._against_insiders(found)
                if float(self.cost[found].sum()) < cost:
                    best, cost = found, float(self.cost[found].sum())
                left = max(0.0, 1 - self.bound / cost) if cost else 0.0
                self.progress("gap", round(1000 * left), 1000)
                if left <= max(gap, OPTIMAL):
                    ended = "optimal" if left <= OPTIMAL else "gap"
                    break
                if time.monotonic() > deadline:
                    ended = "time"
                    break
        except KeyboardInterrupt:
            if best is None:
                raise
            ended = "interrupted"
        assert best is not None
        return Result(best, cost, min(self.bound, cost), done, ended)

    def short_of(self, moves: dict[int, float], hidden: np.ndarray) -> list[int]:
        """The cells that can't move as far as `moves` says, in the pattern `hidden`."""
        for program in self.programs:
            program.open(hidden.astype(float))
        return [cell for cell, move in moves.items() if not self._can_move(cell, move, hidden, cut=False)]

    def repaired(self, former: Result) -> Result:
        """The pattern of `former` with what it takes beside, now that more is known."""
        wanting = self._open(former.hidden)
        hidden = self._against_insiders(self._completed(former.hidden, wanting, self.problem.cost))
        cost = float(self.cost[hidden].sum())
        return Result(hidden, cost, former.bound, former.rounds, former.ended if not wanting else "repaired")

    def _open(self, hidden: np.ndarray) -> list[int]:
        """The hidden cells that lack something."""
        for program in self.programs:
            program.open(hidden.astype(float))
        return [cell for cell in self.tables.lacking(hidden, self.problem) if not self._met(cell, hidden, cut=False)]

    def _by_choice(self) -> np.ndarray:
        """What the master would hide, made safe. Each cell that it leaves open gives the master a cut."""
        hidden, bound = self.master.whole()
        self.bound = max(self.bound, bound)
        for program in self.programs:
            program.open(hidden.astype(float))
        wanting = [cell for cell in self._in_order(hidden) if not self._met(cell, hidden, cut=True)]
        if not wanting:
            self._insiders_know(hidden, cut=True)
            return hidden
        return self._pruned(self._completed(hidden, wanting, self.problem.cost))

    def _by_shares(self, *, cut: bool) -> np.ndarray:
        """A pattern from nothing, for which the cells that the master would hide in part are cheaper by that part.

        For problems in which the master can't choose whole cells in reasonable time.
        """
        shares, bound = self.master.relaxed()
        self.bound = max(self.bound, bound)
        guided = self.problem.cost * (1 - GUIDED * shares)
        hidden = self.problem.must.copy()
        found = self._pruned(self._completed(hidden, self._in_order(hidden), guided))
        if cut:
            self._cut_fractional(shares)
            self.bound = max(self.bound, self.master.relaxed()[1])
        return found

    def _cut_fractional(self, shares: np.ndarray) -> int:
        """Cuts for what the cells that are hidden in any case lack where the others are hidden in part only."""
        cuts = 0
        for program in self.programs:
            program.open(shares)
        wanting = np.flatnonzero(self.problem.must)
        for at, cell in enumerate(wanting.tolist(), start=1):
            for move in self.problem.needs[cell]:
                for program in self.programs_of[cell]:
                    reach = program.push(cell, move)
                    if reach.far_enough:
                        break
                    if reach.general:
                        cuts += self.master.cut(reach.terms, self.problem.must, (cell,), shares)
                        break
            self.progress("cuts", at, len(wanting))
        return cuts

    # A safe pattern

    def _in_order(self, hidden: np.ndarray) -> list[int]:
        """Hidden cells, the dearest first: what their tables touch may serve the others."""
        return sorted(np.flatnonzero(hidden).tolist(), key=lambda cell: (-self.problem.cost[cell], cell))

    def _met(self, cell: int, hidden: np.ndarray, *, cut: bool) -> bool:
        """Whether `cell` has the room that it needs in the pattern that the programs stand open for."""
        far = self._all_move(cell, hidden, cut=cut)
        return self._wide_enough(cell, hidden, cut=cut) and far

    def _all_move(self, cell: int, hidden: np.ndarray, *, cut: bool) -> bool:
        # Not one by one until the first fails: each that fails gives a cut.
        found = [self._can_move(cell, move, hidden, cut=cut) for move in self.problem.needs[cell]]
        return all(found)

    def _can_move(self, cell: int, move: float, hidden: np.ndarray, *, cut: bool) -> bool:
        up, down = self.tables.reach(cell, hidden)
        if (up if move > 0 else down) >= abs(move) - CLOSE:
            return True
        for program in self.programs_of[cell]:
            reach = program.push(cell, move)
            self.tables.add(reach.table)
            if reach.far_enough:
                return True
            if reach.general:
                if cut:
                    self.master.cut(reach.terms, self.problem.must, (cell,))
                return False
        return False

    def _wide_enough(self, cell: int, hidden: np.ndarray, *, cut: bool) -> bool:
        width = self.problem.width[cell]
        if not width or sum(self.tables.reach(cell, hidden)) >= width - CLOSE:
            return True
        for program in self.programs_of[cell]:
            ends = [program.push(cell, sign * width) for sign in (1, -1)]
            for end in ends:
                self.tables.add(end.table)
            lacks = width - sum(end.distance for end in ends)
            if lacks <= CLOSE:
                return True
            if all(end.general for end in ends):
                if cut:
                    others = {other for end in ends for other in end.gains}
                    gains = {other: sum(end.gains.get(other, 0.0) for end in ends) for other in others}
                    terms = {other: min(1.0, gain / lacks) for other, gain in sorted(gains.items())}
                    self.master.cut(terms, self.problem.must, (cell,))
                return False
        return False

    def _completed(self, hidden: np.ndarray, wanting: list[int], cost: np.ndarray) -> np.ndarray:
        """`hidden` and the partners that are cheapest by `cost`, found cell by cell, that give all what they need."""
        hidden = hidden.copy()
        for program in self.programs:
            program.price(np.where(hidden, 0.0, cost))
        queue = list(wanting)
        for at, cell in enumerate(queue, start=1):
            for moves in self._ways(cell, hidden):
                for move in moves:
                    up, down = self.tables.reach(cell, hidden)
                    if (up if move > 0 else down) >= abs(move) - CLOSE:
                        continue
                    queue += self._hide(self._cheapest(cell, move), hidden)
            self.progress("partners", at, len(queue))
        return hidden

    def _ways(self, cell: int, hidden: np.ndarray) -> list[tuple[float, ...]]:
        """The moves to make possible for `cell`: all that it needs, and the cheapest way to the width that it needs."""
        needs: list[tuple[float, ...]] = [self.problem.needs[cell]]
        width = self.problem.width[cell]
        up, down = self.tables.reach(cell, hidden)
        if width and up + down < width - CLOSE:
            half = width / 2
            ways = ((width,), (-width,), (half, -half))
            priced = [sum(self._price(cell, move) for move in way) for way in ways]
            needs.append(ways[int(np.argmin(priced))])
        return needs

    def _price(self, cell: int, move: float) -> float:
        found = self._cheapest(cell, move, must=False)
        return INFINITY if found is None else found.price

    def _cheapest(self, cell: int, move: float, *, must: bool = True) -> "_Move | None":
        for program in self.programs_of[cell]:
            found = program.cheapest(cell, move)
            if found is not None:
                return found
        if must:
            raise OptimiseError(f"whatever else is hidden, its count can't be thought to differ by {move:+g}", cell)
        return None

    def _hide(self, found: "_Move | None", hidden: np.ndarray) -> list[int]:
        """Hide all that a table touches; returns the cells that are hidden by that for the first time."""
        if found is None:
            return []
        self.tables.add(found.table)
        new = [cell for cell in found.table.touched.tolist() if not hidden[cell]]
        hidden[new] = True
        for program in self.programs:
            program.free(new)
        return new

    def _pruned(self, hidden: np.ndarray) -> np.ndarray:
        """`hidden` without the cells that nothing needs, the dearest shown first."""
        hidden = hidden.copy()
        candidates = [cell for cell in self._in_order(hidden) if not self.problem.must[cell]]
        for program in self.programs:
            program.open(hidden.astype(float))
        for at, cell in enumerate(candidates, start=1):
            hidden[cell] = False
            lacking = self.tables.lacking(hidden, self.problem)
            keep = len(lacking) > TRIED
            if not keep and lacking:
                for program in self.programs:
                    program.open(hidden.astype(float))
                keep = not all(self._met(other, hidden, cut=False) for other in lacking)
            if keep:
                hidden[cell] = True
            self.progress("spare", at, len(candidates))
        return hidden

    # Insiders

    def _insiders_know(
        self, hidden: np.ndarray, *, cut: bool, among: Iterable[int] | None = None
    ) -> list[tuple[int, int]]:
        """Pairs (insider, other): whoever is alone in the first could work out the second (`among` these cells)."""
        for program in self.programs:
            program.open(hidden.astype(float))
        others = set(self.problem.others) if among is None else set(self.problem.others) & set(among)
        watched = np.array([cell for cell in sorted(others) if hidden[cell]], dtype=int)
        singles = [(at, cell) for at, cell in enumerate(self.problem.single) if hidden[cell]]
        pairs = []
        candidates = sorted(self.pairs)
        if singles and len(watched):
            candidates += self.tables.fixed(singles, watched, hidden)
        for at, (insider, other) in enumerate(candidates, start=1):
            if (insider, other) in self.given or self.values[other] <= self.himself(insider, other):
                continue
            if not self._apart(insider, other, hidden, cut=cut):
                pairs.append((insider, other))
            self.progress("insiders", at, len(candidates))
        return pairs

    def himself(self, insider: int, other: int) -> int:
        """How many of `other` the insider is: 1 where he is seen to be in it."""
        seen = self._seen(insider)
        own = seen[self.problem.columns[seen] > 0]
        return int(np.isin(own, self.problem.members[other]).any())

    def _seen(self, insider: int) -> np.ndarray:
        if insider not in self.seen:
            self.seen[insider] = self.problem.seen_by(insider)
        return self.seen[insider]

    def _apart(self, insider: int, other: int, hidden: np.ndarray, *, cut: bool) -> bool:
        """Whether `other` can move while all that `insider` sees stands still."""
        for program in self.programs_of[other]:
            ends = [program.push(other, sign, still=self._seen(insider)) for sign in (1, -1)]
            for end in ends:
                self.tables.add(end.table)
            if any(end.distance > CLOSE for end in ends):
                return True
            if all(end.general for end in ends):
                if cut:
                    terms = {cell: 1.0 for end in ends for cell in end.gains if cell != insider}
                    self.master.cut(terms, self.problem.must, (other, insider))
                return False
        return False

    def _against_insiders(self, hidden: np.ndarray) -> np.ndarray:
        """`hidden`, and what else it takes that no insider knows another cell exactly."""
        hidden = hidden.copy()
        pairs = self._insiders_know(hidden, cut=False)
        while pairs:
            before = hidden.copy()
            for program in self.programs:
                program.price(np.where(hidden, 0.0, self.problem.cost))
            for insider, other in pairs:
                tables = [
                    found
                    for sign in (1, -1)
                    for program in self.programs_of[other]
                    if (found := program.cheapest(other, sign, still=self._seen(insider))) is not None
                ]
                if not tables and not self.problem.limits:
                    raise OptimiseError("an insider knows it, whatever else is hidden", other)
                if not tables:
                    self.given.add((insider, other))
                    continue
                self._hide(min(tables, key=lambda table: table.price), hidden)
            hidden = self._completed(hidden, np.flatnonzero(hidden & ~before).tolist(), self.problem.cost)
            # More hidden cells leave more tables possible, so only the new ones need be looked at.
            pairs = self._insiders_know(hidden, cut=False, among=np.flatnonzero(hidden & ~before).tolist())
        return hidden


@dataclass(frozen=True)
class _Table:
    """Another table: the cells that it touches, by how much each moves, and the columns that rise."""

    touched: np.ndarray
    moved: np.ndarray
    risen: np.ndarray


UNMOVED = _Table(NONE, NONE, NONE)  # the true table


@dataclass(frozen=True)
class _Move:
    """Another table, and what hiding the cells that it touches would cost."""

    table: _Table
    price: float


@dataclass(frozen=True)
class _Reach:
    """How far a cell can move in a pattern; where that is not far enough, why.

    gains: for cells that are not (wholly) hidden, how much further it could move were they hidden (infinite: any
    distance). terms: the same as parts of what is lacking, at most 1: the cut. general: whether that holds for tables
    outside the program's columns too.
    """

    distance: float
    far_enough: bool
    table: _Table
    general: bool
    gains: dict[int, float]
    terms: dict[int, float]


class _Tables:
    """All other tables found so far, each by the cells that it touches: which of them a pattern leaves possible."""

    def __init__(self, cells: int, empty: list[np.ndarray]) -> None:
        """empty: for each insider the columns that he knows to be 0."""
        self.empty = np.zeros((1 + max((int(of.max(initial=0)) for of in empty), default=0), len(empty)), dtype=bool)
        for insider, of in enumerate(empty):
            self.empty[of, insider] = True
        self.touches = np.zeros((256, cells), dtype=bool)
        self.moves = np.zeros((256, cells), dtype=np.float32)
        self.refuted = np.zeros((256, len(empty)), dtype=bool)  # by which insiders, who know that a column is 0
        self.number = 0
        self._start(np.zeros(cells, dtype=bool))

    def _start(self, hidden: np.ndarray) -> None:
        """Work out from nothing how many published cells each table touches, and how far the possible ones reach."""
        self.pattern = hidden.copy()
        self.shown = np.zeros(len(self.touches), dtype=np.int32)
        self.shown[: self.number] = (self.touches[: self.number] & ~hidden).sum(axis=1)
        self.up = np.zeros(len(hidden), dtype=np.float32)
        self.down = np.zeros(len(hidden), dtype=np.float32)
        self._reach_again(np.arange(len(hidden)))

    def _reach_again(self, cells: np.ndarray) -> None:
        moves = self.moves[np.ix_(self.possible(), cells)]
        self.up[cells] = moves.max(axis=0, initial=0)
        self.down[cells] = -moves.min(axis=0, initial=0)

    def possible(self) -> np.ndarray:
        """The tables that touch hidden cells only."""
        return np.flatnonzero(self.shown[: self.number] == 0)

    def add(self, table: _Table) -> None:
        """Keep a table, unless it is the true one."""
        touched = table.touched
        if not len(touched):
            return
        at = self.number
        if at == len(self.touches):
            self.touches = np.concatenate([self.touches, np.zeros_like(self.touches)])
            self.moves = np.concatenate([self.moves, np.zeros_like(self.moves)])
            self.shown = np.concatenate([self.shown, np.zeros_like(self.shown)])
            self.refuted = np.concatenate([self.refuted, np.zeros_like(self.refuted)])
        self.touches[at, touched] = True
        self.moves[at, touched] = table.moved
        self.refuted[at] = self.empty[table.risen[table.risen < len(self.empty)]].any(axis=0)
        self.shown[at] = (~self.pattern[touched]).sum()
        self.number += 1
        if not self.shown[at]:
            self._take(np.array([at]))

    def _take(self, tables: np.ndarray) -> None:
        moves = self.moves[tables]
        np.maximum(self.up, moves.max(axis=0, initial=0), out=self.up)
        np.maximum(self.down, -moves.min(axis=0, initial=0), out=self.down)

    def keep_within(self, cell: int, least: float, most: float) -> None:
        """Drop the tables in which `cell` moves further than that."""
        here = self.moves[: self.number, cell]
        kept = np.flatnonzero((here >= least - CLOSE) & (here <= most + CLOSE))
        if len(kept) == self.number:
            return
        self.touches[: len(kept)] = self.touches[kept]
        self.moves[: len(kept)] = self.moves[kept]
        self.refuted[: len(kept)] = self.refuted[kept]
        self.number = len(kept)
        self.touches[self.number :] = False
        self.moves[self.number :] = 0
        self._start(self.pattern)

    def look_at(self, hidden: np.ndarray) -> None:
        """Let `up` and `down` be those of this pattern."""
        changed = np.flatnonzero(hidden != self.pattern)
        if not len(changed):
            return
        if len(changed) > MANY:
            self._start(hidden)
            return
        for cell in changed.tolist():
            rows = np.flatnonzero(self.touches[: self.number, cell])
            if hidden[cell]:
                self.shown[rows] -= 1
                freed = rows[self.shown[rows] == 0]
                if len(freed):
                    self._take(freed)
            else:
                lost = rows[self.shown[rows] == 0]
                self.shown[rows] += 1
                if len(lost):
                    moves = self.moves[lost]
                    reached = (moves.max(axis=0) >= self.up) & (self.up > 0)
                    reached |= (-moves.min(axis=0) >= self.down) & (self.down > 0)
                    self._reach_again(np.flatnonzero(reached))
        self.pattern = hidden.copy()

    def reach(self, cell: int, hidden: np.ndarray) -> tuple[float, float]:
        """How far up and down `cell` moves in tables that `hidden` leaves possible."""
        self.look_at(hidden)
        return float(self.up[cell]), float(self.down[cell])

    def lacking(self, hidden: np.ndarray, problem: Problem) -> list[int]:
        """The hidden cells for which no possible table was found yet that gives them what they need."""
        self.look_at(hidden)
        short = problem.width > self.up + self.down + CLOSE
        short |= (problem.highest > self.up + CLOSE) | (-problem.lowest > self.down + CLOSE)
        return np.flatnonzero(short & hidden).tolist()

    def fixed(self, insiders: list[tuple[int, int]], others: np.ndarray, hidden: np.ndarray) -> list[tuple[int, int]]:
        """Pairs (insider, other): no mixture of two possible tables moves the other while the first stands still.

        insiders: (position among the insiders, cell). What an insider knows to be 0 can only rise, so no table in which
        it does is a part of a mixture in which it doesn't.
        """
        self.look_at(hidden)
        every = self.possible()
        every_there = self.moves[np.ix_(every, others)]
        pairs = []
        for number, insider in insiders:
            left_to_him = ~self.refuted[every, number]
            possible, there = every[left_to_him], every_there[left_to_him]
            moves = np.abs(there) > CLOSE
            here = self.moves[possible, insider]
            free = np.asarray(moves[np.abs(here) <= CLOSE].any(axis=0))
            ups, downs = np.flatnonzero(here > CLOSE), np.flatnonzero(here < -CLOSE)
            # One table in which the insider's cell rises, mixed with each in which it falls, and the other way round.
            for one, many in ((ups[:1], downs), (downs[:1], ups)) if len(ups) and len(downs) else ():
                left = np.flatnonzero(~free)
                weight = -here[one] / here[many]
                mixed = there[one][:, left] + weight[:, None] * there[np.ix_(many, left)]
                free[left] = (np.abs(mixed) > 1e-3).any(axis=0)
            pairs += [(insider, int(other)) for other in others[~free]]
        return pairs


class _Master:
    """The program that chooses: a whole number from 0 to 1 for each cell, and a row for each cut."""

    def __init__(self, search: Search) -> None:
        problem = search.problem
        self.size = len(search.values)
        self.highs = _solver()
        self.highs.setOptionValue("presolve", "choose")
        self.highs.setOptionValue("simplex_iteration_limit", 2**31 - 1)
        self.highs.setOptionValue("mip_rel_gap", OPTIMAL / 2)
        self.highs.setOptionValue("mip_max_nodes", NODES)
        self.highs.addVars(self.size, problem.must.astype(float), (problem.may | problem.must).astype(float))
        self.every = np.arange(self.size, dtype=np.int32)
        self.highs.changeColsCost(self.size, self.every, search.cost)
        single, others = set(problem.single), set(problem.others)
        for total, parts in problem.sums:
            for cell in (total, *parts):
                self._sum(search, total, parts, cell)
                for insider in (total, *parts) if cell in others else ():
                    if insider in single and insider != cell and search.values[cell] > search.himself(insider, cell):
                        rest = {other: 1.0 for other in (total, *parts) if other not in (cell, insider)}
                        self.cut(rest, problem.must, (cell, insider))

    def _sum(self, search: Search, total: int, parts: tuple[int, ...], cell: int) -> None:
        """What one equation alone asks of the other cells in it, if `cell` is hidden."""
        others = [other for other in (total, *parts) if other != cell]
        moves = list(search.problem.needs[cell])
        if search.problem.width[cell] and not moves:
            self.cut(dict.fromkeys(others, 1.0), search.problem.must, (cell,))
        for move in moves:
            # A part that rises needs another part that falls, or the total to rise.
            same = {total} if cell != total else set(parts)
            rises = {other: (move > 0) == (other in same) for other in others}
            most = {o: search.most[o] if rises[o] else -search.least[o] for o in others}
            terms = {o: min(1.0, most[o] / abs(move)) for o in others}
            self.cut(terms, search.problem.must, (cell,))

    def cut(
        self,
        terms: dict[int, float],
        must: np.ndarray,
        given: tuple[int, ...],
        shares: np.ndarray | None = None,
    ) -> int:
        """Add: if all of `given` are hidden, so must be some of `terms`. Returns 1, or 0 where `shares` keep it."""
        terms = {cell: part for cell, part in terms.items() if part > CLOSE}
        loose = [cell for cell in given if not must[cell]]
        if shares is not None:
            asked = 1 - sum(1 - shares[cell] for cell in loose)
            if sum(part * shares[cell] for cell, part in terms.items()) >= asked - 1e-3:
                return 0
        index = np.array([*terms, *loose], dtype=np.int32)
        value = np.array([*terms.values(), *[-1.0] * len(loose)])
        self.highs.addRow(1.0 - len(loose), INFINITY, len(index), index, value)
        return 1

    def relaxed(self) -> tuple[np.ndarray, float]:
        """The shares in which cells are hidden where they may be hidden in part, and the bound that this gives."""
        kinds = np.full(self.size, highspy.HighsVarType.kContinuous)
        self.highs.changeColsIntegrality(self.size, self.every, kinds)
        self.highs.run()
        return self._answer(), self.highs.getObjectiveValue()

    def whole(self) -> tuple[np.ndarray, float]:
        """The cells to hide, and the proven bound. The choice need not be the best where the branches ran out."""
        kinds = np.full(self.size, highspy.HighsVarType.kInteger)
        self.highs.changeColsIntegrality(self.size, self.every, kinds)
        self.highs.run()
        return self._answer() > 0.5, self.highs.getInfo().mip_dual_bound

    def _answer(self) -> np.ndarray:
        status = self.highs.getModelStatus()
        if status == highspy.HighsModelStatus.kInfeasible:
            raise OptimiseError("No pattern protects all that must be hidden: publish fewer or coarser tables.")
        return np.array(self.highs.getSolution().col_value)


class _Program:
    """The attacker's program over some columns: how could the true table be changed within what is published?

    A variable for the change of each column; for each different sum of them a rise and a fall, held at 0 where one of
    the cells that are this sum is published. Asked in two ways: how far a cell can move in a given pattern (`push`),
    and which table moves it at the least cost in cells that aren't hidden yet (`cheapest`).
    """

    def __init__(self, search: Search, part: np.ndarray) -> None:
        problem = search.problem
        self.search, self.part = search, part
        column = np.full(len(problem.columns), -1)
        column[part] = np.arange(len(part))
        self.column = column
        rows: dict[tuple[int, ...], list[int]] = {}
        for cell, of in enumerate(problem.members):
            here = tuple(column[of][column[of] >= 0].tolist())
            if here:
                rows.setdefault(here, []).append(cell)
        self.owners = [np.array(cells) for cells in rows.values()]
        self.sums = [np.array(of, dtype=np.int32) for of in rows]
        whole = [[cell for cell in cells if len(problem.members[cell]) == len(of)] for of, cells in rows.items()]
        self.whole = [np.array(cells, dtype=int) for cells in whole]
        self.row_of = {cell: row for row, cells in enumerate(rows.values()) for cell in cells}
        self.inside = [cell for cells in whole for cell in cells]
        self.cells = np.concatenate(self.owners)
        self.row_of_cell = np.repeat(np.arange(len(self.owners)), [len(cells) for cells in self.owners])
        self.starts = np.concatenate([[0], np.cumsum([len(cells) for cells in self.owners])[:-1]])

        # A column's change is what it rises less what it falls, so that the solver starts from no change at all.
        held = np.flatnonzero(problem.columns[part] > 0)
        fall_of = np.full(len(part), -1)
        fall_of[held] = len(part) + np.arange(len(held))
        self.fall_of = fall_of
        self.column_room = np.concatenate([np.full(len(part), INFINITY), problem.columns[part][held]])

        def signed(of: Iterable[int], signs: Iterable[float]) -> tuple[list[int], list[float]]:
            terms = [(at, sign) for at, sign in zip(of, signs, strict=True)]
            terms += [(int(fall_of[at]), -sign) for at, sign in terms if fall_of[at] >= 0]
            return [at for at, _ in terms], [sign for _, sign in terms]

        self.rise = len(self.column_room) + np.arange(len(rows))
        self.fall = self.rise + len(rows)
        self.index = np.concatenate([self.rise, self.fall]).astype(np.int32)
        matrix = []
        for row, of in enumerate(rows):
            index, value = signed(of, [1.0] * len(of))
            matrix.append(([*index, int(self.rise[row]), int(self.fall[row])], [*value, -1.0, 1.0]))
        self.tie_from = len(matrix)
        self.tie_whole = []
        for of, signs in problem.ties:
            here = column[of]
            if (here >= 0).any():
                matrix.append(signed(here[here >= 0].tolist(), signs[here >= 0].tolist()))
                self.tie_whole.append(bool((here >= 0).all()))
        self.pricer = self._new_pricer(matrix)
        self.pusher = self._new_pusher(problem, part, column)
        self.shares: np.ndarray | None = None

    def _new_pricer(self, matrix: list[tuple[list[int], list[float]]]) -> highspy.Highs:
        highs = _solver()
        highs.addVars(len(self.column_room), np.zeros(len(self.column_room)), self.column_room)
        highs.addVars(len(self.index), np.zeros(len(self.index)), np.zeros(len(self.index)))
        for index, value in matrix:
            highs.addRow(0.0, 0.0, len(index), np.array(index, dtype=np.int32), np.array(value))
        return highs

    def _new_pusher(self, problem: Problem, part: np.ndarray, column: np.ndarray) -> highspy.Highs:
        highs = _solver()
        highs.setOptionValue("simplex_strategy", 4)  # primal: the last answer stays possible when the aim changes
        highs.addVars(len(part), -problem.columns[part].astype(float), np.full(len(part), INFINITY))
        for of in self.sums:
            highs.addRow(0.0, 0.0, len(of), of, np.ones(len(of)))
        for of, signs in problem.ties:
            here = column[of]
            if (here >= 0).any():
                index = here[here >= 0].astype(np.int32)
                highs.addRow(0.0, 0.0, len(index), index, signs[here >= 0].astype(float))
        return highs

    def forget(self) -> None:
        """What is known has changed: set the bounds anew when next asked."""
        self.shares = None

    def open(self, shares: np.ndarray) -> None:
        """The pattern to push in: the share in which each cell is hidden, 0 to 1."""
        if self.shares is not None and (self.shares == shares).all():
            return
        self.shares = shares.copy()
        here = shares[self.cells]
        # A cell that is hidden in part may move by a part of what any cell needs at most. This only steers which cut is
        # found: the cut itself is worked out for cells that move freely.
        far = max((abs(move) for needs in self.search.problem.needs for move in needs), default=2.0)
        up = np.where(here > 1 - CLOSE, self.search.most[self.cells], here * far)
        down = np.where(here > 1 - CLOSE, -self.search.least[self.cells], here * far)
        self.up = np.minimum.reduceat(np.minimum(up, self.search.most[self.cells]), self.starts)
        self.down = np.minimum.reduceat(np.minimum(down, -self.search.least[self.cells]), self.starts)
        for row, (up, down) in enumerate(zip(self.up.tolist(), self.down.tolist(), strict=True)):
            self.pusher.changeRowBounds(row, -down, up)

    def push(self, cell: int, move: float, *, still: np.ndarray | None = None) -> _Reach:
        """How far `cell` can move towards `move`, in the pattern given to `open`; the columns `still` don't move."""
        row, sign = self.row_of[cell], 1.0 if move > 0 else -1.0
        room = float(self.search.most[cell] if move > 0 else -self.search.least[cell])
        same = [int(other) for other in self.whole[row] if other != cell and self._closed(int(other))]
        if same:  # it is the same number as a cell that is published: nothing moves unless that one is hidden too
            return _Reach(0.0, False, UNMOVED, True, {same[0]: INFINITY}, {same[0]: 1.0})
        # Cells that reach beyond these columns may be the same sum within them; where one is published, none can move.
        beyond = self._beyond(row, up=move > 0)
        room = min(abs(move), room, beyond)
        highs, of = self.pusher, self.sums[row]
        highs.changeRowBounds(row, *((0.0, room) if move > 0 else (-room, 0.0)))
        highs.changeColsCost(len(of), of, np.full(len(of), -sign))
        held = self._here(still)
        none, unbounded = np.zeros(len(held)), np.full(len(held), INFINITY)
        highs.changeColsBounds(len(held), held, none, none)
        if _run(highs) == highspy.HighsModelStatus.kInfeasible:
            raise OptimiseError("The solver calls the true table impossible; this is a fault of the program.")
        solution = highs.getSolution()
        value, dual = np.array(solution.row_value), np.array(solution.row_dual)
        highs.changeColsCost(len(of), of, np.zeros(len(of)))
        highs.changeColsBounds(len(held), held, -self.search.problem.columns[self.part[held]], unbounded)
        highs.changeRowBounds(row, -float(self.down[row]), float(self.up[row]))
        distance = sign * float(value[row])
        table = self._table(value[: self.tie_from], np.array(solution.col_value))
        if distance >= abs(move) - CLOSE:
            return _Reach(distance, True, table, True, {}, {})
        general, gains, terms = self._why(row, abs(move), distance, dual)
        general = general and beyond == INFINITY
        return _Reach(distance, False, table, general, gains, terms)

    def _here(self, columns: np.ndarray | None) -> np.ndarray:
        """The positions in this program of those of `columns` that it has."""
        here = self.column[columns] if columns is not None else NONE
        return here[here >= 0].astype(np.int32)

    def _closed(self, cell: int) -> bool:
        """Whether a cell is not wholly hidden."""
        assert self.shares is not None
        return bool(self.shares[cell] <= 1 - CLOSE)

    def _beyond(self, row: int, *, up: bool) -> float:
        """How far the cells of a row that reach beyond these columns let it move."""
        assert self.shares is not None
        others = self.owners[row][~np.isin(self.owners[row], self.whole[row])]
        if not len(others):
            return INFINITY
        room = self.search.most[others] if up else -self.search.least[others]
        return float(np.where(self.shares[others] > 1 - CLOSE, room, 0.0).min())

    def _table(self, by_row: np.ndarray, by_column: np.ndarray) -> _Table:
        moved = by_row[self.row_of_cell]
        at = np.flatnonzero(np.abs(moved) > CLOSE)
        return _Table(self.cells[at], moved[at], self.part[by_column > CLOSE])

    def _why(
        self, row: int, asked: float, distance: float, dual: np.ndarray
    ) -> tuple[bool, dict[int, float], dict[int, float]]:
        """What stands in the way, from the dual solution: (does it hold for all columns, gains, terms)."""
        assert self.shares is not None
        rising, falling = np.maximum(-dual[: self.tie_from], 0.0), np.maximum(dual[: self.tie_from], 0.0)
        ties = dual[self.tie_from :]
        used = np.flatnonzero((rising > CLOSE) | (falling > CLOSE))
        general = all(whole for whole, price in zip(self.tie_whole, ties, strict=True) if abs(price) > CLOSE)
        lacks = asked - distance
        gains: dict[int, float] = {}
        for at in used.tolist():
            if at == row:
                continue
            owners = self.whole[at]
            if not len(owners):
                general = False
                break
            owner = int(owners[np.argmin(self.shares[owners])])
            share = self.shares[owner]
            if share > 1 - CLOSE:
                # Hidden, so what holds it is that no count is below 0, which is so in every table; or a cell that
                # reaches beyond these columns.
                if self.up[at] < self.search.most[owner] - CLOSE or self.down[at] < -self.search.least[owner] - CLOSE:
                    general = False
                    break
                continue
            lacks += rising[at] * self.up[at] + falling[at] * self.down[at]
            free = rising[at] > CLOSE and self.search.most[owner] > asked
            gain = INFINITY if free else rising[at] * self.search.most[owner] if rising[at] > CLOSE else 0.0
            gains[owner] = gains.get(owner, 0.0) + gain + falling[at] * -self.search.least[owner]
        terms = {owner: min(1.0, gain / lacks) for owner, gain in gains.items()}
        return general, gains, terms

    def price(self, cost: np.ndarray) -> None:
        """The pattern to find cheap tables in: what each cell costs that isn't hidden yet."""
        may = self.search.problem.may | self.search.problem.must
        self.cost = np.add.reduceat(cost[self.cells], self.starts)
        moves = np.logical_and.reduceat(may[self.cells], self.starts)
        self.rises = np.where(moves, np.minimum.reduceat(self.search.most[self.cells], self.starts), 0.0)
        self.drops = np.where(moves, np.minimum.reduceat(-self.search.least[self.cells], self.starts), 0.0)
        self.unhidden = cost.copy()
        upper = np.concatenate([self.rises, self.drops])
        self.pricer.changeColsBounds(len(self.index), self.index, np.zeros(len(self.index)), upper)
        self.pricer.changeColsCost(len(self.index), self.index, np.concatenate([self.cost, self.cost]))

    def free(self, cells: Iterable[int]) -> None:
        """These cells are hidden now and cost nothing any more."""
        for cell in cells:
            row = self.row_of.get(cell)
            if row is not None:
                self.unhidden[cell] = 0.0
                self.cost[row] = float(self.unhidden[self.owners[row]].sum())
                for column in (self.rise[row], self.fall[row]):
                    self.pricer.changeColCost(int(column), float(self.cost[row]))

    def cheapest(self, cell: int, move: float, *, still: np.ndarray | None = None) -> _Move | None:
        """The table in which `cell` moves by `move` and that touches the cheapest cells; None where there is none."""
        row = self.row_of[cell]
        room = (self.rises if move > 0 else self.drops)[row]
        if abs(move) > room + CLOSE:
            return None
        highs = self.pricer
        held = self._here(still)
        falls = self.fall_of[held]
        held = np.concatenate([held, falls[falls >= 0]]).astype(np.int32)
        none = np.zeros(len(held))
        highs.changeColsBounds(len(held), held, none, none)
        highs.changeColBounds(int(self.rise[row]), 0.0, 0.0)
        highs.changeColBounds(int(self.fall[row]), 0.0, 0.0)
        aim = int((self.rise if move > 0 else self.fall)[row])
        highs.changeColBounds(aim, abs(move), abs(move))
        highs.clearSolver()  # from the empty change each time: the path of earlier answers must not steer this one
        status = _run(highs)
        value = np.array(highs.getSolution().col_value)
        highs.changeColsBounds(len(held), held, none, self.column_room[held])
        highs.changeColBounds(int(self.rise[row]), 0.0, float(self.rises[row]))
        highs.changeColBounds(int(self.fall[row]), 0.0, float(self.drops[row]))
        if status == highspy.HighsModelStatus.kInfeasible:
            return None
        columns = value[: len(self.part)].copy()
        fallen = self.fall_of >= 0
        columns[fallen] -= value[self.fall_of[fallen]]
        table = self._table(value[self.rise] - value[self.fall], columns)
        return _Move(table, float(self.unhidden[table.touched].sum()))


def _solver() -> highspy.Highs:
    highs = highspy.Highs()
    options = {"presolve": "off", "solver": "simplex", "simplex_iteration_limit": ITERATIONS}
    for option, value in ({"output_flag": False, "threads": 1} | options).items():
        highs.setOptionValue(option, value)
    return highs


def _run(highs: highspy.Highs) -> highspy.HighsModelStatus:
    """Solve; where the solver walks in circles or gives up, once more from the start by another way."""
    answers = (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kInfeasible)
    highs.run()
    if highs.getModelStatus() not in answers:
        usual = highs.getOptionValue("simplex_strategy")[1]
        for option, value in {"simplex_strategy": 1, "simplex_iteration_limit": 2**31 - 1, "presolve": "on"}.items():
            highs.setOptionValue(option, value)
        highs.clearSolver()
        highs.run()
        for option, value in {
            "simplex_strategy": usual,
            "simplex_iteration_limit": ITERATIONS,
            "presolve": "off",
        }.items():
            highs.setOptionValue(option, value)
    status = highs.getModelStatus()
    if status not in answers:
        raise OptimiseError(f"The solver gave no answer ({status}); this is a fault of the program.")
    return status

"""The search for partners against brute force: all patterns of small tables, attacked by scipy's linear programs."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

from data.optimise import OptimiseError, Problem, Result, Search, optimise
from data.protect import Protection
from tests.data.attackers import Shown, ends, insiders_know
from tests.data.test_protect import one_year
from tests.data.tiny import BOTH

THRESHOLD = 5


def two_way(numbers: np.ndarray, *, seed: int = 0) -> Problem:
    """A table with all its totals at level `mark`: the interior first, then rows, columns and the total of all.

    A count of 1 to 4 is hidden and must be able to be 1 and 4, a hidden 0 to be 4, any other to move by 2 in all.
    """
    rows, columns = numbers.shape
    grid = np.arange(numbers.size).reshape(rows, columns)
    members = [np.array([at]) for at in range(numbers.size)]
    members += [*grid, *grid.T, grid.flatten()]
    of_row = [(numbers.size + r, tuple(grid[r].tolist())) for r in range(rows)]
    of_column = [(numbers.size + rows + c, tuple(grid[:, c].tolist())) for c in range(columns)]
    whole = len(members) - 1
    sums = [*of_row, *of_column, (whole, tuple(t for t, _ in of_row)), (whole, tuple(t for t, _ in of_column))]
    flat = numbers.flatten().astype(float)
    values = np.array([flat[of].sum() for of in members])
    must = (values > 0) & (values < THRESHOLD)
    moves = [{1 - n, THRESHOLD - 1 - n} if 0 < n < THRESHOLD else {THRESHOLD - 1} if n == 0 else set() for n in values]
    cost = np.random.default_rng(seed).integers(5, 30, len(members)) + values
    cost[numbers.size :] += 40
    return Problem(
        members=tuple(members),
        columns=flat,
        cost=cost,
        must=must,
        may=np.ones(len(members), dtype=bool),
        needs=tuple(tuple(sorted(float(move) for move in wanted if move)) for wanted in moves),
        width=np.where(must | (values == 0), 0.0, 2.0),
        sums=tuple(sums),
    )


def safe(problem: Problem, hidden: np.ndarray) -> bool:
    """Whether the test's attacker leaves every hidden cell what it needs."""
    shown: Shown = [(of, problem.values[at], problem.values[at]) for at, of in enumerate(problem.members)]
    shown = [one for at, one in enumerate(shown) if not hidden[at]]
    shown += [(problem.members[cell], least, most) for cell, least, most in problem.limits]
    for cell in np.flatnonzero(hidden).tolist():
        low, high = ends(len(problem.columns), shown, problem.members[cell])
        down, up = problem.values[cell] - low, high - problem.values[cell]
        if up + down < problem.width[cell] - 1e-6:
            return False
        if any((up if move > 0 else down) < abs(move) - 1e-6 for move in problem.needs[cell]):
            return False
    return True


def cheapest(problem: Problem) -> float:
    """The cost of the cheapest safe pattern of all: brute force."""
    free = np.flatnonzero(~problem.must & problem.may)
    every = np.array(list(itertools.product([False, True], repeat=len(free))), dtype=bool)
    patterns = np.repeat(problem.must[None, :], len(every), axis=0)
    patterns[:, free] = every
    for total, parts in problem.sums:  # who is alone in a sum with nothing else hidden is the difference
        patterns = patterns[patterns[:, [total, *parts]].sum(axis=1) != 1]
    price = patterns @ np.where(problem.must, 0.0, problem.cost)
    for at in np.argsort(price, kind="stable"):
        if safe(problem, patterns[at]):
            return float(price[at])
    raise AssertionError("no pattern is safe")


SHAPES = [(3, 2)] * 10 + [(3, 3)] * 5
CASES = list(enumerate(SHAPES))


def drawn(seed: int, shape: tuple[int, int]) -> Problem:
    return two_way(np.random.default_rng(seed).integers(0, 10, shape), seed=seed)


@pytest.mark.parametrize(("seed", "shape"), CASES)
def test_the_cheapest_pattern_is_found_and_proven(seed, shape):
    problem = drawn(seed, shape)
    best = cheapest(problem)
    found = optimise(problem)
    assert found.cost == pytest.approx(best)
    assert found.ended == "optimal" and found.bound == pytest.approx(best, rel=1e-3)
    assert (found.hidden & problem.must).sum() == problem.must.sum()
    assert problem.cost[found.hidden & ~problem.must].sum() == pytest.approx(found.cost)
    assert safe(problem, found.hidden)


@pytest.mark.parametrize(("seed", "shape"), CASES)
def test_the_bound_holds_after_one_two_and_three_rounds(seed, shape):
    """Without the sums to start from, the search learns all that it knows from its cuts."""
    problem = drawn(seed, shape)
    best = cheapest(problem)
    for rounds in (1, 2, 3, 50):
        search = Search(replace(problem, sums=()))
        found = search.run(rounds=rounds)
        assert max(found.bound, search.bound) <= best + 1e-6 <= found.cost + 2e-6
        assert safe(problem, found.hidden)
    assert found.ended == "optimal" and found.cost == pytest.approx(best)


@pytest.mark.parametrize("seed", [2, 11])
def test_the_same_input_gives_the_same_pattern(seed):
    one, two = (optimise(drawn(seed, SHAPES[seed]), rounds=3) for _ in range(2))
    assert (one.hidden == two.hidden).all() and (one.cost, one.bound, one.rounds) == (two.cost, two.bound, two.rounds)


def test_a_2_in_a_table_of_two_by_two_takes_all_four():
    """Nothing less than the rectangle protects it, and its partners cost 9 + 9 + 30 beyond what the draw adds."""
    problem = two_way(np.array([[2, 9], [9, 30]]))
    assert optimise(problem).hidden.tolist() == [True] * 4 + [False] * 5


def stopping(at: str):
    def progress(step: str, done: int, of: int) -> None:
        if step == at:
            raise KeyboardInterrupt

    return progress


def slow() -> Problem:
    """A problem that takes more than one round."""
    return next(p for p in (drawn(seed, shape) for seed, shape in CASES) if optimise(p).rounds > 1)


def test_an_interrupted_search_gives_the_best_pattern_so_far():
    problem = slow()
    found = optimise(problem, progress=stopping("gap"))
    assert found.ended == "interrupted" and found.rounds == 1
    assert safe(problem, found.hidden)


def test_a_search_that_is_interrupted_before_any_pattern_gives_none():
    with pytest.raises(KeyboardInterrupt):
        optimise(slow(), progress=stopping("partners"))


def test_a_search_ends_when_the_gap_is_small_enough_or_the_time_is_over():
    problem = slow()
    assert optimise(problem, gap=1.0).ended == "gap"
    assert optimise(problem, seconds=-1.0).ended == "time"
    assert optimise(problem, rounds=1).ended == "rounds"
    found = optimise(problem, rounds=1)
    assert found.gap == pytest.approx(1 - found.bound / found.cost)


def test_what_cannot_be_protected_is_said():
    problem = two_way(np.array([[2, 9], [9, 30]]))
    may = problem.may.copy()
    may[1:] = False
    with pytest.raises(OptimiseError):
        optimise(replace(problem, may=may))


# What is known beside


def test_a_cell_that_is_known_to_be_large_serves_as_a_partner_only_as_far_as_it_may_fall():
    """a/x is 1 and must be able to be 4. Its column falls by 3 in b: 6 to 3, but b is known to reach 5.

    So c, which costs more, must be hidden in its place.
    """
    numbers = np.array([[1, 9], [6, 9], [20, 30]])
    problem = two_way(numbers)
    cost = np.array([1.0, 1, 1, 1, 9, 9, *[500] * 6])
    problem = replace(problem, cost=cost)
    assert optimise(problem).hidden[:6].tolist() == [True] * 4 + [False] * 2
    known = replace(problem, limits=((2, 5.0, np.inf),))
    found = optimise(known)
    assert found.hidden[[0, 1, 4, 5]].all() and not found.hidden[6:].any()
    assert safe(known, found.hidden)
    assert found.cost == cheapest(known) == 19  # a/y 1, c/x 9, c/y 9; a/x itself must be hidden


def test_a_pattern_is_repaired_when_something_becomes_known():
    numbers = np.array([[1, 9], [6, 9], [20, 30]])
    problem = replace(two_way(numbers), cost=np.array([1.0, 1, 1, 1, 9, 9, *[500] * 6]))
    search = Search(problem)
    first = search.run(rounds=50)
    assert search.repaired(first).ended == first.ended == "optimal"
    search.know(2, 5.0)
    assert not safe(replace(problem, limits=((2, 5.0, np.inf),)), first.hidden)
    second = search.repaired(first)
    assert second.ended == "repaired"
    assert (second.hidden >= first.hidden).all()
    assert safe(replace(problem, limits=((2, 5.0, np.inf),)), second.hidden)


def test_what_is_known_anyway_is_asked_of_nobody():
    """a/x 2 was said in public: it stays hidden, needs nothing, and nothing else is hidden for its sake."""
    problem = two_way(np.array([[2, 9], [9, 30]]))
    search = Search(replace(problem, limits=((0, 2.0, 2.0),)))
    assert search.problem.needs[0] == ()
    assert search.run(rounds=50).hidden.tolist() == [True] + [False] * 8


def test_a_wider_range_that_is_asked_for_is_there():
    problem = two_way(np.array([[2, 9], [9, 30]]))
    search = Search(problem)
    first = search.run(rounds=50)
    search.widen([0])
    assert search.problem.needs[0] == (3.0, -2.0)
    assert isinstance(search.repaired(first), Result)
    assert safe(search.problem, search.repaired(first).hidden)


# Insiders

ROWS = ("a", "b", "c")


def with_ones(seed: int, insiders: str):
    numbers = np.random.default_rng(seed).choice([0, 1, 1, 2, 5, 7], (3, 2))
    return one_year({row: tuple(map(int, of)) for row, of in zip(ROWS, numbers, strict=True)}, insiders=insiders)


SEEDS = range(12)


@pytest.mark.parametrize("seed", SEEDS)
def test_no_insider_knows_another_cell(seed):
    case = with_ones(seed, BOTH)
    pattern = case.protected()
    assert insiders_know(case.layout.margins, case.combinations, pattern.suppressed) == set()


def test_without_the_policys_entry_some_insider_would_know():
    cases = [with_ones(seed, "") for seed in SEEDS]
    assert any(insiders_know(c.layout.margins, c.combinations, c.protected().suppressed) for c in cases)


def test_an_insider_knows_his_own_codes_too():
    """Who is alone in row c and is y knows that c/x is 0, and with the shown total of x that a/x is 5."""
    case = one_year({"a": (5, 1), "b": (0, 7), "c": (0, 1)}, insiders=BOTH)
    pattern = case.protected()
    assert not insiders_know(case.layout.margins, case.combinations, pattern.suppressed)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_pair_that_the_audit_names_is_kept_apart(seed):
    """Where the policy guards against nobody, protection is told of each pair that enumeration finds."""
    case = with_ones(seed, "")
    protection = Protection(case.layout, case.combinations, case.margins, case.policy)

    def told() -> set[tuple[int, int]]:
        return insiders_know(case.layout.margins, case.combinations, protection.pattern().suppressed)

    for _ in range(10):
        protection.keep_apart(told())
    assert not told()

"""Tables from the literature and from other programs: what they publish, and what data/optimise.py makes of them.

The attacker here shares nothing with data/: scipy's linear programs over the published cells.
"""

from functools import cache

import numpy as np
import pytest
from scipy.optimize import LinearConstraint, linprog, milp

from data.optimise import Result, optimise
from tests.data import known
from tests.data.known import Instance

INSTANCES = {instance.id: instance for instance in known.load()}
CLOSE = 1e-6
ROUNDS = 300
SMALL = 60  # cells: up to here the optimum is worked out a second time, in about a second

each = pytest.mark.parametrize("instance", INSTANCES.values(), ids=INSTANCES.keys())


@cache
def solved(name: str) -> Result:
    return optimise(INSTANCES[name].problem, rounds=ROUNDS)


def matrix(instance: Instance) -> np.ndarray:
    """A row for each cell: 1 for the columns that it adds up."""
    rows = np.zeros((len(instance.cells), len(instance.columns)))
    for row, of in zip(rows, instance.members, strict=True):
        row[of] = 1
    return rows


def attack(instance: Instance, hidden: np.ndarray, cell: int) -> tuple[float, float, set[int]]:
    """The least and the greatest value of a cell that agree with all published ones, and which of those say so."""
    rows, values = matrix(instance), instance.values
    shown = np.flatnonzero(~hidden)
    ends, why = [], set()
    for sign in (1, -1):
        found = linprog(sign * rows[cell], A_eq=rows[shown], b_eq=values[shown], bounds=(0, None), method="highs")
        if found.status == 3:  # unbounded: nothing that is published holds the cell
            ends.append(sign * -np.inf)
            continue
        assert found.status == 0, found.message
        ends.append(sign * found.fun)
        why |= set(shown[np.abs(found.eqlin.marginals) > CLOSE].tolist())
    return ends[0], ends[1], why


def too_narrow(instance: Instance, hidden: np.ndarray, cell: int) -> set[int] | None:
    """The published cells that leave a primary cell less room than it needs; None if it has enough."""
    low, high, why = attack(instance, hidden, cell)
    value = instance.values[cell]
    enough = (
        high - low >= instance.width[cell] - CLOSE
        and value - low >= instance.lower[cell] - CLOSE
        and high - value >= instance.upper[cell] - CLOSE
    )
    return None if enough else why


def open_cells(instance: Instance, hidden: np.ndarray) -> list[known.Cell]:
    primary = np.flatnonzero(instance.primary).tolist()
    return [instance.cells[cell] for cell in primary if too_narrow(instance, hidden, cell) is not None]


def second_optimum(instance: Instance) -> float:
    """The least cost, by another way: at least one of the cells that give a primary one away must be hidden."""
    cost = np.where(instance.primary, 0.0, instance.cost)
    bounds = (instance.primary.astype(float), (instance.may | instance.primary).astype(float))
    cuts: list[np.ndarray] = []
    while True:
        constraints = [LinearConstraint(np.array(cuts), 1, np.inf)] if cuts else []
        found = milp(cost, integrality=np.ones(len(cost)), bounds=bounds, constraints=constraints)
        assert found.status == 0, found.message
        hidden = found.x > 0.5
        primary = np.flatnonzero(instance.primary).tolist()
        guilty = [cells for cell in primary if (cells := too_narrow(instance, hidden, cell)) is not None]
        if not guilty:
            return float(cost[hidden].sum())
        cuts += [np.isin(np.arange(len(cost)), list(cells)).astype(float) for cells in guilty]


@each
def test_the_printed_totals_are_the_sums_of_the_interior(instance: Instance):
    printed = ~np.isnan(instance.printed)
    assert instance.printed[printed].tolist() == instance.values[printed].tolist()
    assert instance.primary.any()


@each
def test_the_published_pattern_is_safe_and_costs_what_is_said(instance: Instance):
    """So that the problem here is no harder than the one that was solved there."""
    for said in instance.published:
        if said.hidden is not None:
            beyond = said.hidden & ~instance.primary
            assert (beyond.sum(), instance.cost[beyond].sum()) == (said.secondary, said.cost), said.method
            assert open_cells(instance, said.hidden) == [], said.method


@each
def test_ours_is_optimal_and_costs_no_more(instance: Instance):
    result = solved(instance.id)
    assert result.optimal
    assert result.cost == pytest.approx(instance.cost[result.hidden & ~instance.primary].sum())
    for said in instance.published:
        assert result.cost <= said.cost + CLOSE, said.method
        if said.optimal:
            assert result.cost == pytest.approx(said.cost), said.method


@each
def test_ours_is_safe(instance: Instance):
    hidden = solved(instance.id).hidden
    assert hidden[instance.primary].all()
    assert (instance.may | instance.primary)[hidden].all()
    assert open_cells(instance, hidden) == []


@pytest.mark.parametrize("name", [name for name, instance in INSTANCES.items() if len(instance.cells) <= SMALL])
def test_another_way_finds_no_cheaper_pattern(name: str):
    assert solved(name).cost == pytest.approx(second_optimum(INSTANCES[name]))


@pytest.mark.parametrize(
    ("name", "cell", "ends"),
    [
        ("sdctable-4x4", ("w", "b"), (0, 141)),
        ("gausssuppression-9", ("young", "Iceland"), (0, 13)),
        ("gausssuppression-9", ("young", "Portugal"), (0, 12)),
    ],
)
def test_the_attacker_finds_the_ranges_that_the_source_gives(name: str, cell: known.Cell, ends: tuple[int, int]):
    instance = INSTANCES[name]
    hidden = instance.published[0].hidden
    assert hidden is not None
    low, high, _ = attack(instance, hidden, instance.cells.index(cell))
    assert (low, high) == pytest.approx(ends)

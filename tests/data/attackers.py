"""Attackers of the tests' own: by scipy's linear programs, and by going through all tables of whole numbers.

A cell is an array of columns that it adds up; what is shown is a list of (cell, least, most).
"""

from collections.abc import Iterator, Sequence

import numpy as np
from scipy.optimize import linprog

Shown = list[tuple[np.ndarray, float, float]]


def ends(size: int, shown: Shown, cell: np.ndarray) -> tuple[float, float]:
    """The least and the greatest sum of `cell` over all tables of `size` columns that agree with what is shown."""
    rows = np.zeros((len(shown), size))
    for row, (of, _, _) in enumerate(shown):
        rows[row, of] = 1
    least, most = (np.array([one[end] for one in shown], dtype=float) for end in (1, 2))
    same = least == most
    above, below = ~same & (most < np.inf), ~same & (least > 0)
    aim = np.zeros(size)
    aim[cell] = 1
    found = []
    for sign in (1, -1):
        answer = linprog(
            sign * aim,
            A_eq=rows[same] if same.any() else None,
            b_eq=most[same] if same.any() else None,
            A_ub=np.vstack([rows[above], -rows[below]]) if (above | below).any() else None,
            b_ub=np.concatenate([most[above], -least[below]]) if (above | below).any() else None,
        )
        assert answer.status in (0, 3), answer.message
        found.append(np.inf if answer.status == 3 else sign * answer.fun)
    return (found[0], found[1])


def whole_tables(shown: Shown, size: int, top: int) -> Iterator[tuple[int, ...]]:
    """All tables of whole numbers up to `top` that agree with what is shown."""
    ending: list[list[tuple[set[int], float, float]]] = [[] for _ in range(size)]
    touching: list[list[tuple[set[int], float]]] = [[] for _ in range(size)]
    for of, least, most in shown:
        inside = set(of.tolist())
        ending[max(inside)].append((inside, least, most))
        for column in inside:
            touching[column].append((inside, most))

    def further(table: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
        at = len(table)
        if at == size:
            yield table
            return
        room = [most - sum(table[c] for c in inside if c < at) for inside, most in touching[at]]
        for n in range(int(min([top, *room])) + 1):
            longer = (*table, n)
            if all(least <= sum(longer[c] for c in inside) <= most for inside, least, most in ending[at]):
                yield from further(longer)

    return further(())


def insiders_know(members: Sequence[np.ndarray], columns: np.ndarray, hidden: np.ndarray) -> set[tuple[int, int]]:
    """Pairs of hidden cells (insider, other): who is the 1 in the first knows the second, and others are in it.

    He knows in which column of his cell he is, so that the others are 0.
    """
    values = [int(columns[of].sum()) for of in members]
    shown: Shown = [(of, values[at], values[at]) for at, of in enumerate(members) if len(of) and not hidden[at]]
    found = set()
    for insider in np.flatnonzero(hidden).tolist():
        if values[insider] != 1:
            continue
        himself = next(int(column) for column in members[insider] if columns[column])
        still = {other for other in np.flatnonzero(hidden).tolist() if other != insider}
        still = {other for other in still if values[other] > (himself in members[other])}
        own: Shown = [(np.array([column]), column == himself, column == himself) for column in members[insider]]
        for table in whole_tables([*shown, *own], len(columns), int(columns.sum()) + 2):
            still = {other for other in still if sum(table[c] for c in members[other]) == values[other]}
            if not still:
                break
        found |= {(insider, other) for other in still}
    return found

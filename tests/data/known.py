"""The published tables of known_instances.toml, as problems for data/optimise.py."""

import itertools
import tomllib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from data.optimise import Problem

FILE = Path(__file__).parent / "known_instances.toml"
TOTAL = "total"
INHERITED = ("source", "dimensions", "tables", "values", "primary", "protection", "cost", "zeros_shown")

Cell = tuple[str, ...]


@dataclass(frozen=True)
class Published:
    """What the source says for one method: the cells hidden beside the primary ones, and what they cost."""

    method: str
    secondary: int
    cost: float
    optimal: bool
    hidden: np.ndarray | None  # the whole pattern, primary cells included, where the source prints it


@dataclass(frozen=True)
class Instance:
    """One published table. All arrays go over the cells, `columns` over the combinations of the interior."""

    id: str
    title: str
    source: str
    cells: tuple[Cell, ...]
    members: tuple[np.ndarray, ...]
    columns: np.ndarray
    printed: np.ndarray  # as in the source, nan where it prints nothing
    primary: np.ndarray
    may: np.ndarray
    cost: np.ndarray
    lower: np.ndarray  # how far below and above its value a cell's range must reach, and how wide it must be
    upper: np.ndarray
    width: np.ndarray
    sums: tuple[tuple[int, tuple[int, ...]], ...]
    published: tuple[Published, ...]

    @property
    def values(self) -> np.ndarray:
        return np.array([self.columns[of].sum() for of in self.members])

    @property
    def problem(self) -> Problem:
        needs = tuple(
            tuple(move for move in (upper, -lower) if move)
            for lower, upper in zip(self.lower.tolist(), self.upper.tolist(), strict=True)
        )
        return Problem(
            members=self.members,
            columns=self.columns,
            cost=self.cost,
            must=self.primary,
            may=self.may,
            needs=needs,
            width=self.width,
            sums=self.sums,
        )


def load() -> tuple[Instance, ...]:
    """All instances, in the order of the file."""
    entries: dict[str, dict] = {}
    for entry in tomllib.loads(FILE.read_text())["instance"]:
        base = entries.get(entry.get("like", ""), {})
        entries[entry["id"]] = {key: base[key] for key in INHERITED if key in base} | entry
    return tuple(_instance(entry) for entry in entries.values())


def _instance(entry: dict) -> Instance:
    dimensions = [_sums(dimension) for dimension in entry["dimensions"]]
    codes = [dimension["codes"] for dimension in entry["dimensions"]]
    printed: dict[Cell, float] = {}
    for table in entry["tables"]:
        shown = itertools.product(*table.get("show", dimensions))
        numbers = np.array(table["printed"], dtype=float).ravel()
        printed |= dict(zip(shown, numbers.tolist(), strict=True))
    interior = list(itertools.product(*codes))
    if "values" in entry:
        given = np.array(entry["values"], dtype=float).ravel().tolist()
    else:
        given = [printed[cell] for cell in interior]
    true = {cell: n for cell, n in zip(interior, given, strict=True) if not np.isnan(n)}
    column = {cell: at for at, cell in enumerate(true)}
    members = {cell: _members(cell, dimensions, column) for cell in printed}
    cells = tuple(cell for cell in printed if len(members[cell]))
    columns = np.array(list(true.values()))
    values = np.array([columns[members[cell]].sum() for cell in cells])

    primary = _primary(entry["primary"], cells, values)
    protection = entry["protection"]
    return Instance(
        id=entry["id"],
        title=entry["title"],
        source=entry["source"],
        cells=cells,
        members=tuple(members[cell] for cell in cells),
        columns=columns,
        printed=np.array([printed[cell] for cell in cells]),
        primary=primary,
        may=primary | (values > 0) if entry.get("zeros_shown") else np.ones(len(cells), dtype=bool),
        cost=values if entry["cost"] == "values" else np.ones(len(cells)),
        lower=np.where(primary, float(protection.get("lower", 0)), 0.0),
        upper=np.where(primary, float(protection.get("upper", 0)), 0.0),
        width=np.where(primary, float(protection.get("width", 0)), 0.0),
        sums=_equations(cells, dimensions, members),
        published=tuple(_published(said, cells, primary) for said in entry["published"]),
    )


def _primary(rule: dict, cells: tuple[Cell, ...], values: np.ndarray) -> np.ndarray:
    if "cells" in rule:
        return _mask(rule["cells"], cells)
    return (values >= rule["from"]) & (values <= rule["to"])


def _published(said: dict, cells: tuple[Cell, ...], primary: np.ndarray) -> Published:
    hidden = primary | _mask(said["hidden"], cells) if "hidden" in said else None
    secondary = said.get("secondary", said.get("hidden_in_all", 0) - int(primary.sum()))
    return Published(said["method"], secondary, float(said.get("cost", secondary)), said["optimal"], hidden)


def _sums(dimension: dict) -> dict[str, list[str]]:
    """Every code of a dimension, with the codes of the interior that it adds up."""
    codes = dimension["codes"]
    return {code: [code] for code in codes} | dimension.get("groups", {}) | {TOTAL: codes}


def _members(cell: Cell, dimensions: list[dict[str, list[str]]], column: dict[Cell, int]) -> np.ndarray:
    parts = itertools.product(*(sums[code] for sums, code in zip(dimensions, cell, strict=True)))
    return np.array([column[part] for part in parts if part in column], dtype=int)


def _equations(
    cells: tuple[Cell, ...], dimensions: list[dict[str, list[str]]], members: dict[Cell, np.ndarray]
) -> tuple[tuple[int, tuple[int, ...]], ...]:
    """The sums along one dimension: (total, parts), for totals whose parts are all published or known to be empty."""
    at = {cell: index for index, cell in enumerate(cells)}
    found = []
    for cell, total in at.items():
        for axis, sums in enumerate(dimensions):
            parts = [(*cell[:axis], code, *cell[axis + 1 :]) for code in sums[cell[axis]]]
            shown = [part for part in parts if part in at and part != cell]
            if sum(len(members[part]) for part in shown) == len(members[cell]):
                found.append((total, tuple(at[part] for part in shown)))
    return tuple(found)


def _mask(named: list[list[str]], cells: tuple[Cell, ...]) -> np.ndarray:
    unknown = {tuple(cell) for cell in named} - set(cells)
    if unknown:
        raise ValueError(f"not a cell of the table: {unknown}")
    return np.isin(np.arange(len(cells)), [cells.index(tuple(cell)) for cell in named])

"""Knowledge: what a reader knows beside the release: earlier releases, and what was said in public.

A published number that is still true is an equation that nobody can take back: the cell can't be protected any more,
and everything else must be safe in spite of it. A number of an earlier release that is no longer true tells of the
referrals in between, if both stand side by side: where it differs by less than the threshold, the new number is hidden.
A public statement that is not true of our records tells nothing of them.
"""

import datetime as dt
import json
import math
import tomllib
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import duckdb
import numpy as np

from data.codes import ALL
from data.tables import Layout, members

PUBLISHED = Path(__file__).parent / "published.toml"
AGREES, REVISED = "agrees", "revised"
# What the measures of published.toml count. Through 2017 "grounded" meant that an intervention was started.
MEASURES = {
    "referrals": {},
    "grounded": {"assessment": "grounded"},
    "intervention_started": {"assessment": "grounded"},
    "grounded_share": {"assessment": "grounded"},
}
HALF = Fraction(1, 2)  # a whole percentage was rounded by no more than this


class KnowledgeError(ValueError):
    """An earlier release tells something that can't be put beside this one; the message says what to do."""


@dataclass(frozen=True)
class Known:
    """A cell of which a reader knows, from `source`, that it holds (or held: `revised`) from `least` to `most`.

    of: the combinations that it adds up. named: its codes by dimension.
    """

    source: str
    kind: str
    first_year: int
    last_year: int
    named: dict[str, str]
    least: int
    most: int
    of: np.ndarray

    @property
    def cell(self) -> str:
        """The cell in words, as the audit names it."""
        words = [f"{self.first_year}-{self.last_year}", *(f"{d}={code}" for d, code in sorted(self.named.items()))]
        return ", ".join(words)


def earlier(files: dict[str, Path], layout: Layout, counts: np.ndarray) -> list[Known]:
    """What the earlier releases say, by version, held against the true `counts` of the layout's combinations.

    A number that differs by the threshold or more is left out: hiding the new one would not hide that.
    Raises KnowledgeError where a release's cells can't be found in the layout.
    """
    found: dict[tuple[int, ...], Known] = {}
    for version, file in files.items():
        with duckdb.connect(str(file), read_only=True) as con:
            threshold = con.sql("select threshold from release").fetchall()[0][0]
            tables: list[tuple[str, list[str]]] = con.sql("select name, dimensions from tables").fetchall()
            for table, dimensions in tables:
                columns = ", ".join(f'"{d}"' for d in dimensions)
                rows = con.sql(
                    f'select first_year, last_year, n, {columns} from "{table}" where n is not null'
                ).fetchall()
                for first, last, n, *codes in rows:
                    named = {d: code for d, code in zip(dimensions, codes, strict=True) if code != ALL}
                    of = members(layout, named, first, last)
                    if of is None or first < layout.years[0] or last > layout.years[-1]:
                        raise KnowledgeError(_stray(version, table, first, last, named, layout))
                    now = int(counts[of].sum())
                    kind = AGREES if n == now else REVISED
                    if len(of) and abs(n - now) < threshold and (kind == AGREES or tuple(of.tolist()) not in found):
                        found[tuple(of.tolist())] = Known(f"release {version}", kind, first, last, named, n, n, of)
    return list(found.values())


def _stray(version: str, table: str, first: int, last: int, named: dict[str, str], layout: Layout) -> str:
    years = f"{layout.years[0]}-{layout.years[-1]}"
    what = f"table {table}, {first}-{last}, {named or 'all referrals'}"
    return (
        f"No release was written: release {version} holds a number ({what}) that the policy's groups and the records' "
        f"years ({years}) don't cover, so nobody can tell what the two releases give away together. Build from records "
        "of all years, with a group in `joint` that holds these dimensions."
    )


def statements(layout: Layout, counts: np.ndarray, path: Path = PUBLISHED) -> list[Known]:
    """The public statements of published.toml that are true of the `counts` and of whole years of the layout."""
    found = []
    for figure in tomllib.loads(path.read_text(encoding="utf-8"))["figure"]:
        named = _named(figure)
        start, end = figure["period_start"], figure["period_end"]
        whole = (start.month, start.day, end.month, end.day) == (1, 1, 12, 31)
        if named is None or not whole or start.year < layout.years[0] or end.year > layout.years[-1]:
            continue
        of = members(layout, named, start.year, end.year)
        if of is None or not len(of):
            continue
        least = most = figure["value"]
        if figure["unit"] == "percent":
            base = sum(
                _sum(layout, counts, named | {"assessment": a}, start, end) for a in ("grounded", "not_grounded")
            )
            share = Fraction(str(figure["value"]))  # not in floating point, which misses an end that is a whole number
            least = math.ceil((share - HALF) / 100 * base)
            most = math.floor((share + HALF) / 100 * base)
        if least <= int(counts[of].sum()) <= most:
            source = f"statement {figure['id']}"
            found.append(Known(source, AGREES, start.year, end.year, named, least, most, of))
    return found


def _named(figure: dict[str, str]) -> dict[str, str] | None:
    """The codes of a statement's cell; None where it is about something that our records don't hold."""
    known = figure["measure"] in MEASURES and figure["series"] == "vink_referrals" and figure["dimension"] != "topic"
    if not known:
        return None
    detail = {} if figure["dimension"] == ALL else {figure["dimension"]: figure["category"]}
    return MEASURES[figure["measure"]] | detail


def _sum(layout: Layout, counts: np.ndarray, named: dict[str, str], start: dt.date, end: dt.date) -> int:
    of = members(layout, named, start.year, end.year)
    return 0 if of is None else int(counts[of].sum())


def rows(known: list[Known]) -> list[dict[str, object]]:
    """The knowledge as the release keeps it, for the audit: one row each."""
    return [
        {
            "source": one.source,
            "kind": one.kind,
            "cell": one.cell,
            "first_year": one.first_year,
            "last_year": one.last_year,
            "named": json.dumps(one.named, sort_keys=True),
            "least": one.least,
            "most": one.most,
        }
        for one in known
    ]

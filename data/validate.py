"""Validate a source: hold every rule against every row, and name every fault."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from data import sums
from data.codes import ALL, Code, CodeLists, Rule
from data.faults import Fault, listed, quoted
from data.mapping import DIMENSIONS, Mapping
from data.read import ROW, Source
from data.typed import COLUMN, VALUE, Table

RECORD = {
    "year": pl.Int32,
    **dict.fromkeys(DIMENSIONS, pl.String),
    "count": pl.Int64,
    "id": pl.String,
    "date": pl.Date,
    "row": pl.Int64,
}
SUM = [ROW, COLUMN, "over", "where", "published", "summed", "parts", "verdict"]


@dataclass(frozen=True)
class Checked:
    """What validation found in one source.

    records    the good rows as records, with the columns of RECORD; empty where the table isn't `buildable`
    cells      the same with the source's extra dimensions and with counts of zero, buildable or not
    faults     every fault, by row and then by column
    bad_rows   the original rows at fault (ROW and the source's columns), to be set aside
    sums       each published total beside the sum of its parts: row, column, over (the dimension that is
               summed), where (the cell in words), published, summed, parts (how many), verdict
    buildable  whether the table has all our dimensions and no others, so that a release can be built on it
    why_not    why it isn't buildable, else empty
    """

    file: str
    records: pl.DataFrame
    cells: pl.DataFrame
    faults: tuple[Fault, ...]
    bad_rows: pl.DataFrame
    sums: pl.DataFrame
    buildable: bool
    why_not: str

    @property
    def sums_checked(self) -> int:
        """How many published totals were held against the sum of their parts."""
        return self.sums.filter(pl.col("verdict").is_in([sums.AGREES, sums.DIFFERS])).height

    @property
    def sums_agreed(self) -> int:
        """How many of them are the sum of their parts."""
        return self.sums.filter(pl.col("verdict") == sums.AGREES).height

    def by(self, *dimensions: str) -> pl.DataFrame:
        """The sum of the good cells by `dimensions`, ours or extra: these columns and `count`, in order."""
        return self.cells.group_by(dimensions).agg(pl.col("count").sum()).sort(dimensions)


def validate(source: Source, mapping: Mapping, codes: CodeLists, today: date) -> Checked:
    """Check one source. `mapping` is the one that it was read with."""
    return validate_all([(source, mapping)], codes, today)[0]


def validate_all(sources: Sequence[tuple[Source, Mapping]], codes: CodeLists, today: date) -> list[Checked]:
    """Check several sources, each with its mapping, and name an id that stands in more than one of them."""
    tables = [Table(source, mapping, codes, today) for source, mapping in sources]
    for table in tables:
        _check_codes_in_use(table)
        for rule in codes.rules:
            _check_rule(table, rule)
    _check_ids(tables)
    return [_checked(table, _check_sums(table)) for table in tables]


def _details(table: Table) -> pl.DataFrame:
    """The cells that become records: no totals and no zeros. What can't be read counts as one."""
    totals = pl.any_horizontal(pl.col(table.keys) == ALL).fill_null(False)
    return table.cells.filter(~totals & (pl.col("count") != 0).fill_null(True))


def _check_codes_in_use(table: Table) -> None:
    """A code may be used in its years alone."""
    details = _details(table)
    for dimension in DIMENSIONS:
        for code in table.codes.dimensions[dimension]:
            if code.first_year is None and code.last_year is None:
                continue
            used = details.filter(pl.col(dimension) == code.code)
            years = used["year"].unique().drop_nulls()
            wrong = [year for year in years if not code.in_use(int(year))]
            for cell in used.filter(pl.col("year").is_in(wrong)).iter_rows(named=True):
                value = _said(table, cell, dimension)
                message = (
                    f"{quoted(value)} is in use {_in_words(code)}, but the row is from {cell['year']}. "
                    f"Correct the {dimension} or the year."
                )
                table.add(cell[ROW], _heading(table, cell, dimension), value, "code_not_in_use", message)


def _in_words(code: Code) -> str:
    first = f"from {code.first_year}" if code.first_year is not None else ""
    return f"{first}{f' through {code.last_year}' if code.last_year is not None else ''}".strip()


def _check_rule(table: Table, rule: Rule) -> None:
    """Where every condition of `when` holds, every condition of `then` must hold."""
    when, then = (_on_outcomes(conditions, table.codes) for conditions in (rule.when, rule.then))
    if not {*when, *then} <= set(table.keys):
        return
    holds = pl.all_horizontal(pl.col(name).is_in(allowed) for name, allowed in when.items())
    kept = pl.all_horizontal(pl.col(name).is_in(allowed) for name, allowed in then.items())
    # The fault is shown at the outcome, where the rule has one: it is what most often needs correction.
    shown = "outcome" if "outcome" in {*when, *then} else next(iter(then))
    for cell in _details(table).filter(holds & ~kept).iter_rows(named=True):
        reason = " and ".join(f"{name} {quoted(_said(table, cell, name))}" for name in when)
        needed = " and ".join(f"{name} {_or(_words(table, name, allowed))}" for name, allowed in then.items())
        found = " and ".join(f"{name} is {quoted(_said(table, cell, name))}" for name in then)
        message = f"The {reason} goes with {needed} only, but here {found}. Correct one of the two."
        table.add(cell[ROW], _heading(table, cell, shown), _said(table, cell, shown), rule.id, message)


def _on_outcomes(conditions: dict[str, tuple[str, ...]], codes: CodeLists) -> dict[str, list[str]]:
    """The conditions with `outcome_group`, which no source holds, told by the outcomes of the groups."""
    said = {name: list(allowed) for name, allowed in conditions.items()}
    if groups := said.pop("outcome_group", None):
        said["outcome"] = [outcome for outcome, group in codes.outcome_group.items() if group in groups]
    return said


def _words(table: Table, dimension: str, allowed: list[str]) -> list[str]:
    """The codes as the source writes them."""
    field = table.mapping.fields.get(dimension)
    words = {code: word for word, code in field.words.items() if word.strip()} if field else {}
    return [words.get(code, code) for code in allowed]


def _or(words: list[str]) -> str:
    return listed(words).replace(", ", " or ")


def _said(table: Table, cell: dict[str, Any], dimension: str) -> str:
    """What the source says in the cell's row about `dimension`, as it writes it."""
    heading = table.heading(dimension)
    return str(cell[dimension]) if heading is None else table.text(cell[ROW], heading) or ""


def _heading(table: Table, cell: dict[str, Any], dimension: str) -> str | None:
    """The heading under which a person finds the cell's `dimension`."""
    if table.mapping.wide and table.mapping.wide.field == dimension:
        return str(cell[COLUMN])
    return table.heading(dimension)


def _check_ids(tables: list[Table]) -> None:
    """An id may stand once in all the sources together; each later row names the first."""
    ids = [
        table.rows.select(ROW, "id", key=pl.col("id").str.to_lowercase(), table=pl.lit(i))
        for i, table in enumerate(tables)
    ]
    every = (
        pl.concat(ids)
        .drop_nulls("key")
        .with_columns(
            first_table=pl.col("table").first().over("key"),
            first_row=pl.col(ROW).first().over("key"),
            again=pl.int_range(pl.len()).over("key") > 0,
        )
    )
    for row, value, _, i, first_table, first_row, _ in every.filter("again").iter_rows():
        where = "" if first_table == i else f" of {tables[first_table].source.file}"
        message = f"The id {quoted(value)} already stands in row {first_row}{where}. "
        message += "Remove one of the rows, or give it an id of its own."
        tables[i].add(row, tables[i].heading("id"), value, "duplicate_id", message)


def _check_sums(table: Table) -> pl.DataFrame:
    """The published totals beside the sums of their parts; a total that differs from its parts is a fault."""
    wide, mapping = table.mapping.wide, table.mapping
    axes = [f.name for f in (*mapping.fields.values(), *mapping.extra.values()) if f.total is not None]
    axes += [wide.field] if wide and wide.total is not None else []
    constant = [f.name for f in mapping.fields.values() if f.constant is not None]
    keys = [key for key in table.keys if key not in constant] or ["year"]
    if not table.counted:
        axes = []
    found = sums.check(table.cells, keys, axes)
    for one in found.iter_rows(named=True):
        where, over = one["where"], one["over"]
        if one["verdict"] == sums.DIFFERS:
            difference = f"{one['summed']} ({one['summed'] - one['published']:+})"
            message = f"The published total over {over} ({where}) is {one['published']}, but its {one['parts']}"
            message = f"{message} parts sum to {difference}. Correct the total or its parts."
            table.add(one[ROW], one[COLUMN], one[VALUE], "total_differs", message)
        if one["verdict"] == sums.NO_PARTS:
            message = f"There are no parts to this total ({where}), so that it can't be checked."
            message = f"{message} Add the rows or columns that it sums, or remove it."
            table.add(one[ROW], one[COLUMN], one[VALUE], "total_without_parts", message)
    return found


def _checked(table: Table, found: pl.DataFrame) -> Checked:
    faults = tuple(sorted(dict.fromkeys(table.faults), key=lambda fault: _place(fault, table.source)))
    bad = sorted({fault.row for fault in faults if fault.row is not None})
    whole = any(fault.row is None for fault in faults)
    is_bad = pl.lit(True) if whole else pl.col(ROW).is_in(bad)
    totals = pl.any_horizontal(pl.col(table.keys) == ALL).fill_null(False)
    good = table.cells.filter(~is_bad & ~totals).with_columns(pl.col("year").cast(pl.Int32), row=pl.col(ROW))
    why_not = _why_not(table.mapping)
    records = good.filter(pl.col("count") > 0).select(pl.col(name).cast(dtype) for name, dtype in RECORD.items())
    return Checked(
        file=table.source.file,
        records=records.clear() if why_not else records,
        cells=good.select(*RECORD, *table.mapping.extra_dimensions),
        faults=faults,
        bad_rows=table.source.frame.filter(is_bad),
        sums=found.select(SUM).rename({ROW: "row", COLUMN: "column"}),
        buildable=not why_not,
        why_not=why_not,
    )


def _place(fault: Fault, source: Source) -> tuple[int, int, str]:
    columns = source.frame.columns
    return fault.row or 0, columns.index(fault.column) if fault.column in columns else 0, fault.message


def _why_not(mapping: Mapping) -> str:
    reasons = []
    if mapping.not_collected:
        reasons.append(f"The source did not collect {', '.join(mapping.not_collected)}.")
    if mapping.extra_dimensions:
        reasons.append(f"It has dimensions that are not ours: {', '.join(mapping.extra_dimensions)}.")
    return " ".join([*reasons, "The table can be checked, but no release can be built on it."] if reasons else [])

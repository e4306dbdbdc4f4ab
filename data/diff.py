"""Diff: what changed between two releases, as a table for the steward and as notes for the readers.

It reads the two finished files and nothing else.
"""

import io
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
from rich.console import Console
from rich.table import Table

TEXT = Path(__file__).parent.parent / "text"
LANGUAGES = ("da", "en")
KINDS = ("revised", "newly_published", "newly_suppressed", "range", "added", "removed")
WHOLE = ("added", "removed")  # kinds that come by whole years and tables: counted, not listed
DESIGN = ("threshold", "protection", "years", "period", "table", "code")
LISTED = 20  # revised figures that the notes list
SHOWN = ("status", "n", "lower", "upper")
COLUMNS = (
    "cell",
    "tables",
    "first_year",
    "last_year",
    "kind",
    *(f"{side}_{c}" for side in ("old", "new") for c in SHOWN),
)


class DiffError(ValueError):
    """Two releases can't be compared, or the result can't be written; the message says why."""


@dataclass(frozen=True)
class DesignChange:
    """One change of what is published or how.

    what: one of DESIGN. name: which period ("2018-2021"), table or code ("ideology=right_wing"); "" for the rest.
    old, new: as it was and as it is; None where only the other release has it.
    """

    what: str
    name: str
    old: Any
    new: Any


@dataclass(frozen=True)
class _Release:
    version: str
    kind: str
    cells: pl.DataFrame
    design: dict[tuple[str, str], Any]


def changes(old: Path, new: Path) -> pl.DataFrame:
    """Every different cell that is not the same in the releases `old` and `new` (vink.duckdb), with COLUMNS.

    The same codes and years in two tables are one number and so one row; tables are those of `new`, where it has the
    cell. kind:
    `revised`: both publish a number (a zero is one) and it differs.
    `newly_published`: it was suppressed or not collected and is a number.
    `newly_suppressed`: it was a number or not collected and is suppressed.
    `range`: it is suppressed in both, and the range differs.
    `added`: only `new` has it. `removed`: only `old` has it, or `new` doesn't collect it any more.
    Sorted by kind, then totals before details and single years before longer periods. Raises DiffError.
    """
    return _changes(_read(old), _read(new))


def design_changes(old: Path, new: Path) -> list[DesignChange]:
    """What is published otherwise: threshold, level, years, fixed periods, tables and code lists. Raises DiffError."""
    return _design_changes(_read(old), _read(new))


def _read(file: Path) -> _Release:
    try:
        with duckdb.connect(str(file), read_only=True) as con:
            version, kind = con.sql("select version, kind from release").fetchall()[0]
            return _Release(version, kind, _cells(con), _design(con))
    except duckdb.Error as error:
        raise DiffError(f"{file}: this is not a release that can be compared ({error}).") from error


def _cells(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Every different cell once, in the order of the tables, named by its years and codes as the audit names it."""
    parts = []
    tables: list[tuple[str, list[str]]] = con.sql("select name, dimensions from tables").fetchall()
    for table, dimensions in tables:
        codes = [f"case when \"{d}\" = 'all' then '' else ', {d}=' || \"{d}\" end" for d in sorted(dimensions)]
        cell = " || ".join(["first_year || '-' || last_year", *codes])
        parts.append(
            con.sql(
                f"select {cell} as cell, first_year, last_year, '{table}' as tables, {', '.join(SHOWN)} "
                f'from "{table}"'
            ).pl()
        )
    # A release of one year has each cell twice in a table: for that year, and for all years.
    return (
        pl.concat(parts)
        .group_by("cell", "first_year", "last_year", maintain_order=True)
        .agg(pl.col("tables").unique(maintain_order=True), pl.col(SHOWN).first())
        .with_row_index("at")
    )


def _changes(old: _Release, new: _Release) -> pl.DataFrame:
    key = ["cell", "first_year", "last_year"]
    sides = [
        one.cells.rename({c: f"{side}_{c}" for c in one.cells.columns if c not in key})
        for side, one in (("old", old), ("new", new))
    ]
    order = (
        pl.col("kind").cast(pl.Enum(KINDS)),
        pl.col("cell").str.count_matches(", "),  # how many codes it has
        pl.col("last_year") - pl.col("first_year"),
        pl.col("first_year"),
        pl.coalesce("new_at", "old_at"),
    )
    return (
        sides[0]
        .join(sides[1], on=key, how="full", coalesce=True)
        .with_columns(kind=_kind(), tables=pl.coalesce("new_tables", "old_tables"))
        .filter(pl.col("kind").is_not_null())
        .sort(order)
        .select(COLUMNS)
    )


def _kind() -> pl.Expr:
    """The kind of a change; null where nothing changed."""
    old, new = pl.col("old_status"), pl.col("new_status")
    numbers = ["published", "zero"]
    moved = pl.any_horizontal(pl.col(f"old_{end}").ne_missing(pl.col(f"new_{end}")) for end in ("lower", "upper"))
    return (
        pl.when(old.is_null())
        .then(pl.lit("added"))
        .when(new.is_null() | (old.ne("not_collected") & new.eq("not_collected")))
        .then(pl.lit("removed"))
        .when(old.is_in(numbers) & new.is_in(numbers))
        .then(pl.when(pl.col("old_n") != pl.col("new_n")).then(pl.lit("revised")))
        .when(new.is_in(numbers))
        .then(pl.lit("newly_published"))
        .when(old.eq("suppressed") & new.eq("suppressed"))
        .then(pl.when(moved).then(pl.lit("range")))
        .when(new.eq("suppressed"))
        .then(pl.lit("newly_suppressed"))
    )


def _design(con: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], Any]:
    """What a release says of its own design, by what it is and which one."""
    threshold, protection, first, last, policy = con.sql(
        "select threshold, protection, first_year, last_year, policy from release"
    ).fetchall()[0]
    design: dict[tuple[str, str], Any] = {
        ("threshold", ""): threshold,
        ("protection", ""): protection,
        ("years", ""): (first, last),
    }
    for period in tomllib.loads(policy).get("periods", []):
        ends = (period["first_year"], period["last_year"])
        if first <= ends[0] and ends[1] <= last:  # the others stand in the policy and are not published yet
            design["period", _span(*ends)] = ends
    for name, dimensions, time in con.sql("select name, dimensions, time from tables").fetchall():
        design["table", name] = {"dimensions": dimensions, "time": time}
    # The position is left out: one code that comes in would move all that follow it.
    codes = con.sql('select dimension, code, first_year, last_year, "group", derived_from from codes order by position')
    for dimension, code, *facts in codes.fetchall():
        names = ("first_year", "last_year", "group", "derived_from")
        design["code", f"{dimension}={code}"] = dict(zip(names, facts, strict=True))
    return design


def _design_changes(old: _Release, new: _Release) -> list[DesignChange]:
    found = [
        DesignChange(*key, old.design.get(key), new.design.get(key))
        for key in dict.fromkeys((*old.design, *new.design))
        if old.design.get(key) != new.design.get(key)
    ]
    return sorted(found, key=lambda change: DESIGN.index(change.what))


def _by_table(changed: pl.DataFrame) -> pl.DataFrame:
    """The changes with a row for each table that a cell stands in; `tables` is the table."""
    return changed.explode("tables", empty_as_null=True)


# For the steward


def print_changes(changed: pl.DataFrame, design: list[DesignChange], console: Console, limit: int = 50) -> None:
    """Print the changes of design, how many cells changed in each table, and the first `limit` of these cells."""
    if changed.is_empty() and not design:
        console.print("The two releases are the same.")
        return
    if design:
        table = _table("Changes of design", "what", "old", "new")
        for one in design:
            table.add_row(f"{one.what} {one.name}".strip(), _plain(one.old), _plain(one.new))
        console.print(table)
    if changed.is_empty():
        console.print("All cells are the same.")
        return
    each = _by_table(changed).sort("tables", maintain_order=True)
    table = _table(f"Different cells that changed: {changed.height}", "table", *KINDS, right=KINDS)
    for (name,), part in each.group_by("tables", maintain_order=True):
        count = dict(part.group_by("kind").len().iter_rows())
        table.add_row(str(name), *(str(count.get(kind, "")) for kind in KINDS))
    console.print(table)
    whole = each.filter(pl.col("kind").is_in(WHOLE))
    if not whole.is_empty():
        table = _table("Added and removed", "table", "kind", "cells by years")
        for (name, kind), part in whole.group_by("tables", "kind", maintain_order=True):
            years = part.group_by("first_year", "last_year", maintain_order=True).len()
            table.add_row(
                str(name), str(kind), ", ".join(f"{_span(first, last)}: {n}" for first, last, n in years.iter_rows())
            )
        console.print(table)
    single = changed.filter(~pl.col("kind").is_in(WHOLE))
    if single.is_empty():
        return
    table = _table("Changed cells", "cell", "tables", "kind", "old", "new")
    for row in single.head(limit).iter_rows(named=True):
        sides = (_state(*(row[f"{side}_{c}"] for c in SHOWN)) for side in ("old", "new"))
        table.add_row(row["cell"], ", ".join(row["tables"]), row["kind"], *sides)
    console.print(table)
    if single.height > limit:
        console.print(f"{single.height - limit} more are not shown here: write them all with --output.")


def _table(title: str, *headings: str, right: tuple[str, ...] = ()) -> Table:
    table = Table(title=title)
    for heading in headings:
        table.add_column(heading, justify="right" if heading in right else "left", overflow="fold")
    return table


def _plain(value: object) -> str:
    """One side of a change of design on one line."""
    if isinstance(value, dict):
        return "; ".join(f"{key}: {_plain(v)}" for key, v in value.items() if v is not None) or "in all years"
    if isinstance(value, tuple):
        return _span(*value)
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)


def _state(status: str, n: int | None, lower: int | None, upper: int | None) -> str:
    """What one release says of a cell."""
    if n is not None:
        return str(n)
    if status == "suppressed" and lower is not None:
        return f"suppressed, {lower}+" if upper is None else f"suppressed, {lower}-{upper}"
    return status.replace("_", " ")


def write(changed: pl.DataFrame, path: Path) -> None:
    """Write all changes to `path` so that Excel opens them: a workbook (.xlsx), or semicolons and UTF-8 (.csv).

    Raises DiffError for another ending, and where the file can't be written.
    """
    check_ending(path)
    rows = changed.with_columns(pl.col("tables").list.join(", "))
    made = io.BytesIO()
    if path.suffix.lower() == ".xlsx":
        whole_numbers = {pl.Int32: "0", pl.Int64: "0"}  # a year is 2019, not 2,019
        rows.write_excel(made, worksheet="changes", dtype_formats=whole_numbers, freeze_panes=(1, 0), autofit=True)
    else:
        rows.write_csv(made, include_bom=True, separator=";")
    try:
        path.write_bytes(made.getvalue())
    except OSError as error:
        raise DiffError(f"{path} can't be written ({error.strerror}).") from error


def check_ending(path: Path) -> None:
    """Raise DiffError where `write` can't write a file with this ending."""
    if path.suffix.lower() not in (".xlsx", ".csv"):
        raise DiffError(f"{path.name}: the changes are written as .xlsx or .csv. Choose one of these endings.")


# For the readers


def notes(old: Path, new: Path, lang: str) -> str:
    """Release notes of `new` against `old` as Markdown, in "da" or "en". Raises DiffError.

    They name no figure that `new` suppresses, so they can be published with it.
    """
    before, after = _read(old), _read(new)
    changed, design = _changes(before, after), _design_changes(before, after)
    tables = {
        name: value["dimensions"] for one in (before, after) for (w, name), value in one.design.items() if w == "table"
    }
    head = [f"# {_say('release_notes.title', lang, old=before.version, new=after.version)}"]
    if after.kind == "example":
        head.append(_say("release_notes.example", lang))
    sections = [
        *_bullets("release_notes.new_heading", _new(design, lang), lang),
        *_revised(changed.filter(kind="revised"), lang),
        *_suppression(changed, tables, lang),
        *_bullets("release_notes.design_heading", _otherwise(design, lang), lang),
    ]
    body = [_say("release_notes.unit", lang), *sections] if sections else [_say("release_notes.nothing", lang)]
    return "\n\n".join([*head, *body]) + "\n"


def _bullets(heading: str, lines: list[str], lang: str) -> list[str]:
    return [f"## {_say(heading, lang)}", "\n".join(f"- {line}" for line in lines)] if lines else []


def _new(design: list[DesignChange], lang: str) -> list[str]:
    """What the new release has and the old one had not."""
    lines = []
    for one in design:
        if one.what == "years":
            lines += _years("release_notes.new_years", one.new, one.old, lang)
            lines.append(_say("release_notes.span", lang, old=_span(*one.old), new=_span(*one.new)))
    return lines + _whole([one for one in design if one.old is None], "new", lang)


def _otherwise(design: list[DesignChange], lang: str) -> list[str]:
    """What is published otherwise, or no longer."""
    lines = []
    for one in design:
        if one.what == "threshold":
            lines.append(_say("release_notes.threshold", lang, old=one.old, new=one.new))
        elif one.what == "protection":
            lines.append(_say(f"release_notes.protection_{one.new}", lang))
        elif one.what == "years":
            lines += _years("release_notes.dropped_years", one.old, one.new, lang)
        elif one.what == "table" and one.old and one.new:
            both = {"old": _published(one.old, lang), "new": _published(one.new, lang)}
            lines.append(_say("release_notes.changed_table", lang, **both))
        elif one.what == "code" and one.old and one.new:
            dimension, code = one.name.split("=", 1)
            both = {"old": _use(dimension, one.old, lang), "new": _use(dimension, one.new, lang)}
            name = f"{_name(dimension, lang)}: {_label(dimension, code, lang)}"
            lines.append(_say("release_notes.changed_code", lang, name=name, **both))
    return lines + _whole([one for one in design if one.new is None], "dropped", lang)


def _whole(design: list[DesignChange], verb: str, lang: str) -> list[str]:
    """Periods, tables and codes that only one release has; the codes of a dimension on one line."""
    lines = []
    for one in design:
        if one.what in ("period", "table"):
            name = one.name if one.what == "period" else _published(one.new or one.old, lang)
            lines.append(_say(f"release_notes.{verb}_{one.what}", lang, name=name))
    codes: dict[str, list[str]] = {}
    for one in design:
        if one.what == "code":
            dimension, code = one.name.split("=", 1)
            codes.setdefault(dimension, []).append(_label(dimension, code, lang))
    for dimension, labels in codes.items():
        name = f"{_name(dimension, lang)}: {', '.join(labels)}"
        lines.append(_say(f"release_notes.{verb}_code", lang, name=name))
    return lines


def _years(key: str, has: tuple[int, int], lacks: tuple[int, int], lang: str) -> list[str]:
    years = [str(y) for y in range(has[0], has[1] + 1) if not lacks[0] <= y <= lacks[1]]
    return [_say(key, lang, name=", ".join(years))] if years else []


def _revised(revised: pl.DataFrame, lang: str) -> list[str]:
    if revised.is_empty():
        return []
    rows = [
        (_span(row["first_year"], row["last_year"]), _figure(row["cell"], lang), row["old_n"], row["new_n"])
        for row in revised.head(LISTED).iter_rows(named=True)
    ]
    headings = [_say(f"release_notes.{key}", lang) for key in ("years", "figure", "before", "now")]
    parts = [
        f"## {_say('release_notes.revised_heading', lang, n=_number(revised.height, lang))}",
        _markdown(headings, [[years, words, *(_number(n, lang) for n in ns)] for years, words, *ns in rows], text=2),
    ]
    if revised.height > LISTED:
        parts.append(_say("release_notes.more", lang, n=_number(revised.height - LISTED, lang)))
    return parts


def _suppression(changed: pl.DataFrame, tables: dict[str, list[str]], lang: str) -> list[str]:
    """How many figures came into sight or went out of it: the old number of a suppressed cell stays unsaid."""
    kinds = ("newly_published", "newly_suppressed")
    total = dict(changed.group_by("kind").len().iter_rows())
    parts = []
    if any(total.get(kind) for kind in kinds):
        shown, hidden = (_number(total.get(kind, 0), lang) for kind in kinds)
        parts.append(_say("release_notes.suppression", lang, shown=shown, hidden=hidden))
        each = _by_table(changed)
        count = {name: [each.filter(tables=name, kind=kind).height for kind in kinds] for name in tables}
        headings = [_say(f"release_notes.{key}", lang) for key in ("table", *kinds)]
        rows = [[_title(tables[name], lang), *(_number(n, lang) for n in ns)] for name, ns in count.items() if any(ns)]
        parts.append(_markdown(headings, rows, text=1))
    if total.get("range"):
        parts.append(_say("release_notes.ranges", lang, n=_number(total["range"], lang)))
    return [f"## {_say('release_notes.suppression_heading', lang)}", *parts] if parts else []


def _markdown(headings: list[str], rows: list[list[str]], *, text: int) -> str:
    """A Markdown table whose first `text` columns are words and the rest numbers."""
    rule = ["---"] * text + ["--:"] * (len(headings) - text)
    return "\n".join(f"| {' | '.join(row)} |" for row in (headings, rule, *rows))


def _figure(cell: str, lang: str) -> str:
    """The codes of a cell in words: "2019-2019, gender=male" is "Køn: Mand"."""
    codes = [part.split("=", 1) for part in cell.split(", ")[1:]]
    words = (f"{_name(dimension, lang)}: {_label(dimension, code, lang)}" for dimension, code in codes)
    return "; ".join(words) or _say("release_notes.every_referral", lang)


def _published(table: dict[str, list[str]], lang: str) -> str:
    """A table in words, with the kinds of time that it is published for."""
    times = ", ".join(_say(f"release_notes.time_{time}", lang) for time in table["time"])
    return f"{_title(table['dimensions'], lang)} ({times})"


def _title(dimensions: list[str], lang: str) -> str:
    """The dimensions of a table in words: "Ideologi og ressourceprofil"."""
    if not dimensions:
        return _say("release_notes.every_referral", lang)
    first, *rest = (_name(d, lang) for d in dimensions)
    names = [first, *(name[:1].lower() + name[1:] for name in rest)]
    # A name with a comma in it is closed by one: "Ideologi, grupperet, og ressourceprofil".
    closed = [name + "," if "," in name else name for name in names[:-1]]
    return f" {_say('release_notes.and', lang)} ".join([*closed, names[-1]])


def _use(dimension: str, code: dict[str, Any], lang: str) -> str:
    """The years in which a code is in use, and the group that it belongs to."""
    ends = (("from_year", code["first_year"]), ("to_year", code["last_year"]))
    years = " ".join(_say(f"release_notes.{key}", lang, year=year) for key, year in ends if year)
    group = [_label(f"{dimension}_group", code["group"], lang)] if code["group"] else []
    of = [_name(code["derived_from"], lang)] if code["derived_from"] else []
    return ", ".join([years or _say("release_notes.in_all_years", lang), *group, *of])


def _span(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}-{last}"


def _number(n: int, lang: str) -> str:
    return f"{n:,}".replace(",", "." if lang == "da" else ",")


@cache
def _words(name: str) -> dict[str, Any]:
    return tomllib.loads((TEXT / f"{name}.toml").read_text(encoding="utf-8"))


def _say(key: str, lang: str, **values: object) -> str:
    file, name = key.split(".")
    return _words(file)[file][name][lang].format(**values)


def _label(dimension: str, code: str, lang: str) -> str:
    """The word for a code; the code itself where it has none, as one that was dropped from the lists may."""
    return _words("codes").get(dimension, {}).get(code, {}).get(lang, code)


def _name(dimension: str, lang: str) -> str:
    return _words("codes").get(dimension, {}).get("name", {}).get(lang, dimension)

"""The files of the research page: the reader's own table in three forms, and the whole release in two."""

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

import queries
from queries import Release
from ui import caution, points
from ui.crossing import ALL, NONE, Cell, Panel, Selection
from ui.export import csv_file
from ui.text import label, text, words

HIDDEN = "#E6E8EB"
FIXED = ("period", "first_year", "last_year")
NUMBERS = ("n", "status", "status_label", "lower", "upper", "break_in_series")
OF_SHARES = ("share_of", "base", "base_lower", "base_upper", "share", "share_low", "share_high", "share_status")


@dataclass(frozen=True)
class Taken:
    """A table as it is taken home: what was chosen, its numbers as laid out, and the words that stand around it.

    names: what each axis and each of its codes is called; breaks: years in which a break concerns the table.
    """

    release: Release
    lang: str
    selected: Selection
    panels: Sequence[Panel]
    cells: Sequence[Cell]
    title: str
    notes: Sequence[str]
    names: dict[str, str]
    labels: dict[str, dict[str, str]]
    breaks: Sequence[int]


def axis_name(axis: str, lang: str) -> str:
    """What an axis is called: a dimension, the time, or none."""
    own = f"research.axis.{axis}"
    return text(own if own in words() else f"codes.{axis}.name", lang)


def rows(taken: Taken) -> list[dict[str, object]]:
    """The numbers of a table, tidy: one a row, with its status, range, and the share where that was asked."""
    return [_row(taken, cell) for cell in taken.cells]


def _row(taken: Taken, cell: Cell) -> dict[str, object]:
    row: dict[str, object] = {"period": cell.period, "first_year": cell.first_year, "last_year": cell.last_year}
    for dimension, code in zip(taken.selected.choice.dimensions, cell.codes, strict=True):
        row |= {dimension: code, f"{dimension}_label": label(dimension, code, taken.lang)}
    count = cell.count
    status = "zero" if count.n == 0 else count.status
    row |= {
        "n": count.n,
        "status": status,
        "status_label": text(f"research.status.{status}", taken.lang),
        "lower": count.lower,
        "upper": count.upper,
        "break_in_series": int(any(cell.first_year <= year <= cell.last_year for year in taken.breaks)),
    }
    share = cell.share
    if share is not None:
        row |= {
            "share_of": taken.selected.of,
            "base": cell.base,
            "base_lower": cell.base_lower,
            "base_upper": cell.base_upper,
            "share": share.value,
            "share_low": share.low,
            "share_high": share.high,
            "share_status": cell.share_status,
        }
    return row


def _origin(taken: Taken) -> dict[str, object]:
    version = taken.release.version
    mark = caution.mark(taken.release, taken.lang)
    marked = {"note": mark} if mark else {}
    return {"release": version, "source": text("site.source_line", taken.lang, version=version), **marked}


def csv(taken: Taken) -> bytes:
    """The tidy numbers as CSV."""
    return csv_file(taken.release, taken.lang, rows(taken))


def parquet(taken: Taken) -> bytes:
    """The tidy numbers as Parquet, each column of one type whatever is in it."""
    every = [row | _origin(taken) for row in rows(taken)]
    integers = {*FIXED[1:], "n", "lower", "upper", "break_in_series", "base", "base_lower", "base_upper"}
    floats = {"share", "share_low", "share_high"}
    schema = {
        name: pl.Int32 if name in integers else pl.Float64 if name in floats else pl.String
        for name in (every or [{}])[0]
    }
    out = io.BytesIO()
    pl.DataFrame(every, schema=schema).write_parquet(out)
    return out.getvalue()


def xlsx(taken: Taken) -> bytes:
    """The table as it stands on the page, the tidy numbers and a codebook, as three sheets."""
    out = io.BytesIO()
    # Nothing from the data becomes a formula or a link, whatever it begins with.
    safe = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    with xlsxwriter.Workbook(out, safe) as book:
        bold, mark, hidden = book.add_format({"bold": True}), book.add_format({"bold": True}), book.add_format()
        mark.set_font_color("#B00020")
        hidden.set_bg_color(HIDDEN)
        hidden.set_italic()
        hidden.set_align("right")
        right, percent = book.add_format({"align": "right"}), book.add_format({"num_format": "0%"})
        head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        styles = {"bold": bold, "mark": mark, "hidden": hidden, "right": right, "percent": percent, "head": head}
        _laid_out(book.add_worksheet(text("research.sheet.table", taken.lang)), taken, styles)
        _tidy(book.add_worksheet(text("research.sheet.data", taken.lang)), taken, styles)
        _codebook(book.add_worksheet(text("research.sheet.codebook", taken.lang)), taken, styles)
    return out.getvalue()


def _laid_out(sheet: Worksheet, taken: Taken, styles: dict[str, Format]) -> None:
    choice = taken.selected.choice
    above = [(taken.title, styles["bold"])]
    if mark := caution.mark(taken.release, taken.lang):
        above.append((mark, styles["mark"]))
    above += [(taken.notes[0], None), (text("site.source_line", taken.lang, version=taken.release.version), None)]
    for at, (line, style) in enumerate(above):
        sheet.write_string(at, 0, line, style)
    at = len(above)
    columns = taken.labels[choice.columns] if choice.columns != NONE else {ALL: text("research.one_column", taken.lang)}
    sheet.write_string(at, 0, taken.names[choice.rows], styles["head"])
    shown = taken.panels[0].columns if taken.panels else ()
    for place, code in enumerate(shown, start=1):
        sheet.write_string(at, place, columns[code], styles["head"])
    sheet.freeze_panes(at + 1, 1)
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, max(1, len(shown)), 18)
    for panel in taken.panels:
        if choice.panels != NONE:
            at += 1
            sheet.write_string(at, 0, taken.labels[choice.panels][panel.code], styles["bold"])
        for code, cells in panel.rows:
            at += 1
            sheet.write_string(at, 0, taken.labels[choice.rows][code])
            for place, cell in enumerate(cells, start=1):
                _number(sheet, at, place, cell, styles)
    for line in taken.notes[1:]:
        at += 1
        sheet.write_string(at + 1, 0, line)


def _number(sheet: Worksheet, at: int, place: int, cell: Cell | None, styles: dict[str, Format]) -> None:
    if cell is None:
        return
    shown = cell.share if cell.share is not None else cell.count
    if ranged(cell):
        sheet.write_string(at, place, shown.words, styles["hidden"])
    elif cell.share is None and cell.count.n is not None:
        sheet.write_number(at, place, cell.count.n)
    elif shown.status == points.PUBLISHED and shown.value is not None:
        sheet.write_number(at, place, shown.value, styles["percent"])
    elif shown.code == ALL and cell.base is not None and cell.share is not None:
        sheet.write_number(at, place, cell.base)
    else:
        sheet.write_string(at, place, shown.words, styles["right"])


def ranged(cell: Cell) -> bool:
    """Whether what is shown of a number is a range, because its count or its base is suppressed."""
    if cell.count.status == points.SUPPRESSED and (cell.share is None or cell.share_status != "base"):
        return True
    return cell.share is not None and cell.base is None and cell.base_lower is not None


def _tidy(sheet: Worksheet, taken: Taken, styles: dict[str, Format]) -> None:
    found = [row | _origin(taken) for row in rows(taken)]
    names = list(found[0]) if found else []
    for place, name in enumerate(names):
        sheet.write_string(0, place, name, styles["head"])
    for at, row in enumerate(found, start=1):
        hidden = row["status"] == points.SUPPRESSED
        for place, name in enumerate(names):
            value = row[name]
            style = styles["hidden"] if hidden and name in ("n", "status", "lower", "upper") else None
            if isinstance(value, int | float):
                sheet.write_number(at, place, value, style)
            elif value is None:
                sheet.write_blank(at, place, None, style)
            else:
                sheet.write_string(at, place, str(value), style)
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, max(0, len(names) - 1), 14)
    if found:
        sheet.autofilter(0, 0, len(found), len(names) - 1)


def _codebook(sheet: Worksheet, taken: Taken, styles: dict[str, Format]) -> None:
    def column(key: str, **values: object) -> str:
        return text(f"research.column.{key}", taken.lang, **values)

    def head(*names: str) -> list[str]:
        return [text(f"research.sheet.{name}", taken.lang) for name in names]

    of = taken.selected.choice.dimensions
    lines: list[tuple[list[str], Format | None]] = [(head("column", "meaning"), styles["head"])]
    lines += [([name, column(name)], None) for name in FIXED]
    for dimension in of:
        lines.append(([dimension, column("code", name=axis_name(dimension, taken.lang))], None))
        lines.append(([f"{dimension}_label", column("label")], None))
    shares = OF_SHARES if taken.selected.of else ()
    for name in (*NUMBERS, *shares, *_origin(taken)):
        lines.append(([name, column(name)], None))
    lines += [([], None), (head("status", "meaning"), styles["head"])]
    lines += [([name, text(f"research.status.{name}", taken.lang)], None) for name in _statuses(bool(shares))]
    lines += [([], None), (head("dimension", "code", "label"), styles["head"])]
    for dimension in of:
        for code, name in taken.labels[dimension].items():
            lines.append(([dimension, code, name], None))
    for at, (line, style) in enumerate(lines):
        for place, words_ in enumerate(line):
            sheet.write_string(at, place, words_, style)
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 2, 60)


def _statuses(shares: bool) -> list[str]:
    found = ["published", "zero", "suppressed", "not_collected"]
    return [*found, "small_base", "outside_base", "base"] if shares else found


# The whole release


def database(release: Release) -> bytes:
    """The release's DuckDB file, as it was built."""
    return queries.content(release, queries.DATABASE)


def package(release: Release) -> bytes:
    """The release's data package as a zip: its description, its tables as CSV, and the manifest.

    Raises DamagedReleaseError where any of its files is missing or changed: half a package is worse than none.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name in queries.file_names(release):
            if name == "datapackage.json" or name.startswith("tables/"):
                file.writestr(name, queries.content(release, name))
        file.write(queries.home(release) / queries.MANIFEST, queries.MANIFEST)
    return out.getvalue()

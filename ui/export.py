"""Files to take home: what is on the screen, tidy, one number a row, with all that a reader needs beside it.

Each file is a pure function of an answer, says what is hidden and why, and is marked while the release is the example.
"""

import csv
import datetime as dt
import io
import json
from collections.abc import Mapping

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from queries import Release
from ui import caution, locale
from ui.answer import Answer, Row
from ui.points import NOT_COLLECTED, SUPPRESSED
from ui.text import text

DELIMITER = {"da": ";", "en": ","}
BOM = "\ufeff"  # without it Excel reads UTF-8 as Windows-1252
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet takes for the beginning of a formula
SHARES = ("share", "share_low", "share_high")
WIDTHS = {"explanation": 70}
NARROW, WIDE = 12, 28
ROW_HEIGHT, LETTERS = 15, 130  # of one line of a note, and how many letters it holds
EPOCH = dt.datetime(2000, 1, 1)  # of files whose release doesn't say when it was made


# CSV


def csv_of(answer: Answer) -> bytes:
    """The rows of an answer as CSV, each with what a reader must know of it and where it is from."""
    return csv_file(answer.release, answer.lang, [{**row, "link": answer.link} for row in answer.rows])


def csv_file(release: Release, lang: str, rows: list[dict[str, object]]) -> bytes:
    """`rows` (all with the same keys) as CSV: decimal comma and semicolons in Danish; release and mark in every row."""
    mark = caution.mark(release, lang)
    columns = [*rows[0], "release", "source", *(["note"] if mark else [])]
    source = text("site.source_line", lang, version=release.version)
    out = io.StringIO()
    writer = csv.writer(out, delimiter=DELIMITER[lang], lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        tail = [
            release.version,
            source,
            *([mark] if mark else []),
        ]
        writer.writerow(
            [*(_written(value, lang) for value in row.values()), *(_written(value, lang) for value in tail)]
        )
    return (BOM + out.getvalue()).encode("utf-8")


def _written(value: object, lang: str) -> object:
    if isinstance(value, float):
        written = f"{value:.4f}"
        return written.replace(".", ",") if lang == "da" else written
    return "" if value is None else harmless(value)


def harmless(value: object) -> object:
    """A value that no spreadsheet takes for a formula: words that begin like one are marked as words."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


# JSON


def json_of(answer: Answer) -> bytes:
    """An answer as JSON: its rows, and all that the other files say in words."""
    release = answer.release
    content = {
        "id": answer.id,
        "language": answer.lang,
        "title": answer.title,
        "period": answer.period,
        "base": answer.base,
        **({"mark": answer.mark} if answer.mark else {}),
        "sentence": answer.sentence,
        "sentences": answer.quotes,
        "source": answer.source,
        "link": answer.link,
        "release": {
            "version": release.version,
            "kind": release.kind,
            "created": str(release.created),
            "first_year": release.first_year,
            "last_year": release.last_year,
            "threshold": release.threshold,
        },
        "notes": [{"kind": note.kind, "text": note.whole} for note in answer.notes],
        "statuses": dict(answer.statuses),
        "columns": [{"name": c.name, "heading": c.heading, "meaning": c.meaning} for c in answer.columns],
        "rows": answer.rows,
    }
    return json.dumps(content, ensure_ascii=False, indent=1).encode("utf-8")


# XLSX


def xlsx_of(answer: Answer) -> bytes:
    """An answer as a workbook: a sheet that opens ready to read, and a codebook."""
    out = io.BytesIO()
    # Words stay words, whatever they begin with.
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        about = {"title": answer.title, "subject": answer.mark, "comments": answer.copied, "created": _created(answer)}
        book.set_properties(about)
        sheet = book.add_worksheet(text("sheet.numbers", answer.lang))
        codebook = book.add_worksheet(text("sheet.codebook", answer.lang))
        looks = {
            "title": book.add_format({"bold": True, "font_size": 15}),
            "mark": book.add_format({"bold": True, "font_color": "#B00020"}),
            "head": book.add_format(
                {"bold": True, "bottom": 1, "bg_color": "#E1EDF8", "text_wrap": True, "valign": "top"}
            ),
            "plain": book.add_format({"valign": "top"}),
            "wrapped": book.add_format({"text_wrap": True, "valign": "top"}),
            "share": book.add_format({"num_format": "0.0%"}),
            "hidden": book.add_format({"italic": True, "bg_color": "#E6E8EB"}),
        }
        _numbers(sheet, answer, looks)
        _codebook(codebook, answer, looks)
    return out.getvalue()


def _created(answer: Answer) -> dt.datetime:
    """When the release was made, so that the same answer is the same file."""
    try:
        return dt.datetime.fromisoformat(str(answer.release.created)).replace(tzinfo=None)
    except ValueError:
        return EPOCH


def _numbers(sheet: Worksheet, answer: Answer, looks: Mapping[str, Format]) -> None:
    """Title and what it is about, the table with its head held in view, and below it the sentence and the notes."""
    top = [
        (answer.title, looks["title"]),
        *([(answer.mark, looks["mark"])] if answer.mark else []),
        (answer.subtitle, looks["plain"]),
        (f"{answer.source}.", looks["plain"]),
        *((note.words, looks["plain"]) for note in answer.notes if note.kind == "suppressed"),
    ]
    for line, (words, look) in enumerate(top):
        sheet.write_string(line, 0, words, look)
    head = len(top) + 1
    for place, column in enumerate(answer.columns):
        sheet.write_string(head, place, column.heading, looks["head"])
        wide = column.name == "label" or column.name.endswith("_label")
        sheet.set_column(place, place, WIDTHS.get(column.name, WIDE if wide else NARROW))
    for line, row in enumerate(answer.rows, start=head + 1):
        for place, column in enumerate(answer.columns):
            _cell(sheet, (line, place), row, column.name, answer.lang, looks)
    last = head + len(answer.rows)
    sheet.autofilter(head, 0, last, len(answer.columns) - 1)
    sheet.freeze_panes(head + 1, 0)
    below = [answer.sentence, *(note.whole for note in answer.notes), answer.link]
    for line, words in enumerate(below, start=last + 2):
        sheet.merge_range(line, 0, line, len(answer.columns) - 1, "", looks["wrapped"])
        sheet.write_string(line, 0, words, looks["wrapped"])
        sheet.set_row(line, ROW_HEIGHT * (1 + len(words) // LETTERS))
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(head)
    sheet.set_footer(f"&L{answer.mark} {answer.source}".replace("&", "&&").replace("&&L", "&L", 1) + "&R&P/&N")


def _cell(sheet: Worksheet, at: tuple[int, int], row: Row, name: str, lang: str, looks: Mapping[str, Format]) -> None:
    value = row[name]
    if name == "n" and row["status"] == SUPPRESSED:
        ends = locale.span(int(row["lower"] or 0), None if row["upper"] is None else int(row["upper"]), lang)
        sheet.write_string(*at, text("sheet.hidden", lang, range=ends), looks["hidden"])
    elif name == "n" and row["status"] == NOT_COLLECTED:
        sheet.write_string(*at, text("sheet.not_collected", lang))
    elif isinstance(value, str):
        sheet.write_string(*at, value)
    elif value is not None:
        sheet.write_number(*at, value, looks["share"] if name in SHARES else None)


def _codebook(sheet: Worksheet, answer: Answer, looks: Mapping[str, Format]) -> None:
    """What every column, status and code means, in the reader's language."""
    lang = answer.lang
    sheet.set_column(0, 0, WIDE)
    sheet.set_column(1, 1, WIDE)
    sheet.set_column(2, 2, 100)
    lines: list[tuple[tuple[str, str, str], str]] = []
    if answer.mark:
        lines.append(((answer.mark, "", ""), "mark"))
    lines.append((tuple(text(f"sheet.{part}", lang) for part in ("column", "heading", "meaning")), "head"))  # type: ignore[arg-type]
    lines += [((column.name, column.heading, column.meaning), "wrapped") for column in answer.columns]
    lines += [(("", "", ""), "plain"), ((text("sheet.status", lang), "", text("sheet.meaning", lang)), "head")]
    lines += [((status, "", meaning), "wrapped") for status, meaning in answer.statuses]
    lines += [(("", "", ""), "plain"), ((text("sheet.code", lang), text("sheet.name", lang), ""), "head")]
    lines += [((code, name, ""), "wrapped") for code, name in _codes(answer)]
    for line, (words, look) in enumerate(lines):
        for place, word in enumerate(words):
            sheet.write_string(line, place, word, looks[look])


def _codes(answer: Answer) -> list[tuple[str, str]]:
    """Every code in the rows, with its name."""
    pairs = [(name.removesuffix("_label") if name != "label" else "code", name) for name in answer.rows[0]]
    pairs = [(code, name) for code, name in pairs if name == "label" or name.endswith("_label")]
    return list(dict.fromkeys((str(row[code]), str(row[name])) for code, name in pairs for row in answer.rows))

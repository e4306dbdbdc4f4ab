"""Files to take home: what is on the screen, tidy, one number a row, with all that a reader needs beside it."""

import csv
import io

from queries import Release
from ui.answer import Answer
from ui.text import text

DELIMITER = {"da": ";", "en": ","}
BOM = "\ufeff"  # without it Excel reads UTF-8 as Windows-1252


def csv_of(answer: Answer) -> bytes:
    """The rows of an answer as CSV, each with what a reader must know of it and where it is from."""
    return csv_file(answer.release, answer.lang, [{**row, "link": answer.link} for row in answer.rows])


def csv_file(release: Release, lang: str, rows: list[dict[str, object]]) -> bytes:
    """`rows` (all with the same keys) as CSV: decimal comma and semicolons in Danish; release and mark in every row."""
    columns = [*rows[0], "release", "source", *(["note"] if release.kind == "example" else [])]
    source = text("site.source_line", lang, version=release.version)
    out = io.StringIO()
    writer = csv.writer(out, delimiter=DELIMITER[lang], lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        tail = [
            release.version,
            source,
            *([text("site.example_mark", lang)] if release.kind == "example" else []),
        ]
        writer.writerow([*(_written(value, lang) for value in row.values()), *tail])
    return (BOM + out.getvalue()).encode("utf-8")


def _written(value: object, lang: str) -> object:
    if isinstance(value, float):
        written = f"{value:.4f}"
        return written.replace(".", ",") if lang == "da" else written
    return "" if value is None else value

"""A briefing: figures as an A4 PDF or a Word document, each with sentence, chart, table, notes and source.

Both are pure functions of answers of one release in one language. The PDF is tagged, as PDF/UA asks.
"""

import datetime as dt
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import typst
import vl_convert
from docx import Document
from docx.document import Document as Word
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.table import _Row
from docx.text.paragraph import Paragraph

from ui import locale, picture
from ui.answer import Answer
from ui.text import text

TEMPLATE = Path(__file__).with_name("briefing.typ")
CHART_WIDTH = 720  # of the chart's own points; the page shrinks it
PIXELS = 2  # for each of them in a Word document
PAGE_WIDTH = Cm(17)
LANGUAGE = {"da": "da-DK", "en": "en-GB"}
ALARM, GREY = RGBColor(0xB0, 0x00, 0x20), RGBColor(0x4A, 0x52, 0x5C)
FONT = "Arial"
MANY_COLUMNS = 5


@dataclass(frozen=True)
class Form:
    """A kind of file that a briefing can be. key: its ending."""

    key: str
    mime: str
    make: Callable[[Sequence[Answer]], bytes]


def pdf(answers: Sequence[Answer]) -> bytes:
    """The briefing as a tagged A4 PDF."""
    made = int(_made(answers[0]).timestamp())
    files = _typeset(answers)
    return typst.compile(files, format="pdf", pdf_standards="ua-1", timestamp=made)  # pyright: ignore[reportArgumentType]


def _typeset(answers: Sequence[Answer]) -> dict[str, bytes]:
    """The files that Typst makes the PDF of. All words are in one that it never reads as markup."""
    first = answers[0]
    charts = {f"chart{i}.svg": picture.chart(one, CHART_WIDTH)[0].encode("utf-8") for i, one in enumerate(answers)}
    said = {
        "lang": first.lang,
        "title": text("briefing.heading", first.lang),
        "author": text("site.name", first.lang),
        "release": _release(first),
        "mark": first.mark,
        "source": first.source,
        "page": text("briefing.page", first.lang, page="§page", pages="§last"),
        "contents": text("briefing.contents", first.lang),
        "table": text("briefing.table", first.lang),
        "table_key": text("figure.table_key", first.lang),
        "notes": text("briefing.notes", first.lang),
        "source_heading": text("briefing.source", first.lang),
        "link": text("briefing.link", first.lang),
        "figures": [
            {
                "id": f"figure-{i}",
                "title": _title(one),
                "sentence": one.sentence,
                "base": one.base,
                "chart": f"chart{i}.svg",
                "alt": one.alt,
                "key": one.key,
                "table": one.table,
                "notes": [note.whole for note in one.notes],
                "source": f"{one.source}.",
                "url": one.link if one.site else "",
            }
            for i, one in enumerate(answers)
        ],
    }
    return {"main": TEMPLATE.read_bytes(), "data.json": json.dumps(said).encode("utf-8"), **charts}


def docx(answers: Sequence[Answer]) -> bytes:
    """The briefing as a Word document."""
    first = answers[0]
    document = Document()
    _prepared(document, first)
    document.add_heading(text("briefing.heading", first.lang), 0)
    document.add_paragraph(_release(first))
    for i, one in enumerate(answers):
        heading = document.add_heading(_title(one), 1)
        heading.paragraph_format.page_break_before = i > 0
        _figure(document, one)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


FORMS = (
    Form("pdf", "application/pdf", pdf),
    Form("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", docx),
)


def _title(one: Answer) -> str:
    """The title with its period; a crossed figure's has it already."""
    return one.title if one.form == "cross" else f"{one.title}, {one.period}"


def _release(one: Answer) -> str:
    release = one.release
    return text(
        "briefing.release",
        one.lang,
        version=release.version,
        date=locale.day(_made(one).date().isoformat(), one.lang),
        first_year=release.first_year,
        last_year=release.last_year,
    )


def _made(one: Answer) -> dt.datetime:
    """When the release was made: the same answers give the same briefing on any day."""
    return dt.datetime.fromisoformat(one.release.created)


# Word


def _prepared(document: Word, one: Answer) -> None:
    """The page, its header and footer, the language, and what the file says of itself."""
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2)
    made = _made(one).replace(tzinfo=None)
    about = document.core_properties
    about.title, about.author = text("briefing.heading", one.lang), text("site.name", one.lang)
    about.language, about.created, about.modified = LANGUAGE[one.lang], made, made
    about.comments, about.last_modified_by = one.mark, ""
    _styled(document, one.lang)
    if one.mark:
        header = section.header.paragraphs[0]
        header.alignment = WD_ALIGN_PARAGRAPH.CENTER
        run = header.add_run(one.mark)
        run.bold, run.font.color.rgb = True, ALARM
    footer = section.footer.paragraphs[0]
    footer.add_run(f"{one.source}. ")
    before, between = text("briefing.page", one.lang, page="§", pages="§").split("§")[:2]
    footer.add_run(before)
    _field(footer, "PAGE")
    footer.add_run(between)
    _field(footer, "NUMPAGES")
    for run in footer.runs:
        run.font.size, run.font.color.rgb = Pt(8.5), GREY


def _styled(document: Word, lang: str) -> None:
    for style in document.styles:
        fonts = style.element.find(f"{qn('w:rPr')}/{qn('w:rFonts')}")
        if fonts is not None:
            for name in list(fonts.attrib):
                del fonts.attrib[name]
            for name in ("w:ascii", "w:hAnsi", "w:cs"):
                fonts.set(qn(name), FONT)
    defaults = document.styles.element.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}")
    spoken = defaults.find(qn("w:lang"))
    for name in ("w:val", "w:eastAsia"):
        spoken.set(qn(name), LANGUAGE[lang])
    normal = document.styles["Normal"]
    assert isinstance(normal, ParagraphStyle)
    normal.font.name, normal.font.size = FONT, Pt(10.5)


def _figure(document: Word, one: Answer) -> None:
    document.add_paragraph().add_run(one.sentence).bold = True
    _small(document, one.base)
    png = vl_convert.svg_to_png(picture.chart(one, CHART_WIDTH)[0], scale=PIXELS)
    shape = document.add_picture(io.BytesIO(png), width=PAGE_WIDTH)
    about = shape._inline.docPr  # python-docx has no other way to the words for those who can't see it
    about.set("descr", one.alt)
    about.set("title", one.title)
    if one.key:
        _small(document, one.key)
    document.add_heading(text("briefing.table", one.lang), 2)
    _table(document, one)
    _small(document, text("figure.table_key", one.lang))
    document.add_heading(text("briefing.notes", one.lang), 2)
    for note in one.notes:
        document.add_paragraph(note.whole, style="List Bullet")
    document.add_heading(text("briefing.source", one.lang), 2)
    document.add_paragraph(f"{one.source}.")
    if one.site:
        document.add_paragraph(f"{text('briefing.link', one.lang)}: {one.link}")


def _small(document: Word, words: str) -> None:
    run = document.add_paragraph().add_run(words)
    run.font.size, run.font.color.rgb = Pt(9), GREY


def _table(document: Word, one: Answer) -> None:
    table = document.add_table(0, len(one.table[0]), style="Light Grid Accent 1")
    size = Pt(7.5 if len(one.table[0]) > MANY_COLUMNS else 9)
    for i, cells in enumerate(one.table):
        row = table.add_row()
        for j, (cell, words) in enumerate(zip(row.cells, cells, strict=True)):
            paragraph = cell.paragraphs[0]
            run = paragraph.add_run(words)
            run.font.size = size
            if j > 0:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        _keep(row, head=i == 0)


def _keep(row: _Row, *, head: bool) -> None:
    """A row is never cut in two; the first is repeated on every page, which also makes it the table's head."""
    properties = row._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:cantSplit"))
    if head:
        properties.append(OxmlElement("w:tblHeader"))


def _field(paragraph: Paragraph, code: str) -> None:
    """A number that Word works out: the page, or how many there are."""
    for kind, words in (("begin", ""), ("", code), ("separate", ""), ("end", "")):
        run = paragraph.add_run()
        part = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            part.set(qn("w:fldCharType"), kind)
        else:
            part.text = words
        run._r.append(part)

"""A briefing holds what its answers say, in a tagged PDF and a Word document that others can open and read aloud."""

import io
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import docx
import pytest
from docx.document import Document
from docx.oxml.ns import qn
from pypdf import PdfReader

from queries import Release
from ui import briefing, picks
from ui.answer import Answer
from ui.text import text

PICKED = ("grounded_by_year~2019", "share_by_ideology", "ideology_by_outcome~2014-2017")
LANGUAGES = ("da", "en")
HOSTILE = "< # $ * _ @ \\ ` [ ] = - + / // /* ~ \" ' #sys.version @lab $x^2$ æøå <figure-0>"


def answers(release: Release, lang: str, picked: Sequence[str] = PICKED) -> list[Answer]:
    found = [picks.read(release, written) for written in picked]
    return [picks.asked(release, pick, lang, "https://vink.example") for pick in found if pick]


def read(pdf: bytes) -> tuple[PdfReader, list[str]]:
    reader = PdfReader(io.BytesIO(pdf))
    return reader, [page.extract_text() for page in reader.pages]


def flat(words: str) -> str:
    """Words without what a line's end does to them."""
    return re.sub(r"[\s-]+", "", words)


def opened(file: bytes) -> Document:
    return docx.Document(io.BytesIO(file))


# PDF


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_pdf_says_sentence_base_notes_source_release_and_every_number(example: Release, lang: str):
    mine = answers(example, lang)
    _, pages = read(briefing.pdf(mine))
    whole = flat(" ".join(pages))
    for one in mine:
        for words in (one.title, one.sentence, one.base, one.source, *(note.words for note in one.notes)):
            assert flat(words) in whole, words
        for cell in (cell for row in one.table for cell in row):
            assert flat(cell) in whole, cell


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_page_of_the_pdf_has_its_number_the_release_and_the_mark(example: Release, lang: str):
    _, pages = read(briefing.pdf(answers(example, lang)))
    assert len(pages) > len(PICKED)
    for i, words in enumerate(pages, start=1):
        assert text("briefing.page", lang, page=i, pages=len(pages)) in words
        assert example.version in words
        assert text("site.example_mark", lang) in words


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_pdf_is_tagged_a4_and_in_its_language(example: Release, lang: str):
    mine = answers(example, lang)
    reader, _ = read(briefing.pdf(mine))
    root: Any = reader.trailer["/Root"]
    assert reader.metadata
    assert root["/Lang"] == lang
    assert root["/MarkInfo"]["/Marked"]
    assert {round(float(side)) for side in reader.pages[0].mediabox[2:]} == {595, 842}
    assert reader.metadata.title == text("briefing.heading", lang)
    assert b"pdfuaid" in root["/Metadata"].get_object().get_data()
    kinds: list[Any] = []
    alts: list[Any] = []

    def walk(node: Any) -> None:
        it = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(it, list):
            for child in it:
                walk(child)
        elif isinstance(it, dict):
            kinds.append(it.get("/S"))
            alts.append(it.get("/Alt"))
            walk(it.get("/K"))

    walk(root["/StructTreeRoot"]["/K"])
    assert kinds.count("/H1") == 1
    assert kinds.count("/H2") == len(PICKED) + 1  # the contents have one too
    assert kinds.count("/Figure") == kinds.count("/Table") == len(PICKED)
    assert {"/TH", "/TD", "/L", "/Link"} <= set(kinds)
    assert [alt for alt in alts if alt] == [one.alt for one in mine]


def test_signs_that_typst_reads_as_markup_are_only_shown(example: Release):
    (one,) = answers(example, "da", PICKED[:1])
    # Quotation marks are left out of the comparison: a typesetter curls them.
    _, pages = read(briefing.pdf([replace(one, sentence=HOSTILE, title=HOSTILE, base=HOSTILE)]))
    plain = flat(HOSTILE).replace('"', "").replace("'", "")
    assert re.sub("[\"'“”„‘’‚]", "", flat(pages[0])).count(plain) == 3


def test_a_real_release_has_no_mark(small: Release):
    _, pages = read(briefing.pdf(answers(small, "da", ("referrals_by_year",))))
    assert "62" not in pages[0] and "EKSEMPEL" not in pages[0]
    document = opened(briefing.docx(answers(small, "da", ("referrals_by_year",))))
    assert document.sections[0].header.paragraphs[0].text == ""


def test_the_same_answers_give_the_same_pdf(example: Release):
    assert briefing.pdf(answers(example, "da")) == briefing.pdf(answers(example, "da"))


# Word


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_word_document_says_the_same(example: Release, lang: str):
    mine = answers(example, lang)
    document = opened(briefing.docx(mine))
    said = [paragraph.text for paragraph in document.paragraphs]
    for one in mine:
        assert one.sentence in said
        assert f"{one.source}." in said
        assert {note.whole for note in one.notes} <= set(said)
    tables = [[[cell.text for cell in row.cells] for row in table.rows] for table in document.tables]
    assert tables == [[list(row) for row in one.table] for one in mine]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_word_document_can_be_read_aloud(example: Release, lang: str):
    mine = answers(example, lang)
    document = opened(briefing.docx(mine))
    headings = [p.text for p in document.paragraphs if p.style and p.style.name == "Heading 1"]
    assert [one.title.split(",")[0] for one in mine] == [heading.split(",")[0] for heading in headings]
    pictures = document.element.body.findall(f".//{qn('wp:docPr')}")
    assert [picture.get("descr") for picture in pictures] == [one.alt for one in mine]
    for table in document.tables:
        heads = [row._tr.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None for row in table.rows]
        assert heads == [True, *[False] * (len(heads) - 1)]
    spoken = document.styles.element.find(f".//{qn('w:rPrDefault')}//{qn('w:lang')}")
    assert spoken.get(qn("w:val")) == {"da": "da-DK", "en": "en-GB"}[lang]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_page_of_the_word_document_has_its_number_the_release_and_the_mark(example: Release, lang: str):
    section: Any = opened(briefing.docx(answers(example, lang))).sections[0]
    assert section.header.paragraphs[0].text == text("site.example_mark", lang)
    footer = section.footer.paragraphs[0]
    assert example.version in footer.text
    assert [part.text for part in footer._p.findall(f".//{qn('w:instrText')}")] == ["PAGE", "NUMPAGES"]
    assert (round(section.page_width.cm), round(section.page_height.cm)) == (21, 30)

"""A picture holds all that its chart must be read with, at the size that print needs, and fetches nothing."""

import io
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageFont

from queries import Release
from ui import picture
from ui.answer import answer, figure_ids
from ui.text import LANGUAGES

TEXT = "{http://www.w3.org/2000/svg}text"


def written(svg: str) -> str:
    return " ".join("".join(node.itertext()) for node in ET.fromstring(svg).iter(TEXT))


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", figure_ids())
def test_a_picture_holds_title_notes_source_release_and_mark(example: Release, name: str, lang: str):
    one = answer(example, name, lang, site="https://vink.example")
    drawn = picture.svg(one)
    words = written(drawn)
    for part in (one.title, one.mark, one.base, f"{one.source}.", one.key):
        assert part in words
    assert one.link.rsplit("#", 1)[-1] in words.replace(" ", "")
    for note in one.notes:
        assert note.words in words or note.kind not in ("suppressed", "break", "event", "selection", "not_collected")
    labels = [series.label for series in one.series] if len(one.series) > 1 else [*one.row_labels, *one.column_labels]
    totals = (
        {one.row_labels[-1], one.column_labels[-1]} if one.drawing == "flow" else set()
    )  # all referrals stand there
    assert all(label in words for label in labels if label not in totals)
    assert "http://" not in drawn.replace("http://www.w3.org/", "")
    assert "NaN" not in drawn
    assert "undefined" not in words


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_crossed_picture_writes_every_number(example: Release, lang: str):
    one = answer(example, "resource_by_outcome", lang)
    words = written(picture.svg(one)).split()
    assert all(cell.words in words for cell in one.cells if cell.status != "not_collected")


def test_numbers_on_the_axes_are_the_readers(example: Release):
    assert "40 pct." in written(picture.svg(answer(example, "grounded_by_year", "da")))
    assert "40 percent" in written(picture.svg(answer(example, "grounded_by_year", "en")))


def test_a_png_has_twice_the_points_of_the_svg_and_something_on_it(example: Release):
    one = answer(example, "referrals_by_ideology", "da")
    root = ET.fromstring(picture.svg(one))
    with Image.open(io.BytesIO(picture.png(one))) as image:
        assert image.format == "PNG"
        assert image.size == (2 * int(root.attrib["width"]), 2 * int(root.attrib["height"]))
        assert image.convert("RGB").getpixel((2, 2)) == (255, 255, 255)
        assert len(image.convert("RGB").getcolors(1 << 24) or []) > 50


def test_a_real_release_has_no_mark(small: Release):
    one = answer(small, "referrals_by_year", "da")
    assert one.mark == ""
    assert "EKSEMPEL" not in picture.svg(one)


def test_words_that_look_like_markup_stay_words(small: Release, monkeypatch: pytest.MonkeyPatch):
    hostile = '<script>alert("x")</script> & co'
    monkeypatch.setattr("ui.answer.title_of", lambda *_: hostile)
    from ui import answer as module

    module._over_years.cache_clear()
    one = answer(small, "referrals_by_year", "en")
    module._over_years.cache_clear()
    root = ET.fromstring(picture.svg(one))
    assert hostile in written(picture.svg(one))
    assert not [node for node in root.iter() if node.tag.endswith("script")]


@given(st.text(alphabet=st.characters(codec="latin-1", categories=["L", "N", "P"]) | st.just(" "), max_size=300))
def test_wrapped_words_are_all_there_and_no_line_is_too_wide(words: str):
    lines = picture.wrapped(words, 30)
    assert "".join("".join(lines).split()) == "".join(words.split())
    assert all(picture.width(line) <= 30 for line in lines)


@pytest.mark.parametrize(
    "words",
    [
        "Andel henvendelser om politisk ekstremisme og om ressourcestærke personer",
        "Tynde streger viser 95 pct.-konfidensintervaller, og brede bjælker viser andele, der er diskretionerede.",
        "Suppressed, that is hidden, numbers: 34 of 65. Counts from 1 to 4 are hidden because so few referrals",
        "https://vink.example.dk/ideology?lang=da&years=2014-2025&ideology=all&release=example-989ab8b2",
        "Kilde: VINK, Københavns Kommune, udgivelse 2026.1.",
    ],
)
def test_words_are_about_as_wide_as_pillow_measures_them(words: str):
    font = ImageFont.truetype("LiberationSans-Regular.ttf", 100)
    measured = font.getlength(words) / 100
    assert measured <= picture.width(words) * 1.03
    assert picture.width(words) <= measured * 1.12

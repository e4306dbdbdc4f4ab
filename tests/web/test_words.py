"""Streamlit's own words: what we translate is what the installed Streamlit says."""

import json
import re
import string

import pytest

from tests.browser.bundle import source
from ui import text
from web import assets, words

WORDS = {key: entry for key, entry in text.words().items() if key.startswith("streamlit.")}
# Put together by Streamlit or Vega from pieces: their single words are looked for.
PIECES = re.compile(
    r"streamlit\.(chart\..*|announced\..*|grid\.(over|result).*|field\.(enter|keys|most|first|last).*|dialog\.(no_page_.*|refused_where))"
)


def fixed(words: str) -> list[str]:
    """The parts of a text between what is put in."""
    return [part.strip(" :") for part, _, _, _ in string.Formatter().parse(words) if part.strip(" :,–—.")]


@pytest.mark.parametrize("key", WORDS)
def test_every_word_that_is_replaced_stands_in_the_installed_streamlit(key: str):
    own, code = WORDS[key]["en"], source()
    if PIECES.fullmatch(key):
        missing = [word for part in fixed(own) for word in re.findall(r"[A-Za-z]{3,}", part) if word not in code]
    elif "{" in own or len(own) > 20:
        missing = [part for part in fixed(own) if part not in code]
    else:
        missing = [] if re.search(rf"[`\"']{re.escape(own)}[`\"']", code) else [own]
    assert missing == []


def test_the_script_gets_every_word_once_in_its_place():
    script = assets.content(assets.SCRIPT).decode("utf-8")
    found = json.loads(re.search(r"const WORDS = (\{.*\}) //", script)[1])  # pyright: ignore[reportOptionalSubscript]
    assert sum(len(pairs) for pairs in found.values()) == len(WORDS)
    assert ["Skip to main content", "Gå til indholdet"] in found["page"]
    for place, pairs in found.items():
        assert len({own for own, _ in pairs}) == len(pairs), place


def test_every_place_of_the_words_is_known_to_the_script():
    script = (assets.FOLDER / "words.js").read_text("utf-8")
    places = re.search(r"const PLACES = \{(.*?)\n  \}", script, re.DOTALL)[1]  # pyright: ignore[reportOptionalSubscript]
    assert set(re.findall(r"^    (\w+):", places, re.MULTILINE)) == set(words.pairs())

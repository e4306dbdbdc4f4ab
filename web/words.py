"""The words that our scripts put on the screen: ours for Streamlit's own (text/streamlit.toml), and what they say."""

import json

from ui import text

MARK = '"DICTIONARY"'  # stands in web/assets/words.js for Streamlit's words and ours
SAID = '"SAID"'  # stands in the other scripts for what they say themselves
SPOKEN = {
    "menu": "access.menu",
    "foot": "access.foot",
    "updated": "access.updated",
    "slow": "busy.slow",
    "lost": "busy.lost",
}
FILE = "streamlit."  # what their keys begin with


def pairs() -> dict[str, list[tuple[str, str]]]:
    """Place on the screen to pairs of Streamlit's own words and the Danish ones."""
    found: dict[str, list[tuple[str, str]]] = {}
    for key in (key for key in text.words() if key.startswith(FILE)):
        _, place, name = key.split(".")
        words = text.words()[f"streamlit.{place}.{name}"]
        found.setdefault(place, []).append((words["en"], words["da"]))
    return found


def filled(script: str) -> str:
    """The script with all words put in."""
    said = {lang: {name: text.text(key, lang) for name, key in SPOKEN.items()} for lang in text.LANGUAGES}
    for mark, words in ((MARK, pairs()), (SAID, said)):
        script = script.replace(mark, json.dumps(words, ensure_ascii=False))
    return script

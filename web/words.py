"""Streamlit's own words and ours for them (text/streamlit.toml), in the script that puts ours on the screen."""

import json

from ui import text

MARK = '"DICTIONARY"'  # stands in web/assets/words.js for all of them
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
    return script.replace(MARK, json.dumps(pairs(), ensure_ascii=False))

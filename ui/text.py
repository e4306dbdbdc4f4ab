"""Every word on the screen, Danish and English, from the files in text/."""

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent.parent / "text"
LANGUAGES = ("da", "en")
HEADING = re.compile(r"^## (.+?) *\{#(\w+)\}\n", re.MULTILINE)


@dataclass(frozen=True)
class Section:
    """A section of a long text: `## heading {#name}` and the Markdown below it. The name is the program's."""

    name: str
    heading: str
    body: str


@lru_cache
def words() -> dict[str, dict[str, str]]:
    """All texts: key ("overview.title") to language to words. A key that stands in two files raises ValueError."""
    found: dict[str, dict[str, str]] = {}
    for path in sorted(FOLDER.glob("*.toml")):
        for key, entry in _flat(tomllib.loads(path.read_text(encoding="utf-8"))):
            name = f"codes.{key}" if path.stem == "codes" else key
            if name in found:
                raise ValueError(f"{path.name}: the text {name} stands in another file too.")
            found[name] = entry
    return found


def _flat(table: dict[str, Any], above: str = "") -> list[tuple[str, dict[str, str]]]:
    rows = []
    for key, value in table.items():
        name = f"{above}{key}"
        if set(value) <= set(LANGUAGES):
            rows.append((name, value))
        else:
            rows += _flat(value, f"{name}.")
    return rows


def text(key: str, lang: str, **values: object) -> str:
    """The words of `key` in `lang`, with `values` put in. KeyError where either lacks."""
    return words()[key][lang].format(**values)


def label(dimension: str, code: str, lang: str) -> str:
    """The word for one code of a dimension."""
    return text("codes.any.all", lang) if code == "all" else text(f"codes.{dimension}.{code}", lang)


@lru_cache
def sections(name: str, lang: str) -> tuple[Section, ...]:
    """The sections of text/<name>.<lang>.md in their order. What stands above the first is for those who edit it."""
    _, *parts = HEADING.split((FOLDER / f"{name}.{lang}.md").read_text(encoding="utf-8"))
    return tuple(
        Section(key, heading, body.strip())
        for heading, key, body in zip(parts[::3], parts[1::3], parts[2::3], strict=True)
    )

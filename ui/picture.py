"""An answer as a picture, for a newspaper or a slide: the chart of the screen, with all that it must be read with.

Title, notes, source and release are words inside the picture; whoever cuts nothing off has the whole truth.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any
from xml.sax.saxutils import escape

import vl_convert

from ui import theme
from ui.answer import Answer

FONT = "Liberation Sans, Arial, Helvetica, sans-serif"  # the first is inside vl-convert: any machine draws the same
WIDTH, MARGIN = 900, 32
SCALE = 2  # for print
LINE = 1.35  # of the size of the letters
TITLE, SUBTITLE, NOTE = 24, 16, 13
GREY, ALARM = "#4A525C", "#B00020"
IN_PICTURE = ("selection", "suppressed", "not_collected", "break", "event")
EVENT = "\u25b2"  # as it is drawn at the axis
# How wide letters of that font are, in parts of their size; and of those that are not named.
WIDTHS = (
    ("iljI'|.,:;!", 0.25),
    ("ftr()[]-/ \u201c\u201d", 0.34),
    ("mM%@", 0.87),
    ("wW", 0.82),
)
CAPITAL, OTHER = 0.72, 0.56
# A legend's rows and columns as far apart as in a browser: its Vega takes a line to be as high as the font says, the
# one in vl-convert as high as the letters are.
AS_STREAMLIT = {"rowPadding": 5.8, "offset": 19.8, "columnPadding": 13}


def svg(answer: Answer) -> str:
    """The picture as SVG."""
    return _svg(answer)


def png(answer: Answer) -> bytes:
    """The picture as PNG, with twice the points that it has on a screen."""
    return vl_convert.svg_to_png(_svg(answer), scale=SCALE)


@lru_cache(maxsize=64)
def _svg(answer: Answer) -> str:
    parts: list[str] = []
    y = float(MARGIN)
    if answer.mark:
        y = _words(parts, y, answer.mark, NOTE + 2, ALARM, bold=True) + 6
    y = _words(parts, y, answer.title, TITLE, theme.colours()["textColor"], bold=True) + 4
    y = _words(parts, y, answer.subtitle, SUBTITLE, GREY) + 14
    drawn, height = chart(answer)
    parts.append(re.sub(r"^<svg ", f'<svg x="{MARGIN}" y="{y:.0f}" ', drawn))
    y += height + 16
    for words in _notes(answer):
        y = _words(parts, y, words, NOTE, GREY) + 3
    y = _words(parts, y + 5, f"{answer.source}.", NOTE, theme.colours()["textColor"], bold=True)
    if answer.site:
        y = _words(parts, y, answer.link, NOTE, GREY)
    whole = f"{y + MARGIN / 2:.0f}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" role="img" '
        f'width="{WIDTH}" height="{whole}" viewBox="0 0 {WIDTH} {whole}" font-family="{FONT}">'
        f"<title>{escape(answer.title)}</title><desc>{escape(answer.alt)}</desc>"
        f'<rect width="100%" height="100%" fill="#FFFFFF"/>{"".join(parts)}</svg>'
    )


def _notes(answer: Answer) -> Iterator[str]:
    """What must be read with the chart, in few words."""
    if answer.key:
        yield answer.key
    for note in answer.notes:
        if note.kind in IN_PICTURE:
            yield f"{EVENT} {note.words}" if note.kind == "event" else note.words


def chart(answer: Answer, width: int = WIDTH - 2 * MARGIN) -> tuple[str, float]:
    """The chart of the screen alone, at that width, as SVG, and its height."""
    return _drawn(answer, {"width": width}, {})


def on_screen(answer: Answer, width: int) -> tuple[str, float]:
    """The chart as Streamlit draws it in a frame of that width, as SVG, and its height."""
    return _drawn(answer, {"width": width, "padding": {"bottom": 20}}, AS_STREAMLIT)


def _drawn(answer: Answer, layout: dict[str, Any], legend: dict[str, float]) -> tuple[str, float]:
    spec: dict[str, Any] = {**answer.spec, **layout}
    spec["config"] = {**spec["config"], "font": FONT, "legend": {**spec["config"]["legend"], **legend}}
    number = spec["config"]["locale"]["number"]
    # Nothing is fetched: an empty list of addresses allows none.
    drawn = vl_convert.vegalite_to_svg(spec, allowed_base_urls=[], format_locale=number)
    height = re.search(r'^<svg [^>]*?height="([\d.]+)"', drawn)
    if height is None:
        raise ValueError(f"{answer.id}: what vl-convert drew has no height")
    return drawn, float(height[1])


def _words(parts: list[str], y: float, words: str, size: int, colour: str, *, bold: bool = False) -> float:
    """Put `words` below `y`, in as many lines as they need; returns where they end."""
    weight = ' font-weight="bold"' if bold else ""
    for line in wrapped(words, (WIDTH - 2 * MARGIN) / size / (1.06 if bold else 1)):
        y += size * LINE
        at = f'x="{MARGIN}" y="{y - size * (LINE - 1):.1f}"'
        parts.append(f'<text {at} font-size="{size}" fill="{colour}"{weight}>{escape(line)}</text>')
    return y


def wrapped(words: str, room: float) -> list[str]:
    """`words` in lines that are no wider than `room`, in parts of the letters' size; a longer word is cut."""
    lines = [""]
    for word in words.split():
        if lines[-1] and width(f"{lines[-1]} {word}") > room:
            lines.append("")
        rest = word
        while width(rest) > room and len(rest) > 1:
            cut = next((i for i in range(1, len(rest)) if width(rest[: i + 1]) > room), len(rest) - 1)
            lines[-1] = rest[:cut]
            lines.append("")
            rest = rest[cut:]
        lines[-1] = f"{lines[-1]} {rest}".strip()
    return lines


def width(words: str) -> float:
    """About how wide `words` are, in parts of the letters' size."""
    return sum(next((wide for letters, wide in WIDTHS if letter in letters), _other(letter)) for letter in words)


def _other(letter: str) -> float:
    return CAPITAL if letter.isupper() else OTHER

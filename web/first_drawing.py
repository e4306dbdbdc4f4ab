"""The chart of the shell: drawn at the server at three widths, of which the window shows one, and made small."""

import re
from dataclasses import dataclass

from ui import picture
from ui.answer import Answer

# The widths of the frame in which the page draws its charts: on a telephone, on a tablet, on a screen.
WIDTHS = (358, 736, 1020)
# A chart is one picture with words for it, so its parts need no names; its letters are the page's.
_NEEDLESS = re.compile(
    r' (?:class|role|aria-\w+|pointer-events|font-family|version|xmlns(?::xlink)?|stroke-miterlimit)="[^"]*"'
    r'| (?:opacity|stroke-width|fill-opacity|stroke-opacity)="1"| d=""| transform="translate\(0,0\)"'
)
_NOT_DRAWN = re.compile(r'<path(?: d="[^"]*")?(?: display="none")?/>')
_LONG = re.compile(r"-?\d+\.\d{2,}")
_EMPTY = re.compile(r"<g[^>]*></g>")
_BARE = re.compile(r"<g><g>((?:(?!</?g[ >]).)*)</g></g>", re.DOTALL)


@dataclass(frozen=True)
class Drawing:
    """A chart as SVG, for a frame of that width."""

    svg: str
    width: int
    height: float


def drawn(one: Answer) -> tuple[Drawing, ...]:
    """The chart of an answer at every width."""
    made = ((width, *picture.on_screen(one, width)) for width in WIDTHS)
    return tuple(Drawing(compact(svg), width, height) for width, svg, height in made)


def compact(svg: str) -> str:
    """The same picture in fewer letters."""
    svg = re.sub(r"<[^>]*>", lambda tag: _LONG.sub(_rounded, _NEEDLESS.sub("", tag[0])), svg)
    svg = _NOT_DRAWN.sub("", svg)
    for pattern, kept in ((_EMPTY, ""), (_BARE, r"<g>\1</g>")):
        while (smaller := pattern.sub(kept, svg)) != svg:
            svg = smaller
    return svg


def _rounded(number: re.Match[str]) -> str:
    return f"{float(number[0]):.1f}".removesuffix(".0")

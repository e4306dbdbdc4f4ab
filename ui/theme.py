"""The one look of charts. Colours come from .streamlit/config.toml, so that page and charts agree."""

import tomllib
from functools import lru_cache
from math import log
from pathlib import Path

CONFIG = Path(__file__).parent.parent / ".streamlit" / "config.toml"
FONT = "Source Sans, Source Sans 3, Source Sans Pro, Arial, sans-serif"
LIGHT = "#F3F5F7"  # the ground of what is suppressed; always with an edge in QUIET
NEUTRAL = "#D5D9DF"  # the ground of what is not told apart
QUIET = "#5B6470"  # edges and marks that are not the reader's first concern
SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down")


@lru_cache
def colours() -> dict:
    """The `theme` table of the configuration."""
    return tomllib.loads(CONFIG.read_text(encoding="utf-8"))["theme"]


def series_colours() -> list[str]:
    """A colour for each position in a code list."""
    return colours()["chartCategoricalColors"]


def ink_on(ground: str) -> str:
    """The colour of words on `ground`: white or the text colour, whichever can be read better."""
    lights = {colour: _light(colour) for colour in (ground, colours()["textColor"], "#FFFFFF")}
    return max(
        ("#FFFFFF", colours()["textColor"]),
        key=lambda ink: abs(log((lights[ink] + 0.05) / (lights[ground] + 0.05))),
    )


def _light(colour: str) -> float:
    """The relative luminance of #RRGGBB (WCAG 2.2)."""
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def config(locale: dict[str, object]) -> dict[str, object]:
    """The Vega-Lite configuration: readable sizes, quiet lines, horizontal words, numbers in the reader's language."""
    text, line = colours()["textColor"], colours()["borderColor"]
    words = {
        "labelColor": text,
        "titleColor": text,
        "labelFontSize": 13,
        "titleFontSize": 13,
        "titleFontWeight": "normal",
    }
    # Read aloud, a chart is its name, and its table stands beside it: the drawing would tell each mark by the names of
    # our columns, in English.
    unread = {"aria": False}
    return {
        "background": "transparent",
        "font": FONT,
        "locale": locale,
        "view": {"stroke": None},
        "mark": unread,
        "axis": words | unread | {"gridColor": "#E3E6EA", "domainColor": line, "tickColor": line, "labelPadding": 6},
        "axisX": {"grid": False, "labelAngle": 0, "labelOverlap": "greedy", "title": None},
        "axisY": {"domain": False, "ticks": False, "tickCount": 5},
        "legend": unread
        | {
            "labelColor": text,
            "labelFontSize": 13,
            "labelLimit": 260,
            "orient": "top",
            "title": None,
            "titleColor": text,
            "titleFontSize": 13,
            "titleFontWeight": "normal",
            "symbolSize": 90,
            "symbolStrokeWidth": 2,
            "columnPadding": 16,
        },
    }

"""The one look of charts. Colours come from .streamlit/config.toml, so that page and charts agree."""

import tomllib
from functools import lru_cache
from pathlib import Path

CONFIG = Path(__file__).parent.parent / ".streamlit" / "config.toml"
FONT = "Source Sans, Source Sans 3, Source Sans Pro, Arial, sans-serif"
SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down")


@lru_cache
def colours() -> dict:
    """The `theme` table of the configuration."""
    return tomllib.loads(CONFIG.read_text(encoding="utf-8"))["theme"]


def series_colours() -> list[str]:
    """A colour for each position in a code list."""
    return colours()["chartCategoricalColors"]


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
    return {
        "background": "transparent",
        "font": FONT,
        "locale": locale,
        "view": {"stroke": None},
        "axis": words | {"gridColor": "#E3E6EA", "domainColor": line, "tickColor": line, "labelPadding": 6},
        "axisX": {"grid": False, "labelAngle": 0, "labelOverlap": "greedy", "title": None},
        "axisY": {"domain": False, "ticks": False, "tickCount": 5},
        "legend": {
            "labelColor": text,
            "labelFontSize": 13,
            "labelLimit": 260,
            "orient": "top",
            "title": None,
            "symbolSize": 90,
            "symbolStrokeWidth": 2,
            "columnPadding": 16,
        },
    }

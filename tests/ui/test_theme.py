"""What is drawn can be read: contrast by WCAG 2.2, and series that differ for those who see colours otherwise."""

import re
from itertools import combinations

import pytest

from data import codes
from ui import charts, frame, locale, theme
from ui.figure import FIGURES

WHITE = "#FFFFFF"
COLOURS = theme.colours()
TEXTS = ("textColor", "linkColor", "primaryColor")
# How the cones of a person see linear red, green and blue: Machado, Oliveira and Fernandes 2009, severity 1.
SIGHT = {
    "full": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}


def linear(colour: str) -> tuple[float, ...]:
    """The red, green and blue of #RRGGBB as light (WCAG 2.2, relative luminance)."""
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return tuple(c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)


def contrast(one: str, other: str) -> float:
    red_green_blue = (0.2126, 0.7152, 0.0722)
    lights = sorted(sum(w * c for w, c in zip(red_green_blue, linear(x), strict=True)) for x in (one, other))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def lab(colour: str, sight: str) -> tuple[float, float, float]:
    """CIE L*a*b* under D65 of a colour as a person sees it."""
    seen = [max(0.0, sum(m * c for m, c in zip(row, linear(colour), strict=True))) for row in SIGHT[sight]]
    to_xyz = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
    white = (0.9505, 1.0, 1.089)
    x, y, z = (
        t ** (1 / 3) if t > 216 / 24389 else (24389 / 27 * t + 16) / 116
        for row, w in zip(to_xyz, white, strict=True)
        for t in [sum(m * c for m, c in zip(row, seen, strict=True)) / w]
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def difference(one: str, other: str, sight: str) -> float:
    """Delta E of 1976: 2.3 is just noticeable."""
    return sum((a - b) ** 2 for a, b in zip(lab(one, sight), lab(other, sight), strict=True)) ** 0.5


def test_the_formula_agrees_with_published_contrasts():
    assert contrast("#000000", WHITE) == pytest.approx(21)
    assert contrast("#777777", WHITE) == pytest.approx(4.48, abs=0.005)
    assert contrast("#767676", WHITE) == pytest.approx(4.54, abs=0.005)


@pytest.mark.parametrize("colour", COLOURS["chartCategoricalColors"])
def test_every_series_stands_out_from_the_page(colour: str):
    assert contrast(colour, COLOURS["backgroundColor"]) >= 3


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("ground", ["backgroundColor", "secondaryBackgroundColor"])
def test_every_text_can_be_read_on_every_ground(name: str, ground: str):
    assert contrast(COLOURS[name], COLOURS[ground]) >= 4.5


@pytest.mark.parametrize("colour", re.findall(r"(?<![-\w])color:(#[0-9A-Fa-f]{6})", frame.STYLE))
def test_every_text_of_the_style_sheet_can_be_read(colour: str):
    assert contrast(colour, WHITE) >= 4.5


def test_axis_and_legend_are_written_in_a_colour_that_can_be_read():
    config = theme.config(locale.chart_locale("da"))
    for part in ("axis", "legend"):
        words = config[part]
        assert isinstance(words, dict)
        assert contrast(words["labelColor"], WHITE) >= 4.5
        assert words["labelFontSize"] >= 11


def test_numbers_can_be_read_on_every_shade_of_a_heat_table():
    cells = tuple(
        charts.HeatCell(row, column, n, words, status)
        for row, column, n, words, status in [
            ("a", "x", 9, "9", "published"), ("a", "y", None, "1-4", "suppressed"), ("a", "all", 20, "20", "published"),
            ("all", "x", None, "9-13", "suppressed"),
        ]
    )  # fmt: skip
    spec = charts.heat(cells, rows=("a", "all"), columns=("x", "y", "all"), unit="", lang="da")
    assert [layer["mark"]["type"] for layer in spec["layer"]] == ["rect", "text"] * 4
    for boxes, words in zip(spec["layer"][::2], spec["layer"][1::2], strict=True):
        scale = boxes["encoding"].get("color", {}).get("scale", {})
        assert "color" not in words["encoding"]
        for ground in scale.get("range", [boxes["mark"]["color"]]):
            assert contrast(words["mark"]["color"], ground) >= 4.5


def test_shades_of_a_heat_table_darken_step_by_step():
    lights = [lab(colour, "full")[0] for colour in COLOURS["chartSequentialColors"]]
    assert lights == sorted(lights, reverse=True)


@pytest.mark.parametrize("sight", SIGHT)
@pytest.mark.parametrize("pair", list(combinations(COLOURS["chartCategoricalColors"], 2)), ids="-".join)
def test_two_series_differ_whoever_looks(pair: tuple[str, str], sight: str):
    assert difference(*pair, sight) > 10


def test_shapes_differ_so_that_colour_never_stands_alone():
    assert len(set(theme.SHAPES)) == len(theme.SHAPES)


@pytest.mark.parametrize("dimension", sorted({f.dimension for f in FIGURES.values()} & set(codes.load().dimensions)))
def test_there_is_a_colour_and_a_shape_for_every_code_that_is_drawn(dimension: str):
    number = len(codes.load().codes(dimension))
    assert number <= len(theme.series_colours())
    assert number <= len(theme.SHAPES)


def test_colours_are_those_of_the_configuration():
    assert theme.series_colours() == COLOURS["chartCategoricalColors"]
    assert len(set(theme.series_colours())) == len(theme.series_colours())


@pytest.mark.parametrize("lang", ["da", "en"])
def test_the_reader_s_language_is_an_argument_of_the_theme(lang: str):
    assert theme.config(locale.chart_locale(lang))["locale"] == locale.chart_locale(lang)

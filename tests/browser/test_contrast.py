"""What a drawn chart looks like to eyes that see little contrast or no colours, measured in the browser.

The formula is WCAG's own, written down here anew: https://www.w3.org/TR/WCAG22/#dfn-relative-luminance.
"""

import re
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Visit
from tests.browser.driver import FILTERED_PAGES, address

pytestmark = pytest.mark.browser
WHITE = (255.0, 255.0, 255.0)
# What lies below the marks and isn't one: where nothing is told apart, and where nothing may be shown.
GROUNDS = {(0xD5, 0xD9, 0xDF), (0xF3, 0xF5, 0xF7)}

# Every word and mark of every chart: its colour, how much of it shows, what lies below its middle, and its shape.
DRAWN = """() => [...document.querySelectorAll('[data-testid=stVegaLiteChart] svg.marks')].map(svg => {
  const alpha = it => {
    let shown = 1
    for (let part = it; part && part !== svg.parentElement; part = part.parentElement)
      shown *= parseFloat(getComputedStyle(part).opacity)
    return shown
  }
  const paint = it => {
    const style = getComputedStyle(it)
    const shown = alpha(it)
    return {fill: style.fill, stroke: style.stroke,
            fillShown: shown * parseFloat(style.fillOpacity), strokeShown: shown * parseFloat(style.strokeOpacity)}
  }
  const boxes = [...svg.querySelectorAll(".mark-rect path, .mark-rect rect")]
    .map(it => [it, it.getBoundingClientRect()])
  const below = it => {
    const {x, y, width, height} = it.getBoundingClientRect(), cx = x + width / 2, cy = y + height / 2
    return boxes.filter(([, b]) => cx >= b.left && cx <= b.right && cy >= b.top && cy <= b.bottom)
      .filter(([box]) => box.compareDocumentPosition(it) & Node.DOCUMENT_POSITION_FOLLOWING)
      .map(([box]) => paint(box))
  }
  const middles = [...svg.querySelectorAll('.mark-text text')].filter(it => it.textContent.trim())
    .map(it => it.getBoundingClientRect()).map(b => [b.x + b.width / 2, b.y + b.height / 2])
  const worded = it => {
    const b = it.getBoundingClientRect()
    return middles.some(([x, y]) => x >= b.left && x <= b.right && y >= b.top && y <= b.bottom)
  }
  return {
    name: svg.closest('[data-testid=stVegaLiteChart]').getAttribute('aria-label'),
    words: [...svg.querySelectorAll('text')].filter(it => it.textContent.trim() && alpha(it) > 0)
      .map(it => ({words: it.textContent, ...paint(it), below: below(it)})),
    marks: [...svg.querySelectorAll('.role-mark path, .role-mark line, .role-mark rect')]
      .filter(it => alpha(it) > 0 && it.getBoundingClientRect().width + it.getBoundingClientRect().height > 0)
      .map(it => ({kind: it.closest('.role-mark').getAttribute('class').match(/mark-(\\w+)/)[1], ...paint(it),
                   told: Object.keys(it.__data__?.datum ?? {}), worded: worded(it)})),
    legend: [...svg.querySelectorAll('.role-legend-symbol path')].map(it => ({...paint(it), d: it.getAttribute('d')})),
  }
})"""


def rgb(colour: str) -> tuple[float, float, float] | None:
    numbers = [float(n) for n in re.findall(r"[\d.]+", colour)]
    if not colour.startswith("rgb") or (len(numbers) == 4 and numbers[3] == 0):
        return None
    return numbers[0], numbers[1], numbers[2]


def over(colour: tuple[float, ...], shown: float, ground: tuple[float, ...]) -> tuple[float, ...]:
    """What is seen of a colour of which only a part covers the ground."""
    return tuple(c * shown + g * (1 - shown) for c, g in zip(colour, ground, strict=True))


def luminance(colour: tuple[float, ...]) -> float:
    linear = [s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in (c / 255 for c in colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def ground(below: list[dict[str, Any]]) -> tuple[float, ...]:
    """The colour below a word: the white page, and every box between."""
    colour: tuple[float, ...] = WHITE
    for box in below:
        fill = rgb(box["fill"])
        colour = over(fill, box["fillShown"], colour) if fill else colour
    return colour


def drawn(page: Page) -> list[dict[str, Any]]:
    return page.evaluate(DRAWN)


def test_the_formula_agrees_with_the_values_that_w3c_gives() -> None:
    """Black on white is 21:1; #767676 is the lightest grey that reaches 4.5:1 on white, #777777 does not."""
    assert contrast((0, 0, 0), WHITE) == pytest.approx(21)
    assert contrast((0x76,) * 3, WHITE) >= 4.5 > contrast((0x77,) * 3, WHITE)


@pytest.mark.parametrize("name", FILTERED_PAGES)
def test_words_and_marks_of_every_chart_stand_out_and_no_series_is_told_by_colour_alone(
    visit: Visit, name: str
) -> None:
    charts = drawn(visit(address(name, lang="en")))
    assert charts
    for chart in charts:
        assert chart["words"] and chart["marks"], chart["name"]
        for word in chart["words"]:
            ink, below = rgb(word["fill"]), ground(word["below"])
            assert ink, word
            found = contrast(over(ink, word["fillShown"], below), below)
            least = 3 if word["words"] == "×" else 4.5  # a sign that stands for a point
            assert found >= least, f"{chart['name'][:60]}: {word['words']} {found:.2f}"
        pale = [mark for mark in chart["marks"] if not _stands_out(mark)]
        bands = [mark for mark in pale if mark["kind"] == "rule" and mark["strokeShown"] < 1]
        ends = [mark for mark in chart["marks"] if mark["kind"] == "rect" and _stands_out(mark)]
        assert len(ends) >= 2 * len(bands), chart["name"]  # a pale range has two ends that stand out
        for mark in pale:
            grid = mark["kind"] == "rule" and mark["strokeShown"] == 1 and "end" in mark["told"]
            assert mark in bands or grid or mark["worded"] or rgb(mark["fill"]) in GROUNDS, (
                f"{chart['name'][:60]}: {mark}"
            )
        shapes = [symbol["d"] for symbol in chart["legend"]]
        lines = any(mark["kind"] == "line" for mark in chart["marks"])
        if lines and len(shapes) > 1:
            assert len(set(shapes)) == len(shapes), chart["name"]


def _stands_out(mark: dict[str, Any]) -> bool:
    """3:1 against the page, by its area or its edge."""
    return any(
        contrast(over(colour, mark[shown], WHITE), WHITE) >= 3
        for paint, shown in (("fill", "fillShown"), ("stroke", "strokeShown"))
        if (colour := rgb(mark[paint]))
    )

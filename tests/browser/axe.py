"""axe-core over a page in one of its states: what every page, sign-in and error pages too, is held against."""

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from ui.accessibility import FAULTS

LAW = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
# Also best practice, but for one rule: a list that opens over the page lies beside the landmarks for as long as it is
# open, and has its own name and role.
LEFT_OUT = ("region",)
ALLOWED = {rule for fault in FAULTS for rule in fault.rules}
RUN = """async ([within, beside, tags, off]) => {
  const rules = Object.fromEntries(off.map(rule => [rule, {enabled: false}]))
  const context = {include: within.map(part => [part]), exclude: beside.map(part => [part])}
  const found = await axe.run(context, {runOnly: {type: 'tag', values: tags}, rules, resultTypes: ['violations']})
  return found.violations.map(({id, help, nodes}) => ({id, help, nodes: nodes.map(node => node.html.slice(0, 160))}))
}"""


def violations(page: Page, *, within: str = "html", charts: bool = True) -> dict[str, Any]:
    """What axe-core finds wrong, by rule. charts: also inside the drawings, which takes most of the time."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    beside = [] if charts or not page.locator("svg.marks").count() else ["svg.marks"]
    found = page.evaluate(RUN, [[within], beside, [*LAW, "best-practice"], list(LEFT_OUT)])
    return {one["id"]: (one["help"], one["nodes"]) for one in found}


def assert_accessible_at_any_width(page: Page, state: str) -> None:
    """The same on a small and on a large screen, which the page then has."""
    for width in (320, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        assert_accessible(page, f"{state}, {width} px")


def assert_accessible(page: Page, state: str, *, within: str = "html", charts: bool = True) -> None:
    """No violation of WCAG 2.1 or 2.2, A or AA, or of best practice, but what the accessibility statement tells."""
    found = {rule: what for rule, what in violations(page, within=within, charts=charts).items() if rule not in ALLOWED}
    assert found == {}, f"{page.url}, {state}: {found}"

"""Anything in the query string of every page, drawn by the server that readers get: a page, never a fault."""

from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from streamlit.proto.WidgetStates_pb2 import WidgetState

from tests.browser.driver import Server
from tests.fuzz.bounds import BOUNDED
from tests.web.talk import visitor, words
from ui.page import PAGES
from ui.text import LANGUAGES, text

NAMES = (
    *("lang", "release", "years", "ideology", "resource_profile", "outcome_group", "period", "q", "figure", "codes"),
    *("rows", "columns", "row_codes", "column_codes", "sql", "view"),
)
# Digits of other scripts, nought, half a character, a range the wrong way round, Markdown.
NASTY = (
    *("２０１６-２０１９", "2019\0", "2019-2016", "99999999999999999999", "\ud7ff"),
    *("none,none", "all", ",", "-", "../..", "`<b>`", "$x$"),
)
VALUE = st.one_of(st.sampled_from(NASTY), st.text(max_size=30))
STATES = {"string_value": "x", "int_value": -1, "double_value": float("nan"), "bool_value": True, "bytes_value": b"x"}
QUERY = st.lists(st.tuples(st.sampled_from(NAMES), VALUE), min_size=1, max_size=8)


@pytest.mark.parametrize("page", PAGES)
def test_any_query_string_shows_the_page_or_says_what_is_wrong(target: Server, page: str):
    with visitor(target) as somebody:

        @settings(BOUNDED, max_examples=6)
        @given(pairs=QUERY)
        def visit(pairs: list[tuple[str, str]]) -> None:
            query = "&".join(f"{name}={quote(value, errors='surrogatepass')}" for name, value in pairs)
            shown = words(somebody.visit(page, query))
            for lang in LANGUAGES:
                assert text("problems.script_title", lang) not in shown, query
            assert "Traceback" not in shown
            assert "exception {" not in shown

        visit()
    assert "could not be shown" not in target.told()


def test_filters_that_no_page_drew_change_nothing(target: Server):
    """States of widgets that aren't there, of every kind."""
    states = tuple(
        WidgetState(id=f"$$ID-{number:032x}-{number}", **{kind: value})  # pyright: ignore[reportArgumentType]
        for number, (kind, value) in enumerate(STATES.items())
    )
    with visitor(target) as somebody:
        assert text("ideology.title", "en") in words(somebody.visit("ideology", "lang=en", states))

"""The research page in both languages: the address is the table, and what isn't published is said."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.test_pages import run, words
from ui.text import label, text

LANGUAGES = ("da", "en")
CROSSED = {"columns": "resource_profile", "panels": "time", "years": "2018-2019"}


@pytest.fixture(autouse=True)
def _release(small_folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("VINK_RELEASES", str(small_folder))


def box(app: AppTest, name: str, lang: str):
    (found,) = (widget for widget in app.selectbox if widget.label == text(f"research.{name}", lang))
    return found


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_address_is_the_table(lang: str):
    app = run("research", lang, **CROSSED)
    assert [box(app, name, lang).value for name in ("rows", "columns", "panels")] == [
        "ideology",
        "resource_profile",
        "time",
    ]
    table = app.table[1].value  # 2019
    total = table[table[text("codes.ideology.name", lang)] == f"**{text('codes.any.all', lang)}**"].iloc[0]
    assert total[label("resource_profile", "vulnerable", lang)] == "**18**"
    assert total[text("codes.any.all", lang)] == "**35**"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_choice_goes_into_the_address_as_a_code(lang: str):
    app = run("research", lang)
    box(app, "columns", lang).select("resource_profile").run()
    assert app.query_params["columns"] == "resource_profile"
    box(app, "panels", lang).select("time").run()
    assert app.query_params["panels"] == "time"
    box(app, "show", lang).select("ideology").run()
    assert app.query_params["show"] == "ideology"
    assert not app.exception


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_is_not_published_is_not_offered_and_the_page_says_so(lang: str):
    app = run("research", lang, rows="gender", columns="ideology")
    offered = box(app, "columns", lang).options
    assert len(offered) == 3  # time, ideology, none
    shown = words(app)
    assert text("research.only_periods", lang) in shown
    missing = text("codes.source.name", lang)
    assert any(missing in caption.value for caption in app.caption)
    assert text("research.pair.key", lang) in shown


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_statement_in_the_address_is_answered(lang: str):
    app = run("research", lang, sql="select sum(n) as total from gender where period = 'all' and gender <> 'all'")
    assert app.dataframe[0].value["total"].to_list() == [62]
    assert text("research.sql.found", lang, rows=1) in words(app)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_refused_statement_is_told_in_plain_words(lang: str):
    app = run("research", lang, sql="copy codes to '/tmp/x.csv'")
    assert [error.value for error in app.error] == [text("research.sql.error.kind", lang)]
    app = run("research", lang, sql="from read_text('/etc/passwd')")
    assert "`read_text`" in app.error[0].value
    app = run("research", lang, sql="select nope from codes")
    assert app.error[0].value == text("research.sql.error.failed", lang)
    assert any("nope" in code.value for code in app.code)


def test_every_reason_of_the_box_has_its_words():
    from tests.queries.test_box import BOMBS, REFUSED

    for reason in {*REFUSED.values(), *BOMBS.values(), "busy", "stopped", "outside"}:
        assert text(f"research.sql.error.{reason}", "da", longest=1, seconds=1, detail="x")


def test_pictures_and_links_in_an_answer_stay_words():
    """What a stranger's link makes the database say is put in a grid, which shows no Markdown."""
    app = run("research", "en", sql="select '![x](https://example.org/x.png)' as \"[a](https://example.org)\"")
    assert app.dataframe[0].value.iloc[0, 0] == "![x](https://example.org/x.png)"
    assert not any("example.org" in str(element.value) for element in (*app.markdown, *app.caption))


@pytest.mark.parametrize(
    "query",
    [
        {"rows": "martian"},
        {"rows": "gender", "columns": "source", "panels": "outcome"},
        {"show": "gender", "sort": "<script>"},
        {"period": "1900", "time": "century", "totals": "x"},
        {"ideology": "none", "sql": "';--"},
        {"table": "../../etc/passwd"},
    ],
)
def test_no_address_breaks_the_page(query: dict[str, str]):
    run("research", "da", **query)

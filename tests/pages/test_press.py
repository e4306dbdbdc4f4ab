"""The press page in both languages: what is asked for is big, what is ready is there, what was said is checked."""

import html
import re

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.test_pages import ROOT, run, words
from ui import picks
from ui.press import CLAIMS
from ui.text import text

LANGUAGES = ("da", "en")
SENTENCE = {
    "da": "I 2019 var 40 pct. af de vurderede bekymringshenvendelser begrundede (28 af 70).",
    "en": "In 2019, 40 percent of the assessed concern referrals were grounded (28 of 70).",
}


@pytest.fixture(autouse=True)
def _release(example_folder, monkeypatch):
    monkeypatch.setenv("VINK_RELEASES", str(example_folder))


def links(app: AppTest) -> dict[str, str]:
    """Every link on the page, by its words: the query string that it leads to. Of two with the same words, the last."""
    found = re.findall(
        r'<a href="press\?([^"#]*)#\w+">([^<]*)</a>', " ".join(part.proto.body for part in app.get("html"))
    )
    return {html.unescape(words): html.unescape(query) for query, words in found}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_address_puts_the_figure_with_its_sentence_on_the_page(lang):
    app = run("press", lang, figure="grounded_by_year", years="2019")
    assert SENTENCE[lang] in [element.value for element in app.markdown]
    assert SENTENCE[lang] in app.code[0].value
    assert len(app.get("vega_lite_chart")) == 1


@pytest.mark.parametrize("lang", LANGUAGES)
def test_typed_words_choose_the_best_match_and_offer_the_others(lang):
    app = run("press", lang)
    app.text_input[0].set_value("begrundede 2019").run()
    assert not app.exception
    assert {name: app.query_params[name] for name in ("q", "figure", "years")} == {
        "q": "begrundede 2019", "figure": "grounded_by_year", "years": "2019",
    }  # fmt: skip
    assert SENTENCE[lang] in words(app)
    title = text("figures.grounded_by_ideology.title", lang)
    assert links(app)[text("press.hit", lang, title=title, period="2019")].endswith(
        "figure=grounded_by_ideology&years=2019"
    )


@pytest.mark.parametrize("lang", LANGUAGES)
def test_words_that_fit_nothing_are_told_and_nothing_is_chosen(lang):
    app = run("press", lang, q="[xyzzy](http://evil)")
    assert "figure" not in app.query_params
    assert [info.value for info in app.info] == [text("press.nothing", lang, asked="xyzzyhttpevil")]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_claims_of_the_press_release_are_links_to_sentences_that_say_so(lang):
    shown = links(run("press", lang))
    said = {
        "grounded_2019": {"da": "40 pct.", "en": "40 percent"},
        "grounded_2016": {"da": "10 pct.", "en": "10 percent"},
        "fewer": {"da": "Det er et fald", "en": "That is a fall"},
    }
    for key, pick in CLAIMS.items():
        query = shown[text(f"press.claim.{key}", lang)]
        assert all(f"{name}={value}" in query for name, value in pick.query.items())
        assert said[key][lang] in words(run("press", lang, **pick.query))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_latest_headline_figures_are_ready(lang):
    """72 referrals in 2025; 27 of 64 grounded; 33 of 72 political; 26 of 72 resource-strong."""
    shown = words(run("press", lang))
    of = {"da": "af", "en": "of"}[lang]
    for n, base in ((27, 64), (33, 72), (26, 72)):
        assert f"({n} {of} {base})" in shown


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_public_statement_stands_with_its_verdict_and_source(lang):
    app = run("press", lang)
    found = {box.label: len(box.markdown) for box in app.expander}
    assert found == {
        text("statement.agrees", lang, number=12): 12,
        text("statement.unchecked", lang, number=8): 8,
    }
    assert all(box.caption and box.caption[0].value for box in app.expander)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_figure_can_be_put_into_the_briefing(lang):
    app = run("press", lang, figure="grounded_by_year", years="2019")
    assert not [button for button in app.get("download_button") if button.proto.label == text("briefing.pdf_da", lang)]
    app.button(key="briefing_add").click().run()
    assert app.query_params["briefing"] == "grounded_by_year~2019"
    labels = [button.proto.label for button in app.get("download_button")]
    assert {text(f"briefing.{kind}_{other}", lang) for kind in ("pdf", "docx") for other in LANGUAGES} <= set(labels)
    assert app.button(key="briefing_add").disabled


@pytest.mark.parametrize(
    "query",
    [
        {"figure": "no_such"}, {"figure": "grounded_by_year", "years": "1900"},
        {"briefing": "<script>,grounded_by_year~1,,"},
        {"figure": "ideology_by_resource", "period": "2013"}, {"figure": "share_by_ideology", "ideology": "none"},
        {"figure": "share_by_outcome", "outcome_group": "pending"}, {"q": "*" * 300}, {"q": "2012"},
        {"figure": "key_shares"}, {"figure": "ideology_by_resource", "ideology": "none"},
    ],
    ids=str,
)  # fmt: skip
def test_no_address_breaks_the_press_page(query):
    run("press", "da", **query)


def test_a_claim_whose_years_the_release_lacks_is_not_offered(small, small_folder, monkeypatch):
    monkeypatch.setenv("VINK_RELEASES", str(small_folder))
    offered = [key for key, pick in CLAIMS.items() if picks.read(small, pick.written)]
    assert offered == ["grounded_2019"]
    app = AppTest.from_file(str(ROOT / "pages" / "start.py"), default_timeout=60)
    app.query_params["lang"] = "en"
    app.run()
    app.switch_page("press.py").run()
    assert text("press.claim.grounded_2019", "en") in links(app)
    assert text("press.claim.fewer", "en") not in links(app)

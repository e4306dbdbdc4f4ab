"""The method page tells the certificate of the release that is shown, in both languages, and does without one."""

import re
import shutil
from pathlib import Path

import duckdb
import pytest
from streamlit.testing.v1 import AppTest

import queries
from tests import certified
from tests.certified import ITEMS
from ui import export, method
from ui.text import sections, text

ROOT = Path(__file__).parent.parent.parent
LANGUAGES = ("da", "en")
TOLD = {
    "da": [
        "Udgivelsen indeholder 3.456 forskellige tal. Den viser 2.501 af dem (72,4 pct.), heraf 512 med værdien 0, og "
        "diskretionerer 855 (24,7 pct.). 100 af tallene findes ikke",
        "skjuler 345 tal, som selv skal beskyttes, og yderligere 510 tal,",
        "skjuler 3 tal, fordi en tidligere udgivelse",
        "det smalleste interval rummer 4 mulige værdier. Her er der set bort fra 7 tal",
        "ikke hvor lille",
        "14 tal, der er offentliggjort andre steder, og 2 tidligere udgivelser (2018.1 og 2019.1).",
        "Blandt 1.234 tal, der dækker over én henvendelse, er der i tabellerne over ideologi, ressourceprofil og "
        "udfald ingen tilfælde",
        "I andre tabeller er der 21 tilfælde",
    ],
    "en": [
        "The release holds 3,456 different counts. It shows 2,501 of them (72.4 percent), of which 512 with the value "
        "0, and suppresses 855 (24.7 percent). There is no figure for 100 of them",
        "hides 345 counts in need of protection, and another 510 counts so",
        "hides 3 counts because an earlier release",
        "the narrowest range holds 4 possible values. This leaves aside 7 counts",
        "not how small",
        "14 figures published elsewhere and 2 earlier releases (2018.1 and 2019.1).",
        "Among 1,234 counts that stand for a single referral there are, in the tables of ideology, resource profile "
        "and outcome, no cases",
        "In other tables there are 21 cases",
    ],
}


@pytest.fixture
def releases(small_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Makes the small release the one that is shown, with a certificate of these items, or with none."""

    def make(items: dict[str, str] | None) -> queries.Release:
        certified.copy(small_folder, tmp_path, items)
        monkeypatch.setenv("VINK_RELEASES", str(tmp_path))
        return queries.open_release(queries.current())

    return make


def run(lang: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "pages" / "start.py"), default_timeout=60)
    app.query_params["lang"] = lang
    app.run()
    app.switch_page("method.py").run()
    assert not app.exception, app.exception
    assert app.title[0].value == text("method.title", lang)
    return app


def words(app: AppTest) -> str:
    return "\n".join(
        str(getattr(element, "value", "")) for kind in ("subheader", "markdown", "caption") for element in app.get(kind)
    )


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_sentences_carry_the_numbers_of_the_certificate(releases, lang: str):
    releases(ITEMS)
    shown = words(run(lang))
    for sentence in TOLD[lang]:
        assert sentence in shown


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_shows_every_section_in_order_with_the_threshold_of_the_release(releases, lang: str):
    releases(ITEMS)
    app = run(lang)
    assert [heading.value for heading in app.subheader] == [section.heading for section in sections("method", lang)]
    assert {"da": "Antal fra 1 til 4 vises ikke", "en": "Counts from 1 to 4 are not shown"}[lang] in words(app)
    assert not re.search(r"[{}]", words(app))
    assert not app.get("vega_lite_chart")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_whole_certificate_stands_in_the_tables_in_the_readers_notation(releases, lang: str):
    releases(ITEMS)
    app = run(lang)
    items, tables = (table.value for table in app.table)
    shown = dict(items.itertuples(index=False))
    assert [*shown] == [text(f"method.item.{item}", lang) for item in ITEMS]
    values = [
        shown[text(f"method.item.{item}", lang)] for item in ("cells", "cost", "gap", "earlier_releases", "ended")
    ]
    assert (
        values[:4]
        == {
            "da": ["3.456", "12.345,7", "31,0 pct.", "2018.1 og 2019.1"],
            "en": ["3,456", "12,345.7", "31.0 percent", "2018.1 and 2019.1"],
        }[lang]
    )
    assert values[4] == text("method.value.rounds", lang)
    assert [list(row) for row in tables.itertuples(index=False)] == {
        "da": [
            ["Ideologi × ressourceprofil", "1.105", "537", "253", "300", "15", "87,5 pct.", "4"],
            ["Køn", "15", "11", "4", "0", "0", "–", "–"],
        ],
        "en": [
            ["Ideology × resource profile", "1,105", "537", "253", "300", "15", "87.5 percent", "4"],
            ["Gender", "15", "11", "4", "0", "0", "–", "–"],
        ],
    }[lang]
    assert len(app.get("download_button")) == 1


def test_the_certificate_to_take_home_holds_one_value_a_row(releases):
    release = releases(ITEMS)
    lines = export.csv_file(release, "da", method.file_rows(release, "da")).decode("utf-8-sig").splitlines()
    assert lines[0] == "table;item;label;value;release;source"
    assert lines[1].startswith(";cells;Forskellige celler;3456;2020.1;Kilde")
    assert any(line.startswith(";gap;") and ";0,3100;" in line for line in lines)
    assert any(line.startswith("ideology_resource;share;Dækning;0,8750;") for line in lines)
    assert len(lines) == 1 + len(ITEMS) + 2 * len(method.COLUMNS)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_release_without_a_certificate_says_so_and_shows_the_rest(releases, lang: str):
    releases(None)
    app = run(lang)
    assert [info.value for info in app.info] == [text("method.no_certificate", lang)]
    assert len(app.subheader) == len(sections("method", lang))
    assert not app.table
    assert not app.get("download_button")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_nothing_hidden_known_or_guarded_has_its_own_words(releases, lang: str):
    nothing = dict.fromkeys(("suppressed", "primary", "secondary", "public", "statements", "revised"), "0")
    release = releases(
        ITEMS | nothing | {"narrowest": "", "earlier_releases": "", "insiders": "", "not_collected": "0"}
    )
    told = "\n".join(method.sentences(release, lang))
    assert text("method.count.statements_none", lang) in told
    assert text("method.count.releases_none", lang) in told
    assert text("method.told.insiders_unguarded", lang) in told
    assert len(told.splitlines()) == 4
    run(lang)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_single_one_of_anything_is_told_in_the_singular(releases, lang: str):
    single = dict.fromkeys(("primary", "statements", "insiders_tried", "insiders_open"), "1")
    told = "\n".join(method.sentences(releases(ITEMS | single | {"earlier_releases": "2019.1"}), lang))
    for thing in ("cells", "statements", "cases"):
        assert text(f"method.count.{thing}_one", lang) in told
    assert text("method.count.releases_one", lang, versions="2019.1") in told


def test_every_item_that_the_build_writes_has_a_place_on_the_page(small_folder: Path, tmp_path: Path):
    home = small_folder / (small_folder / "current").read_text(encoding="utf-8").strip()
    # A copy: another test may hold the file itself open, with another configuration.
    with duckdb.connect(shutil.copy(home / "vink.duckdb", tmp_path), read_only=True) as file:
        written = [item for (item,) in file.execute("select item from certificate").fetchall()]
    assert sorted(written) == sorted(method.ITEMS) == sorted(ITEMS)


@pytest.mark.parametrize(
    ("lang", "changed", "cited"),
    [
        ("da", "| 2019 | Alle henvendelser | 35 | 45 |", "ekstremisme 2018-2019. Udgivelse 2020.2, 2020."),
        ("en", "| 2019 | All referrals | 35 | 45 |", "extremism 2018-2019. Release 2020.2, 2020."),
    ],
)
def test_the_page_says_what_each_release_changed_and_how_to_cite_it(grown_folder, monkeypatch, lang, changed, cited):
    """Ten pending referrals of 2019 came later: 35 became 45."""
    monkeypatch.setenv("VINK_RELEASES", str(grown_folder))
    app = run(lang)
    (notes,) = [words.value for words in app.markdown if "2020.2" in words.value and "2020.1" in words.value]
    assert changed in notes
    assert not re.search("^#{1,2} ", notes, flags=re.MULTILINE), "its headings lie below the page's own"
    assert any(code.value.endswith(cited) for code in app.code)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_first_release_has_changed_nothing(small_folder, monkeypatch, lang):
    monkeypatch.setenv("VINK_RELEASES", str(small_folder))
    assert text("method.first_release", lang) in [words.value for words in run(lang).markdown]

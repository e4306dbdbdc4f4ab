"""The top of a page in the shell says what the page and the files say, is made once, and never holds the page up."""

import csv
import io
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from lxml import html
from starlette.middleware import Middleware
from streamlit.testing.v1 import AppTest

import queries
from queries import Release
from tests.web.client import served
from ui import picture
from ui.answer import Answer, answer
from ui.figure import FIGURES
from ui.page import PAGES
from ui.text import text
from web import first, gate
from web.first_drawing import Drawing, compact
from web.shell import Shell

ROOT = Path(__file__).parent.parent.parent
WITH_FIGURE = {
    "overview": "referrals_by_year",
    "ideology": "referrals_by_ideology",
    "resources": "referrals_by_resource",
    "outcome": "referrals_by_outcome",
}
# An address of each page, the figure that stands first there, and how the API is asked for the same numbers.
ASKED = [
    ("/overview?lang=da", "referrals_by_year", ""),
    ("/?lang=en&years=2016-2019", "referrals_by_year", "first_year=2016&last_year=2019"),
    (
        "/ideology?lang=en&years=2016-2019&ideology=right_wing,left_wing",
        "referrals_by_ideology",
        "first_year=2016&last_year=2019&codes=right_wing,left_wing",
    ),
    ("/resources?lang=da&resource_profile=all", "referrals_by_resource", ""),
    (
        "/outcome?lang=da&years=2021&outcome_group=intervention",
        "referrals_by_outcome",
        "first_year=2021&last_year=2021&codes=intervention",
    ),
]


@pytest.fixture(scope="module")
def site() -> Iterator[httpx.Client]:
    """The shell and the API in this process; anything else is nobody's."""
    with served(Middleware(Shell)) as server, httpx.Client(base_url=server.url, timeout=60) as client:
        yield client


@pytest.fixture(autouse=True)
def _example(example_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VINK_RELEASES", str(example_folder))
    monkeypatch.setattr(first, "PATIENCE", 60)


class Drawn:
    """Draws a line for a chart, and counts; waits for `go` before, where there is one."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, go: threading.Event | None = None) -> None:
        self.asked: list[tuple[str, str]] = []
        self.go = go
        monkeypatch.setattr(first, "_drawings", first.Drawings(self))

    def __call__(self, one: Answer) -> tuple[Drawing, ...]:
        self.asked.append((one.id, one.lang))
        if self.go:
            assert self.go.wait(30)
        return (Drawing("<svg ><line/></svg>", 358, 390),)


def top(site: httpx.Client, address: str) -> html.HtmlElement:
    """The top in the shell at an address."""
    found = html.fromstring(site.get(address).text).get_element_by_id("vink-first")
    assert found is not None
    return found


def words(part: html.HtmlElement, path: str) -> str:
    """What the first element at `path` says, with single spaces."""
    return _said(part.xpath(path)[0])


def _said(part: html.HtmlElement) -> str:
    return " ".join(" ".join(part.itertext()).split())


def by_class(name: str) -> str:
    return f".//*[contains(concat(' ', @class, ' '), ' {name} ')]"


# It says what the page and the files say


@pytest.mark.parametrize(("address", "figure", "query"), ASKED)
def test_the_table_holds_the_numbers_of_the_file(site: httpx.Client, address: str, figure: str, query: str):
    lang = "en" if "lang=en" in address else "da"
    file = site.get(f"/api/v1/figures/{figure}.csv?lang={lang}&{query}").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(file), delimiter=";" if lang == "da" else ","))
    shown = top(site, address)
    head, *body = [[_said(cell) for cell in row] for row in shown.xpath(".//table//tr")]
    assert len(rows) == len(body) * (len(head) - 1) > 0
    for row in rows:
        line = next(cells for cells in body if cells[0].removeprefix("‖ ") == row["year"])
        cell = line[head.index(row["label"])]
        expected = {"suppressed": f"{row['lower']}-{row['upper']}", "not_collected": "–"}.get(row["status"], row["n"])
        assert cell == expected, (row["year"], row["label"])
    assert any(row["status"] == "suppressed" for row in rows) == ("ideology=" in address or "_profile=" in address)
    for link in shown.xpath(f"{by_class('vf-files')}//a/@href"):
        assert site.get(link).status_code == 200


def run(page: str, **query: str) -> AppTest:
    """The page as Streamlit runs it."""
    app = AppTest.from_file(str(ROOT / "pages" / "start.py"), default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    return app if page == PAGES[0] else app.switch_page(f"{page}.py").run()


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("lang", ["da", "en"])
def test_the_top_is_the_one_that_streamlit_draws(site: httpx.Client, page: str, lang: str):
    query = {"lang": lang, "years": "2017-2022", "ideology": "right_wing,other"}
    app = run(page, **query)
    shown = top(site, f"/{page}?lang={lang}&years=2017-2022&ideology=right_wing,other")
    assert words(shown, ".//h1") == app.title[0].value
    assert words(shown, ".//main/p") == app.markdown[1].value  # the first one is the name of the site
    assert words(shown, ".//footer/p") == app.caption[-1].value
    assert words(shown, by_class("vf-warning")) == app.warning[0].value.replace("**", "")
    links = [_said(name) for name in shown.xpath(".//nav//a | .//footer//a")]
    assert links == [link.proto.label for link in app.get("page_link")]
    assert shown.xpath("boolean(.//*[@role='img'])") == (page in WITH_FIGURE)
    if page in WITH_FIGURE:
        assert shown.xpath(".//h3[last()]")[-1].text == app.subheader[1 if page == "overview" else 0].value
        assert shown.xpath(".//*[@role='img']/@aria-label") == [app.get("vega_lite_chart")[0].proto.alt]
        quote = re.sub(r" \S*/\S*#", " #", words(shown, ".//blockquote"))
        assert quote == " ".join(re.sub(r"\n\S*/\S*#", "\n#", app.code[0].value).split())
        table = app.table[0].value
        assert [_said(cell) for cell in shown.xpath(".//thead//th")] == list(table.columns)
        assert [[_said(cell) for cell in row] for row in shown.xpath(".//tbody/tr")] == table.values.tolist()
    if page == "overview":
        cards = [card.value for card in app.markdown if card.value.startswith("## ")]
        told = [_said(card) for card in shown.xpath(f"{by_class('vf-headlines')}/li/div")]
        assert told == [" ".join(card.replace("## ", "").replace("**", "").split()) for card in cards]
        assert len(told) == 4


def test_what_was_chosen_to_be_nothing_is_said_as_on_the_page(site: httpx.Client):
    shown = top(site, "/ideology?lang=en&ideology=none")
    app = run("ideology", lang="en", ideology="none")
    assert words(shown, by_class("vf-info")) == app.info[0].value
    assert not shown.xpath(".//svg")


def test_links_keep_what_the_reader_chose_and_name_the_page_that_is_shown(site: httpx.Client):
    shown = top(site, "/ideology?lang=en&years=2016-2019&ideology=right_wing&period=2019&other=1")
    links = {_said(link): link.get("href") for link in shown.xpath(".//nav//a")}
    assert links["Outcome"] == "outcome?lang=en&years=2016-2019&period=2019"
    assert [_said(link) for link in shown.xpath(".//nav//a[@aria-current='page']")] == ["Ideology"]
    (language,) = shown.xpath(".//header//a")
    assert language.get("href") == "ideology?years=2016-2019&ideology=right_wing&period=2019&other=1"
    codes = {_said(link): link.get("href") for link in shown.xpath(f"{by_class('vf-codes')}//a")}
    assert "ideology=right_wing,left_wing&" in codes["Left-wing extremism"] + "&"
    assert "ideology=none" in codes["Right-wing extremism"]


def test_an_older_release_is_told_apart(site: httpx.Client, grown_folder: Path, monkeypatch: pytest.MonkeyPatch):
    """Ten pending referrals of 2019 came later: 35 became 45."""
    monkeypatch.setenv("VINK_RELEASES", str(grown_folder))
    old = _said(top(site, "/overview?lang=da&release=2020.1"))
    assert "Du ser udgivelsen 2020.1. Den gældende udgivelse er 2020.2." in old
    assert "siger noget andet: I 2019 modtog VINK 45 bekymringshenvendelser" in old
    assert "I 2019 modtog VINK 35 bekymringshenvendelser" in old
    current = _said(top(site, "/overview?lang=da"))
    assert "I 2019 modtog VINK 45 bekymringshenvendelser" in current
    assert "gældende udgivelse" not in current
    assert text("site.example_mark", "da") not in current  # a real release


@pytest.mark.parametrize("figure", FIGURES)
def test_a_chart_loses_no_word_when_it_is_made_small(example: Release, figure: str):
    drawn, _ = picture.on_screen(answer(example, figure, "da"), 736)
    before, after = (html.fragment_fromstring(svg) for svg in (drawn, compact(drawn)))
    assert [_said(part) for part in before.iter("text")] == [_said(part) for part in after.iter("text")]
    assert len(list(before.iter("line"))) == len(list(after.iter("line")))
    filled = [len(svg.xpath(".//path[@fill or @stroke]")) for svg in (before, after)]
    assert filled[0] == filled[1]
    assert len(compact(drawn)) < len(drawn) * 0.6


# What the address may not do


@pytest.mark.parametrize("name", ["lang", "release", "years", "ideology", "period", "other"])
def test_nothing_in_the_address_becomes_html(site: httpx.Client, name: str):
    hostile = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>**`&"
    shown = html.fromstring(site.get("/ideology", params={name: hostile}).text)
    page = shown.get_element_by_id("vink-first")
    assert not page.xpath(".//script") and not shown.xpath("//img")
    names = {key for part in shown.iter() if isinstance(part.tag, str) for key in part.attrib}
    assert not [name for name in names if name.startswith("on")]
    assert all(re.match(r"[a-z]+(\?|$)|/api/v1/|#", link) for link in page.xpath(".//a/@href"))


def test_an_address_longer_than_any_that_makes_sense_gets_the_page_alone(site: httpx.Client):
    answer = site.get(f"/ideology?ideology={'a' * 1000}")
    assert answer.status_code == 200
    assert "vink-first" not in answer.text
    assert '<div id="root"></div>' in answer.text


def test_who_may_not_read_gets_nothing_of_the_release(site: httpx.Client, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(gate, "reader", lambda request: None)
    answer = site.get("/overview")
    assert answer.status_code == 200
    assert '<div id="root"></div>' in answer.text
    assert queries.current() not in answer.text
    assert not html.fromstring(answer.text).xpath("//table | //svg | //h1")


# Releases that can't be shown


@pytest.mark.parametrize(
    ("break_it", "reason"),
    [
        (lambda home: (home / "vink.duckdb").write_bytes(b"x"), "damaged"),
        (lambda home: (home / "manifest.json").write_text("{"), "unreadable"),
    ],
)
def test_a_damaged_release_is_told_without_a_number(
    site: httpx.Client,
    small_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    break_it: Callable[[Path], object],
    reason: str,
):
    shutil.copytree(small_folder, tmp_path / "releases")
    break_it(tmp_path / "releases" / "2020.1")
    monkeypatch.setenv("VINK_RELEASES", str(tmp_path / "releases"))
    shown = top(site, "/overview?lang=en")
    assert words(shown, ".//h1") == text(f"problems.{reason}_title", "en")
    assert "“2020.1”" in _said(shown)
    assert not shown.xpath(".//table | .//*[@role='img'] | .//h2")


def test_an_unknown_release_is_told_and_the_current_one_offered(site: httpx.Client):
    shown = top(site, "/outcome?lang=da&release=1999.1&years=2019")
    assert words(shown, ".//h1") == "Udgivelsen findes ikke"
    assert "»1999.1«" in _said(shown)
    assert shown.xpath(".//main//a/@href")[0] == "outcome?lang=da&years=2019"
    assert not shown.xpath(".//table")


def test_without_any_release_the_page_comes_alone(site: httpx.Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("VINK_RELEASES", str(tmp_path))
    answer = site.get("/overview?lang=en")
    assert answer.status_code == 200
    assert "vink-first" not in answer.text
    assert "JavaScript" in answer.text


# Once, in time, or not at all


def test_a_chart_is_drawn_once_for_an_address(site: httpx.Client, monkeypatch: pytest.MonkeyPatch):
    drawn = Drawn(monkeypatch)
    for address in ("/overview", "/", "/overview?lang=da", "/overview?years=2014-2025", "/overview?lang=xx&a=b"):
        site.get(address)
    assert drawn.asked == [("referrals_by_year", "da")]
    site.get("/overview?years=2019")
    site.get("/overview?lang=en")
    assert drawn.asked[1:] == [("referrals_by_year", "da"), ("referrals_by_year", "en")]


def test_a_new_release_is_drawn_anew(
    site: httpx.Client, small_folder: Path, grown_folder: Path, monkeypatch: pytest.MonkeyPatch
):
    drawn = Drawn(monkeypatch)
    for folder in (small_folder, grown_folder, grown_folder):
        monkeypatch.setenv("VINK_RELEASES", str(folder))
        site.get("/overview")
    assert len(drawn.asked) == 2


def test_only_so_many_charts_are_kept(example: Release):
    kept = first.Drawings(lambda one: (), most=2)
    for year in range(2014, 2020):
        asked = kept.ask(answer(example, "referrals_by_year", "da", first_year=year))
        assert asked is not None
        asked.result(30)
    assert len(kept._made) <= 3  # the last one was not done when it was put there


def test_every_page_of_the_current_release_is_drawn_before_anybody_asks(monkeypatch: pytest.MonkeyPatch):
    drawn = Drawn(monkeypatch)
    first._warm()
    assert sorted(drawn.asked) == sorted((figure, lang) for figure in WITH_FIGURE.values() for lang in ("da", "en"))


def test_a_chart_that_takes_too_long_is_left_out_and_is_there_for_the_next_reader(
    site: httpx.Client, monkeypatch: pytest.MonkeyPatch
):
    go = threading.Event()
    drawn = Drawn(monkeypatch, go)
    monkeypatch.setattr(first, "PATIENCE", 0.05)
    shown = top(site, "/overview")
    assert not shown.xpath(".//svg")
    assert shown.xpath(".//table")
    go.set()
    monkeypatch.setattr(first, "PATIENCE", 30)
    assert top(site, "/overview").xpath(".//svg")
    assert len(drawn.asked) == 1


def test_who_would_wait_behind_too_many_charts_gets_the_page_without(
    site: httpx.Client, example: Release, monkeypatch: pytest.MonkeyPatch
):
    go = threading.Event()
    Drawn(monkeypatch, go)
    waiting = [
        first._drawings.ask(answer(example, "referrals_by_ideology", lang, first_year=year))
        for lang in ("da", "en")
        for year in range(2014, 2026)
    ]
    assert waiting.count(None) == 24 - first.DRAWING - first.LONGEST_QUEUE
    assert not top(site, "/overview").xpath(".//svg")
    go.set()


@pytest.mark.parametrize("broken", ["_drawings", "_read"])
def test_a_fault_of_ours_costs_the_top_and_not_the_page(
    site: httpx.Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, broken: str
):
    def fail(*_: object) -> tuple[Drawing, ...]:
        raise RuntimeError("not today")

    monkeypatch.setattr(first, broken, first.Drawings(fail) if broken == "_drawings" else fail)
    found = html.fromstring(site.get("/overview").text)
    assert found.xpath("//div[@id='root']")
    assert not found.xpath("//svg")
    assert bool(found.xpath("//table")) == (broken == "_drawings")
    assert "not today" in caplog.text


def test_a_reader_who_has_the_page_already_is_told_so(site: httpx.Client):
    got = site.get("/overview")
    assert got.headers["content-encoding"] == "gzip"
    assert got.headers["cache-control"] == "no-cache"
    assert "content-security-policy" not in got.headers  # the site's own holds
    again = site.get("/overview", headers={"If-None-Match": got.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = site.get("/overview?lang=en", headers={"If-None-Match": got.headers["etag"]})
    assert other.status_code == 200
    assert len(got.content) > 10000
    assert int(got.headers["content-length"]) < 14000  # what a server may send before it is answered for the first time

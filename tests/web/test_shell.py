"""The page shell: one document in the reader's language, with no script of its own inside, for every page."""

from html.parser import HTMLParser

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from ui.page import PAGES
from ui.text import LANGUAGES, text
from web import assets
from web.shell import Shell


class Tags(HTMLParser):
    """Every tag of a document with what it says, read by Python's own parser."""

    def __init__(self, document: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.said: dict[str, str] = {}
        self._open = ""
        self.feed(document)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        self._open = tag

    def handle_data(self, data: str) -> None:
        self.said[self._open] = self.said.get(self._open, "") + data

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.found if name == tag]


@pytest.fixture(scope="module")
def client() -> TestClient:
    """The shell before an application that answers "beside" to all it gets."""
    beside = Route("/{path:path}", lambda _: PlainTextResponse("beside"), methods=["GET", "POST"])
    return TestClient(Starlette(routes=[*assets.routes(), beside], middleware=[Middleware(Shell)]))


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
def test_each_page_has_a_document_of_its_own_language_and_title(client: TestClient, page: str, lang: str) -> None:
    tags = Tags(client.get(f"/{page}", params={"lang": lang}).text)
    assert tags.of("html")[0]["lang"] == lang
    assert text(f"nav.{page}", lang) in tags.said["title"]
    assert text("site.name", lang) in tags.said["title"]


def test_the_root_is_the_first_page_in_danish(client: TestClient) -> None:
    assert "<title>Overblik" in client.get("/").text
    assert Tags(client.get("/?lang=xx").text).of("html")[0]["lang"] == "da"


def test_no_script_stands_inside_the_document_and_every_file_is_our_own(client: TestClient) -> None:
    tags = Tags(client.get("/").text)
    assert tags.of("script")
    for script in tags.of("script"):
        assert (script.get("src") or "").startswith("/"), script
    assert not tags.said.get("script", "").strip()
    assert all((link["href"] or "").startswith("/") for link in tags.of("link"))
    assert not [name for _, attributes in tags.found for name in attributes if name.startswith("on")]


def test_nothing_of_the_address_stands_in_the_document(client: TestClient) -> None:
    plain = client.get("/ideology")
    assert client.get("/ideology", params={"lang": '"><script>alert(1)</script>', "x": "<b>"}).text == plain.text


@pytest.mark.parametrize(
    "path", ["/nosuch", "/ideology/", "/ideology/deeper", "/static/x.js", "/api/v1/", "/IDEOLOGY", "/start"]
)
def test_what_is_no_page_is_passed_on(client: TestClient, path: str) -> None:
    assert client.get(path).text == "beside"


def test_only_reading_gets_the_shell(client: TestClient) -> None:
    assert client.post("/ideology").text == "beside"
    assert client.head("/ideology").status_code == 200


def test_our_files_are_kept_for_good_at_addresses_that_name_their_content(client: TestClient) -> None:
    own = [script["src"] for script in Tags(client.get("/").text).of("script") if "defer" in script]
    assert own == [assets.address(assets.SCRIPT)]
    answer = client.get(own[0])
    assert answer.status_code == 200
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert client.get("/vink/page.000000000000.js").status_code == 404

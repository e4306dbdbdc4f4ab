"""Listed addresses: what is not on the list is not there, however it is spelled, and other hosts are not answered."""

import socket
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from websockets.exceptions import InvalidStatus

from tests.browser.driver import Server, serve
from tests.web.talk import STREAM, UPGRADE, WAIT, Answer, ask, request, visitor
from ui.page import PAGES
from ui.text import LANGUAGES, text

CLOSED = [
    "/_stcore/upload_file/session/file",
    "/_stcore/upload_file",
    "/_stcore/metrics",
    "/_stcore/script-health-check",
    "/_stcore/agent/interact",
    "/_stcore/agent/openapi.json",
    "/_stcore/agent/mcp",
    "/_stcore/bidi-components/any/index.js",
    "/component/any/index.html",
    "/app/static/any.txt",
    "/_stcore/stream",  # a websocket only
    "/index.html",
    "/manifest.json",
    "/static/js/nothing.js",
    "/static",
]
SPELLINGS = {
    "as it is": lambda path: path,
    "two slashes": lambda path: path.replace("/", "//"),
    "a slash at the end": lambda path: f"{path}/",
    "encoded": lambda path: "/" + "".join(f"%{ord(letter):02x}" for letter in path[1:]),
    "encoded twice": lambda path: path.replace("_", "%255f").replace("/", "/", 1),
    "capitals": lambda path: path.upper(),
    "below a page": lambda path: f"/overview{path}",
    "with dots": lambda path: f"/overview/..{path}",
    "with a dot": lambda path: f"/.{path}",
    "backslashes": lambda path: "/" + path[1:].replace("/", "\\"),
    "with a parameter": lambda path: f"{path};a=b",
    "with a query": lambda path: f"{path}?lang=en",
    "with a fragment": lambda path: f"{path}%23",
    "with a nought": lambda path: f"{path}%00",
    "a whole address": lambda path: f"http://127.0.0.1{path}",
}
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND")


def is_notice(got: Answer, key: str) -> bool:
    """Whether an answer is the notice `key`, in both languages."""
    body = got.body.decode()
    return all(text(f"notice.{key}_title", lang) in body and f'lang="{lang}"' in body for lang in LANGUAGES)


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_closed_address_is_not_there_however_it_is_spelled(site: Server, spelling: str):
    for path in CLOSED:
        got = ask(site, SPELLINGS[spelling](path))
        assert (got.status, is_notice(got, "missing")) == (404, True), path


@pytest.mark.parametrize("method", METHODS)
def test_a_closed_address_is_not_there_by_any_method(site: Server, method: str):
    assert {ask(site, path, method).status for path in CLOSED} == {404}


@pytest.mark.parametrize("method", METHODS[2:])
def test_an_open_address_can_only_be_fetched(site: Server, method: str):
    for path in ("/", "/press", "/_stcore/health", "/_stcore/host-config", "/media/0123456789abcdef.csv"):
        got = ask(site, path, method)
        assert (got.status, got.headers["allow"]) == (405, "GET, HEAD"), path
    assert ask(site, "/api/v1/figures", method).status == 405


@pytest.mark.parametrize("path", ["/", "/nothing", "/api/v1/figures"])
def test_head_has_the_headers_of_get_and_no_body(site: Server, path: str):
    got, head = ask(site, path), ask(site, path, "HEAD")
    assert (head.status, head.body) == (got.status, b"")
    assert head.headers["content-length"] == got.headers["content-length"]


@pytest.mark.parametrize(
    "path",
    ["/nothing", "/wp-admin/", "/.env", "/.git/config", "/favicon.ico", "/overview/ideology", "/Overview", "/%3Cb%3E"],
)
def test_an_unknown_address_is_404_with_the_way_to_the_overview_in_both_languages(site: Server, path: str):
    got = ask(site, path)
    assert (got.status, is_notice(got, "missing")) == (404, True)
    assert got.headers["content-type"] == "text/html; charset=utf-8"
    for lang in LANGUAGES:
        assert f'href="/{PAGES[0]}?lang={lang}"' in got.body.decode()
    assert path.strip("/") not in got.body.decode()
    assert b"%3C" not in got.body


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_found_with_a_slash_at_its_end_too(site: Server, page: str):
    assert ask(site, f"/{page}").status == 200
    moved = ask(site, f"/{page}/?lang=en&years=2016-2019")
    assert (moved.status, moved.headers["location"]) == (308, f"/{page}?lang=en&years=2016-2019")


# Hosts and origins


def switched(server: Server, host: str) -> bytes:
    """The first line of the answer to a visitor who asks `host` for the websocket."""
    where = urlsplit(server.url)
    with socket.create_connection((where.hostname, where.port), timeout=WAIT) as line:
        line.sendall(request(STREAM, host=host, **UPGRADE))
        return line.makefile("rb").readline().strip()


@pytest.mark.parametrize("host", ["vink.example", "localhost.example", "localhost@vink.example", "", "a, b", "[::1"])
def test_another_host_is_not_answered(site: Server, host: str):
    for path in ("/", "/press", "/api/v1/figures", "/_stcore/health", "/_stcore/host-config", "/nothing"):
        got = ask(site, path, host=host)
        assert (got.status, is_notice(got, "host")) == (400, True), path
    assert ask(site, STREAM, host=host, **UPGRADE).status == 403


@pytest.mark.parametrize("host", ["localhost", "localhost:8501", "LOCALHOST.", "127.0.0.1", "[::1]:8501"])
def test_our_own_hosts_are_answered(site: Server, host: str):
    assert ask(site, "/", host=host).status == 200
    assert switched(site, host) == b"HTTP/1.1 101 Switching Protocols"


def test_a_deployment_says_what_its_hosts_are(small_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("STREAMLIT_SERVER_ALLOWED_HOSTS", "vink.example 127.0.0.1")
    with serve(small_folder, tmp_path / "log") as deployed:
        hosts = ("vink.example", "127.0.0.1", "localhost")
        assert [ask(deployed, "/", host=host).status for host in hosts] == [200, 200, 400]
        assert [ask(deployed, "/api/v1/figures", host=host).status for host in hosts] == [200, 200, 400]


@pytest.mark.parametrize("origin", ["http://vink.example", "https://localhost.example", "null", "file://", ""])
def test_a_page_of_another_site_gets_no_websocket(site: Server, origin: str):
    with pytest.raises(InvalidStatus, match="403"), visitor(site, origin=origin):
        pass


def test_our_own_page_gets_its_websocket_and_nobody_is_told_of_other_origins(site: Server):
    with visitor(site, origin=site.url) as somebody:
        assert somebody.visit()
    got = ask(site, "/_stcore/health", origin="http://vink.example")
    assert (got.status, got.headers["access-control-allow-origin"]) == (200, None)
    # To judge a foreign origin, Streamlit would ask another host what this one's own address is.
    assert "external IP" not in site.told()


@pytest.mark.parametrize("path", ["/", "/overview", f"/overview{STREAM}", f"{STREAM}/", "/nothing", "/api/v1/figures"])
def test_there_is_one_websocket(site: Server, path: str):
    with pytest.raises(InvalidStatus, match="403"), visitor(site, path):
        pass
    assert "Traceback" not in site.told()

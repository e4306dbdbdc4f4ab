"""The gate before everything that the server answers: paths, cookies and websockets."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.Common_pb2 import FileURLsRequest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

from tests.ui.test_doors import AUTH, DOORS, NOON, SECRET, claims
from ui import doors, signed_out
from web import api, gate
from web.gate import Gate, Handed

ORIGIN = "https://vink.example"
COOKIE = "_streamlit_user"
FILE = "0" * 32
Site = Callable[..., TestClient]


def signed(told: dict[str, Any], secret: str = SECRET) -> dict[str, str]:
    """The cookie that Streamlit makes of claims."""
    value = json.dumps(told | {"origin": told.get("origin", ORIGIN)})
    return {COOKIE: create_signed_value(secret, COOKIE, value).decode()}


async def ok(request: Request) -> Response:
    return PlainTextResponse("inside", headers={"Cache-Control": "public, max-age=60"})


async def sign_in(request: Request) -> Response:
    """As Streamlit answers when a provider sends somebody back."""
    answer = RedirectResponse("/", status_code=302)
    answer.set_cookie(COOKIE, "new", httponly=True, max_age=2592000)
    answer.set_cookie("_streamlit_xsrf", "x")
    return answer


def page_says(heard: bytes) -> ForwardMsg:
    """A file that a button makes; the search words of whoever has typed some."""
    said, asked = ForwardMsg(), BackMsg.FromString(heard)
    if asked.rerun_script.query_string:
        said.delta.new_element.text_input.default = asked.rerun_script.query_string
    else:
        said.backend_operation_response.deferred_file.url = f"/media/{FILE}.csv"
    return said


async def stream(socket: WebSocket) -> None:
    await socket.accept()
    try:
        while True:
            await socket.send_bytes(page_says(await socket.receive_bytes()).SerializeToString())
    except WebSocketDisconnect:
        return


@pytest.fixture
def on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, small_folder: Path) -> None:
    """Sign-in is on, and it is noon."""
    found = doors.read(AUTH, DOORS, doors.load_roles())
    monkeypatch.setattr(doors, "settings", lambda: found)
    monkeypatch.setattr(doors, "now", lambda: NOON + 60)
    for module in (doors, gate):
        monkeypatch.setattr(module, "get_cookie_secret", lambda: SECRET)
    monkeypatch.setattr(doors, "get_origin_from_redirect_uri", lambda: ORIGIN)
    monkeypatch.setenv("VINK_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("VINK_RELEASES", str(small_folder))
    signed_out.prepare()


@pytest.fixture
def site() -> Iterator[Site]:
    """A browser with some cookies, before a site of stand-ins and the real API behind one gate."""
    with ExitStack() as stack:
        app = Starlette(
            routes=[
                *api.routes(),
                Route(gate.CALLBACK, sign_in),
                WebSocketRoute(gate.STREAM, stream),
                WebSocketRoute("/other", stream),
                Route("/{path:path}", ok),
            ],
            middleware=[Middleware(Gate)],
        )

        def visit(cookies: dict[str, str] | None = None, url: str = "http://vink.example") -> TestClient:
            client = TestClient(app, base_url=url, cookies=cookies, follow_redirects=False)
            return stack.enter_context(client)

        yield visit


# Paths

OPEN = ["/", "/overview", "/research?x=1", "/static/js/main.js", "/vink/a.js", "/healthz", "/readyz"]
OPEN += ["/auth/login", "/auth/logout", "/_stcore/health", "/overview/_stcore/host-config", "/favicon.png"]
CLOSED = ["/media/x.csv", "/custom", "/api", "/api/", "/api/v1/", "/api/v1/figures", "/api/v1/figures/key_shares.csv"]
CLOSED += ["/_stcore/upload_file/a/b", "/_stcore/metrics", "/component/x", "/overview/x", "/overviewx", "/%61pi/v1/"]
CLOSED += ["/static/../custom", "/static/%2e%2e/custom", "/vink/%2e%2e/api/v1/", "/API/v1/", "/healthz/x"]


@pytest.mark.parametrize("path", OPEN)
def test_what_is_the_same_for_everybody_is_open(on: None, site: Site, path: str):
    assert site().get(path).text == "inside"


@pytest.mark.parametrize("path", CLOSED)
def test_all_else_is_closed_until_somebody_signs_in_and_open_with_sign_in_off(
    request: pytest.FixtureRequest, site: Site, path: str
):
    assert site().get(path).status_code != 401
    request.getfixturevalue("on")
    got = site().get(path)
    assert (got.status_code, got.headers["content-type"]) == (401, "application/problem+json")
    assert "inside" not in got.text


def test_somebody_at_a_browser_is_led_to_the_sign_in(on: None, site: Site):
    got = site().get("/custom", headers={"accept": "text/html,*/*"})
    assert (got.status_code, got.headers["location"]) == (303, "/")
    assert site().get("/api/v1/figures", headers={"accept": "text/html,*/*"}).status_code == 401


ROLES = [
    # groups, path, status
    ("g-press", "/api/v1/figures", 200),
    ("g-press", "/api/v1/openapi.json", 200),
    ("g-press", "/api/v1/", 200),
    ("g-press", "/api/v1/nothing", 404),
    ("g-press", "/custom", 200),
    ("g-lead", "/api/v1/figures", 403),
    ("g-lead", "/api/v1/figures/key_shares.csv", 403),
    ("g-lead", "/api/v1/releases", 403),
    ("g-lead", "/api/v1/nothing", 403),
    ("g-lead", "/api", 403),
    ("g-lead", "/custom", 200),
    ("others", "/custom", 403),
    ("others", "/api/v1/figures", 403),
    ("others", "/media/x.csv", 403),
    ("others", "/overview", 200),
]


@pytest.mark.parametrize(("group", "path", "status"), ROLES)
def test_a_role_decides_which_addresses_are_open(on: None, site: Site, group: str, path: str, status: int):
    got = site(signed(claims(groups=[group]))).get(path)
    assert got.status_code == status
    assert (got.headers["content-type"] == "application/problem+json") == (status in (403, 404))


def test_the_api_asks_itself_too_where_no_gate_stands_before_it(on: None):
    bare = TestClient(Starlette(routes=api.routes()))
    assert bare.get("/api/v1/figures").status_code == 401
    assert bare.get("/api/v1/figures", cookies=signed(claims())).status_code == 200


def test_what_stands_in_a_shell_can_ask_whether_the_page_is_open(on: None):
    def may_see(cookies: dict[str, str], page: str) -> bool:
        header = "; ".join(f"{name}={value}" for name, value in cookies.items()).encode()
        return gate.may_see(Request({"type": "http", "headers": [(b"cookie", header)]}), page)

    press = signed(claims())
    assert [may_see(press, page) for page in ("press", "research")] == [True, False]
    assert not may_see({}, "overview")
    assert not may_see(signed(claims(groups=["others"])), "overview")


# Cookies that don't hold


def letter_changed(cookie: str, at: int) -> str:
    letters = list(cookie)
    letters[at] = "A" if letters[at] != "A" else "B"
    return "".join(letters)


BAD: dict[str, Callable[[], dict[str, str]]] = {
    "none": dict,
    "empty": lambda: {COOKIE: ""},
    "forged with another secret": lambda: signed(claims(), secret="f" * 64),
    "unsigned": lambda: {COOKIE: json.dumps(claims())},
    # Not the last one: of its six bits two are no part of the signature, so some other letters mean the same.
    "changed by a letter": lambda: {COOKIE: letter_changed(signed(claims())[COOKIE], 20)},
    "its signature changed by a letter": lambda: {COOKIE: letter_changed(signed(claims())[COOKIE], -2)},
    "signed for another cookie": lambda: {
        COOKIE: create_signed_value(
            SECRET, "_streamlit_user_tokens", json.dumps(claims() | {"origin": ORIGIN})
        ).decode()
    },
    "of another site": lambda: signed(claims(origin="https://other.example")),
    "no object": lambda: {COOKIE: create_signed_value(SECRET, COOKIE, '"u-17"').decode()},
    "no JSON": lambda: {COOKIE: create_signed_value(SECRET, COOKIE, "{").decode()},
    "expired": lambda: signed(claims(exp=NOON)),
    "older than our lifetime": lambda: signed(claims(iat=NOON - 3600)),
}


@pytest.mark.parametrize("case", BAD)
def test_a_cookie_that_does_not_hold_opens_no_address_no_file_and_no_part_of_a_page(on: None, site: Site, case: str):
    client = site(BAD[case]())
    for path in ("/api/v1/figures", f"/media/{FILE}.csv", "/custom"):
        assert client.get(path).status_code == 401, path
    with client.websocket_connect(gate.STREAM) as socket:
        socket.send_bytes(rerun())
        socket.receive_bytes()
        socket.send_bytes(BackMsg(file_urls_request=FileURLsRequest()).SerializeToString())
        with pytest.raises(WebSocketDisconnect):
            socket.receive_bytes()
    assert client.get(f"/media/{FILE}.csv").status_code == 401


def test_signing_out_ends_the_cookie_wherever_a_copy_of_it_is(on: None, site: Site):
    cookies = signed(claims())
    mine, copy = site(cookies), site(cookies)
    with copy.websocket_connect(gate.STREAM) as socket:
        socket.send_bytes(rerun(fragment="part"))
        assert socket.receive_bytes()
        assert copy.get(f"/media/{FILE}.csv").status_code == 200
        assert mine.get("/auth/logout").status_code == 200
        for path in ("/api/v1/figures", f"/media/{FILE}.csv", "/custom"):
            assert copy.get(path).status_code == 401, path
        socket.send_bytes(rerun(fragment="part"))
        with pytest.raises(WebSocketDisconnect):
            socket.receive_bytes()
    assert site(signed(claims(nonce="n2"))).get("/custom").status_code == 200


def test_only_the_owner_of_a_cookie_can_end_it(on: None, site: Site):
    forged = signed(claims(), secret="f" * 64)
    site(forged).get("/auth/logout")
    site().get("/auth/logout")
    assert site(signed(claims())).get("/custom").status_code == 200


# Websockets and files


def rerun(fragment: str = "") -> bytes:
    return BackMsg(rerun_script=ClientState(fragment_id=fragment)).SerializeToString()


def test_without_a_sign_in_a_page_can_be_run_as_a_whole_and_nothing_else(on: None, site: Site):
    for said in (rerun(fragment="part"), BackMsg(clear_cache=True).SerializeToString(), b"\xff\xff"):
        with site().websocket_connect(gate.STREAM) as socket:
            socket.send_bytes(rerun())
            assert socket.receive_bytes()
            socket.send_bytes(said)
            with pytest.raises(WebSocketDisconnect):
                socket.receive_bytes()


def test_another_websocket_is_closed_without_a_sign_in(on: None, site: Site):
    with pytest.raises(WebSocketDisconnect), site().websocket_connect("/other"):
        pass
    with site(signed(claims())).websocket_connect("/other") as socket:
        socket.send_bytes(rerun())
        assert socket.receive_bytes()


def test_a_file_is_for_the_reader_whose_page_was_given_its_address(on: None, site: Site):
    pia = site(signed(claims()))
    also_press = site(signed(claims(sub="u-18", nonce="n8")))
    assert pia.get(f"/media/{FILE}.csv").status_code == 403  # nobody was given it yet
    with pia.websocket_connect(gate.STREAM) as socket:
        socket.send_bytes(rerun())
        socket.receive_bytes()
    assert pia.get(f"/media/{FILE}.csv").text == "inside"
    assert also_press.get(f"/media/{FILE}.csv").status_code == 403
    assert site().get(f"/media/{FILE}.csv").status_code == 401
    for path in ("/media/", f"/media/{FILE}", f"/media/x/{FILE}.csv", f"/media/{FILE[:-1]}.csv"):
        assert pia.get(path).status_code == 403, path


def test_typing_the_address_of_a_file_hands_it_to_nobody(on: None, site: Site):
    pia = site(signed(claims()))
    with pia.websocket_connect(gate.STREAM) as socket:
        typed = ClientState(query_string=f"q=/media/{FILE}.csv")
        socket.send_bytes(BackMsg(rerun_script=typed).SerializeToString())
        assert f"/media/{FILE}.csv".encode() in socket.receive_bytes()
    assert pia.get(f"/media/{FILE}.csv").status_code == 403


def test_so_many_files_are_remembered_and_the_oldest_is_forgotten_first():
    handed = Handed(most=2)
    handed.give([b"a", b"b"], "me")
    handed.give([b"a"], "me")
    handed.give([b"c"], "me")
    assert [handed.to(file, "me") for file in (b"a", b"b", b"c")] == [True, False, True]
    assert not handed.to(b"a", "you")


# What goes out


def cookies_of(got: Any) -> dict[str, str]:
    return {line.split("=")[0]: line for line in got.headers.get_list("set-cookie")}


def test_the_sign_in_cookie_lasts_as_long_as_a_sign_in_may(on: None, site: Site):
    said = cookies_of(site().get(f"{gate.CALLBACK}?state=x"))
    assert "max-age=3600" in said[COOKIE].lower()


def test_answers_to_somebody_who_is_signed_in_are_theirs_alone(on: None, site: Site):
    client = site(signed(claims()))
    for path in ("/custom", "/overview", "/api/v1/figures", "/api/v1/figures/key_shares.csv?release=2020.1"):
        got = client.get(path)
        assert got.headers["cache-control"] == "private, no-cache", path
        assert "Cookie" in got.headers["vary"], path
    assert client.get("/static/js/main.js").headers["cache-control"] == "public, max-age=60"
    assert site().get("/api/v1/figures").headers["cache-control"] == "no-store"


def test_nothing_is_kept_that_goes_to_somebody_who_sees_what_is_not_public_yet(on: None, site: Site):
    client = site(signed(claims(groups=["g-stew"])))
    for path in ("/overview", "/", "/custom", "/api/v1/figures", "/api/v1/figures/key_shares.csv?release=2020.1"):
        assert client.get(path).headers["cache-control"] == "no-store", path
    assert client.get("/static/js/main.js").headers["cache-control"] == "public, max-age=60"


# The way back


def test_a_reader_who_has_to_sign_in_first_comes_back_to_the_page_they_asked_for(on: None, site: Site):
    client = site(url="https://vink.example")
    client.get("/press?lang=en&years=2018-2019")
    got = client.get(f"{gate.CALLBACK}?state=x")
    assert got.headers["location"] == "/press?lang=en&years=2018-2019"


@pytest.mark.parametrize(
    "way",
    [
        "https://evil.example/press",
        "//evil.example/press",
        "/custom",
        "/press\r\nSet-Cookie: a=b",
        "\\\\evil",
        "/\\evil",
        "javascript:alert(1)",
        "press",
        "/press/../custom",
        "https:/press",
    ],
)
def test_the_way_back_leads_to_a_page_of_ours_and_nowhere_else(on: None, site: Site, way: str):
    got = site({gate.WAY_BACK: quote(way, safe="")}).get(f"{gate.CALLBACK}?state=x")
    assert got.headers["location"] == "/"


def test_whoever_signed_out_at_the_provider_comes_back_to_the_first_page(on: None, site: Site):
    got = site().get(gate.CALLBACK)
    assert (got.status_code, got.headers["location"]) == (303, "/")

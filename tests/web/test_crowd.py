"""When there are too many visitors, and which server a visitor belongs to."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from tests import apart
from ui.text import text
from web.crowd import AGAIN, Crowd
from web.replica import Replica

PAGE = {"Accept": "text/html,application/xhtml+xml"}


async def stream(socket: WebSocket) -> None:
    await socket.accept()
    with suppress(WebSocketDisconnect):
        await socket.receive_bytes()


async def page(_: object) -> PlainTextResponse:
    return PlainTextResponse("a page")


@contextmanager
def site(*middleware: type, scheme: str = "http") -> Iterator[TestClient]:
    routes = [WebSocketRoute("/_stcore/stream", stream), Route("/{path:path}", page)]
    app = Starlette(routes=routes, middleware=[Middleware(one) for one in middleware])
    with TestClient(app, base_url=f"{scheme}://testserver") as client:
        yield client


def test_who_comes_when_it_is_full_is_told_so_and_who_is_in_stays_in(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("VINK_MOST_VISITORS", "2")
    with site(Crowd) as client, ExitStack() as visitors:
        first = [visitors.enter_context(client.websocket_connect("/_stcore/stream")) for _ in range(2)]
        for lang in ("da", "en"):
            got = client.get(f"/ideology?lang={lang}&years=2016")
            assert (got.status_code, got.headers["retry-after"]) == (503, str(AGAIN))
            assert text("busy.full_title", lang) in got.text and f'<html lang="{lang}">' in got.text
            assert f'<a href="">{text("busy.again", lang)}</a>' in got.text
            assert "refresh" not in got.text  # it doesn't go away from who reads it
            assert got.headers["cache-control"] == "no-store"
        assert client.get("/api/v1/figures").text == client.get("/static/js/x.js").text == "a page"
        visitors.enter_context(client.websocket_connect("/_stcore/stream"))  # a lost connection comes back
        for one in first:
            one.send_bytes(b"")
            one.close()
        until = apart.run(answered(client))
        assert until == "a page"


async def answered(client: TestClient) -> str:
    """What a page says once the server has seen that visitors left."""
    for _ in range(500):
        got = client.get("/ideology")
        if got.status_code == 200:
            return got.text
        await asyncio.sleep(0.01)
    return "still full"


def test_a_server_with_a_name_leaves_it_with_its_visitors_and_no_one_else(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("VINK_REPLICA", "one")
    with site(Replica) as client:
        assert client.get("/overview", headers=PAGE).headers["set-cookie"] == (
            "vink_replica=one; Path=/; HttpOnly; SameSite=Lax"
        )
        client.cookies.clear()
        assert "set-cookie" not in client.get("/api/v1/figures", headers={"Accept": "*/*"}).headers
        with client.websocket_connect("/_stcore/stream", headers={"Cookie": "vink_replica=two"}) as taken_over:
            named = dict(taken_over.extra_headers or [])
            assert named[b"set-cookie"].startswith(b"vink_replica=one;")
        for cookie in ("vink_replica=one", "a=b; vink_replica=one"):
            assert "set-cookie" not in client.get("/", headers=PAGE | {"Cookie": cookie}).headers
        assert "vink_replica=one" in client.get("/", headers=PAGE | {"Cookie": "\x01;=;"}).headers["set-cookie"]


def test_a_server_without_a_name_leaves_no_cookie(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("VINK_REPLICA", raising=False)
    with site(Replica) as client:
        assert "set-cookie" not in client.get("/overview", headers=PAGE).headers


def test_a_name_that_cannot_stand_in_a_cookie_is_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("VINK_REPLICA", "one; Domain=example.org")
    with pytest.raises(ValueError, match="VINK_REPLICA"):
        Replica(Starlette())

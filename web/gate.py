"""The gate: what every request passes before anything answers it, where sign-in is on.

Whatever isn't open to everybody by name needs a sign-in that still holds, so an address that is added is closed until
somebody opens it. ui/doors.py says who the reader is and what is theirs.
"""

import json
import logging
import re
from collections import OrderedDict
from collections.abc import MutableMapping
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

import streamlit
from google.protobuf.message import DecodeError
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection, Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.auth_util import get_cookie_with_chunks
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.web.server.server_util import get_cookie_secret
from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from ui import address, doors
from ui.address import FOOT_PAGES, PAGES
from ui.doors import Reader
from web.problems import Problem

ALL_PAGES = (*PAGES, *FOOT_PAGES)
LOGIN, LOGOUT, CALLBACK = "/auth/login", "/auth/logout", "/oauth2callback"
OPEN = {"/", "/was", "/healthz", "/readyz", LOGIN, LOGOUT, CALLBACK, "/_stcore/health", "/_stcore/host-config"} | {
    f"/{path.name}" for path in (Path(streamlit.__file__).parent / "static").iterdir() if path.is_file()
}
OPEN_BELOW = ("/static/", "/vink/")  # Streamlit's own scripts and ours: the same for everybody, nothing of a release
PROBES = ("/_stcore/health", "/_stcore/host-config")  # what a browser looks for below a page's address first
STREAM = "/_stcore/stream"
MEDIA = re.compile(rb"/media/([0-9A-Za-z]+)\.")
MOST_HANDED = 50_000  # files whose reader is remembered; who comes back for an older one loads the page again
WAY_BACK = "vink_next"  # the cookie that leads back to the page that was asked for; it goes to the callback alone
WAY_BACK_SECONDS, LONGEST_WAY_BACK = 900, 1500
SEEN = "vink.reader"
LOG = logging.getLogger("vink")


# Who asks


def claims(connection: HTTPConnection) -> dict[str, Any]:
    """What Streamlit's signed cookie says; nothing where it is missing, forged, or from another site."""
    cookies, secret = connection.cookies, get_cookie_secret()

    def one(name: str) -> bytes | None:
        value = cookies.get(name)
        return None if value is None else decode_signed_value(secret, name, value.encode("latin-1", "replace"))

    signed = get_cookie_with_chunks(one, USER_COOKIE_NAME) if secret else None
    try:
        told = json.loads(signed) if signed else {}
    except ValueError:
        return {}
    return told if isinstance(told, dict) and doors.right_origin(told) else {}


def reader(connection: HTTPConnection) -> Reader | None:
    """Who sent the request; None where they have to sign in first. Anybody, where sign-in is off."""
    if doors.settings() is None:
        return doors.ANYBODY
    if SEEN not in connection.scope:
        connection.scope[SEEN] = doors.reader(claims(connection))
    return connection.scope[SEEN]


def may_see(connection: HTTPConnection, page: str) -> bool:
    """Whether whoever sent the request may see what stands on that page: ask before a page's shell says any of it."""
    found = reader(connection)
    return found is not None and page in found.pages


def sees_embargo(connection: HTTPConnection) -> bool:
    """Whether whoever sent the request may see releases before their publication time."""
    found = reader(connection)
    return found is not None and found.embargo


def refusal(connection: HTTPConnection) -> Problem | None:
    """Why the request isn't answered; None where it is."""
    path = connection.scope["path"]
    if is_open(path):
        return None
    found = reader(connection)
    if found is None:
        return Problem(401, "sign_in")
    api = _api(path)
    closed = not found.placed or (api is not None and (api not in found.api if api in doors.API else not found.api))
    return Problem(403, "not_open") if closed else None


def is_open(path: str) -> bool:
    """Whether the path is the same for everybody, signed in or not."""
    if {".", ".."} & set(path.split("/")):
        return False
    page = path.strip("/")
    return path in OPEN or page in ALL_PAGES or path.startswith(OPEN_BELOW) or _probe(path)


def _probe(path: str) -> bool:
    return any(path == f"/{page}{probe}" for page in ALL_PAGES for probe in PROBES)


def _api(path: str) -> str | None:
    """Which of the API's addresses the path is, by its name in ui/doors.toml; None where it is none of the API's."""
    if path != "/api" and not path.startswith("/api/"):
        return None
    first = path.removeprefix("/api").strip("/").removeprefix("v1").strip("/").split("/")[0]
    return first.removesuffix(".json") or "index"


# The gate


class Gate:
    """Answers in place of the application where the way isn't open, and looks at what goes in and out where it is."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.handed = Handed()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket") or doors.settings() is None:
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._socket(scope, receive, send)
        else:
            await self._request(Request(scope), receive, send)

    async def _request(self, request: Request, receive: Receive, send: Send) -> None:
        path = request.scope["path"]
        problem = refusal(request) or self._not_handed(request)
        if problem is not None:
            await _refused(request, problem)(request.scope, receive, _private(send))
            return
        if path == CALLBACK and not request.url.query:  # the provider sends whoever signed out back here
            await RedirectResponse("/", status_code=303)(request.scope, receive, send)
            return
        if path == LOGOUT:
            _end(request)
        send = _lasting(send)
        if path == CALLBACK:
            send = _back(request, send)
        elif path.strip("/") in ("", *PAGES) and reader(request) is None:
            send = _remembered(request, send)
        if not path.startswith(OPEN_BELOW):
            send = _private(send, kept=not sees_embargo(request))
        await self.app(request.scope, receive, send)

    def _not_handed(self, request: Request) -> Problem | None:
        """A file is for whom its address was given to, and for nobody else who comes to know it."""
        path = request.scope["path"]
        if not path.startswith("/media/"):
            return None
        asked, found = MEDIA.match(path.encode()), reader(request)
        mine = asked is not None and found is not None and self.handed.to(asked[1], found.mark)
        return None if mine else Problem(403, "not_open")

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        connection = HTTPConnection(scope)
        if connection.scope["path"] != STREAM and refusal(connection) is not None:
            await send({"type": "websocket.close", "code": 1008})
            return
        told = claims(connection)

        async def heard() -> Message:
            message = await receive()
            if message["type"] == "websocket.receive" and not _may_ask(message) and not _placed(told):
                await send({"type": "websocket.close", "code": 1008})
                return {"type": "websocket.disconnect", "code": 1008}
            return message

        async def said(message: Message) -> None:
            content = message.get("bytes") if message["type"] == "websocket.send" else None
            if content and b"/media/" in content and (found := doors.reader(told)):
                self.handed.give(_files(content), found.mark)
            await send(message)

        await self.app(scope, heard, _lasting(said))


class Handed:
    """Which files were handed to which sign-in: their addresses hold a hash of what is in them, and no secret."""

    def __init__(self, most: int = MOST_HANDED) -> None:
        self.most = most
        self._given: OrderedDict[tuple[bytes, str], None] = OrderedDict()

    def give(self, files: list[bytes], mark: str) -> None:
        """Remember that the files were handed to this sign-in."""
        for file in files:
            self._given[file, mark] = None
            self._given.move_to_end((file, mark))
        while len(self._given) > self.most:
            self._given.popitem(last=False)

    def to(self, file: bytes, mark: str) -> bool:
        """Whether the file was handed to this sign-in."""
        return (file, mark) in self._given


def _files(content: bytes) -> list[bytes]:
    """The files that a message to a page gives it, where it names one to load.

    What a reader typed comes back elsewhere in it, and may be the address of a file that is somebody else's.
    """
    try:
        said = ForwardMsg.FromString(content)
    except DecodeError:
        return []
    given = (
        said.backend_operation_response.deferred_file.url,
        said.delta.new_element.download_button.url,
        said.page_config_changed.favicon,
    )
    return [file[1] for address in given if (file := MEDIA.match(address.encode()))]


def _placed(told: dict[str, Any]) -> bool:
    found = doors.reader(told)
    return found is not None and found.placed


def _may_ask(message: Message) -> bool:
    """Whether a page may send this without a sign-in: a whole run, which shows the sign-in, or nothing of substance.

    A part of a page, or a file that a button makes, would be run without asking who the reader is.
    """
    try:
        asked = BackMsg.FromString(message.get("bytes") or b"")
    except DecodeError:
        return False
    kind = asked.WhichOneof("type")
    if kind == "rerun_script":
        return not asked.rerun_script.fragment_id
    return kind in (None, "stop_script", "app_heartbeat", "load_git_info")


def _refused(request: Request, problem: Problem) -> Response:
    path = request.scope["path"]
    page = "text/html" in request.headers.get("accept", "") and not path.startswith(("/api", "/media/"))
    if page and problem.status == 401 and request.method in ("GET", "HEAD"):
        return RedirectResponse("/", status_code=303)  # somebody at a browser: to the sign-in
    return problem.response(address.spoken(request.query_params))


def _end(request: Request) -> None:
    """Let a copy of the cookie open nothing any more. Where that can't be written down, the log says so."""
    try:
        doors.end(claims(request))
    except OSError as error:
        LOG.error("a sign-out could not be written down, so a copy of that cookie still holds: %s", error.strerror)


# What goes out


def _lasting(send: Send) -> Send:
    """The cookie of a sign-in lasts as long as the sign-in may; Streamlit's would last a month."""
    its = doors.settings()
    assert its is not None  # else nobody signs in
    lasts = int(its.lifetime.total_seconds())

    async def sent(message: MutableMapping[str, Any]) -> None:
        if message["type"] in ("http.response.start", "websocket.accept") and message.get("headers"):
            message["headers"] = [
                (name, _cut(value, lasts) if name.lower() == b"set-cookie" else value)
                for name, value in message["headers"]
            ]
        await send(message)

    return sent


def _cut(cookie: bytes, lasts: int) -> bytes:
    if not cookie.startswith(USER_COOKIE_NAME.encode()):
        return cookie
    return re.sub(rb"(?i)max-age=(\d+)", lambda m: b"Max-Age=%d" % min(int(m[1]), lasts), cookie)


def _private(send: Send, *, kept: bool = True) -> Send:
    """Answers to somebody who is signed in are for them alone, and asked for again each time.

    kept: whether the reader's own browser may keep them; not where they may hold what isn't public yet.
    """

    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(raw=message.setdefault("headers", []))
            if "no-store" not in headers.get("cache-control", ""):
                headers["Cache-Control"] = "private, no-cache" if kept else "no-store"
            headers.add_vary_header("Cookie")
        await send(message)

    return sent


def _remembered(request: Request, send: Send) -> Send:
    """Keep the address of a page for which somebody has to sign in first."""
    query = urlencode(parse_qsl(request.url.query, keep_blank_values=True), safe=",")
    way = f"{request.scope['path']}?{query}" if query else request.scope["path"]
    cookie = f"{WAY_BACK}={quote(way, safe='')}; Path={CALLBACK}; Max-Age={WAY_BACK_SECONDS}; HttpOnly; SameSite=Lax"

    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start" and len(cookie) <= LONGEST_WAY_BACK:
            MutableHeaders(raw=message.setdefault("headers", [])).append("Set-Cookie", cookie)
        await send(message)

    return sent


def _back(request: Request, send: Send) -> Send:
    """After the sign-in, to the page that was asked for, where Streamlit would lead to the first one."""
    way = unquote(request.cookies.get(WAY_BACK, ""))
    parts = urlsplit(way)
    known = way.isprintable() and not parts.scheme and not parts.netloc and way.startswith("/")
    known = known and parts.path.strip("/") in ("", *ALL_PAGES) and not way.startswith("//")

    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(raw=message["headers"])
            cookies = SimpleCookie("; ".join(c.split(";")[0] for c in headers.getlist("set-cookie")))
            signed_in = USER_COOKIE_NAME in cookies and cookies[USER_COOKIE_NAME].value
            if known and signed_in and headers.get("location") == "/":
                headers["Location"] = way
        await send(message)

    return sent

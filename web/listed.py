"""Listed: which hosts, methods and addresses are answered at all.

Streamlit answers every address with its page, and has some that nobody here needs: uploads, measurements, an interface
for agents. So there is a list of what is open, and whatever is not on it is not there, however it is spelled.
"""

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import streamlit
from starlette.datastructures import Headers
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit.web.server.starlette.starlette_websocket import is_host_allowed

from ui.address import FOOT_PAGES, PAGES
from web import frontend
from web.notices import notice

STREAM = "/_stcore/stream"
# Streamlit's own addresses that a page needs, and those of its sign-in (closed without one).
NEEDED = frozenset({"/_stcore/health", "/_stcore/host-config", "/auth/login", "/auth/logout", "/oauth2callback"})
PAGE_ADDRESSES = frozenset({"/", *(f"/{name}" for name in (*PAGES, *FOOT_PAGES))})
MEDIA = re.compile(r"/media/[0-9a-f]{16,128}(\.[A-Za-z0-9]{1,10})?")  # a file that a page shows, by its hash
STATIC = Path(streamlit.__file__).parent / "static" / "static"


class Listed:
    """Refuses requests for another host, by another method, or for an address that is not on the list."""

    def __init__(self, app: ASGIApp, ours: Sequence[BaseRoute] = ()) -> None:
        self.app, self.ours = app, ours

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket" and not (scope["path"] == STREAM and _for_us(scope) and _from_us(scope)):
            await send({"type": "websocket.close", "code": 1008})
        elif scope["type"] == "http" and (answer := self.answer(scope)) is not None:
            await answer(scope, receive, send)
        else:
            await self.app(self._without_origin(scope), receive, send)

    def answer(self, scope: Scope) -> Response | None:
        """What is answered here already; None where the request may go on."""
        path = scope["path"]
        if not _for_us(scope):
            return notice("host")
        if self._ours(scope):
            return None  # they say themselves what may be done there
        if path not in PAGE_ADDRESSES | NEEDED | _static() and not MEDIA.fullmatch(path) and not frontend.has(path):
            return _without_slash(scope) if path.removesuffix("/") in PAGE_ADDRESSES else notice("missing")
        return None if scope["method"] in ("GET", "HEAD") else notice("method", Allow="GET, HEAD")

    def _ours(self, scope: Scope) -> bool:
        return any(route.matches(scope)[0] != Match.NONE for route in self.ours)

    def _without_origin(self, scope: Scope) -> Scope:
        """The request as Streamlit gets it, which would ask another host for its own address to judge an origin."""
        if scope["type"] != "http" or self._ours(scope):
            return scope
        return {**scope, "headers": [(name, value) for name, value in scope["headers"] if name != b"origin"]}


def _without_slash(scope: Scope) -> RedirectResponse:
    """To the page whose address was written with a slash at its end."""
    query = scope["query_string"].decode("latin-1")
    return RedirectResponse(scope["path"].removesuffix("/") + (f"?{query}" if query else ""), 308)


def _for_us(scope: Scope) -> bool:
    """Whether the request names one of our hosts (server.allowedHosts). Two Host headers name none."""
    named = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
    return len(named) == 1 and is_host_allowed(named[0])


def _from_us(scope: Scope) -> bool:
    """Whether a websocket is opened by a page of this host. A program that is no browser names no origin."""
    headers = Headers(scope=scope)
    origins = headers.getlist("origin")
    return not origins or (len(origins) == 1 and urlsplit(origins[0]).netloc == headers["host"])


@cache
def _static() -> frozenset[str]:
    """The addresses of Streamlit's scripts, styles and fonts."""
    return frozenset(f"/static/{path.relative_to(STATIC).as_posix()}" for path in STATIC.rglob("*") if path.is_file())
